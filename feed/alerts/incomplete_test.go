package alerts_test

import (
	"strings"
	"testing"

	"warroom/feed/alerts"
	"warroom/model"
)

// TestIncompleteAlerts: an alert in a list that lacks what identifies one is read as far as it
// goes, and the answer states that; what is no alert is counted.
func TestIncompleteAlerts(t *testing.T) {
	generic := func(list string) string { return `{"warroom":"alerts/1","source":"my","alerts":[` + list + `]}` }
	alertmanager := func(list string) string {
		return `{"version":"4","groupKey":"g","receiver":"r","alerts":[` + list + `]}`
	}
	const one = `{"status":"firing","labels":{"alertname":"Ok","severity":"critical"},"startsAt":"x"}`
	const note = "1 alert is incomplete: it has no title, or no labels"
	for _, c := range []struct {
		name, doc, titles, severity, note string
		skipped                           int
		refused                           bool
	}{
		{name: "no title", doc: generic(`{"title":"a"},{"id":"2","severity":"critical"}`), titles: "a, ",
			severity: "critical", note: note},
		{name: "a description", doc: generic(`{"title":"a"},{"description":"the host is down","severity":"high"}`),
			titles: "a, the host is down", severity: "high", note: note},
		{name: "alone", doc: generic(`{"id":"2","severity":"critical"}`), titles: "", severity: "critical", note: note},
		{name: "other values", doc: generic(`{"title":"a","severity":"low"},5,null,{}`), titles: "a", severity: "low",
			skipped: 3, note: "3 lines or records that are not findings were skipped"},
		{name: "nothing", doc: generic(`5,{}`), refused: true},
		{name: "Alertmanager", doc: alertmanager(one + `,{"status":"firing","annotations":{"summary":"lost"}}`),
			titles: "Ok, lost", severity: "unknown", note: note},
	} {
		got := readBytes([]byte(c.doc))
		if (got.err != nil) != c.refused {
			t.Errorf("%s: got %v, want refused: %v", c.name, got.err, c.refused)
			continue
		}
		if c.refused {
			continue
		}
		var titles []string
		for _, a := range got.alerts {
			titles = append(titles, a.Title)
		}
		if s := strings.Join(titles, ", "); s != c.titles || got.Skipped != c.skipped {
			t.Errorf("%s: got titles %q, %d skipped, want %q and %d", c.name, s, got.Skipped, c.titles, c.skipped)
		}
		if last := got.alerts[len(got.alerts)-1]; last.Severity != c.severity {
			t.Errorf("%s: got severity %s, want %s", c.name, last.Severity, c.severity)
		}
		if len(got.Notes) != 1 || got.Notes[0].String() != c.note {
			t.Errorf("%s: got notes %q, want %q", c.name, got.Notes, c.note)
		}
	}
}

// TestAlertsWithOneID: alerts of a document that have the same id and another title are two
// findings, and one that is repeated is one.
func TestAlertsWithOneID(t *testing.T) {
	got := readBytes([]byte(`{"warroom":"alerts/1","alerts":[{"id":"0","title":"a"},{"id":"0","title":"b"},` +
		`{"id":"0","title":"a"}]}`))
	if got.err != nil || len(got.alerts) != 3 {
		t.Fatalf("got %d alerts, %v, want 3", len(got.alerts), got.err)
	}
	a, b, again := got.alerts[0].FindingKey, got.alerts[1].FindingKey, got.alerts[2].FindingKey
	if a == b || a != again {
		t.Errorf("keys: got %s, %s and %s, want the first and the last to be equal, and another one", a, b, again)
	}
}

// TestAlertmanagerGroups: alerts of one group of Alertmanager with different names are
// different alerts, wherever the key of the group stands.
func TestAlertmanagerGroups(t *testing.T) {
	list := `"alerts":[{"status":"firing","labels":{"alertname":"A"},"startsAt":"x"},` +
		`{"status":"firing","labels":{"alertname":"B"},"startsAt":"x"},` +
		`{"status":"firing","labels":{"alertname":"B","instance":"i"},"startsAt":"x"}]`
	for name, doc := range map[string]string{
		"first": `{"version":"4","groupKey":"g",` + list + `}`,
		"last":  `{` + list + `,"version":"4","groupKey":"g"}`,
	} {
		got := readBytes([]byte(doc))
		if got.err != nil || got.Findings != 3 || got.Groups != 2 {
			t.Errorf("groupKey %s: got %d findings in %d groups, %v, want 3 in 2", name, got.Findings, got.Groups,
				got.err)
		}
	}
}

