package model_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"warroom/model"
)

// finding returns an invented finding of a group.
func finding(n int, group, severity string) *model.Alert {
	h := sha256.Sum256(fmt.Appendf(nil, "finding %d", n))
	return &model.Alert{Source: "gitleaks", Kind: "secret", Rule: "aws-access-token", Title: "AWS key",
		Severity: severity, Confidence: "unverified", Count: 1,
		Location: model.AlertLocation{URI: "deploy/ci.sh", Line: n + 1}, FindingKey: hex.EncodeToString(h[:16]),
		GroupKey: group}
}

// take stores findings in the room as the command line does, and returns the events
// for those that were new.
func (k *testRoom) take(list ...*model.Alert) []*model.AlertReceived {
	k.t.Helper()
	var g model.AlertGroups
	for _, a := range list {
		g.Add(a)
	}
	bodies, _ := g.Bodies(k.room, "gitleaks-json", "sum of "+fmt.Sprint(len(list)))
	for _, b := range bodies {
		a := model.Act{Body: b}
		if err := model.Decide(k.room, k.ctx("ana").Who, a, k.now); err != nil {
			k.t.Fatalf("decide: %v", err)
		}
		if l := k.do("ana", a); !l.Refused.IsEmpty() {
			k.t.Fatal(l.Refused)
		}
	}
	return bodies
}

func alertRoom(t *testing.T) *testRoom {
	return declared(t, "security", model.Declaration{Severity: "SEV-3"})
}

// TestAlertOncePerFinding: a finding that the room has is not stored again, whoever
// sends it, alone or with others.
func TestAlertOncePerFinding(t *testing.T) {
	k := alertRoom(t)
	if got := k.take(finding(1, "a", "high"), finding(2, "a", "high"), finding(3, "b", "low")); len(got) != 2 ||
		got[0].Findings != 2 {
		t.Fatalf("%+v", got)
	}
	if got := k.take(finding(3, "b", "low"), finding(2, "a", "high")); len(got) != 0 {
		t.Errorf("they came again: %+v", got)
	}
	if got := k.take(finding(2, "a", "high"), finding(4, "a", "critical")); len(got) != 1 || got[0].Findings != 1 ||
		k.room.Alerts[2].New != 1 {
		t.Errorf("%+v", got)
	}
	if l := k.room.Line(k.room.Seq); !strings.Contains(l.Text.String(), "more findings for alert 1") {
		t.Error(l.Text)
	}
	// Two clients import the same file at the same time: the first one in the log
	// counts.
	var g model.AlertGroups
	g.Add(finding(9, "c", "high"))
	one, _ := g.Bodies(k.room, "f", "s")
	two, _ := g.Bodies(k.room, "f", "s")
	if l := k.do("ana", model.Act{Body: one[0]}); !l.Refused.IsEmpty() {
		t.Error(l.Refused)
	}
	if l := k.do("ana", model.Act{Body: two[0]}); l.Refused.String() != "all findings of this alert are already in "+
		"the room" ||
		len(k.room.Alerts) != 4 {
		t.Errorf("the second: %s", l.Refused)
	}
}

