package model_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// update imports findings again and stores what changed, as the command line does.
func (k *testRoom) update(list ...*model.Alert) []*model.AlertUpdated {
	k.t.Helper()
	var g model.AlertGroups
	for _, a := range list {
		g.Add(a)
	}
	updates := g.Updates(k.room, "f", "sum")
	for _, u := range updates {
		if l := k.do("ana", model.Act{Body: u}); !l.Refused.IsEmpty() {
			k.t.Fatalf("an update: got the refusal %q, want none", l.Refused)
		}
	}
	if added, _ := g.Bodies(k.room, "f", "sum"); len(added) > 0 {
		k.t.Errorf("got %d new alerts, want none", len(added))
	}
	return updates
}

func (k *testRoom) last() string { return k.room.Line(k.room.Seq).Text.String() }

// TestAlertUpdated: if a known finding becomes worse, verified, more frequent,
// closed or open again, its alert changes: its line, its suggestion and its clock.
func TestAlertUpdated(t *testing.T) {
	k := lobby(t)
	k.take(finding(1, "a", "medium"))
	if got := k.update(finding(1, "a", "medium")); len(got) != 0 {
		t.Errorf("the same again: got %d updates, want 0", len(got))
	}
	worse := finding(1, "a", "critical")
	worse.Confidence = "verified"
	k.update(worse)
	if a := k.room.AlertN(1); a.Alert.Severity != "critical" || a.Alert.Confidence != "verified" {
		t.Errorf("got %s and %s, want critical and verified", a.Alert.Severity, a.Alert.Confidence)
	}
	if got, want := k.last(), "now verified, was unverified; now critical, was medium"; !strings.Contains(
		got,
		want,
	) ||
		!strings.Contains(got, "suggests SEV-1 (the secret works)") {
		t.Errorf("got %q, want %q in it, and what it suggests", got, want)
	}
	if got := k.update(finding(1, "a", "low")); len(got) != 0 {
		t.Errorf("a later scan without verification: got %d updates, want 0", len(got))
	}
	often := finding(1, "a", "critical")
	often.Count = 400
	k.update(often)
	if got := k.room.AlertN(1).Alert.Count; got != 400 {
		t.Errorf("got count %d, want 400", got)
	}
	often.Count = 410
	if got := k.update(often); len(got) != 0 {
		t.Errorf("seen 410 times after 400: got %d updates, want 0", len(got))
	}
}

// TestAlertClosedAtItsSource: the clock of an alert stops when its source closes it,
// and counts again from when it returns.
func TestAlertClosedAtItsSource(t *testing.T) {
	k := lobby(t)
	k.take(finding(1, "a", "high"), finding(2, "a", "high"))
	k.now = k.now.Add(5 * time.Minute)
	over := func(n int) *model.Alert {
		a := finding(n, "a", "high")
		a.Resolved, a.State = true, "resolved"
		return a
	}
	k.update(over(1))
	if a := k.room.AlertN(1); !a.Over.IsZero() || k.room.AlertClock(a, k.now).State != model.ClockRunning {
		t.Errorf("one of two is over: got %+v, want a running clock", a)
	}
	if got, want := k.last(), "1 of 2 findings resolved at their source"; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
	gone := finding(2, "a", "high")
	gone.LeftOut = model.LeftGone
	k.update(gone)
	a := k.room.AlertN(1)
	if c := k.room.AlertClock(a, k.now.Add(time.Hour)); c.State != model.ClockStopped || !a.Settled() ||
		len(k.room.OpenAlerts()) != 0 {
		t.Errorf("all are over: got clock %s, %d open, want stopped and 0", c.State, len(k.room.OpenAlerts()))
	}
	if got, want := k.last(), "its clock stops"; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
	k.now = k.now.Add(time.Hour)
	k.update(finding(2, "a", "high"))
	a = k.room.AlertN(1)
	if c := k.room.AlertClock(a, k.now.Add(time.Minute)); c.State != model.ClockRunning ||
		c.Remaining != 14*time.Minute {
		t.Errorf("it came back: got %s %s, want running and 14m", c.State, c.Remaining)
	}
	if got, want := k.last(), "reopened at its source"; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}

// TestAlertWakes: an alert that was settled and returns worse has to be judged
// again.
func TestAlertWakes(t *testing.T) {
	k := lobby(t)
	k.take(finding(1, "a", "medium"))
	k.mustType("ana", ":judge 1 fp a test key")
	k.now = k.now.Add(time.Hour)
	live := finding(1, "a", "critical")
	live.Confidence = "verified"
	k.update(live)
	a := k.room.AlertN(1)
	if a.Verdict != "" || a.Before != "false_positive" || len(k.room.OpenAlerts()) != 1 {
		t.Errorf(
			"got verdict %q, before %q, %d open; want it open again",
			a.Verdict,
			a.Before,
			len(k.room.OpenAlerts()),
		)
	}
	if c := k.room.AlertClock(a, k.now); c.State != model.ClockRunning || c.Remaining != 15*time.Minute {
		t.Errorf("got %s %s, want running and 15m", c.State, c.Remaining)
	}
}

