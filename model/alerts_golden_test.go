package model_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// varied returns a finding with all fields that a scanner may set. The same number
// is the same finding; its other fields depend on the generator.
func varied(r *rand.Rand, n int) *model.Alert {
	a := finding(n, fmt.Sprint("group ", n%23), model.AlertSeverities[r.IntN(len(model.AlertSeverities))])
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	a.Kind, a.Rule = pick("secret", "secret", "vuln"), pick("aws-key", "github-pat", "CVE-2026-1", "rule "+x(70))
	a.Title = pick("", a.Rule, "a key in a log", x(450))
	a.Confidence = pick("verified", "likely", "unverified", "unknown")
	a.Validity, a.State = pick("", "active", "inactive"), pick("", "open", "fixed")
	a.Resolved, a.Sample, a.Public = r.IntN(4) == 0, r.IntN(5) == 0, r.IntN(5) == 0
	a.Count = []int{0, 1, 2, 3, 10}[r.IntN(5)]
	a.Location.Line = r.IntN(3)
	a.Location.URI = pick("", "deploy/ci.sh", "src/main.go")
	a.Asset = model.AlertAsset{Type: pick("", "image"), ID: pick("", "nw/shop", "nw/api")}
	a.Account, a.Link = pick("", "210987654321"), pick("", "https://x.example/1")
	a.Description = pick("", "what it is", x(9000))
	if r.IntN(3) == 0 {
		a.AlsoKey = finding(1000+n, "", "low").FindingKey
	}
	if r.IntN(8) == 0 {
		a.LeftOut = pick(model.LeftPassed, model.LeftSuppressed, model.LeftUnchanged, model.LeftGone)
	}
	return a
}

// TestAlertsAreAsTheyWere imports files of findings into a room and a lobby, and
// again after they changed. The golden file has the events, their lines, and the
// state of the alerts.
func TestAlertsAreAsTheyWere(t *testing.T) {
	var b strings.Builder
	p := func(format string, args ...any) {
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
	p("room")
	bringFiles(t, alertRoom(t), p)
	p("lobby")
	bringFiles(t, lobby(t), p)
	path := filepath.Join("testdata", "rooms", "alerts.golden")
	if *writeRooms {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatalf("write the golden file: %v", err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read the golden file: %v; write it with -update", err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("alerts are others; rows that differ:\n%s", rowsThatDiffer(got, string(want)))
	}
}

// bringFiles imports small and large numbers of findings and prints the results.
func bringFiles(t *testing.T, k *testRoom, p func(string, ...any)) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	for file, numbers := range [][2]int{{0, 6}, {0, 40}, {6, 12}, {20, 120}, {0, 60}, {110, 122}, {0, 123}} {
		var g model.AlertGroups
		for n := numbers[0]; n < numbers[1]; n++ {
			g.Add(varied(r, n))
		}
		p("file %d: %d findings; empty %t", file, numbers[1]-numbers[0], g.IsEmpty())
		sum := fmt.Sprint("sum ", file)
		for _, u := range g.Updates(k.room, "f", sum) {
			storeAlert(t, k, u, p)
		}
		bodies, seen := g.Bodies(k.room, "f", sum)
		p("  new %d, seen %d", len(bodies), seen)
		for _, body := range bodies {
			storeAlert(t, k, body, p)
		}
		k.wait(4 * time.Minute)
		for i := range k.room.Alerts {
			a := &k.room.Alerts[i]
			p("  alert %d: %s %s, %d findings, %s; %s; %s; live %t, over %t; hint %s", a.N, a.Alert.Severity,
				a.Alert.Confidence, a.Findings, a.Alert.Source, cutTo(a.Alert.What().String()), a.Alert.Where(),
				a.Alert.Validity == "active", !a.Over.IsZero(), cutTo(k.room.AlertHint(&a.Alert).String()))
		}
		for _, a := range k.room.OpenAlerts() {
			c := k.room.AlertClock(a, k.now)
			p("  open %d: %s %s of %s", a.N, c.State, c.Remaining, c.Length)
		}
		if k.room.Lobby {
			p("  %s", k.room.LobbyLine(k.now))
		}
		if file == 3 {
			judgeSome(t, k, p)
		}
	}
}

// judgeSome judges some alerts, so that later updates wake them.
func judgeSome(t *testing.T, k *testRoom, p func(string, ...any)) {
	t.Helper()
	for i, verdict := range []string{"fp", "benign", "with-impact", "without-impact", "inconclusive"} {
		line := fmt.Sprintf(":judge %d %s as it is", i+1, verdict)
		if err := k.try("ana", line); err != nil {
			p("  %s: %v", line, err)
		}
	}
}

// storeAlert stores an event about alerts and prints it without its keys.
func storeAlert(t *testing.T, k *testRoom, body model.Body, p func(string, ...any)) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatalf("encode JSON: %v", err)
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("decode JSON: %v", err)
	}
	for _, key := range []string{"keys", "also", "closed", "opened"} {
		if s, ok := v[key].(string); ok {
			v[key] = fmt.Sprintf("%d bytes, %.12s", len(s), s)
		}
	}
	shorten(v)
	if raw, err = json.Marshal(v); err != nil {
		t.Fatalf("encode JSON: %v", err)
	}
	l := k.do("ana", model.Act{Body: body})
	p("  %s", raw)
	p("    %s%s", cutTo(l.Text.String()), l.Refused)
}

// shorten replaces long texts by their lengths.
func shorten(v map[string]any) {
	for key, value := range v {
		switch value := value.(type) {
		case string:
			v[key] = cutTo(value)
		case map[string]any:
			shorten(value)
		case []any:
			for _, e := range value {
				if m, ok := e.(map[string]any); ok {
					shorten(m)
				}
			}
		}
	}
}

// cutTo returns a short text, and the length of a longer one.
func cutTo(s string) string {
	if n := strings.Count(s, "xxxxxxxxxx"); n > 0 {
		i := strings.Index(s, "xxxxxxxxxx")
		j := strings.LastIndex(s, "xxxxxxxxxx") + 10
		for j < len(s) && s[j] == 'x' {
			j++
		}
		return fmt.Sprintf("%s(%d)%s", s[:i], j-i, s[j:])
	}
	return s
}

// TestAlertGroupsAreBounded: what is kept of a file of findings is bounded, and
// findings beyond the limits are still counted.
func TestAlertGroupsAreBounded(t *testing.T) {
	k := alertRoom(t)
	var g model.AlertGroups
	const groups = 12_000 + 5
	for n := range groups {
		a := finding(n, fmt.Sprint("g", n), "low")
		a.Rule = fmt.Sprint("rule ", n%400)
		g.Add(a)
	}
	bodies, seen := g.Bodies(k.room, "f", "sum")
	if len(bodies) != 1 || seen != 0 || bodies[0].Findings != groups || bodies[0].Groups != 12_000 {
		t.Fatalf("got %d events, the first of %d findings in %d groups; want one of %d in %d", len(bodies),
			bodies[0].Findings, bodies[0].Groups, groups, 12_000)
	}
	if got := len(bodies[0].Rules); got != 12 {
		t.Errorf("got %d rules named, want 12", got)
	}
	if !slices.IsSortedFunc(bodies[0].Rules, func(a, b model.AlertRule) int { return b.Findings - a.Findings }) {
		t.Errorf("got the rules %+v, want those of the most findings first", bodies[0].Rules)
	}
}
