package model_test

import (
	"testing"
	"time"

	"warroom/model"
)

// TestCraftedActs: an act that no command makes is refused by the check of its author and
// without effect in the fold.
func TestCraftedActs(t *testing.T) {
	k := wordy(t)
	k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "k1", Handle: "eve", Right: model.Write, Origin: "test"}})
	for name, c := range map[string]struct {
		body model.Body
		want model.Code
	}{
		"closed while something is left open": {&model.IncidentClosed{}, model.Conflict},
		"closed with a reason":                {&model.IncidentClosed{Override: "a test"}, ""},
		"another's key":                       {admitted("k1", "cy", model.Write, "test"), model.Conflict},
		"the same key again":                  {admitted("k1", "eve", model.Write, "test"), model.Conflict},
		"the same key, with another right":    {admitted("k1", "eve", model.Watch, "test"), ""},
		"the same key, by a person":           {admitted("k1", "eve", model.Write, model.OriginPerson), ""},
		"a criterion of another severity": {
			&model.SeverityChanged{To: "SEV-1", Criterion: "failed-check", Reason: "x"}, model.NotFound},
		"a criterion of the severity": {
			&model.SeverityChanged{To: "SEV-1", Criterion: "active-exploit", Reason: "x"}, ""},
		"a severity as people may type it": {&model.SeverityChanged{To: "sev1", Reason: "x"}, model.NotFound},
		"an unknown regime": {
			&model.ExposureAssessed{Level: "suspected", Regimes: []string{"hipaa"}, Why: "x"}, model.NotFound},
		"a regime of the plan": {
			&model.ExposureAssessed{Level: "suspected", Regimes: []string{"gdpr"}, Why: "x"}, ""},
		"an update without text": {&model.UpdateSent{Audience: "responders"}, model.Invalid},
		"an update":              {&model.UpdateSent{Audience: "responders", Conditions: "x"}, ""},
		"a draft without text":   {&model.UpdateDrafted{Audience: "customers"}, model.Invalid},
		"a draft":                {&model.UpdateDrafted{Audience: "customers", Conditions: "x"}, ""},
		"a poll for somebody unknown": {
			&model.PollOpened{Text: "x", For: model.Duration(time.Minute), Executes: "nobody here"}, model.Invalid},
		"revoked, with a key that is not there": {&model.KeyRevoked{Handle: "eve", Key: "k2"}, model.NotFound},
		"revoked, with a key":                   {&model.KeyRevoked{Handle: "eve", Key: "k1"}, ""},
		"revoked, never seen":                   {&model.KeyRevoked{Handle: "zed"}, ""},
		"the hub revoked":                       {&model.KeyRevoked{Handle: "hub"}, model.NotFound},
	} {
		a := model.Act{Body: c.body}
		if got := model.CodeOf(model.Decide(k.room, k.ctx("ana").Who, a, k.now)); got != c.want {
			t.Errorf("%s: got the code %q, want %q", name, got, c.want)
		}
		r := model.Apply(k.room, k.event("ana", a))
		if got := r.Line(r.Seq).Refused; got.IsEmpty() != (c.want == "") {
			t.Errorf("%s: got the refusal %q in the fold, want one: %t", name, got, c.want != "")
		}
	}
}

func admitted(key, handle string, right model.Right, origin string) *model.KeyAdmitted {
	return &model.KeyAdmitted{Key: key, Handle: handle, Right: right, Origin: origin}
}

// TestEventOfAnotherRoom: an event that names another room has no effect.
func TestEventOfAnotherRoom(t *testing.T) {
	k := wordy(t)
	e := k.event("ana", model.Act{Body: model.NewEntry(model.KindEntryNoted, "x")})
	for room, want := range map[string]string{e.Room: "", "": "",
		"01JDOTHER0000000000000000": "the event belongs to another room"} {
		e.Room = room
		r := model.Apply(k.room, e)
		if got := r.Line(r.Seq).Refused.String(); got != want {
			t.Errorf("room %q: got %q, want %q", room, got, want)
		}
	}
}

// TestDraftsAreNumbered: the line of a draft has the number by which it is approved.
func TestDraftsAreNumbered(t *testing.T) {
	k := wordy(t)
	for n, want := range []string{"1  needs approval, :approve 1; to Customers: first",
		"2  needs approval, :approve 2; to Customers: second"} {
		k.mustType("bo", ":update customers "+[]string{"first", "second"}[n])
		if got := k.last(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestOverdueRoomsComeFirst: among open rooms those with something overdue come first, then
// the more severe, then those with more overdue.
func TestOverdueRoomsComeFirst(t *testing.T) {
	info := func(short, severity string, lines ...string) model.RoomInfo {
		k := declared(t, "security", model.Declaration{Severity: severity})
		k.mustType("ana", lines...)
		return model.RoomInfo{Short: short, Room: k.room, LastAt: k.room.RecordedAt}
	}
	list := []model.RoomInfo{
		info("calm", "SEV-2", ":check 1", ":snooze update 30m x"),
		info("one", "SEV-3", ":check 1"),
		info("asked", "SEV-3", ":check 1", ":ask @me 1m x"),
		info("two", "SEV-3"),
		info("asked twice", "SEV-3", ":check 1", ":ask @me 1m x", ":ask @me 1m y"),
		info("severe", "SEV-2", ":check 1"),
	}
	var got string
	for _, o := range model.Overviews(list, list[0].LastAt.Add(20*time.Minute)) {
		got += o.Short + ", "
	}
	if want := "severe, asked twice, asked, two, one, calm, "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
