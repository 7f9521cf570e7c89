package feed_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/alerts"
	"warroom/feed/feedtest"
	"warroom/model"
)

// rawSecret is a secret according to the tool of a raw file.
const rawSecret = "made-up-plum-pie-42"

// leak returns the output of a scanner with one secret in a file.
func leak(file string) string {
	return `[{"RuleID":"r","Description":"a key","File":"` + file + `","Fingerprint":"c:` + file + `:r:1","Secret":"` +
		rawSecret + `",
	"Match":"key = ` + rawSecret + `","Message":"adds ` + rawSecret + `"}]`
}

// isIn reports whether a room has admitted somebody.
func isIn(r *model.Room, handle string) bool {
	for _, m := range r.Members {
		if m.Handle == handle {
			return true
		}
	}
	return false
}

func sumOf(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// taken passes a document to a receiver.
func taken(t *testing.T, d *alerts.Receiver, doc, room string) alerts.Taken {
	t.Helper()
	got, err := d.Take(unhurried(t),
		alerts.Delivery{Body: strings.NewReader(doc), Sender: "scanner", Source: "ci", Room: room})
	if err != nil {
		t.Fatalf("taking %.40q: got %v, want it taken", doc, err)
	}
	return got
}

// rawOf returns the raw file of a document in a room's evidence.
func rawOf(t *testing.T, f *feed.Feed, short, doc string) (model.EvidenceItem, string) {
	t.Helper()
	s := feedtest.Enter(t, f, short)
	p := s.Latest().Room.RawOf(sumOf(doc))
	if p == nil {
		t.Fatalf("the raw file in %s: got none, want one of %s", short, sumOf(doc))
	}
	var out bytes.Buffer
	if _, err := f.Fetch(unhurried(t), short, p.N, "to look", &out, nil); err != nil {
		t.Fatalf("fetching E%d: got %v, want its bytes", p.N, err)
	}
	return *p, out.String()
}

// TestRawFileFollowsItsAlert: the raw file of an alert in the lobby is added, masked, to
// the evidence of the room that the alert was attached to or declared as. With a
// passphrase, nothing of it is readable on disk.
func TestRawFileFollowsItsAlert(t *testing.T) {
	for _, secret := range []string{"", "correct horse"} {
		data := feedtest.Data(t)
		o := feedtest.Options(t, data, "ana")
		o.AtRest = model.NewSecret([]byte(secret))
		f := feedtest.With(t, o)
		d := receiverOf(t, f, time.Hour)
		docs := []string{leak("one"), leak("two")}
		for _, doc := range docs {
			if got := taken(t, d, doc, ""); got.New != 1 || len(got.Notes) > 0 {
				t.Fatalf("got %d new, notes %v; want 1, none", got.New, got.Notes)
			}
		}
		short := feedtest.Declare(t, f)
		s, err := f.Enter(unhurried(t), model.LobbyShort)
		if err != nil {
			t.Fatalf("entering the lobby: got %v, want a session", err)
		}
		t.Cleanup(s.Close)
		feedtest.Until(t, s, "both alerts, and ana let in",
			func(v *model.View) bool { return len(v.Room.Alerts) == 2 && isIn(v.Room, "ana") })
		for _, line := range []string{":attach 1 " + short, ":declare 2 SEV-1 The second"} {
			if err := doLine(t, s, line); err != nil {
				t.Fatalf("%s: got %v, want it done", line, err)
			}
		}
		for i, room := range []string{short, "inc-2"} {
			p, got := rawOf(t, f, room, docs[i])
			if p.By != "ana" || p.Class != "other" || p.Note != "received from scanner" ||
				p.Name != "alerts-gitleaks-json-ci" {
				t.Errorf("the piece: got %+v", p.EvidenceAbout)
			}
			if strings.Contains(got, rawSecret) || !strings.Contains(got, `"adds <secret `) ||
				!strings.Contains(got, `"RuleID":"r"`) {
				t.Errorf("the raw file: got %q, want the document with its secret masked", got)
			}
		}
		if found := lies(t, data, rawSecret); found {
			t.Error("the secret lies on the disk")
		}
		if found := lies(t, data, "alerts-gitleaks-json"); found != (secret == "") {
			t.Errorf("with the passphrase %q: the file's name is readable on the disk: %v", secret, found)
		}
	}
}

// TestRawFileOfRoom: an input for a room becomes evidence there, collected with the hub's
// own key, once.
func TestRawFileOfRoom(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, 50*time.Millisecond)
	short := feedtest.Declare(t, f)
	for range 2 {
		taken(t, d, leak("one"), short)
	}
	p, got := rawOf(t, f, short, leak("one"))
	if p.By != "hub" || p.N != 1 || strings.Contains(got, rawSecret) {
		t.Errorf("got E%d by %s: %q, want E1 by the hub without the secret", p.N, p.By, got)
	}
	if n := len(feedtest.Enter(t, f, short).Latest().Room.Evidence); n != 1 {
		t.Errorf("got %d pieces, want 1", n)
	}
}