// TestAlertUpdateRefused: an update is refused if it changes nothing, or names an
// alert that does not exist.
func TestAlertUpdateRefused(t *testing.T) {
	k := lobby(t)
	k.take(finding(1, "a", "medium"))
	id := k.room.AlertN(1).ID
	for want, b := range map[string]*model.AlertUpdated{
		"there is no such alert in this room":              {Alert: "x", Severity: "high"},
		"alert 1 is already in that state":                 {Alert: id, Severity: "medium"},
		"the update has an unknown severity or confidence": {Alert: id, Severity: "sev-1"},
		"the update names findings that alert 1 does not":  {Alert: id, Closed: "AAAAAAAAAAA="},
		"a field of the update is longer than its limit":   {Alert: id, Closed: "x"},
	} {
		if l := k.do("ana", model.Act{Body: b}); !strings.HasPrefix(l.Refused.String(), want) {
			t.Errorf("got %q, want %q", l.Refused, want)
		}
	}
}

// TestAlertKnownByOldKey: a finding that older programs stored under another key is
// recognized, and that key matches one finding only.
func TestAlertKnownByOldKey(t *testing.T) {
	k := lobby(t)
	k.take(finding(1, "a", "medium"))
	old := finding(1, "a", "medium").FindingKey
	now, other := finding(7, "a", "medium"), finding(8, "a", "medium")
	now.FormerKey, other.FormerKey = old, old
	got := k.take(now, other)
	if len(got) != 1 || got[0].Findings != 1 {
		t.Errorf("got %d alerts, want one with one finding", len(got))
	}
	form := finding(9, "b", "low")
	form.AlsoKey = finding(100, "", "").FindingKey
	k.take(form)
	sarif := finding(10, "c", "low")
	sarif.AlsoKey = form.AlsoKey
	if got := k.take(sarif); len(got) != 0 {
		t.Errorf("another form of the same finding: got %d alerts, want 0", len(got))
	}
}

// TestVerifiedFirst: of a file with many groups, each verified secret gets its own
// line before the line of all others, and is listed first.
func TestVerifiedFirst(t *testing.T) {
	k := lobby(t)
	var list []*model.Alert
	for i := range 30 {
		a := finding(i, string(rune('a'+i)), "high")
		if i%10 == 3 {
			a.Confidence, a.Severity = "verified", "critical"
		}
		list = append(list, a)
	}
	got := k.take(list...)
	if len(got) != 4 || got[3].Groups != 27 || got[3].Findings != 27 {
		t.Fatalf("got %d alerts, want 3 and one of 27 groups", len(got))
	}
	for i, a := range k.room.OpenAlerts() {
		if live := a.Alert.Confidence == "verified"; live != (i < 3) {
			t.Errorf("place %d: got %s, want the verified first", i, a.Alert.Confidence)
		}
	}
}

// TestAlertUpdatedInLog: an update survives an export, and a program that does not
// know the kind shows it as a plain line.
func TestAlertUpdatedInLog(t *testing.T) {
	k := lobby(t)
	k.take(finding(1, "a", "medium"))
	k.update(finding(1, "a", "high"))
	raw, err := json.Marshal(k.room)
	if err != nil {
		t.Fatalf("encode JSON: %v", err)
	}
	var back model.Room
	if err := json.Unmarshal(raw, &back); err != nil || back.Alerts[0].Alert.Severity != "high" {
		t.Errorf("got %v, want the alert as it was", err)
	}
	if !model.KindAlertUpdated.Redactable() {
		t.Error("got an update that cannot be redacted, want one that can")
	}
}

// TestManyFindingsFit: an event with the maximum number of findings fits into a
// message, even if another form of the tool has them and some are closed. So does
// its update.
func TestManyFindingsFit(t *testing.T) {
	k := lobby(t)
	var g, over model.AlertGroups
	for i := range 1500 {
		a := finding(i, "same", "high")
		a.AlsoKey = finding(10_000+i, "", "").FindingKey
		a.Title, a.Description = strings.Repeat("<", 200), strings.Repeat("&", 2000)
		if a.Resolved = i%2 == 0; a.Resolved {
			a.State = "fixed"
		}
		g.Add(a)
		b := *a
		b.Resolved = true
		over.Add(&b)
	}
	bodies, _ := g.Bodies(k.room, "f", "s")
	if len(bodies) != 1 {
		t.Fatalf("got %d events, want 1", len(bodies))
	}
	if l := k.do("ana", model.Act{Body: bodies[0]}); !l.Refused.IsEmpty() {
		t.Fatalf("got %q, want it taken", l.Refused)
	}
	handed := k.room.Handed(k.room.AlertN(1))
	for what, b := range map[string]any{"received": bodies[0], "handed": handed} {
		if raw, err := json.Marshal(b); err != nil || len(raw) > model.MaxBody {
			t.Errorf("%s: got %d bytes, %v; want at most %d", what, len(raw), err, model.MaxBody)
		}
	}
	for _, u := range over.Updates(k.room, "f", "s") {
		if raw, err := json.Marshal(u); err != nil || len(raw) > model.MaxBody {
			t.Errorf("the update: got %d bytes, %v; want at most %d", len(raw), err, model.MaxBody)
		}
		if l := k.do("ana", model.Act{Body: u}); !l.Refused.IsEmpty() {
			t.Errorf("the update: got %q, want it taken", l.Refused)
		}
	}
	if k.room.AlertN(1).Over.IsZero() {
		t.Error("got it open, want it over")
	}
}

