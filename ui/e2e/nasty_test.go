//go:build unix

package e2e_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// nasty reads the corpus of hostile strings.
func nasty(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("../../model/testdata/nasty/nasty-dev.json")
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	var corpus struct {
		Items []struct{ B64 string }
	}
	if err := json.Unmarshal(b, &corpus); err != nil {
		t.Fatalf("decode JSON: %v", err)
	}
	var out []string
	for _, i := range corpus.Items {
		raw, err := base64.StdEncoding.DecodeString(i.B64)
		if err != nil {
			t.Fatalf("decode base64: %v", err)
		}
		text, _ := model.ValidText(string(raw))
		if len(text) > 0 && len(text) <= model.MaxText {
			out = append(out, text)
		}
	}
	if len(out) < 300 {
		t.Fatalf("only %d strings", len(out))
	}
	return out
}

// TestNastyInputReachesNoTerminal: with every hostile string as an entry, a title and a
// name, the terminal receives no control functions other than for a harmless room, and
// the output of plain mode has none at all.
func TestNastyInputReachesNoTerminal(t *testing.T) {
	harmless := drawn(t, []string{"a", "harmless", "room"})
	hostile := drawn(t, nasty(t))
	for f := range hostile {
		if !harmless[f] && !ours[f] {
			t.Errorf("a control function that is not ours: %q", f)
		}
	}
}

// ours are control functions that the program may always send, because moves and colors
// differ from room to room.
var ours = map[string]bool{
	"\x1b[H": true, "\x1b[m": true, "\x1b[C": true, "\x1b[K": true, "\x1b[A": true, "\x1b[B": true, "\x1b[G": true,
	"\x1b[d": true, "\r": true, "\a": true,
	"\x1bM": true, "\x1bD": true, "\x1b[r": true, "\x1b[S": true, "\x1b[T": true, // scrolled rows
	"\b": true, // two blanks and two steps back clear the way for a wide character
}

// functions matches the control functions in the output to a terminal.
var functions = regexp.MustCompile(
	`\x1b\[[<-?]?[0-9;:]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)?|\x1b[P_^X][^\x1b]*(\x1b\\)?|\x1b[ -/]*[0-~]|` +
		`[\x00-\x1a\x1c-\x1f\x7f]|\xc2[\x80-\x9f]|\x1b`)

// drawn fills a room with texts, views all of it in a terminal, and returns the control
// functions in the output, without their parameters.
func drawn(t *testing.T, texts []string) map[string]bool {
	t.Helper()
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	f, err := feed.Open(context.Background(), o)
	if err != nil {
		t.Fatalf("open the feed: %v", err)
	}
	defer f.Close()
	s := feedtest.Enter(t, f, feedtest.Declare(t, f))
	defer s.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	for i, text := range texts {
		bodies := []model.Body{model.NewEntry(model.KindEntryNoted, text)}
		if i%7 == 0 {
			bodies = append(bodies, &model.IncidentRenamed{Title: text},
				&model.IncidentLinked{System: text, URL: "https://" + text}, claim(text, i))
		}
		for _, b := range bodies {
			_, _ = s.Append(ctx, model.Act{Body: b}) // some are refused, as they should be
		}
	}
	if n := len(s.Latest().Room.Alerts); len(texts) > 100 && n < 30 {
		t.Errorf("only %d alerts were taken", n)
	}
	env := []string{"HOME=" + t.TempDir(), "USER=ana", "TERM=xterm-256color", "LC_ALL=C.UTF-8", "TZ=UTC"}
	tail := exec.Command(binary, "tail", "inc-1", "--no-follow", "--data", o.Data)
	tail.Env = env
	lines, err := tail.Output()
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	if bad := functions.FindAll(slices.DeleteFunc(slices.Clone(lines), func(b byte) bool { return b == '\n' }),
		-1); len(bad) > 0 || !utf8.Valid(lines) {
		t.Errorf("control functions in plain lines: %q", bad)
	}
	return scrolled(t, o.Data, env, texts)
}

// claim returns an alert with a text in every field, as a malicious client could send it.
func claim(text string, i int) *model.AlertReceived {
	var g model.AlertGroups
	g.Add(&model.Alert{Source: text, SourceVersion: text, Kind: "threat", Rule: text, Title: text, Description: text,
		Severity: "high", SeverityRaw: text, Confidence: text,
		Asset: model.AlertAsset{Type: text, ID: text}, Location: model.AlertLocation{URI: text, Commit: text},
		Link: text, Count: 1,
		FindingKey: fmt.Sprintf("%016x%016x", i, i), GroupKey: fmt.Sprintf("%x", i)})
	b, _ := g.Bodies(model.NewRoom(), "falco", "sum")
	return b[0]
}

// scrolled opens the room in a terminal, and pages through it and its alerts.
func scrolled(t *testing.T, data string, env, texts []string) map[string]bool {
	t.Helper()
	cmd := exec.Command(binary, "open", "inc-1", "--data", data)
	cmd.Env = env
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 120, Rows: 40})
	if err != nil {
		t.Fatalf("start with size: %v", err)
	}
	g := &terminal{cmd: cmd, tty: tty, seen: make(chan struct{}, 1)}
	go g.read()
	defer g.close()
	g.expect("live")
	g.wait(t)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 3 + len(texts)/10 { // more pages than the room has
		prev := g.drawn()
		if _, err := tty.WriteString("\x1b[5~"); err != nil {
			t.Fatalf("write string: %v", err)
		}
		for range 100 { // at the end nothing is drawn
			if <-tick.C; g.drawn() > prev {
				break
			}
		}
	}
	if len(texts) > 100 && g.drawn() < 40<<10 {
		t.Fatalf("only %d bytes were drawn: the room was not looked through", g.drawn())
	}
	for i := range 1 + len(texts)/7 {
		key := "\x1b[B"
		if i == 0 {
			key = "\x1b[20~" // F9
		}
		prev := g.drawn()
		if _, err := tty.WriteString(key); err != nil {
			t.Fatalf("write string: %v", err)
		}
		if i == 0 {
			g.expect("Alerts")
			g.wait(t)
		}
		for range 100 { // at the end nothing is drawn
			if <-tick.C; g.drawn() > prev {
				break
			}
		}
	}
	return g.vocabulary()
}

var numbers = regexp.MustCompile(`[0-9;:]+`)

func (g *terminal) vocabulary() map[string]bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := map[string]bool{}
	for _, f := range functions.FindAll(g.all, -1) {
		out[string(numbers.ReplaceAll(f, nil))] = true
	}
	return out
}