// TestSendersWithTheSameNames: alerts that two named senders describe in the same way are two
// findings, and those of one sender are one.
func TestSendersWithTheSameNames(t *testing.T) {
	for name, doc := range map[string]string{
		"Alertmanager": `{"version":"4","groupKey":"g","alerts":[{"status":"firing",` +
			`"labels":{"alertname":"HostDown","instance":"localhost:9100"},"startsAt":"x"}]}`,
		"id":    `{"warroom":"alerts/1","alerts":[{"id":"7","title":"t"}]}`,
		"title": `{"warroom":"alert/1","title":"t","asset":{"type":"host","id":"web-1"}}`,
		"SARIF": sarifIn("src/db.py"), // two repositories may have the same files
		"npm audit": `{"auditReportVersion":2,"vulnerabilities":{"minimist":{"name":"minimist","severity":"high",` +
			`"via":[{"source":1179,"name":"minimist","title":"Prototype Pollution","url":"https://x.example/1179",` +
			`"severity":"high","range":"<1.2.3"}],"nodes":["node_modules/minimist"]}},"metadata":{}}`,
	} {
		keys, former := map[string]string{}, ""
		for _, source := range []string{"prod", "staging", "", "Prod"} {
			var got []model.Alert
			_, err := alerts.Read(t.Context(), strings.NewReader(doc), alerts.Options{Key: key, Source: source},
				func(a *model.Alert) error { got = append(got, *a); return nil })
			if err != nil || len(got) != 1 {
				t.Fatalf("%s from %q: got %d alerts, %v, want 1", name, source, len(got), err)
			}
			keys[source] = got[0].FindingKey
			if source == "prod" {
				former = got[0].FormerKey
			}
		}
		if former != keys[""] {
			t.Errorf("%s: got the former key %s, want that without a sender, %s", name, former, keys[""])
		}
		if keys["prod"] == keys["staging"] || keys["prod"] == keys[""] || keys["prod"] != keys["Prod"] {
			t.Errorf("%s: got keys %v, want those of prod and Prod to be equal, and the others different", name, keys)
		}
	}
}

// TestSendersNamedLikeTheirTool: a sender that gives the name of its tool is the one without a
// name, and names do not distinguish findings about a resource that the input names.
func TestSendersNamedLikeTheirTool(t *testing.T) {
	const asff = `{"Findings":[{"SchemaVersion":"2018-10-08","Id":"i","GeneratorId":"g","AwsAccountId":"1",` +
		`"Types":["x"],"Severity":{"Label":"HIGH"},"Title":"t","Description":"d",` +
		`"Resources":[{"Type":"AwsEc2Instance","Id":"arn:aws:ec2:eu-west-1:1:instance/i-1"}]}]}`
	for _, c := range []struct{ doc, source string }{
		{`{"version":"4","groupKey":"g","alerts":[{"labels":{"alertname":"A"},"startsAt":"x"}]}`, "alertmanager"},
		{sarifIn("src/db.py"), "semgrep"}, {sarifIn("src/db.py"), "Semgrep OSS"},
		{sarifIn("file:///srv/app/src/db.py"), "nightly"}, {asff, "nightly"},
	} {
		var keys []string
		for _, source := range []string{"", c.source} {
			_, err := alerts.Read(t.Context(), strings.NewReader(c.doc), alerts.Options{Key: key, Source: source},
				func(a *model.Alert) error { keys = append(keys, a.FindingKey); return nil })
			if err != nil {
				t.Fatalf("reading as %q: got %v, want it read", source, err)
			}
		}
		if len(keys) != 2 || keys[0] != keys[1] {
			t.Errorf("without a name and as %s: got keys %v, want two that are equal: %s", c.source, keys, c.doc)
		}
	}
}

// sarifIn returns a scan of Semgrep with a finding in a file.
func sarifIn(uri string) string {
	return `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Semgrep OSS"}},"results":[{"ruleId":"sqli",` +
		`"level":"error","message":{"text":"SQL injection"},"locations":[{"physicalLocation":{"artifactLocation":` +
		`{"uri":"` + uri + `"},"region":{"startLine":3}}}]}]}]}`
}
