package model_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// story returns a room in which nearly every kind of event occurred.
func story(t testing.TB) *testRoom {
	k := declared(t, "security",
		model.Declaration{Severity: "SEV-1", Kind: "credential_leak", Reason: "exposed master key"})
	k.admit("bo", model.Write)
	k.admit("cy", model.Write)
	k.wait(time.Minute)
	k.mustType("ana", ":role ic @ana Ana K., CTO", ":role scribe @bo", ":phase containment")
	k.mustType("bo", "key ..7Q seen in job 8841", "!rotate now, isolate after; cy executes",
		"?the runner is compromised",
		"TODO: scan CI logs daily",
		"-12m first odd login", ":action runner isolated", ":update key revoked | isolating | nothing", ":pin 10")
	k.wait(time.Minute)
	k.mustType("cy", ":role sme @cy for payments-api", ":start 5", ":todo @cy due 3d prevent rotate keys monthly",
		":link notion https://notion.example/x tracker")
	k.mustType("ana", ":ask @cy 3m is the old key dead?", ":handoff ic @bo going to the board",
		":exposure suspected ~1200 gdpr")
	k.mustType("cy", ":ack", ":answer yes, 403 since 14:01")
	k.mustType("bo", ":accept ic", ":amend 8 key ..7Q seen in job 8842")
	k.mustType("ana", ":retract 13 it was said twice")
	return k
}

func TestReplayInTwoStepsIsReplay(t *testing.T) {
	k := story(t)
	want := k.room.StateHash()
	for i := range k.log {
		r := model.Replay(model.Replay(model.NewRoom(), k.log[:i]...), k.log[i:]...)
		if got := r.StateHash(); got != want {
			t.Fatalf("cut at %d: %s, want %s", i, got, want)
		}
	}
}

func TestRestoredRoomGoesOnAsIfItHadNeverStopped(t *testing.T) {
	k := story(t)
	half := len(k.log) - 6
	r := model.Replay(model.NewRoom(), k.log[:half]...)
	b, err := r.Snapshot(5)
	if err != nil {
		t.Fatalf("take a snapshot: %v", err)
	}
	r, err = model.Restore(b)
	if err != nil {
		t.Fatalf("restore a room: %v", err)
	}
	if r.Older() != half-5 || len(r.Lines()) != 5 {
		t.Errorf("holds %d lines after %d older ones", len(r.Lines()), r.Older())
	}
	if got := model.Replay(r, k.log[half:]...).StateHash(); got != k.room.StateHash() {
		t.Errorf("state hash %s, want %s", got, k.room.StateHash())
	}
}

// TestRoomsDoNotShareTheirEnds: two rooms made from the same one do not overwrite
// each other's lines.
func TestRoomsDoNotShareTheirEnds(t *testing.T) {
	k := story(t)
	base := k.room
	a := k.event("ana", model.Act{Body: model.NewEntry(model.KindEntryNoted, "one")})
	b := k.event("ana", model.Act{Body: model.NewEntry(model.KindEntryNoted, "two")})
	ra, rb := model.Apply(base, a), model.Apply(base, b)
	if got := ra.Line(a.Seq).Text.String() + rb.Line(b.Seq).Text.String(); got != "onetwo" {
		t.Errorf("got %q", got)
	}
	if base.Line(a.Seq) != nil {
		t.Error("the room before has grown")
	}
}

func TestRenouncedRoleNoLongerCounts(t *testing.T) {
	k := story(t)
	own := k.room.Lines()
	var entry *model.Line
	for _, l := range own {
		if l.By == "cy" && l.IsEntry() {
			entry = l
		}
	}
	if entry == nil {
		k.mustType("cy", "mine")
		entry = k.room.Line(k.room.Seq)
	}
	amend := model.Act{Body: &model.EntryAmended{Entry: entry.ID, Seq: entry.Seq, Text: "changed"}}
	if l := k.do("bo", amend); !l.Refused.IsEmpty() {
		t.Fatalf("the Commander may amend: %s", l.Refused)
	}
	k.mustType("bo", ":renounce ic", ":renounce scribe")
	l := k.do("bo", amend)
	want := `bo may not do that (changing entries of others); it needs the right "command" or one of these roles: ` +
		"Incident Commander, Scribe"
	if l.Refused.String() != want {
		t.Errorf("got %q\nwant %q", l.Refused, want)
	}
	k.refused("bo", ":sev SEV-2 calm",
		"bo may not do that (a decision of the commander); it needs the right \"command\" or one of these roles: "+
			"Incident Commander")
}

func TestWhoMayNot(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.admit("wu", model.Watch)
	k.admit("bo", model.Write)
	k.refused("wu", "hello", `wu may only watch here; somebody with the right "command" can change that: :right wu `+
		"write")
	k.refused("eve", "hello",
		`the key of eve is not admitted to this room; somebody with the right "command" can admit it: :admit eve write`)
	k.refused("ana", ":role scribe @wu", "wu may only watch here and cannot hold a role")
	k.mustType("bo", ":role scribe @bo")
	e := k.event("bo", model.Act{Body: model.NewEntry(model.KindEntryNoted, "as ana")})
	e.By = "ana"
	if r := model.Apply(k.room, e); r.Line(e.Seq).Refused.String() != "this key belongs to bo, not to ana" {
		t.Errorf("a foreign name: %q", r.Line(e.Seq).Refused)
	}
	k.mustType("ana", ":strike @bo laptop stolen")
	k.refused("bo", "still here", "this key of bo was revoked in the room; ask the Commander to admit a new one")
	if len(k.room.Holders("scribe")) != 0 {
		t.Error("a struck person holds a role")
	}
}

