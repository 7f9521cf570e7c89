package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/model/report"
	"warroom/ui/cli/jsonform"
	"warroom/ui/present"
)

// attacked returns a room with a partly known attack. Its item 1 contains credentials.
func attacked(t *testing.T) *stage {
	t.Helper()
	p, err := playbook.Load("", playbook.Default())
	if err != nil {
		t.Fatalf("load the plan: got %v, want none", err)
	}
	p.Items = append([]model.ItemDef{{ID: "revoke-all", Phase: p.Phases[0].ID, Text: "Revoke all",
		Contains: "credential"}}, p.Items...)
	s := &stage{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 20, 14, 4, 0, 0, time.UTC)}
	declared, adopted := model.Declaration{Title: "A leaked key", Severity: "SEV-2", Plan: p}.Declare("key-hub")
	s.do("ana", declared)
	s.do("ana", adopted)
	s.now = s.now.Add(time.Hour)
	for _, l := range []string{":asset credential AKIAIOSFODNN7EXAMPLE confirmed @14:30 fetched from outside",
		":asset credential deploy key suspected", ":asset host runner-7 confirmed",
		":asset 1 contained @15:00 revoked", ":except 1 2 it is the vendor's",
		":ioc url https://evil.example/drop @14:31 in the access log", ":ioc ip 203.0.113.9",
		":ioc block 1 @15:02 at the WAF"} {
		s.mustType("ana", l)
	}
	return s
}

