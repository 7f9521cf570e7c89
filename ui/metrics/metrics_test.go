package metrics_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model/stats"
	"warroom/ui/metrics"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// full returns a sample with all values.
func full() stats.Hub {
	return stats.Hub{Live: true, Hosting: true, Lag: 3, Moved: 2, Logins: 4, RefusedLogins: 5, RefusedPosts: 6,
		RedactionsPending: 7, DiskFree: 8 << 30, Outbox: stats.Outbox{Lines: 9, Oldest: noon.Add(-time.Minute)},
		Rooms:   stats.Rooms{Open: 10, Closed: 11, ClocksOverdue: 12, Held: 13},
		Streams: []stats.Stream{{Kind: stats.KindLog, Count: 14, Messages: 15, Bytes: 16}},
		Bridges: []stats.Bridge{{Name: "pagerduty", Delivered: 17, Failed: 18, InARow: 19}}}
}

func server(h stats.Hub, ready string) *metrics.Server {
	s := metrics.New(metrics.Options{Hub: func(context.Context) stats.Hub { return h },
		SSH:   func() stats.SSH { return stats.SSH{Sessions: 20, Refused: 21} },
		Ready: func() string { return ready }, Now: func() time.Time { return noon }, Version: "1.2.3", Fold: 8})
	s.Sample(context.Background())
	return s
}

func get(t *testing.T, h http.Handler, method, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Code, w.Body.String()
}

// names returns the names of the metrics in an answer.
func names(body string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(body) {
		if name, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, _, _ = strings.Cut(name, " ")
			out[name] = true
		}
	}
	return out
}

// TestValues: the metrics have the values of the sample.
func TestValues(t *testing.T) {
	_, body := get(t, server(full(), ""), http.MethodGet, "/metrics")
	for _, want := range []string{
		`warroom_link_up 1`, `warroom_hub_hosting 1`, `warroom_hub_moves_total 2`, `warroom_lag_entries 3`,
		`warroom_sessions{via="nats"} 4`, `warroom_sessions{via="ssh"} 20`,
		`warroom_refused_logins_total{via="nats"} 5`,
		`warroom_refused_logins_total{via="http"} 6`, `warroom_refused_logins_total{via="ssh"} 21`,
		`warroom_redactions_pending 7`, `warroom_disk_free_bytes 8.589934592e+09`, `warroom_outbox_lines 9`,
		`warroom_outbox_oldest_seconds 60`, `warroom_rooms{state="open"} 10`, `warroom_rooms{state="closed"} 11`,
		`warroom_clocks_overdue 12`, `warroom_rooms_held 13`, `warroom_streams{kind="log"} 14`,
		`warroom_stream_messages{kind="log"} 15`, `warroom_stream_bytes{kind="log"} 16`,
		`warroom_bridge_delivered_total{bridge="pagerduty"} ` +
			`17`, `warroom_bridge_failures_total{bridge="pagerduty"} 18`,
		`warroom_bridge_failures_in_a_row{bridge="pagerduty"} 19`, `version="1.2.3"`, `warroom_hub_disk_full 0`} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics: got no %s, want it in:\n%s", want, body)
		}
	}
}

// TestNothingWaitsAndNothingIsKnown: an empty outbox has age 0, and an unknown disk no
// metric.
func TestNothingWaitsAndNothingIsKnown(t *testing.T) {
	_, body := get(t, server(stats.Hub{DiskFree: -1}, ""), http.MethodGet, "/metrics")
	if !strings.Contains(body, "warroom_outbox_oldest_seconds 0") {
		t.Errorf("age of an empty outbox: got none, want 0")
	}
	if strings.Contains(body, "warroom_disk_free_bytes ") {
		t.Errorf("free bytes of an unknown disk: got a number, want none")
	}
}

// TestLabelsAreBounded: the number of series is bounded, however many bridges there are.
func TestLabelsAreBounded(t *testing.T) {
	var h stats.Hub
	for i := range 500 {
		h.Bridges = append(h.Bridges, stats.Bridge{Name: fmt.Sprintf("hook%d", i), Delivered: 1, Failed: 1, InARow: i})
	}
	h.Bridges = append(h.Bridges, h.Bridges[0])
	code, body := get(t, server(h, ""), http.MethodGet, "/metrics")
	if got := strings.Count(body, "\nwarroom_bridge_delivered_total{"); code != http.StatusOK || got != 32 {
		t.Errorf("series of 501 bridges: got %d (status %d), want 32", got, code)
	}
	for _, want := range []string{`{bridge="other"} 469`, `warroom_bridge_delivered_total{bridge="hook0"} 2`,
		`warroom_bridge_failures_in_a_row{bridge="other"} 499`} {
		if !strings.Contains(body, want) {
			t.Errorf("501 bridges: got no %s, want it", want)
		}
	}
}