// TestAlertStorm: a file with many findings, or with many groups, becomes one event
// that fits into a message.
func TestAlertStorm(t *testing.T) {
	k := alertRoom(t)
	before := k.room.Seq
	var list []*model.Alert
	for i := range 1494 {
		a := finding(i, "same", "high")
		a.Title, a.Description, a.Link = strings.Repeat("<", 300), strings.Repeat("<", 2000), strings.Repeat("&", 500)
		list = append(list, a)
	}
	got := k.take(list...)
	if len(got) != 1 || got[0].Findings != 1494 || k.room.Seq != before+1 || k.room.Alerts[0].New != 1494 {
		t.Fatalf("%d events", len(got))
	}
	if raw, err := json.Marshal(got[0]); err != nil || len(raw) > model.MaxBody {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	if got := k.take(list...); len(got) != 0 {
		t.Error("the file was new twice")
	}
	list = nil
	for i := range 5000 {
		a := finding(10_000+i, fmt.Sprint("group ", i%700), "medium")
		a.Rule = fmt.Sprint("rule ", i%30)
		list = append(list, a)
	}
	list[77].Severity = "critical"
	got = k.take(list...)
	if len(got) != 1 || got[0].Findings != 5000 || got[0].Groups != 700 || got[0].Alert.Severity != "critical" ||
		len(got[0].Rules) != 12 {
		t.Fatalf("%d events: %+v", len(got), got[0].Rules)
	}
	if l := k.room.Line(k.room.Seq); !strings.Contains(l.Text.String(),
		"2  critical  gitleaks: 5000 findings in 700 groups; the worst: rule") {
		t.Error(l.Text)
	}
}

// TestJudge: verdicts as they are typed, and the texts of refusals.
func TestJudge(t *testing.T) {
	k := alertRoom(t)
	k.refused("ana", ":judge 1 benign no", "there is no alert 1; this room has none")
	k.take(finding(1, "a", "high"))
	k.refused("ana", ":judge 1",
		"give a verdict on alert 1 and a reason; the verdicts are true_positive_with_impact, "+
			"true_positive_without_impact, false_positive, benign, inconclusive")
	k.refused("ana", ":judge 1 fine it is",
		`"fine" is not a verdict; the verdicts are: true_positive_with_impact, true_positive_without_impact, `+
			`false_positive, benign, inconclusive`)
	k.refused("ana", ":judge 1 benign", "give a reason: :judge 1 benign REASON")
	k.admit("wu", model.Watch)
	k.refused("wu", ":judge 1 benign I think so",
		`wu may only watch here; somebody with the right "command" can change that: :right wu write`)
	k.mustType("ana", ":judge 1 false-positive a key of the documentation")
	k.refused("ana", ":judge 1 fp still", "alert 1 already has that verdict, by ana")
	k.refused("ana", ":judge 1 true it was used",
		"a true positive needs to state its impact: :judge 1 with-impact REASON, or :judge 1 without-impact REASON")
	k.mustType("ana", ":judge 1 true positive with impact it was used")
	a := k.room.Alerts[0]
	if a.Verdict != "true_positive_with_impact" || a.Why != "it was used" || a.JudgedBy != "ana" {
		t.Errorf("%+v", a)
	}
	if l := k.room.Line(k.room.Seq).Text.String(); l !=
		"1  true positive with impact, was false positive: it was used" {
		t.Error(l)
	}
	k.mustType("ana", ":resolve override done", ":close override a test",
		":judge 1 inconclusive the log of the vendor is gone")
	if k.room.Severity != "SEV-3" || k.room.Kind != "" {
		t.Error("an alert has changed the incident")
	}
}

// TestAlertHint: what an alert suggests, and why.
func TestAlertHint(t *testing.T) {
	k := alertRoom(t)
	for _, c := range []struct {
		change func(*model.Alert)
		want   string
	}{
		{func(*model.Alert) {}, "suggests SEV-2 (high), Leaked credential (secret found)"},
		{func(a *model.Alert) { a.Confidence = "verified" },
			"suggests SEV-1 (the secret works), Leaked credential (secret found)"},
		{func(a *model.Alert) { a.Kind, a.Severity = "threat", "critical" }, "suggests SEV-1 (critical)"},
		{func(a *model.Alert) { a.Kind, a.Severity = "detection", "critical" }, "suggests SEV-2 (critical)"},
		{func(a *model.Alert) { a.Kind, a.Severity = "misconfig", "low" }, ""},
		{func(a *model.Alert) { a.Kind, a.Severity = "report", "unknown" }, ""},
		{func(a *model.Alert) { a.Sample = true }, ""},
		{func(a *model.Alert) { a.Resolved = true }, ""},
	} {
		a := finding(1, "a", "high")
		c.change(a)
		got := k.room.AlertHint(a).String()
		if c.want == "suggests SEV-1 (critical)" { // the plan has its own names for kinds
			got, _, _ = strings.Cut(got, ", ")
		}
		if got != c.want {
			t.Errorf("%+v\n got %q\nwant %q", a, got, c.want)
		}
	}
}

// TestForgedAlert: every reader refuses events that only a modified client would
// send.
func TestForgedAlert(t *testing.T) {
	k := alertRoom(t)
	for name, change := range map[string]func(*model.AlertReceived){
		"no kind":     func(b *model.AlertReceived) { b.Alert.Kind = "" },
		"no severity": func(b *model.AlertReceived) { b.Alert.Severity = "very" },
		"no keys":     func(b *model.AlertReceived) { b.Keys = "" },
		"half a key": func(b *model.AlertReceived) {
			b.Keys = base64.StdEncoding.EncodeToString(
				[]byte("1234567"))
		},
		"no base64": func(b *model.AlertReceived) { b.Keys = "!" },
		"too many keys": func(b *model.AlertReceived) {
			b.Keys = base64.StdEncoding.EncodeToString(make([]byte,
				8*1501))
		},
		"no findings":     func(b *model.AlertReceived) { b.Findings = 0 },
		"too many":        func(b *model.AlertReceived) { b.Findings = 1 << 40 },
		"negative groups": func(b *model.AlertReceived) { b.Groups = -1 },
		"two lines":       func(b *model.AlertReceived) { b.Alert.Title = "a\nb" },
		"no title":        func(b *model.AlertReceived) { b.Alert.Title = "" },
		"a long text":     func(b *model.AlertReceived) { b.Alert.Description = strings.Repeat("x", model.MaxText+1) },
		"a long name":     func(b *model.AlertReceived) { b.Alert.Source = strings.Repeat("x", 500) },
		"many rules":      func(b *model.AlertReceived) { b.Rules = make([]model.AlertRule, 13) },
	} {
		var g model.AlertGroups
		g.Add(finding(1, "a", "high"))
		b, _ := g.Bodies(k.room, "f", "s")
		change(b[0])
		if l := k.do("ana", model.Act{Body: b[0]}); l.Refused.IsEmpty() || len(k.room.Alerts) > 0 {
			t.Errorf("%s: was taken", name)
		}
	}
	var g model.AlertGroups
	a := finding(1, "a", "high")
	a.Title, a.Location.URI = "\x1b]0;PWNED\a[red]", "\u202egpj.exe"
	g.Add(a)
	b, _ := g.Bodies(k.room, "f", "s")
	if l := k.do("ana", model.Act{Body: b[0]}); strings.ContainsAny(l.Text.String(), "\x1b\u202e\a") ||
		!l.Refused.IsEmpty() {
		t.Errorf("%q %s", l.Text, l.Refused)
	}
}