// statusJSON returns status --json as a script decodes it.
func (s *stage) statusJSON() map[string]any {
	s.t.Helper()
	raw, err := json.Marshal(jsonform.Status(&model.View{Short: "inc-1", Room: s.room}, s.now))
	if err != nil {
		s.t.Fatalf("status: got %v, want none", err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		s.t.Fatalf("status: got %v, want none", err)
	}
	return out
}

func TestAssetsInStatus(t *testing.T) {
	s := attacked(t)
	got := s.statusJSON()["assets"].([]any)[0].(map[string]any)
	delete(got, "steps")
	if runs := fmt.Sprint(got["runs"]); runs != "[map[cleared_at:<nil> compromised_at:2026-11-20T14:30:00Z "+
		"contained_at:2026-11-20T15:00:00Z suspected_at:<nil>]]" {
		t.Errorf("runs: got %s, want one from 14:30 to 15:00", runs)
	}
	delete(got, "runs")
	raw, err := json.Marshal(got)
	want := `{"by":"ana","compromised_at":"2026-11-20T14:30:00Z","contained_at":"2026-11-20T15:00:00Z","n":1,` +
		`"name":"AKIAIOSFODNN7EXAMPLE","reason":"revoked","state":"contained","type":"credential"}`
	if err != nil || string(raw) != want {
		t.Errorf("got  %s, %v\nwant %s", raw, err, want)
	}
	item := s.statusJSON()["items"].([]any)[0].(map[string]any)
	if item["contains"] != "credential" || item["contained"] != 1.0 || item["linked"] != 2.0 ||
		item["state"] != "done" {
		t.Errorf("item: got %v, want 1 of 2 credentials and done", item)
	}
	var lines []string
	for _, l := range present.Status(&model.View{Short: "inc-1", Room: s.room}, s.now, time.UTC) {
		lines = append(lines, l.String())
	}
	for _, want := range []string{
		"SCOPE credentials 1 of 2 contained, host 0 of 1 contained",
		"  asset 2, credential deploy key: suspected, suspected since 2026-11-20 15:04:00 UTC, by ana",
		"  [x]  1 Revoke all; 1 of 2 contained, 1 excepted; without asset 2 (deploy key), by ana: it is the vendor's",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("status: want the line %q, got:\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

// TestBlastRadius: the report computes the blast radius from the assets, for each format
// and profile.
func TestBlastRadius(t *testing.T) {
	s := attacked(t)
	d := report.Of(s.log, report.Reader{Short: "inc-1", Now: s.now})
	md := string(d.Markdown())
	for _, want := range []string{"- credential: 1 of 2 contained\n",
		"| 1 | credential | AKIAIOSFODNN7EXAMPLE | contained | 2026-11-20 14:30:00 UTC | 2026-11-20 15:00:00 UTC | " +
			"30 min | ",
		"| **not contained** |"} {
		if !strings.Contains(md, want) {
			t.Errorf("Markdown: want %q in it, got:\n%s", want, md)
		}
	}
	html, err := d.HTML()
	if err != nil || !strings.Contains(string(html), "AKIAIOSFODNN7EXAMPLE") {
		t.Errorf("HTML: got %d bytes, %v; want the asset in it", len(html), err)
	}
	p, err := model.ProfileOf("customer")
	if err != nil {
		t.Fatalf("profile: got %v, want none", err)
	}
	if lean := d.For(p, s.log); len(lean.Assets) > 0 || strings.Contains(string(lean.Markdown()), "AKIA") {
		t.Errorf("customers: got %+v, want no assets", lean.Assets)
	}
}

func TestIndicatorsInStatus(t *testing.T) {
	s := attacked(t)
	got := s.statusJSON()["indicators"].([]any)[0].(map[string]any)
	raw, err := json.Marshal(got)
	want := `{"blocked_at":"2026-11-20T15:02:00Z","blocked_by":"ana","blocked_reason":"at the WAF","by":"ana",` +
		`"first_seen":"2026-11-20T14:31:00Z",` +
		`"n":1,"reason":"in the access log","shown":"hxxps://evil[.]example/drop","type":"url",` +
		`"value":"https://evil.example/drop"}`
	if err != nil || string(raw) != want {
		t.Errorf("got  %s, %v\nwant %s", raw, err, want)
	}
	md := report.Of(s.log, report.Reader{Short: "inc-1", Now: s.now})
	if text := string(md.Markdown()); strings.Contains(text, "https://evil.example") ||
		!strings.Contains(text, "**not blocked**") {
		t.Errorf("report: got a live address or no indicator:\n%s", text)
	}
	for format, want := range map[string]string{"text": "hxxps://evil[.]example/drop",
		"csv":  "1,url,https://evil.example/drop,",
		"stix": `"[url:value = 'https://evil.example/drop']"`, "json": `"value":"https://evil.example/drop"`} {
		var out strings.Builder
		a := &app{Env: Env{Stdout: &out, Stderr: &out}}
		if err := writeIndicators(a, &model.View{Room: s.room}, format); err != nil ||
			!strings.Contains(out.String(), want) {
			t.Errorf("%s: got %q, %v; want %q in it", format, out.String(), err, want)
		}
	}
}

func TestHypothesesInStatus(t *testing.T) {
	s := attacked(t)
	s.mustType("ana", "?the runner is compromised")
	s.mustType("ana", model.Safef("?%d eliminated it was reimaged", s.room.Seq).String())
	raw, err := json.Marshal(s.statusJSON()["hypotheses"])
	want := `[{"at":"2026-11-20T15:04:00Z","by":"ana","entry":12,"n":11,"reason":"it was reimaged",` +
		`"settled_by":"ana","state":"eliminated","text":"the runner is compromised"}]`
	if err != nil || string(raw) != want {
		t.Errorf("got  %s, %v\nwant %s", raw, err, want)
	}
}

func TestImpactInStatus(t *testing.T) {
	s := attacked(t)
	for _, l := range []string{":impact start 3 @14:40 builds stop", ":impact end 3 @14:50 on another runner",
		":impact start", ":adv @14:35 read the bucket",
		":milestone first_malicious_action between 14:20 and 14:30 the access log is hourly"} {
		s.mustType("ana", l)
	}
	raw, err := json.Marshal(s.statusJSON()["impact"])
	want := `[{"asset":3,"by":"ana","end_reason":"on another runner","ended_at":"2026-11-20T14:50:00Z",` +
		`"ended_by":"ana","reason":"builds stop","started_at":"2026-11-20T14:40:00Z"},` +
		`{"by":"ana","end_reason":"","ended_at":null,"ended_by":"","reason":"","started_at":"2026-11-20T15:04:00Z"}]`
	if err != nil || string(raw) != want {
		t.Errorf("got  %s, %v\nwant %s", raw, err, want)
	}
	d := report.Of(s.log, report.Reader{Short: "inc-1", Now: s.now.Add(time.Minute)})
	md := string(d.Markdown())
	for _, want := range []string{"| asset 3 (host runner-7) | 2026-11-20 14:40:00 UTC | 2026-11-20 14:50:00 UTC | " +
		"10 min | ",
		"## What the attacker did", "| read the bucket |",
		"between 2026-11-20 14:20:00 UTC and 2026-11-20 14:30:00 UTC"} {
		if !strings.Contains(md, want) {
			t.Errorf("report: want %q in it, got:\n%s", want, md)
		}
	}
}

// TestRoomsInJSON: the list has what is known of each room, and filters select rooms.
func TestRoomsInJSON(t *testing.T) {
	s := attacked(t)
	s.mustType("ana", ":role ic @ana")
	list := []model.RoomInfo{{Short: "inc-1", Room: s.room, LastAt: s.now}}
	now := s.now.Add(time.Minute)
	var f roomFilter
	raw, err := json.Marshal(jsonform.Rooms(f.listed(list, now), now))
	if err != nil {
		t.Fatalf("rooms: got %v, want none", err)
	}
	for _, want := range []string{`"commander":["ana"]`, `"overdue":2`, `"asks_overdue":0`, `"last_update_at":null`,
		`"closed_at":null`, `"stale":false`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("rooms: got %s, want %s in it", raw, want)
		}
	}
	for f, want := range map[roomFilter]int{{}: 1, {open: true}: 1, {drill: true}: 0, {overdue: true}: 1,
		{severity: "p1"}: 1, {severity: "SEV-1"}: 0} {
		if got := len(f.listed(list, now)); got != want {
			t.Errorf("filter %+v: got %d rooms, want %d", f, got, want)
		}
	}
}