// TestHubCollectsRawFilesOnly: the hub's own key collects nothing else.
func TestHubCollectsRawFilesOnly(t *testing.T) {
	f := feedtest.Open(t, "ana")
	receiverOf(t, f, time.Hour)
	short := feedtest.Declare(t, f)
	if _, err := f.Own().Collect(unhurried(t), short, logOf("auth.log"), strings.NewReader("x"),
		nil); model.CodeOf(err) != model.Forbidden {
		t.Errorf("a log: got %v, want it refused", err)
	}
}

// TestRawFileOfStorm: the inputs of a storm are one raw file of the event that the storm
// became.
func TestRawFileOfStorm(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, time.Hour)
	held := 0
	for i := range 20 {
		held += taken(t, d, leak(fmt.Sprint("file-", i)), "").Held
	}
	if held == 0 {
		t.Fatal("got nothing held, want a storm")
	}
	d.Close()
	s, err := f.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("entering the lobby: got %v, want a session", err)
	}
	t.Cleanup(s.Close)
	short := feedtest.Declare(t, f)
	room := feedtest.Until(t, s, "the storm", func(v *model.View) bool {
		return len(v.Room.Alerts) > 0 && isIn(v.Room, "ana") && v.Room.Alerts[len(v.Room.Alerts)-1].Findings == held
	}).Room
	last := room.Alerts[len(room.Alerts)-1]
	if err := doLine(t, s, fmt.Sprintf(":attach %d %s", last.N, short)); err != nil {
		t.Fatalf("attaching alert %d: got %v, want it done", last.N, err)
	}
	p := feedtest.Enter(t, f, short).Latest().Room.RawOf(last.Sum)
	if p == nil {
		t.Fatal("got no raw file of the storm, want one")
	}
	var out bytes.Buffer
	if _, err := f.Fetch(unhurried(t), short, p.N, "to look", &out, nil); err != nil {
		t.Fatalf("fetching E%d: got %v, want its bytes", p.N, err)
	}
	if got := strings.Count(out.String(), `"RuleID"`); got != held || strings.Contains(out.String(), rawSecret) {
		t.Errorf("got %d inputs in %d bytes, want %d without the secret", got, out.Len(), held)
	}
}

