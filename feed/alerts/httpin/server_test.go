package httpin_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/alerts"
	"warroom/feed/alerts/httpin"
	"warroom/feed/feedtest"
	"warroom/model"
)

const token, secret = "a token of this test", "a signing secret of this test"

// site is a hub that serves HTTP.
type site struct {
	t       *testing.T
	url     string
	feed    *feed.Feed
	session model.RoomSession
	now     atomic.Int64
}

func newSite(t *testing.T, o httpin.Options) *site {
	t.Helper()
	o.Dir = t.TempDir()
	f := feedtest.Open(t, "ana")
	x := &site{t: t, feed: f}
	x.now.Store(time.Now().Unix())
	key := model.NewSecret([]byte("a key of this test, 32 bytes long"))
	d := alerts.NewReceiver(alerts.ReceiverOptions{Now: time.Now, Window: 50 * time.Millisecond, Store: f.CollectRaw,
		Read: func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake,
			error) {
			return alerts.Read(ctx, r, alerts.Options{Key: key, Source: source}, emit)
		},
		Copy: func(ctx context.Context, in io.ReadSeeker, out io.Writer) (string, error) {
			return alerts.Copy(ctx, in, alerts.Options{Key: key}, out)
		},
		Enter: func(ctx context.Context, room string) (model.RoomSession, error) {
			if room == "" {
				room = model.LobbyShort
			}
			return f.Own().EnterOpen(ctx, room)
		}})
	if err := f.OpenLobby(t.Context(), feedtest.Plan()); err != nil {
		t.Fatalf("open lobby: %v", err)
	}
	if _, err := f.Declare(t.Context(),
		model.Declaration{Title: "An insider", Severity: "SEV-1", Plan: feedtest.Plan(),
			Restricted: []string{"bo"}}); err != nil {
		t.Fatalf("declare a room: %v", err)
	}
	var err error
	if x.session, err = f.Enter(t.Context(), model.LobbyShort); err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	o.Take, o.Check, o.Now = d.Take, d.Check, func() time.Time { return time.Unix(x.now.Load(), 0) }
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- httpin.Serve(ctx, l, httpin.New(o), nil) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("wait: %v", err)
		}
		d.Close()
		x.session.Close()
	})
	x.url = "http://" + l.Addr().String()
	return x
}

// post sends a body and returns the status and the answer.
func (x *site) post(path string, body []byte, header ...string) (int, map[string]any) {
	x.t.Helper()
	req, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, x.url+path, bytes.NewReader(body))
	if err != nil {
		x.t.Fatalf("make a request: %v", err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		x.t.Fatalf("do the request: %v", err)
	}
	defer resp.Body.Close()
	out := map[string]any{}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		x.t.Errorf("%s: the answer is no JSON: %v", path, err)
	}
	return resp.StatusCode, out
}

func falco(n int) []byte {
	return fmt.Appendf(nil,
		`{"rule":"Shell in a container","priority":"Critical","time":"2026-11-21T14:00:00Z","output":"shell",`+
			`"hostname":"web-%d","output_fields":{"proc.name":"sh"}}`, n)
}

func sign(at int64, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(m, "%d.%s", at, body)
	return fmt.Sprintf("t=%d,v1=%s", at, hex.EncodeToString(m.Sum(nil)))
}

// testHook accepts bodies that equal their header X-Test.
type testHook struct{}

func (testHook) MaxBody() int64 { return 64 << 10 }

func (testHook) Claim(h http.Header) error {
	if h.Get("X-Test") == "" {
		return model.Refuse(model.Forbidden, "there is no X-Test")
	}
	return nil
}

func (testHook) Verify(_ context.Context, h http.Header, body io.ReadSeeker) error {
	b, err := io.ReadAll(body)
	if err != nil || string(b) != h.Get("X-Test") {
		return model.Refuse(model.Forbidden, "the body is not X-Test")
	}
	return nil
}

func (testHook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	fmt.Fprintf(w, `{"got":%d,"ok":%v}`, len(b), err == nil && string(b) == r.Header.Get("X-Test"))
}

