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

	"warroom/feed/feedtest"
	"warroom/feed/intake"
	"warroom/feed/intake/httpin"
	"warroom/model"
)

const token, secret = "a token of this test", "a signing secret of this test"

// site is a hub that answers over HTTP.
type site struct {
	t    *testing.T
	url  string
	seat model.Seat
	now  atomic.Int64
}

func newSite(t *testing.T, o httpin.Options) *site {
	t.Helper()
	o.Dir = t.TempDir()
	f := feedtest.Open(t, "ana")
	x := &site{t: t}
	x.now.Store(time.Now().Unix())
	d := intake.NewDoor(intake.DoorOptions{Now: time.Now, Window: 50 * time.Millisecond,
		Read: func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
			return intake.Read(ctx, r, intake.Options{Key: model.NewSecret([]byte("a key of this test, 32 bytes long")), Source: source}, emit)
		},
		Enter: func(ctx context.Context, room string) (model.Seat, error) {
			if room == "" {
				room = model.LobbyShort
			}
			return f.Own().EnterOpen(ctx, room)
		}})
	if err := f.OpenLobby(t.Context(), feedtest.Plan()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Declare(t.Context(), model.Declaration{Title: "An insider", Severity: "SEV-1", Plan: feedtest.Plan(), Restricted: []string{"bo"}}); err != nil {
		t.Fatal(err)
	}
	var err error
	if x.seat, err = f.Enter(t.Context(), model.LobbyShort); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.Take, o.Now = d.Take, func() time.Time { return time.Unix(x.now.Load(), 0) }
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- httpin.Serve(ctx, l, httpin.New(o), nil) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		d.Close()
		x.seat.Close()
	})
	x.url = "http://" + l.Addr().String()
	return x
}

// post sends a body and returns the status and the answer.
func (x *site) post(path string, body []byte, header ...string) (int, map[string]any) {
	x.t.Helper()
	req, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, x.url+path, bytes.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		x.t.Fatal(err)
	}
	defer resp.Body.Close()
	out := map[string]any{}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		x.t.Errorf("%s: the answer is no JSON: %v", path, err)
	}
	return resp.StatusCode, out
}

func falco(n int) []byte {
	return fmt.Appendf(nil, `{"rule":"Shell in a container","priority":"Critical","time":"2026-11-21T14:00:00Z","output":"shell","hostname":"web-%d","output_fields":{"proc.name":"sh"}}`, n)
}

func sign(at int64, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(m, "%d.%s", at, body)
	return fmt.Sprintf("t=%d,v1=%s", at, hex.EncodeToString(m.Sum(nil)))
}

// testHook takes in bodies that equal their header X-Test.
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
	say        string
}