// TestRawFileThatWasCut: an incomplete copy is not given to a room, and is stored again
// when the file arrives again.
func TestRawFileThatWasCut(t *testing.T) {
	f := feedtest.Open(t, "ana")
	if err := f.OpenLobby(unhurried(t), feedtest.Plan()); err != nil {
		t.Fatalf("opening the lobby: got %v, want it open", err)
	}
	doc := leak("one")
	c := model.Collection{EvidenceAbout: model.EvidenceAbout{Class: "other", Name: "scan.json", Of: sumOf(doc)}}
	cut := errors.New("the pipe broke")
	if err := f.StoreRaw(unhurried(t), c, io.MultiReader(bytes.NewReader(dump(2<<20, 1)), iotest{cut})); !errors.Is(err,
		cut) {
		t.Errorf("a copy that is cut: got %v, want %v", err, cut)
	}
	s := waiting(t, f, 0)
	var g model.AlertGroups
	g.Add(&model.Alert{Source: "x", Kind: "secret", Rule: "r", Title: "a key", Severity: "high", Count: 1,
		FindingKey: sumOf("key"), GroupKey: "g"})
	b, _ := g.Bodies(s.Latest().Room, "gitleaks-json", sumOf(doc))
	if _, err := s.Append(unhurried(t), model.Act{Body: b[0]}); err != nil {
		t.Fatalf("the alert: got %v, want it stored", err)
	}
	for range 2 { // the second one exists already
		if err := f.StoreRaw(unhurried(t), c, strings.NewReader("the masked copy")); err != nil {
			t.Fatalf("the copy: got %v, want it stored", err)
		}
	}
	short := feedtest.Declare(t, f)
	if err := doLine(t, s, ":attach 1 "+short); err != nil {
		t.Fatalf("attaching: got %v, want it done", err)
	}
	if p, got := rawOf(t, f, short, doc); got != "the masked copy" || p.Name != "scan.json" {
		t.Errorf("got %q of %s, want the copy of scan.json", got, p.Name)
	}
}

// TestRawFilesAreBounded: the lobby's stream drops the oldest copies, and a copy that is
// too large is refused.
func TestRawFilesAreBounded(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, time.Hour)
	taken(t, d, leak("one"), "")
	js, err := jetstream.New(f.Conn())
	if err != nil {
		t.Fatalf("JetStream: got %v, want it", err)
	}
	st, err := js.Stream(unhurried(t), "WARROOM_lobby_BLOB")
	if err != nil {
		t.Fatalf("the store: got %v, want it", err)
	}
	if c := st.CachedInfo().Config; c.MaxAge != 30*24*time.Hour || c.MaxBytes != 2<<30 ||
		c.Discard != jetstream.DiscardOld {
		t.Errorf("got %s, %d bytes, %s; want 30 days, 2 GiB, the oldest dropped", c.MaxAge, c.MaxBytes, c.Discard)
	}
	c := model.Collection{EvidenceAbout: model.EvidenceAbout{Class: "other", Name: "zeros", Of: sumOf("zeros")}}
	zeros := io.LimitReader(zeroReader{}, model.MaxRawFile+2<<20)
	if err := f.StoreRaw(unhurried(t), c, zeros); model.CodeOf(err) != model.Invalid {
		t.Errorf("a copy of 66 MiB: got %v, want it refused", err)
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestRawFileByNATS: a copy of what a tool sends with its invitation is stored as well.
func TestRawFileByNATS(t *testing.T) {
	x := newTeam(t)
	receiverOf(t, x.host, 50*time.Millisecond)
	file := x.file(feed.Invite{Handle: "scanner", Right: "intake"})
	if _, err := feed.Post(unhurried(t), file, "ci", []byte(leak("one"))); err != nil {
		t.Fatalf("sending: got %v, want it taken", err)
	}
	s, err := x.host.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("entering the lobby: got %v, want a session", err)
	}
	t.Cleanup(s.Close)
	who := s.Who().Handle
	feedtest.Until(t, s, "the alert", func(v *model.View) bool { return len(v.Room.Alerts) == 1 && isIn(v.Room, who) })
	short := feedtest.Declare(t, x.host)
	if err := doLine(t, s, ":attach 1 "+short); err != nil {
		t.Fatalf("attaching: got %v, want it done", err)
	}
	p, got := rawOf(t, x.host, short, leak("one"))
	if p.Note != "received from scanner" || strings.Contains(got, rawSecret) {
		t.Errorf("got %q: %q, want the file of scanner without its secret", p.Note, got)
	}
}