// TestFindingListedTwice: a finding that one reading lists as closed and as open is open,
// in any order. Of two readings that are merged, the later one counts.
func TestFindingListedTwice(t *testing.T) {
	open := finding(1, "a", "high")
	over := finding(1, "a", "high")
	over.Resolved, over.State = true, "fixed"
	gone := finding(1, "a", "high")
	gone.LeftOut = model.LeftSuppressed
	for _, c := range []struct {
		name    string
		reads   [][]*model.Alert
		stopped bool
	}{
		{"open, fixed", [][]*model.Alert{{open, over}}, false},
		{"fixed, open", [][]*model.Alert{{over, open}}, false},
		{"suppressed, open", [][]*model.Alert{{gone, open}}, false},
		{"open, suppressed", [][]*model.Alert{{open, gone}}, false},
		{"fixed", [][]*model.Alert{{over}}, true},
		{"open, then fixed", [][]*model.Alert{{open}, {over}}, true},
		{"fixed, then open", [][]*model.Alert{{over}, {open}}, false},
		{"open, then suppressed, then open", [][]*model.Alert{{open}, {gone}, {open}}, false},
		{"open, then suppressed", [][]*model.Alert{{open}, {gone}}, true},
		{"open, then open and fixed", [][]*model.Alert{{open}, {over, open}}, false},
	} {
		for _, known := range []bool{false, true} {
			for _, stored := range []bool{false, true} {
				k := lobby(t)
				if known {
					k.take(over) // the readings replace this state
				}
				var all model.AlertGroups
				for _, list := range c.reads {
					var g model.AlertGroups
					for _, a := range list {
						g.Add(a)
					}
					if !stored {
						all.Merge(&g)
						continue
					}
					for raw, err := range g.Encoded() {
						if err == nil {
							err = all.AddEncoded(raw)
						}
						if err != nil {
							t.Fatalf("%s: storing a group: got %v, want it stored", c.name, err)
						}
					}
				}
				for _, u := range all.Updates(k.room, "f", "sum") {
					k.do("ana", model.Act{Body: u})
				}
				for _, b := range all.Storm(k.room, "f", "sum") {
					k.do("ana", model.Act{Body: b})
				}
				if n := len(k.room.Alerts); n != 1 {
					t.Fatalf("%s: got %d alerts, want 1", c.name, n)
				}
				if a := k.room.AlertN(1); a.Over.IsZero() == c.stopped {
					t.Errorf("%s (known before: %v, held on disk: %v): got stopped %v, want %v; last line %q", c.name,
						known, stored, !a.Over.IsZero(), c.stopped, k.last())
				}
				if strings.Contains(k.last(), "(open)") {
					t.Errorf("%s: got %q, want no line that calls a closed finding open", c.name, k.last())
				}
			}
		}
	}
}

// TestStateOfAlert: the state of an alert and the word in its line are those of the findings
// that changed, also if the source states none.
func TestStateOfAlert(t *testing.T) {
	as := func(n int, state string, over bool) *model.Alert {
		a := finding(n, "a", "high")
		a.Resolved, a.State = over, state
		return a
	}
	gone := func(n int) *model.Alert {
		a := finding(n, "a", "high")
		a.LeftOut = model.LeftGone
		return a
	}
	k := lobby(t)
	k.take(as(1, "firing", false), as(2, "firing", false))
	for _, c := range []struct {
		list        []*model.Alert
		line, state string
	}{
		{[]*model.Alert{as(1, "resolved", true), as(2, "firing", false)},
			"1 of 2 findings closed at their source", "firing"},
		{[]*model.Alert{as(1, "firing", false), as(2, "resolved", true)},
			"1 of 2 findings closed at their source; 1 finding reopened at its source", "firing"},
		{[]*model.Alert{as(1, "resolved", true)}, "resolved at its source (resolved); its clock stops", "resolved"},
		{[]*model.Alert{as(1, "", false)}, "reopened at its source; its clock restarts", "open"},
		{[]*model.Alert{gone(1)}, "resolved at its source (closed); its clock stops", "closed"},
	} {
		k.update(c.list...)
		if a := k.room.AlertN(1); !strings.Contains(k.last(), c.line) || a.Alert.State != c.state {
			t.Errorf("got the state %q and the line %q, want %q and %q", a.Alert.State, k.last(), c.state, c.line)
		}
	}
}