// TestProbes: a process is alive if it answers, and ready if it is connected to its hub.
func TestProbes(t *testing.T) {
	for _, c := range []struct {
		method, path, why string
		code              int
		body              string
	}{
		{http.MethodGet, "/healthz", "", http.StatusOK, "ok\n"},
		{http.MethodGet, "/healthz", "the hub cannot be reached", http.StatusOK, "ok\n"},
		{http.MethodGet, "/readyz", "", http.StatusOK, "ready\n"},
		{http.MethodGet, "/readyz", "the hub cannot be reached", http.StatusServiceUnavailable,
			"not ready: the hub cannot be reached\n"},
		{http.MethodPost, "/metrics", "", http.StatusMethodNotAllowed, "Method Not Allowed\n"},
		{http.MethodGet, "/debug/pprof/", "", http.StatusNotFound, "404 page not found\n"},
	} {
		code, body := get(t, server(full(), c.why), c.method, c.path)
		if code != c.code || body != c.body {
			t.Errorf("%s %s with %q: got %d %q, want %d %q", c.method, c.path, c.why, code, body, c.code, c.body)
		}
	}
}

// TestServeEnds: the server answers and ends with its context.
func TestServeEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: got %v, want no error", err)
	}
	s := metrics.New(metrics.Options{Hub: func(context.Context) stats.Hub { return full() },
		Ready: func() string { return "" }, Now: func() time.Time { return noon }})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	r, err := http.Get("http://" + l.Addr().String() + "/metrics")
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("GET /metrics: got %v, want status 200", err)
	}
	_ = r.Body.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve after its context ended: got %v, want no error", err)
	}
}

// metricName matches the metrics in an expression.
var metricName = regexp.MustCompile(`\bwarroom_[a-z_]+`)

// TestRulesAndDashboardNameWhatIsThere: every metric of the alert rules and the dashboard
// is in /metrics, and every metric of /metrics is in the dashboard.
func TestRulesAndDashboardNameWhatIsThere(t *testing.T) {
	_, body := get(t, server(full(), ""), http.MethodGet, "/metrics")
	have := names(body)
	shown := map[string]bool{}
	for where, exprs := range map[string][]string{"alerts.yml": ruleExprs(t), "grafana-dashboard.json": panelExprs(t)} {
		if len(exprs) < 10 {
			t.Errorf("%s: got %d expressions, want 10 or more", where, len(exprs))
		}
		for _, e := range exprs {
			if strings.Count(e, "(") != strings.Count(e, ")") || strings.Count(e, "{") != strings.Count(e, "}") {
				t.Errorf("%s: got %q with brackets that do not match", where, e)
			}
			for _, name := range metricName.FindAllString(e, -1) {
				shown[name] = shown[name] || where == "grafana-dashboard.json"
				if !have[name] {
					t.Errorf("%s: got the metric %s, want one of /metrics", where, name)
				}
			}
		}
	}
	for name := range have {
		if strings.HasPrefix(name, "warroom_") && !shown[name] {
			t.Errorf("grafana-dashboard.json: got no panel of %s, want one", name)
		}
	}
}

// rule matches one alert rule, with its lines in a fixed order.
var rule = regexp.MustCompile(`(?m)^      - alert: (Warroom[A-Za-z]+)\n        expr: (.+)\n(?:        for: ` +
	`[0-9]+[smh]\n)?` +
	`        labels: \{severity: (page|ticket)\}\n        annotations:\n          summary: ".+"\n`)

// ruleExprs reads the alert rules. It fails on a rule with another form, because nobody
// would notice a rule that is skipped.
func ruleExprs(t *testing.T) (out []string) {
	t.Helper()
	raw, err := os.ReadFile("../../docs/operate/alerts.yml")
	if err != nil {
		t.Fatalf("read the rules: got %v, want no error", err)
	}
	var seen []string
	for _, m := range rule.FindAllStringSubmatch(string(raw), -1) {
		if slices.Contains(seen, m[1]) {
			t.Errorf("alerts.yml: got %s twice, want each name once", m[1])
		}
		seen, out = append(seen, m[1]), append(out, m[2])
	}
	rest := rule.ReplaceAllString(string(raw), "")
	if _, rest, _ = strings.Cut(rest, "\n"); rest != "groups:\n  - name: warroom\n    rules:\n" {
		t.Errorf("alerts.yml: got lines that are not a rule in the form of the others:\n%s", rest)
	}
	return out
}

// panelExprs reads the expressions of the dashboard.
func panelExprs(t *testing.T) (out []string) {
	t.Helper()
	raw, err := os.ReadFile("../../docs/operate/grafana-dashboard.json")
	if err != nil {
		t.Fatalf("read the dashboard: got %v, want no error", err)
	}
	var d struct {
		Panels []struct {
			ID      int
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatalf("decode the dashboard: got %v, want no error", err)
	}
	ids := map[int]bool{}
	for _, p := range d.Panels {
		if ids[p.ID] || p.Title == "" || len(p.Targets) == 0 {
			t.Errorf("panel %d %q: got no title, no expression or an id twice, want all", p.ID, p.Title)
		}
		ids[p.ID] = true
		for _, x := range p.Targets {
			out = append(out, x.Expr)
		}
	}
	return out
}
