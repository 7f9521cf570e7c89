//go:build prism

package pagerduty_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"warroom/feed/feedtest"
)

// TestPrism plays an incident with the fake behind Stoplight Prism, an independent proxy
// that checks every request and answer with PagerDuty's schema. .ci/prism runs it.
func TestPrism(t *testing.T) {
	bin, dir := os.Getenv("WARROOM_PRISM"), schemaDir()
	if bin == "" || dir == "" {
		t.Fatal("WARROOM_PRISM is the path of prism, and the schema has to be there; .ci/prism sees to both")
	}
	f := newFake(t)
	c := testConfig(t, f)
	c.API = prism(t, bin, filepath.Join(dir, "rest-warroom.json"), f.api.URL)
	c.Events = prism(t, bin, filepath.Join(dir, "events-v2-prefixed.json"), f.api.URL)
	w := &watcher{t: t}
	c.Send = w
	incidentAt(t, f, c)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.asked < 15 {
		t.Errorf("%d requests went through prism", w.asked)
	}
	t.Logf("%d requests went through prism, %d with something wrong in the request", w.asked, w.wrong)
}

// prism starts a proxy that checks with a schema, and returns its URL.
func prism(t *testing.T, bin, schema, to string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	addr := l.Addr().(*net.TCPAddr)
	_ = l.Close() // prism listens on the port
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, bin, "proxy", "-h", "127.0.0.1", "-p", fmt.Sprint(addr.Port), "-v", "warn", schema,
		to)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
	})
	late := time.Now().Add(4 * feedtest.DefaultTimeout)
	for {
		c, err := net.DialTimeout("tcp", addr.String(), time.Second)
		if err == nil {
			_ = c.Close()
			return "http://" + addr.String()
		}
		if time.Now().After(late) {
			t.Fatalf("prism does not answer: %v", err)
		}
		<-time.After(100 * time.Millisecond)
	}
}

// watcher fails a test for every request that prism rejects.
type watcher struct {
	t            *testing.T
	mu           sync.Mutex
	asked, wrong int
}

func (w *watcher) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return res, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	var list []struct {
		Location []string
		Message  string
	}
	_ = json.Unmarshal([]byte(res.Header.Get("sl-violations")), &list) // missing if there are no violations
	for _, v := range list {
		if len(v.Location) > 0 && v.Location[0] == "request" {
			w.wrong++
			w.t.Errorf("%s %s: %v %s", r.Method, r.URL.Path, v.Location, v.Message)
		}
	}
	if res.StatusCode == http.StatusNotAcceptable || res.StatusCode == http.StatusUnprocessableEntity {
		w.t.Errorf("%s %s: %s", r.Method, r.URL, res.Status)
	}
	return res, nil
}
