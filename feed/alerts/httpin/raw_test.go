package httpin_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"warroom/feed/alerts"
	"warroom/feed/alerts/httpin"
	"warroom/feed/feedtest"
	"warroom/model"
)

// leak returns the report of a scanner with one secret.
func leak(file string) []byte {
	return []byte(`[{"RuleID":"r","Description":"a key","File":"` + file + `","Fingerprint":"c:` + file +
		`","Secret":"made-up-plum-pie-42"}]`)
}

// TestBodiesAreKept: the raw file of a body, also of a webhook that is a form, is moved to
// the room's evidence with its alert. What is posted to a room is there at once. No copy
// has the secret.
func TestBodiesAreKept(t *testing.T) {
	x := newSite(t,
		httpin.Options{Token: model.NewSecret([]byte(token)), GitHub: model.NewSecret([]byte(secret)), Limit: 1 << 20})
	short := feedtest.Declare(t, x.feed)
	bearer := []string{"Authorization", "Bearer " + token}
	if status, got := x.post("/ingest/ci", leak("one"), bearer...); status != http.StatusOK || got["new"] != 1.0 {
		t.Fatalf("a body: got %d %v, want 200 and 1 new", status, got)
	}
	form := []byte("payload=" + url.QueryEscape(string(leak("two"))))
	m := hmac.New(sha256.New, []byte(secret))
	_, _ = m.Write(form) // never returns an error
	hook := []string{httpin.GitHubHeader, "sha256=" + hex.EncodeToString(m.Sum(nil)), "Content-Type",
		"application/x-www-form-urlencoded"}
	if status, got := x.post("/ingest/github", form, hook...); status != http.StatusOK || got["new"] != 1.0 {
		t.Fatalf("a form: got %d %v, want 200 and 1 new", status, got)
	}
	if status, got := x.post("/ingest?room="+short, leak("three"), bearer...); status != http.StatusOK ||
		got["new"] != 1.0 {
		t.Fatalf("to a room: got %d %v, want 200 and 1 new", status, got)
	}
	feedtest.Until(t, x.session, "two alerts in the lobby", func(v *model.View) bool { return len(v.Room.Alerts) == 2 })
	for _, line := range []string{":attach 1 " + short, ":attach 2 " + short} {
		a, err := model.Parse(line,
			model.Ctx{Room: x.session.Latest().Room, Who: x.session.Who(), Now: time.Now(), Zone: time.UTC})
		if err == nil {
			_, err = x.session.Append(t.Context(), a)
		}
		if err != nil {
			t.Fatalf("%s: got %v, want it done", line, err)
		}
	}
	pieces := feedtest.Enter(t, x.feed, short).Latest().Room.Evidence
	if len(pieces) != 3 {
		t.Fatalf("got %d pieces of evidence, want 3", len(pieces))
	}
	for i, want := range []struct{ file, by, note string }{
		{"three", "hub", "received from token 127.0.0.1"},
		{"one", "ana", "received from token 127.0.0.1"},
		{"two", "ana", "received from github 127.0.0.1"},
	} {
		var out bytes.Buffer
		p, err := x.feed.Fetch(t.Context(), short, i+1, "to look", &out, nil)
		if err != nil || p.By != want.by || p.Note != want.note {
			t.Errorf("E%d: got %s, %q (%v); want %s, %q", i+1, p.By, p.Note, err, want.by, want.note)
		}
		if got := out.String(); !strings.Contains(got, `"File":"`+want.file) || strings.Contains(got, "plum-pie") {
			t.Errorf("E%d: got %q, want the file of %q without its secret", i+1, got, want.file)
		}
	}
}

// TestSenderHasABudget: beyond 256 MB per hour, the inputs of a sender are read but not
// copied; those of other senders are.
func TestSenderHasABudget(t *testing.T) {
	f := feedtest.Open(t, "ana")
	if err := f.OpenLobby(t.Context(), feedtest.Plan()); err != nil {
		t.Fatalf("opening the lobby: got %v, want it open", err)
	}
	n, kept := 0, 0
	now := time.Now()
	d := alerts.NewReceiver(alerts.ReceiverOptions{Now: func() time.Time { return now }, Window: time.Second,
		Read: func(_ context.Context, _ io.Reader, _ string, emit func(*model.Alert) error) (model.Intake, error) {
			n++
			sum := sha256.Sum256([]byte{byte(n)})
			a := model.Alert{Source: "x", Kind: "secret", Severity: "high", Title: "a key", Count: 1,
				FindingKey: hex.EncodeToString(sum[:]), GroupKey: "g"}
			return model.Intake{Format: "x", Findings: 1, Groups: 1, Bytes: 63 << 20, Sum: hex.EncodeToString(sum[:])},
				emit(&a)
		},
		Copy: func(context.Context, io.ReadSeeker, io.Writer) (string, error) {
			sum := sha256.Sum256([]byte{byte(n)})
			return hex.EncodeToString(sum[:]), nil
		},
		Store: func(context.Context, string, model.Collection, io.Reader) error { kept++; return nil },
		Enter: func(ctx context.Context, _ string) (model.RoomSession, error) {
			return f.Own().EnterOpen(ctx, model.LobbyShort)
		}})
	t.Cleanup(d.Close)
	send := func(sender string) alerts.Taken {
		t.Helper()
		now = now.Add(2 * time.Second) // each in its own window
		got, err := d.Take(t.Context(), alerts.Delivery{Body: strings.NewReader(""), Sender: sender})
		if err != nil || got.New != 1 {
			t.Fatalf("%s: got %d new (%v), want 1", sender, got.New, err)
		}
		return got
	}
	for _, c := range []struct {
		sender string
		kept   bool
	}{{"one", true}, {"one", true}, {"one", true}, {"one", true}, {"one", false}, {"two", true}} {
		before := kept
		got := send(c.sender)
		if (kept > before) != c.kept || (len(got.Notes) == 0) != c.kept {
			t.Errorf("%s: got it kept %v, notes %v; want kept %v", c.sender, kept > before, got.Notes, c.kept)
		}
	}
}