func github(body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// posted is one request, its status, and part of the sentence.
type posted struct {
	what, path string
	body       []byte
	header     []string
	status     int
	sentence   string
}

// posts are requests with and without valid proofs.
func posts(now int64) []posted {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(falco(3))
	_ = z.Close()
	changed := append(falco(5), ' ')
	form := []byte("payload=" + url.QueryEscape(string(falco(15))))
	bearer := []string{"Authorization", "Bearer " + token}
	return []posted{
		{"no token", "/ingest", falco(1), nil, 401, "send the token"},
		{"a wrong token", "/ingest", falco(1), []string{"Authorization", "Bearer no"}, 401, "send the token"},
		{"the token", "/ingest", falco(1), bearer, 200, ""},
		{"as an API key", "/ingest", falco(2), []string{"X-Api-Key", token}, 200, ""},
		{"packed", "/ingest", packed.Bytes(), bearer, 200, ""},
		{"signed", "/ingest", falco(4), []string{httpin.SignHeader, sign(now, falco(4))}, 200, ""},
		{"replayed", "/ingest", falco(4), []string{httpin.SignHeader, sign(now, falco(4))}, 409, "received before"},
		{"signed by GitHub", "/ingest/github", falco(14), []string{httpin.GitHubHeader, github(falco(14))}, 200, ""},
		{what: "redelivered by GitHub", path: "/ingest/github", body: falco(14),
			header: []string{httpin.GitHubHeader, github(falco(14))}, status: 409, sentence: "received before"},
		{what: "GitHub's form", path: "/ingest/github", body: form,
			header: []string{httpin.GitHubHeader, github(form), "Content-Type", "application/x-www-form-urlencoded"},
			status: 200},
		{what: "GitHub's ping", path: "/ingest/github", body: []byte(`{"zen":"x"}`),
			header: []string{httpin.GitHubHeader, github([]byte(`{"zen":"x"}`)), "X-GitHub-Event", "ping"},
			status: 200},
		{what: "forged GitHub", path: "/ingest/github", body: falco(16),
			header: []string{httpin.GitHubHeader, github(falco(17))}, status: 401,
			sentence: "does not match this body"},
		{what: "another form of GitHub's signature", path: "/ingest/github", body: falco(16),
			header: []string{httpin.GitHubHeader, "sha1=00"}, status: 401, sentence: "has the form"},
		{"changed", "/ingest", changed, []string{httpin.SignHeader, sign(now, falco(5))}, 401,
			"does not match this body"},
		{what: "packed and changed", path: "/ingest", body: append(packed.Bytes(), packed.Bytes()...),
			header: []string{httpin.SignHeader, sign(now, packed.Bytes())}, status: 401,
			sentence: "does not match this body"},
		{what: "five minutes off", path: "/ingest", body: falco(6),
			header: []string{httpin.SignHeader, sign(now-301, falco(6))}, status: 401,
			sentence: "by at most 5 minutes"},
		{"no signature", "/ingest", falco(6), []string{httpin.SignHeader, "hello"}, 401, "has the form"},
		{"cut", "/ingest", falco(7)[:60], bearer, 422, ""},
		{"no form", "/ingest", []byte("hello\nworld\n"), bearer, 422, "the format is not recognized"},
		{"too large", "/ingest", bytes.Repeat([]byte(" "), 2<<20), bearer, 413, "more than 1 MB"},
		{"no such room", "/ingest?room=inc-9", falco(8), bearer, 404, "there is no room inc-9"},
		{"a path for a room", "/ingest?room=../x", falco(8), bearer, 404, "there is no room ../x here"},
		{what: "a restricted room", path: "/ingest?room=inc-1", body: falco(8), header: bearer, status: 404,
			sentence: "there is no room inc-1 here; `warroom rooms` lists them"},
		{"elsewhere", "/nothing", nil, bearer, 404, "posted to /ingest"},
		{"a hook", "/hooks/test", []byte("12345"), []string{"X-Test", "12345"}, 200, ""},
		{"a hook, not claimed", "/hooks/test", []byte("12345"), nil, 401, "no X-Test"},
		{"a hook, not proven", "/hooks/test", []byte("12345"), []string{"X-Test", "1234"}, 401, "not X-Test"},
		{"a hook, too large", "/hooks/test", make([]byte, 2<<20), []string{"X-Test", "12345"}, 413, "more than 64 kB"},
	}
}

// TestPost: with the token or a signature, alerts are stored, in every form. Without, or
// with an unreadable body, the answer explains why, and nothing is stored.
func TestPost(t *testing.T) {
	x := newSite(t,
		httpin.Options{Token: model.NewSecret([]byte(token)), Sign: model.NewSecret([]byte(secret)), Limit: 1 << 20,
			GitHub: model.NewSecret([]byte(secret)), Hooks: map[string]httpin.Hook{"/hooks/test": testHook{}}})
	for _, c := range posts(x.now.Load()) {
		status, out := x.post(c.path, c.body, c.header...)
		if sentence, _ := out["error"].(string); status != c.status && !(c.status == 200 && status == 202) ||
			!strings.Contains(sentence, c.sentence) {
			t.Errorf("%s: %d %v", c.what, status, out)
		}
	}
	v := feedtest.Until(t, x.session, "what was let in", func(v *model.View) bool {
		n := 0
		for _, a := range v.Room.Alerts {
			n += a.Findings
		}
		return n >= 6
	})
	for _, a := range v.Room.Alerts {
		if a.By != "hub" {
			t.Errorf("written by %s", a.By)
		}
	}
	if n := len(v.Room.Alerts); n > 6 {
		t.Errorf("%d alerts", n)
	}
}

// TestShut: without a token and a signing secret nobody is accepted, after some wrong
// tokens an address is limited, and only POST is allowed.
func TestShut(t *testing.T) {
	x := newSite(t, httpin.Options{})
	if status, out := x.post("/ingest", falco(1), "Authorization", "Bearer "); status != 401 ||
		!strings.Contains(fmt.Sprint(out["error"]), "accepts no alerts") {
		t.Errorf("%d %v", status, out)
	}
	slow := false
	for range 30 {
		status, _ := x.post("/ingest", falco(1))
		slow = slow || status == http.StatusTooManyRequests
	}
	if !slow {
		t.Error("thirty guesses were answered")
	}
	resp, err := http.Get(x.url + "/ingest")
	if err != nil {
		t.Fatalf("ask over HTTP: %v", err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", resp.StatusCode)
	}
}
