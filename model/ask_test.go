package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// asking returns a room with a commander, a scribe and a third person.
func asking(t testing.TB) *testRoom {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.admit("bo", model.Write)
	k.admit("cy", model.Write)
	k.mustType("ana", ":role ic @ana", ":role scribe @bo")
	return k
}

func (k *testRoom) askIs(n int, want model.AskState) {
	k.t.Helper()
	if got := k.room.Asks[n-1].State(k.now); got != want {
		k.t.Errorf("ask %d at %s: got %s, want %s", n, k.now.Format("15:04:05"), got, want)
	}
}

// TestAsk: an ask goes from open to overdue, and an answer ends it.
func TestAsk(t *testing.T) {
	k := asking(t)
	k.mustType("ana", ":ask @bo 3m is the key dead?")
	k.askIs(1, model.AskOpen)
	k.mustType("bo", ":ack")
	k.askIs(1, model.AskAcked)
	k.wait(3 * time.Minute)
	k.askIs(1, model.AskOverdue)
	if got := k.room.OpenAsks(); len(got) != 1 || got[0].N != 1 {
		t.Errorf("open asks: got %+v, want ask 1", got)
	}
	k.mustType("bo", ":answer yes")
	k.askIs(1, model.AskAnswered)
	if got := k.room.OpenAsks(); len(got) != 0 {
		t.Errorf("open asks: got %+v, want none", got)
	}
}

// TestAskRole: an ask to a role is for its holders at the time of reading.
func TestAskRole(t *testing.T) {
	k := asking(t)
	k.mustType("ana", ":ask scribe 3m who saw it first?")
	if a := k.room.Asks[0]; a.Role != "scribe" || a.To != "" {
		t.Errorf("got %+v, want an ask to the role", a)
	}
	if got, want := k.last(), "1  Scribe (bo) within 3m: who saw it first?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	k.refused("cy", ":ack 1", "only bo can acknowledge ask 1")
	k.mustType("ana", ":role scribe @cy")
	if a := k.room.Asks[0]; !k.room.IsAsked(a, "cy") || k.room.IsAsked(a, "bo") {
		t.Errorf("asked are %v, want cy", k.room.AskedOf(a))
	}
	k.mustType("cy", ":ack", ":answer bo did")
	if a := k.room.Asks[0]; a.AckedBy != "cy" || a.AnsweredBy != "cy" {
		t.Errorf("acknowledged by %q, answered by %q; want cy for both", a.AckedBy, a.AnsweredBy)
	}
}

