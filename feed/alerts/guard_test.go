package alerts_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// leaks are texts with a secret, and the secret.
var leaks = [][2]string{
	{"sshpass -p jHkm1x72Es ssh root@h", "jHkm1x72Es"},
	{"password is FqXSTs98v!", "FqXSTs98v"},
	{"token ghp_SulEETldq8b8Vw2zbJYAxyL1aCcTlN99mhWp", "SulEETldq8b8Vw2zbJYAxyL1aCcTlN99mhWp"},
	{"DB_PASSWORD=BuDDgmjPkex3", "BuDDgmjPkex3"},
	{"aws_secret_access_key = I4ROnl89Sm995ytbxAk7/jqevt0MLaMRTvetw0tE", "I4ROnl89Sm995ytbxAk7"},
}

// TestFreeTextIsMasked: a secret in a text that people or programs wrote freely is in no
// field of an alert, whichever fields were made from that text.
func TestFreeTextIsMasked(t *testing.T) {
	forms := map[string]string{
		"generic": `{"warroom":"alert/1","title":T,"source":"s"}`,
		"generic, free fields": `{"warroom":"alert/1","title":"t","source":"s","rule":T,"severity":T,"state":T,` +
			`"asset":{"type":T,"id":T}}`,
		"ocsf": `{"class_uid":2004,"severity_id":4,"time":1700000000,"metadata":{"version":"1.1.0","product":` +
			`{"name":"P"}},"finding_info":{"uid":"a","title":T,"desc":T},"status_id":1}`,
		"inspector": `{"findingArn":"a","severity":"HIGH","type":"NETWORK_REACHABILITY","title":T}`,
		"alertmanager": `{"version":"4","groupKey":"g","alerts":[{"status":"firing","labels":{"alertname":"A",` +
			`"instance":"web-1:9100","cmdline":T},"annotations":{"summary":T},"startsAt":"2026-11-30T00:00:00Z"}]}`,
		"sarif": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lk"}},"results":[{"ruleId":T,` +
			`"message":{"text":T}}]}]}`,
	}
	for form, text := range forms {
		for _, leak := range leaks {
			quoted, err := json.Marshal(leak[0])
			if err != nil {
				t.Fatalf("encode JSON: %v", err)
			}
			in := strings.NewReplacer(":T,", ":"+string(quoted)+",", ":T}", ":"+string(quoted)+"}").Replace(text)
			got := readBytes([]byte(in))
			b, err := json.Marshal(got.alerts)
			switch {
			case err != nil || got.err != nil || len(got.alerts) != 1:
				t.Errorf("%s: %d alerts, %v %v; want 1", form, len(got.alerts), got.err, err)
			case strings.Contains(string(b), leak[1]):
				t.Errorf("%s: %q is in the alert, want a mark: %s", form, leak[1], b)
			}
		}
	}
}

// TestLabelsOfAlertmanager: labels that identify what an alert is about stay as they are,
// also those that look like something else, and all others pass the guard for secrets.
func TestLabelsOfAlertmanager(t *testing.T) {
	got := readBytes([]byte(`{"version":"4","groupKey":"g","alerts":[{"status":"firing","labels":{"alertname":"A",` +
		`"instance":"10.0.0.1:9100","pod":"web-6c9f7d","password":"hunter2hunter2","job":"node","team":"red"},` +
		`"startsAt":"2026-11-30T00:00:00Z"}]}`))
	if got.err != nil || len(got.alerts) != 1 {
		t.Fatalf("%d alerts, %v; want 1", len(got.alerts), got.err)
	}
	id := got.alerts[0].Asset.ID
	for _, want := range []string{"instance=10.0.0.1:9100", "pod=web-6c9f7d", "job=node", "team=red"} {
		if !strings.Contains(id, want) {
			t.Errorf("the asset is %q, want %q in it", id, want)
		}
	}
	if strings.Contains(id, "hunter2") {
		t.Errorf("the asset is %q, want no value of a label named password", id)
	}
}
