package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// fixed returns a room in which bo applied the patch, with evidence of every class.
func fixed(t testing.TB) *testRoom {
	k := led(t)
	for i, class := range []string{"log", "metric", "snapshot"} {
		k.collect(class, i)
	}
	k.wait(time.Minute)
	k.mustType("bo", ":check 18 the library is new")
	return k
}

// TestScanAfterPatch: a scan counts if its file was imported after the patch.
func TestScanAfterPatch(t *testing.T) {
	k := led(t)
	for i, class := range []string{"log", "metric", "snapshot", "other"} {
		k.collect(class, i) // the last one is a scan of the unpatched system
	}
	k.wait(time.Minute)
	k.mustType("bo", ":check 18 the library is new")
	k.refused("di", ":check 22", "item 22 needs the result of a scan made after item 18 was done, 2026-11-21 "+
		"14:01:00 UTC; add it with :ingest FILE or :evidence FILE --class other; to override it, as Commander or "+
		`with the right "command": :check 22 override REASON`)
	k.wait(time.Minute)
	k.collect("other", 5)
	k.mustType("di", ":check 22 clean")
}

// TestWhoChecksTheirOwnWork: work checked by the person who did it is shown, and so
// is a person who gave themselves the role of expert.
func TestWhoChecksTheirOwnWork(t *testing.T) {
	k := fixed(t)
	k.mustType("bo", ":role sme @bo", ":check 23 works in staging")
	it := k.room.ItemByN(23)
	if got, want := k.room.SelfChecked(it).String(), "bo also did item 18, which this item checks"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	a := k.room.Roles[len(k.room.Roles)-1]
	if got, want := k.room.NamedSelf(a).String(), "named themselves"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	k = fixed(t)
	k.mustType("bo", ":role sme @di")
	k.mustType("di", ":check 23 works in staging")
	if s := k.room.SelfChecked(k.room.ItemByN(23)); !s.IsEmpty() {
		t.Errorf("by another: got %q, want nothing", s)
	}
}

