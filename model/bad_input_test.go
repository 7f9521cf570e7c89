package model_test

import (
	"testing"
	"time"

	"warroom/model"
)

// TestBadInputOfTheProcess: the parser, or the check that author and readers share,
// refuses an impossible step with one sentence.
func TestBadInputOfTheProcess(t *testing.T) {
	k := led(t)
	k.mustType("ana", ":sev SEV-1 data-breach") // di is scribe, bo commands, cy is the deputy
	k.mustType("bo", ":poll isolate now 1m", ":poll pay 30m", ":poll 2 dropped we are insured",
		":asset host web3 suspected", ":exposure suspected gdpr")
	k.mustType("di", ":update customers we look into it | nothing | nothing")
	k.mustType("bo", ":handoff ic @di")
	k.room.Plan.Items[1].TwoPeople, k.room.Plan.Items[1].Pages = true, ""
	k.mustType("bo", ":check 2 override the pager is down")
	k.wait(2 * time.Minute)
	hidden := declared(t, "security", model.Declaration{Severity: "SEV-3", Restricted: []string{"bo"}}).room
	twin := declared(t, "security", model.Declaration{Severity: "SEV-3"})
	other := *k.room
	other.ID = "01OTHER"
	twin.do("ana", model.Act{Body: model.NewRelated(model.RelationDuplicate, "inc-1", &other, "the same key")})
	twin.room.ID = "01TWIN"
	rooms := map[string]*model.Room{"inc-1": k.room, "inc-2": declared(t, "security", model.Declaration{}).room,
		"inc-7": hidden, "inc-9": twin.room, "lobby": {Lobby: true}}
	rooms["inc-2"].ID = "01SECOND"
	for _, c := range []struct{ who, line, want string }{
		{"bo", ":handoff scribe @zed",
			`nobody called "zed" has been here; the people in the room are @ana, @bo, @cy, @di`},
		{"bo", ":handoff ic @bo",
			"you cannot offer a role to yourself; take it with :takeover commander REASON"},
		{"bo", ":handoff ic @di", "Incident Commander is already offered to di, who can :accept or :decline; take " +
			"the offer back with :withdraw commander"},
		{"cy", ":accept ic", "only di can answer the offer"},
		{"bo", ":ask comms 3m who calls?", "nobody is Communications Lead, so nobody would get the ask; give the " +
			"role first, with :role comms @WHO, or ask a person"},
		{"bo", ":ask 3m", "give a person, a deadline and the question: :ask @bo 3m TEXT; or a role: commander, " +
			"deputy, scribe, " +
			"security-lead, sre, comms, sme"},
		{"di", ":object 1 wait", "poll 1 ended at 2026-11-21 14:01:00 UTC, decided: nobody objected; open another " +
			"with :poll TEXT 60s"},
		{"bo", ":poll 2 dropped again", "poll 2 was closed at 2026-11-21 14:00:00 UTC, dropped by bo 30 min before " +
			"its end: we are insured; open another with :poll TEXT 60s"},
		{"bo", ":poll 1 proceeds", "poll 1 ended at 2026-11-21 14:01:00 UTC, decided: nobody objected; record " +
			"another decision with !TEXT"},
		{"bo", ":asset host db1 contained", "host db1 has not been recorded yet, so it cannot be contained: first " +
			"record since when it has been compromised, with :asset host db1 suspected @TIME"},
		{"bo", ":ioc ip nine", `"nine" is not an IP address: write it as 203.0.113.9, 2001:db8::7 or 203.0.113.0/24`},
		{"bo", ":duplicate inc-1 same", "a room is not a duplicate of itself; name the other room"},
		{"bo", ":duplicate inc-8 same", "there is no room inc-8 here; `warroom rooms` lists them"},
		{"bo", ":duplicate inc-7 same",
			"inc-7 is restricted and this room is not, so everybody here would learn of it; name this room from there"},
		{"bo", ":duplicate inc-9 same", "inc-9 is itself a duplicate of inc-1: :duplicate inc-1 REASON"},
		{"bo", ":duplicate inc-2", "give a reason: :duplicate inc-2 REASON, or :link inc-2 REASON"},
		{"bo", ":duplicate lobby same", "there is no room lobby here; `warroom rooms` lists them"},
		{"bo", ":cadence update 0s calm", "a cadence is between 1m and 7d, not 0s: :cadence update 30m REASON"},
		{"bo", ":cadence update -5m calm", "a cadence is between 1m and 7d, not -5m: :cadence update 30m REASON"},
		{"bo", ":cadence update 15m calm", "Update is already due every 15m"},
		{"bo", ":cadence update 30m", "give a reason: :cadence update 30m REASON"},
		{"bo", ":cadence gdpr 30m calm", "GDPR is due once and has no cadence; change its due time with :clock " +
			"move or :snooze"},
		{"bo", ":cadence update soon calm",
			`"soon" is not a length of time; write 30m or 1h: :cadence update 30m REASON`},
		{"bo", ":confirm 2", "bo requested the override of item 2; a second person has to confirm it: :confirm 2; to " +
			"take it back: :withdraw 2"},
		{"di", ":approve 1", "draft 1 to Customers cannot be sent until the Incident Commander (bo) approves it"},
		{"bo", ":approve 9", "there is no draft 9; this room has only draft 1"},
		{"bo", ":resolve override", "give a reason after override"},
	} {
		ctx := k.ctx(c.who)
		ctx.Rooms = func(short string) (*model.Room, error) { return rooms[short], nil }
		a, err := model.Parse(c.line, ctx)
		if err == nil {
			err = model.Decide(k.room, ctx.Who, a, k.now)
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %s\n got %v\nwant %s", c.who, c.line, err, c.want)
		}
	}
	k.mustType("di", ":accept ic")
	k.refused("di", ":accept ic", "nobody has offered the role commander")
	k.mustType("di", ":approve")
	k.refused("di", ":approve 1", "draft 1 was approved by di and sent at 2026-11-21 14:02:00 UTC")
}

// TestNumberOfPeople: a word with ~ is a possible number of people or refused.
func TestNumberOfPeople(t *testing.T) {
	k := led(t)
	for line, want := range map[string]string{":exposure suspected ~abc": "~abc", ":exposure confirmed ~-5": "~-5",
		":exposure confirmed ~99999999999999":  "~99999999999999",
		":exposure confirmed 99999999999999":   "99999999999999",
		":exposure confirmed the dump ~99999m": "~99999m", ":exposure confirmed a dump ~-5 of it": "~-5",
		":exposure confirmed ~12.3.4": "~12.3.4", ":exposure confirmed ~": "~"} {
		want := `"` + want + `" is not a number of people; write ~1200: :exposure none|suspected|confirmed [~N] ` +
			`[REGIME...] [@TIME] [data:KIND,...] [WHY]`
		if err := k.try("bo", line); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", line, err, want)
		}
	}
	for line, want := range map[string]string{":exposure suspected ~1,200": "~1,200",
		":exposure suspected ~3.5k":            "~3.5k",
		":exposure suspected 1.200.000 people": "~1.200.000", ":exposure suspected the dump ~8m": "~8m",
		":exposure suspected keys in ~/.ssh were read": "~8m"} {
		if err := k.try("bo", line); err != nil || want != "~8m" && k.room.Exposure.Subjects != want {
			t.Errorf("%s: got %v, %v, want %s", line, k.room.Exposure, err, want)
		}
	}
}
