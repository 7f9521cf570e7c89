package stix_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/stix"
)

func room() *model.Room {
	at := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	r := model.NewRoom()
	r.ID, r.Seq = "01JD0000000000000000000000", 9
	for n, v := range []struct{ typ, value string }{
		{"ip", "203.0.113.9"}, {"ip", "2001:db8::7"}, {"domain", "evil.example"}, {"url", "https://evil.example/it's"},
		{"hash", strings.Repeat("a", 64)}, {"mail", "boss@evil.example"}, {"account", "=cmd"}, {"ip", model.Blank},
	} {
		r.Indicators = append(r.Indicators,
			&model.Indicator{N: n + 1, ID: "id", Type: v.typ, Value: v.value, Key: v.typ + v.value,
				Seen: at, By: "bo", Reason: "seen", RecordedAt: at.Add(time.Minute)})
	}
	r.Indicators[0].Blocked = &model.Block{At: at.Add(time.Hour), By: "ana", Reason: "at the WAF",
		RecordedAt: at.Add(2 * time.Hour)}
	return r
}

func TestBundle(t *testing.T) {
	var one, two bytes.Buffer
	for _, w := range []*bytes.Buffer{&one, &two} {
		if err := stix.WriteJSON(w, room()); err != nil {
			t.Fatalf("write: got %v, want none", err)
		}
	}
	if one.String() != two.String() {
		t.Errorf("two exports of the same room: got different bundles, want the same")
	}
	var b struct {
		Type, ID string
		Objects  []map[string]any
	}
	if err := json.Unmarshal(one.Bytes(), &b); err != nil || b.Type != "bundle" || len(b.Objects) != 8 {
		t.Fatalf("got %s of %d objects, %v; want a bundle of 7 indicators and a note", b.Type, len(b.Objects), err)
	}
	form := regexp.MustCompile(
		`^(indicator|note|bundle)--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	want := []string{"[ipv4-addr:value = '203.0.113.9']", "", "[ipv6-addr:value = '2001:db8::7']",
		"[domain-name:value = 'evil.example']",
		`[url:value = 'https://evil.example/it\'s']`, "[file:hashes.'SHA-256' = '" + strings.Repeat("a", 64) + "']",
		"[email-addr:value = 'boss@evil.example']", "[user-account:account_login = '=cmd']"}
	seen := map[any]bool{b.ID: true}
	for i, o := range b.Objects {
		if p, _ := o["pattern"].(string); p != want[i] {
			t.Errorf("object %d: got the pattern %q, want %q", i, p, want[i])
		}
		if id, _ := o["id"].(string); !form.MatchString(id) || seen[id] {
			t.Errorf("object %d: got the id %q, want a new UUID of version 5", i, id)
		}
		seen[o["id"]] = true
	}
	if got, want := b.Objects[1]["content"], "Blocked at 2026-11-21T15:00:00.000Z by ana: at the WAF"; got != want {
		t.Errorf("note: got %q, want %q", got, want)
	}
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	if err := stix.WriteCSV(&b, room()); err != nil {
		t.Fatalf("write: got %v, want none", err)
	}
	lines := strings.Split(b.String(), "\n")
	for i, want := range map[int]string{
		0: "n,type,value,first_seen,added_by,recorded_at,reason,blocked_at,blocked_by,blocked_reason",
		1: "1,ip,203.0.113.9,2026-11-21T14:00:00.000Z,bo,2026-11-21T14:01:00.000Z,seen,2026-11-21T15:00:00.000Z,ana," +
			"at the WAF",
		7: "7,account,'=cmd,2026-11-21T14:00:00.000Z,bo,2026-11-21T14:01:00.000Z,seen,,,",
	} {
		if lines[i] != want {
			t.Errorf("line %d: got %q, want %q", i, lines[i], want)
		}
	}
}