// TestLeftOpenIsAnswered: an incident can be resolved if nothing is open, or with a
// reason.
func TestLeftOpenIsAnswered(t *testing.T) {
	k := fixed(t)
	k.mustType("bo", ":ask @di 3m who called?")
	err := k.try("bo", ":resolve it is over")
	for _, want := range []string{"(open: items 1 to 5, 7, 8, 11 to 13, 16, 17 and 22 to 24; ",
		"; ask 1 to @di: who called?; ",
		"nobody was Security Lead", "exposure was never assessed", ":resolve override REASON"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	const first = "item 1 Validate that the alert is real and verify its severity"
	if got := model.OpenOf(err); len(got) != 19 || got[0].Words().String() != first {
		t.Errorf("got %d points, first %+v, want 19 with their texts", len(got), got)
	}
	k.mustType("bo", ":answer 1 the vendor", ":exposure none nothing was read", ":check 1 SEV-2 it is real",
		":role seclead @cy")
	for i := range k.room.Items {
		it := &k.room.Items[i]
		if it.Phase != "monitoring" && it.Phase != "review" && !k.room.Settled(it) {
			k.mustType("bo", fmt.Sprintf(":skip %d not for this one", it.N))
		}
	}
	k.mustType("bo", ":resolve it is over")
	if got, want := k.last(), "the incident is over: it is over"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestResolutionAddsFollowUps: updating runbooks becomes a follow-up, once, and what
// was scaled up has to be scaled down before the room is closed.
func TestResolutionAddsFollowUps(t *testing.T) {
	k := fixed(t)
	lower := k.room.ItemByID("lower-logging")
	if s := k.room.NotNeeded(lower).String(); s != "item 16 was not done" {
		t.Errorf("before: got %q, want it not needed", s)
	}
	k.mustType("bo", ":if logging yes", ":check 16 debug everywhere", ":resolve override over", ":reopen no",
		":resolve override now it is")
	if s := k.room.NotNeeded(lower); !s.IsEmpty() {
		t.Errorf("after the logging was turned up: got %q, want it needed", s)
	}
	if n := len(k.room.Followups); n != 1 || k.room.Followups[0].Item != "runbooks" {
		t.Errorf("got %+v, want one follow-up for the runbooks", k.room.Followups)
	}
	err := k.try("ana", ":close")
	for _, want := range []string{fmt.Sprintf(" to %d; clock Validate; ", lower.N),
		"follow-up 1 Update runbooks and automation to prevent recurrence (no owner or no date)",
		"Watch runs for another"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

// TestReportOfAClosedRoom: only the hub stores the report, and only once.
func TestReportOfAClosedRoom(t *testing.T) {
	k := declaredWithHub(t)
	report := func(i int) *model.EvidenceCollected {
		b := collected("other")
		b.Blob = strings.Replace(blobID, "BB1", fmt.Sprintf("BD%d", i), 1)
		b.Report = true
		return b
	}
	if k.room.ReportDue() {
		t.Error("while it is open: got the report due, want it not")
	}
	k.mustType("ana", ":resolve override a test", ":close override a test")
	if !k.room.ReportDue() {
		t.Error("closed: got no report due, want it")
	}
	k.wait(time.Minute)
	if l := k.do("ana", model.Act{Body: report(1)}); l.Refused.IsEmpty() {
		t.Errorf("by a person: got it taken, want it refused")
	}
	if l := k.do("hub", model.Act{Body: report(2)}); !l.Refused.IsEmpty() || k.room.ReportDue() {
		t.Errorf("by the hub: got %q, want it taken", l.Refused)
	}
	if l := k.do("hub", model.Act{Body: report(3)}); l.Refused.IsEmpty() {
		t.Errorf("again: got it taken, want it refused")
	}
}

// TestDuplicateDoesNotCount: the clocks and numbers of a duplicate do not count. What was
// missed before it was marked stays missed.
func TestDuplicateDoesNotCount(t *testing.T) {
	k := led(t)
	other := model.NewRoom()
	other.ID = "01JD0000000000000000000099"
	k.wait(10 * time.Minute)
	k.do("ana", model.Act{Body: model.NewRelated(model.RelationDuplicate, "inc-2", other, "the same key")})
	k.wait(20 * time.Minute)
	for _, v := range k.room.ClockViews(k.now) {
		if v.State != model.ClockStopped || v.Waits().String() != "duplicate of inc-2: its clocks do not count" {
			t.Errorf("%s: got %s, %q; want it stopped as a duplicate", v.Def.ID, v.State, v.Waits())
		}
	}
	for _, h := range k.room.ClockHistories(k.now) {
		want := model.VerdictNotNeeded
		if len(h.Runs) > 0 {
			want = model.VerdictStopped
		}
		if h.Verdict != want {
			t.Errorf("%s: got %s, want %s", h.Def.ID, h.Verdict, want)
		}
	}
	if m, s := k.room.Measures(), k.signals(); m != nil || s != "" {
		t.Errorf("got measures %v and signals %q, want none", m, s)
	}
}

// declaredWithHub returns a room with a key of the hub.
func declaredWithHub(t testing.TB) *testRoom {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	d := model.Declaration{Title: "Deploy key in a public CI log", Severity: "SEV-2", Plan: k.room.Plan}
	k.room, k.log = model.NewRoom(), nil
	one, two := d.Declare(keyOf("hub"))
	k.do("ana", one)
	k.do("ana", two)
	return k
}

// TestExportsOfOthers: only the hub, or the right "command", records who exported, and the list
// of the last hour is by person, kind and profile.
func TestExportsOfOthers(t *testing.T) {
	k := declaredWithHub(t)
	k.admit("bo", model.Write)
	of := func(person, what string) model.Act {
		return model.Act{Body: &model.ExportMade{What: what, Profile: "regulator", Form: "md", Person: person}}
	}
	for _, c := range []struct {
		by     string
		act    model.Act
		stored bool
	}{{"hub", of("wim", "report"), true}, {"hub", of("", "report"), false}, {"bo", of("wim", "report"), false},
		{"bo", of("", "report"), true}, {"ana", of("wim", "record"), true}, {"hub", of("W im", "report"), false}} {
		if l := k.do(c.by, c.act); l.Refused.IsEmpty() != c.stored {
			t.Errorf("%s, %+v: got the refusal %q, want it stored: %v", c.by, c.act.Body, l.Refused, c.stored)
		}
	}
	var got []string
	for _, x := range k.room.Exports {
		got = append(got, x.By+" "+x.What)
	}
	if want := "wim report|bo report|wim record"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b := of("wim", "report").Body.(*model.ExportMade)
	if !k.room.ListsExport(b, k.now.Add(59*time.Minute)) || k.room.ListsExport(b, k.now.Add(time.Hour)) {
		t.Errorf("got it listed for another time, want an hour")
	}
}