// TestAskNobody: an ask that reaches nobody is refused.
func TestAskNobody(t *testing.T) {
	k := asking(t)
	k.refused("ana", ":ask comms 3m x",
		"nobody is Communications Lead, so nobody would get the ask; give the role first, with :role comms @WHO, "+
			"or ask a person")
	k.refused("ana", ":ask @nobody 3m x",
		`nobody called "nobody" has been here; the people in the room are @ana, @bo, @cy`)
	k.refused("ana", ":ask", "give a person, a deadline and the question: :ask @ana 3m TEXT; or a role: "+roleIDs(k))
	k.refused("ana", ":ask @bo 3m", "the ask is missing")
	k.refused("ana", ":ask @bo 200h x", "give a deadline of up to 7d, as in :ask @bo 3m TEXT")
	l := k.do("ana",
		model.Act{Body: &model.AskMade{To: "bo", Role: "scribe", For: model.Duration(time.Minute), Text: "x"}})
	if got, want := l.Refused.String(), "an ask goes to a person or to a role, not to both"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func roleIDs(k *testRoom) string {
	s := ""
	for i, d := range k.room.Plan.Roles {
		if i > 0 {
			s += ", "
		}
		s += d.ID
	}
	return s
}

// TestDrop: a follow-up that is dropped with a reason stays in the list.
func TestDrop(t *testing.T) {
	k := asking(t)
	k.mustType("ana", "TODO: typo", ":todo @bo due 2026-12-01 prevent rotate")
	k.refused("ana", ":drop 1", "give a reason: :drop 1 REASON")
	k.mustType("bo", ":drop 1 mistyped")
	f := k.room.Followups[0]
	if f.Dropped != "mistyped" || f.DroppedBy != "bo" || f.IsOpen() || f.Title != "typo" {
		t.Errorf("got %+v, want it dropped by bo, its title kept", f)
	}
	if got, want := k.last(), "1  typo is dropped: mistyped"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, line := range []string{":drop 1 again", ":todo done 1", ":todo 1 @bo"} {
		k.refused("ana", line, "follow-up 1 was dropped by bo: mistyped; add a new one with :todo TEXT")
	}
	k.mustType("ana", ":todo done 2")
	k.refused("ana", ":drop 2 x", "follow-up 2 is done and can no longer be dropped")
	k.refused("ana", ":drop 9 x", "there is no follow-up 9; this room has 1 to 2")
}

// TestItemDue: the due time of an item can be set, changed and removed.
func TestItemDue(t *testing.T) {
	k := asking(t)
	is := func(want string) {
		t.Helper()
		got := ""
		if due := k.room.ItemByN(1).Due; !due.IsZero() {
			got = due.Format("2006-01-02 15:04")
		}
		if got != want {
			t.Errorf("due: got %q, want %q", got, want)
		}
	}
	for line, want := range map[string]string{
		":due 1 4d12h":           "2026-11-26 02:00",
		":due 1 45m":             "2026-11-21 14:45",
		":due 1 @16:30 vendor":   "2026-11-21 16:30",
		":due 1 @13:00":          "2026-11-22 13:00",
		":due 1 2026-11-30":      "2026-11-30 23:59",
		":due 1 fri 09:00":       "2026-11-27 09:00",
		":due 1 off nobody asks": "",
	} {
		if want == "" {
			continue
		}
		k.mustType("ana", line)
		is(want)
	}
	k.mustType("ana", ":due 1 10m", ":due 1 off nobody asks")
	is("")
	k.mustType("ana", ":due 1 10m")
	k.wait(10 * time.Minute)
	if it := k.room.ItemByN(1); !k.room.ItemOverdue(it, k.now) {
		t.Error("ten minutes later: got not overdue, want overdue")
	}
	k.refused("ana", ":due 1 soon", `"soon" is not a time in the future; write 45m, @16:30, fri, or 2026-11-30 16:30`)
	k.refused("ana", ":due 1", `give a time in the future, such as 45m, @16:30, fri or 2026-11-30 16:30`)
	k.refused("ana", ":due 1 -5m", `"-5m" is not a length of time; write 45m or 1h30m`)
	k.refused("ana", ":due 2 off", "item 2 has no due time to remove")
	k.mustType("ana", ":check 1")
	k.refused("ana", ":due 1 5m", "item 1 is done, so nothing is due")
}

// TestPoll: a poll without objections proceeds, one with an objection does not, and
// it ends by time.
func TestPoll(t *testing.T) {
	k := asking(t)
	is := func(n int, state model.PollState, words string) {
		t.Helper()
		p := k.room.Polls[n-1]
		if got := p.State(k.now); got != state || p.Outcome(k.now).String() != words {
			t.Errorf("poll %d: got %s, %q; want %s, %q", n, got, p.Outcome(k.now), state, words)
		}
	}
	k.mustType("ana", ":poll rotate the key now 60s executes @cy", ":poll 2m isolate the runner")
	is(1, model.PollOpen, "open, no objection so far")
	k.mustType("bo", ":object 2 it holds the only log")
	is(2, model.PollOpen, "open, bo objects")
	k.refused("bo", ":object 2 again", "bo already objects to poll 2")
	k.refused("cy", ":object 2", "give a reason: :object 2 REASON")
	k.refused("cy", ":object", "give the number of the poll, as in :object 1 REASON; 2 are open")
	k.wait(time.Minute)
	is(1, model.PollProceeds, "decided: nobody objected; @cy executes")
	k.refused("cy", ":object 1 too late",
		"poll 1 ended at 2026-11-21 14:01:00 UTC, decided: nobody objected; @cy executes; open another with :poll "+
			"TEXT 60s")
	k.mustType("cy", ":object not yet")
	k.wait(time.Minute)
	is(2, model.PollObjects, "not decided: bo, cy objected")
	k.refused("cy", ":object", "no poll is open; open one with :poll TEXT 60s")
	k.mustType("ana", ":poll pay the ransom 2m", ":poll tell the press 2m", ":poll wait for legal 2m")
	k.refused("cy", ":poll 3 proceeds we lose money",
		`cy may not do that (a decision of the commander); it needs the right `+
			`"command" or one of these roles: Incident Commander (ana)`)
	k.refused("ana", ":poll 3 dropped", "give a reason: :poll 3 dropped REASON")
	k.mustType("ana", ":poll 3 dropped the backup is whole", ":poll 4 changed we tell the customers first",
		":poll 5 proceeds everybody is here and agrees", ":poll 2 proceeds it is contained")
	is(3, model.PollDropped, "dropped by ana 2 min before its end: the backup is whole")
	is(4, model.PollChanged, "changed by ana 2 min before its end: we tell the customers first")
	is(5, model.PollProceeds, "decided by ana 2 min before its end: everybody is here and agrees")
	is(2, model.PollProceeds, "decided by ana despite objections from bo, cy: it is contained")
	k.refused("ana", ":poll 3 proceeds after all",
		"poll 3 was closed at 2026-11-21 14:02:00 UTC, dropped by ana 2 min before its end: the backup is whole; "+
			"open another with :poll TEXT 60s")
	p := k.room.Polls[2]
	if !p.EndsAt.Equal(p.At.Add(2*time.Minute)) || !p.ClosedAt.Equal(k.now) || p.ClosedBy != "ana" {
		t.Errorf("poll 3: got planned %s, closed %s by %s; want %s, %s by ana", p.EndsAt, p.ClosedAt, p.ClosedBy,
			p.At.Add(2*time.Minute), k.now)
	}
	k.refused("ana", ":poll 1 dropped too late", "poll 1 ended at 2026-11-21 14:01:00 UTC, decided: nobody "+
		"objected; @cy executes; record another decision with !TEXT")
	k.refused("bo", ":object 4 no", "poll 4 was closed at 2026-11-21 14:02:00 UTC, changed by ana 2 min before its "+
		"end: we tell the customers first; open another with :poll TEXT 60s")
	k.refused("ana", ":poll 9 dropped no", "there is no poll 9; this room has 1 to 5")
	k.mustType("ana", ":poll 9 dropped packets on web3, ignore them 60s")
	k.mustType("cy", ":poll go home 10m")
	k.mustType("cy", ":poll 7 dropped too early")
	if got, want := k.last(), "7  go home, dropped 10 min before its end: too early"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	is(7, model.PollDropped, "dropped by cy 10 min before its end: too early")
	k.refused("ana", ":poll rotate",
		"give the proposal and the time for objections: :poll isolate the runner now 60s executes @ana")
	k.refused("ana", ":poll rotate 60s executes @nobody",
		`nobody called "nobody" has been here; the people in the room are @ana, @bo, @cy`)
	k.refused("ana", ":poll rotate 48h", `"48h" is too long for a poll; a poll lasts up to 24h, as in :poll TEXT 60s`)
}

// TestAskNobodyHere: an ask of a role warns if none of its holders was ever here, as an ask
// of the person does.
func TestAskNobodyHere(t *testing.T) {
	k := asking(t)
	k.mustType("ana", ":role comms @tool")
	for _, line := range []string{":ask comms 3m who sends it?", ":ask @tool 3m who sends it?"} {
		h := model.HintOf(line, k.ctx("ana"))
		if want := "nobody called tool has been here yet"; !strings.Contains(h.Will.String(), want) {
			t.Errorf("%s: got preview %q, want %q in it", line, h.Will, want)
		}
	}
}

// TestWorkForWhoOnlyWatches: who is given something to do but may only watch is named before
// the line is sent, because no answer of theirs could be stored. To be shown the room is enough
// for them.
func TestWorkForWhoOnlyWatches(t *testing.T) {
	k := asking(t)
	k.admit("wu", model.Watch)
	for line, warned := range map[string]bool{":ask @wu 5m who called?": true, ":todo call the vendor @wu": true,
		":ask @bo 5m who called?": false, ":restrict @bo @wu": false} {
		a, err := k.typed("ana", line)
		if err != nil {
			t.Errorf("%s: got %v, want no error", line, err)
			continue
		}
		got := k.room.Warning(model.Actor{Handle: "ana"}, a).String()
		if strings.HasPrefix(got, "wu may only watch here") != warned {
			t.Errorf("%s: got the warning %q, want one: %t", line, got, warned)
		}
	}
}