func TestFaultyAndUnknownEventsAreShownAndHaveNoEffect(t *testing.T) {
	k := story(t)
	before := k.room.StateHash()
	e := k.event("ana", model.Act{Body: &model.IncidentRenamed{Title: "forged"}})
	e.Fault = "its signature does not verify"
	r := model.Apply(k.room, e)
	if l := r.Line(e.Seq); !l.Fault || l.Refused.String() != "does not verify: its signature does not verify" ||
		r.Title == "forged" {
		t.Errorf("%+v", l)
	}
	e = k.event("ana", model.Act{Body: model.NewEntry(model.KindEntryNoted, "x")})
	e.Kind, e.Body = "weather.changed", json.RawMessage(`{"to":"rain\u001b[2J"}`)
	r = model.Apply(k.room, e)
	if got := r.Line(e.Seq).Text.String(); !strings.Contains(got, "weather.changed") || strings.Contains(got, "\x1b") {
		t.Errorf("unknown kind is shown as %q", got)
	}
	if before == r.StateHash() {
		t.Error("the state hash does not cover the place in the log")
	}
}

func TestOrderOfTheChecklist(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1", Kind: "app_exploit"})
	k.admit("sam", model.Write)
	n := func(id string) int {
		t.Helper()
		it := k.room.ItemByID(id)
		if it == nil {
			var all []string
			for _, i := range k.room.Items {
				all = append(all, i.ID)
			}
			t.Fatalf("no item %s in %v", id, all)
		}
		return it.N
	}
	check := func(id string) string { return model.Safef(":check %d", n(id)).String() }
	for _, d := range k.room.Plan.Items {
		if d.Destroys && k.room.ItemByID(d.ID) != nil {
			if err := k.try("ana", check(d.ID)); err == nil {
				t.Errorf("%s was done before evidence was secured", d.ID)
			}
		}
	}
	for _, d := range k.room.Plan.Items {
		if d.Preserves != "" {
			k.mustType("ana", check(d.ID))
		}
	}
	for i, class := range []string{"log", "metric", "snapshot"} {
		k.collect(class, i)
	}
	first := ""
	for _, d := range k.room.Plan.Items {
		if d.Group == "fix" && first == "" && k.room.ItemByID(d.ID) != nil {
			first = d.ID
		}
	}
	k.mustType("ana", check(first))
	for i := range k.room.Items {
		if it := &k.room.Items[i]; k.room.Def(it).Group == "fix" && it.ID != first && k.room.NotNeeded(it).IsEmpty() {
			t.Errorf("%s is still needed", it.ID)
		}
	}
	if err := k.try("sam", ":check 1 override I say so"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("override by a writer: %v", err)
	}
}

func TestCloseIsBlocked(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-3"})
	err := k.try("ana", ":close")
	if err == nil || !strings.HasPrefix(err.Error(), "not everything is done; finish each point, or "+
		"leave it open with a reason: :close answer resolution REASON; :close override REASON gives the same reason "+
		"for all (open: the incident is not resolved; ") {
		t.Errorf("got %v", err)
	}
	k.mustType("ana", ":close override false alarm, scanner test")
	k.refused("ana", ":phase containment", "the room is closed; :reopen REASON reopens it")
	k.mustType("ana", "a late note", ":reopen not a test after all")
}

func TestRepeatsFold(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-3"})
	k.mustType("ana", "again", "again", "again", "other")
	n := 0
	for _, l := range k.room.Lines() {
		if l.Repeat {
			n++
		}
	}
	if n != 2 || k.room.Entries != 4 {
		t.Errorf("%d repeats of %d entries", n, k.room.Entries)
	}
}

func FuzzApply(f *testing.F) {
	k, p := story(f), processed(f)
	for _, e := range append(slices.Clone(k.log), p.log...) {
		f.Add(string(e.Kind), []byte(e.Body), uint8(0))
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte, who uint8) {
		by := []string{"ana", "bo", "cy", "eve"}[who%4]
		e := &model.Event{V: 1, Room: roomID, ID: "x", Key: keyOf(by), By: by, Kind: model.Kind(kind), Body: body,
			Seq: k.room.Seq + 1, RecordedAt: k.now, At: k.now}
		r := model.Apply(k.room, e)
		if r.Seq != e.Seq || r.Line(e.Seq) == nil {
			t.Fatal("an event without a line")
		}
		r.ClockViews(k.now)
		r.StateHash()
		e.Seq, e.RecordedAt, e.At = p.room.Seq+1, p.now, p.now
		q := model.Apply(p.room, e)
		if q.Seq != e.Seq || q.Line(e.Seq) == nil {
			t.Fatal("an event without a line in a room that runs an incident")
		}
		q.Radar(p.now.Add(time.Hour))
		q.LeftOpen(p.now)
		q.ClockHistories(p.now)
		for _, a := range q.Plan.Audiences {
			q.DraftUpdate(a.ID, p.now)
		}
		q.StateHash()
	})
}

// processed returns a room with every kind of event that is used to run an incident.
func processed(t testing.TB) *testRoom {
	k := led(t)
	k.mustType("bo", ":ask @cy 3m is it dead?", ":poll isolate it 2m executes @cy", ":cadence update 30m it is calm",
		":exposure suspected gdpr", ":page security", ":due 4 30m", ":block 4 legal sleeps", "TODO: typo", ":drop "+
			"1 no",
		":check 18 override the vendor did it", ":handoff ic @cy")
	k.mustType("di", ":object 1 it holds the log", ":update customers a text", ":update customers another",
		":confirm 18", ":update responders draft",
		":approve 3")
	k.mustType("bo", ":approve 2", ":role scribe @bo", ":dual it is night")
	return k
}