// posts are requests of senders that prove themselves, and of some that do not.
func posts(now int64) []posted {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(falco(3))
	_ = z.Close()
	changed := append(falco(5), ' ')
	form := []byte("payload=" + url.QueryEscape(string(falco(15))))
	bearer := []string{"Authorization", "Bearer " + token}
	return []posted{
		{"no token", "/ingest", falco(1), nil, 401, "show the token"},
		{"a wrong token", "/ingest", falco(1), []string{"Authorization", "Bearer no"}, 401, "show the token"},
		{"the token", "/ingest", falco(1), bearer, 200, ""},
		{"as an API key", "/ingest", falco(2), []string{"X-Api-Key", token}, 200, ""},
		{"packed", "/ingest", packed.Bytes(), bearer, 200, ""},
		{"signed", "/ingest", falco(4), []string{httpin.SignHeader, sign(now, falco(4))}, 200, ""},
		{"replayed", "/ingest", falco(4), []string{httpin.SignHeader, sign(now, falco(4))}, 409, "received before"},
		{"signed by GitHub", "/ingest/github", falco(14), []string{httpin.GitHubHeader, github(falco(14))}, 200, ""},
		{"redelivered by GitHub", "/ingest/github", falco(14), []string{httpin.GitHubHeader, github(falco(14))}, 409, "received before"},
		{"GitHub's form", "/ingest/github", form, []string{httpin.GitHubHeader, github(form), "Content-Type", "application/x-www-form-urlencoded"}, 200, ""},
		{"GitHub's ping", "/ingest/github", []byte(`{"zen":"x"}`), []string{httpin.GitHubHeader, github([]byte(`{"zen":"x"}`)), "X-GitHub-Event", "ping"}, 200, ""},
		{"forged GitHub", "/ingest/github", falco(16), []string{httpin.GitHubHeader, github(falco(17))}, 401, "not that of this body"},
		{"another form of GitHub's signature", "/ingest/github", falco(16), []string{httpin.GitHubHeader, "sha1=00"}, 401, "is written as"},
		{"changed", "/ingest", changed, []string{httpin.SignHeader, sign(now, falco(5))}, 401, "not that of this body"},
		{"packed and changed", "/ingest", append(packed.Bytes(), packed.Bytes()...), []string{httpin.SignHeader, sign(now, packed.Bytes())}, 401, "not that of this body"},
		{"five minutes off", "/ingest", falco(6), []string{httpin.SignHeader, sign(now-301, falco(6))}, 401, "within 5 minutes"},
		{"no signature", "/ingest", falco(6), []string{httpin.SignHeader, "hello"}, 401, "is written as"},
		{"cut", "/ingest", falco(7)[:60], bearer, 422, ""},
		{"no form", "/ingest", []byte("hello\nworld\n"), bearer, 422, "its form is not known"},
		{"too large", "/ingest", bytes.Repeat([]byte(" "), 2<<20), bearer, 413, "more than 1 MB"},
		{"no such room", "/ingest?room=inc-9", falco(8), bearer, 404, "there is no room inc-9"},
		{"a path for a room", "/ingest?room=../x", falco(8), bearer, 404, "there is no room ../x here"},
		{"a restricted room", "/ingest?room=inc-1", falco(8), bearer, 404, "there is no room inc-1 here; `warroom rooms` lists them"},
		{"elsewhere", "/nothing", nil, bearer, 404, "posted to /ingest"},
		{"a hook", "/hooks/test", []byte("12345"), []string{"X-Test", "12345"}, 200, ""},
		{"a hook, not claimed", "/hooks/test", []byte("12345"), nil, 401, "no X-Test"},
		{"a hook, not proven", "/hooks/test", []byte("12345"), []string{"X-Test", "1234"}, 401, "not X-Test"},
		{"a hook, too large", "/hooks/test", make([]byte, 2<<20), []string{"X-Test", "12345"}, 413, "more than 64 kB"},
	}
}

// TestPost: who shows the token or signs gets alerts in, in every form; who does
// not, or sends what cannot be read, gets a sentence, and nothing is stored.
func TestPost(t *testing.T) {
	x := newSite(t, httpin.Options{Token: model.NewSecret([]byte(token)), Sign: model.NewSecret([]byte(secret)), Limit: 1 << 20,
		GitHub: model.NewSecret([]byte(secret)), Hooks: map[string]httpin.Hook{"/hooks/test": testHook{}}})
	for _, c := range posts(x.now.Load()) {
		status, out := x.post(c.path, c.body, c.header...)
		if say, _ := out["error"].(string); status != c.status && !(c.status == 200 && status == 202) || !strings.Contains(say, c.say) {
			t.Errorf("%s: %d %v", c.what, status, out)
		}
	}
	v := feedtest.Until(t, x.seat, "what was let in", func(v *model.View) bool {
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

// TestShut: without a token and a signing secret nobody gets in; after some wrong
// tokens the door is slow; only POST is taken.
func TestShut(t *testing.T) {
	x := newSite(t, httpin.Options{})
	if status, out := x.post("/ingest", falco(1), "Authorization", "Bearer "); status != 401 || !strings.Contains(fmt.Sprint(out["error"]), "takes no alerts") {
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
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", resp.StatusCode)
	}
}
