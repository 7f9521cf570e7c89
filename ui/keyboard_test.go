package ui_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/screen"
	"warroom/ui/uitest"
)

// keyboard is a terminal in memory that the program reads bytes from.
type keyboard struct {
	io.ReadCloser
	typed *io.PipeWriter

	mu  sync.Mutex
	out bytes.Buffer
}

func (k *keyboard) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.out.Write(p)
}

func (k *keyboard) shown() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.out.String()
}

func (k *keyboard) write(t *testing.T, s string) {
	t.Helper()
	if _, err := io.WriteString(k.typed, s); err != nil {
		t.Fatalf("type %q: %v", s, err)
	}
}

// openKeyboard runs the program for a person on a terminal that sends bytes. done is
// closed when it has ended.
func openKeyboard(t *testing.T, h *uitest.Hub, handle string, with ...func(*ui.Options)) (k *keyboard,
	done chan struct{}) {
	t.Helper()
	r, w := io.Pipe()
	k, done = &keyboard{ReadCloser: r, typed: w}, make(chan struct{})
	s, err := screen.New(screen.NewRemote(k, 100, 30), screen.Options{Term: "xterm-256color", Colors: 256})
	if err != nil {
		t.Fatalf("make a screen: %v", err)
	}
	o := ui.Options{Rooms: h.As(handle), Clock: h.Clock, Handle: handle, Zone: time.UTC, Colors: 256, Bell: true,
		Frame: time.Millisecond}
	for _, f := range with {
		f(&o)
	}
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer close(done)
		if err := ui.Run(ctx, s, o); err != nil {
			t.Errorf("run: %v", err)
		}
	}()
	t.Cleanup(func() {
		stop()
		_ = r.Close()
		<-done
	})
	return k, done
}

// inVirtualTime runs a test in virtual time: on a busy machine the program would take the beginning
// of a sequence for a key, because the rest comes late.
func inVirtualTime(t *testing.T, name string, do func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, do) })
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick, end := time.NewTicker(5*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("still waiting: %s", what)
		}
	}
}

// linesOf returns the lines of a room.
func linesOf(t *testing.T, h *uitest.Hub, short string) []*model.Line {
	t.Helper()
	s, err := h.As("ana").Enter(t.Context(), short)
	if err != nil {
		t.Fatalf("enter: %v", err)
	}
	defer s.Close()
	return s.Latest().Room.Lines()
}

// TestAScribeTypesThirtyLines: 30 lines are typed 20 ms apart. One is refused and waits
// in the tray, with a beep; the others are stored in order.
func TestAScribeTypesThirtyLines(t *testing.T) { synctest.Test(t, testScribe) }

func testScribe(t *testing.T) {
	h, short := busy(t)
	lines := uitest.ScribeLines(t, "testdata/scribe30.txt", map[string]string{":phase containment": ":phase recovery"})
	before := len(linesOf(t, h, short))
	k, _ := openKeyboard(t, h, "bo")
	eventually(t, "the room", func() bool { return strings.Contains(k.shown(), "bo > ") })
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for _, l := range lines {
		<-tick.C
		k.write(t, l+"\r")
	}
	eventually(t, "29 lines", func() bool { return len(linesOf(t, h, short))-before >= len(lines)-1 })
	eventually(t, "the tray", func() bool { return strings.Contains(k.shown(), "Ctrl-X discards it") })
	uitest.CheckScribe(t, lines, linesOf(t, h, short)[before:], k.shown())
}

const (
	begun, ended = "\x1b[200~", "\x1b[201~"
	answers      = "\x1b[?64;1;2c\x1b[>41;354;0c\x1b[?2004;1$y\x1bP>|XTerm(354)\x1b\\\x1b]11;rgb:ffff/ffff/ffff\x1b\\"
	mice         = "\x1b[<64;5;5M\x1b[<65;5;5M\x1b[M`!!"
)

// TestBytesOnEveryPage: a paste without an end is ended after a second, the clocks run
// on, and Ctrl-C leaves. An unmarked paste opens the question, and a stray end marker
// does nothing.
func TestBytesOnEveryPage(t *testing.T) {
	for name, way := range map[string]struct {
		room, keys string
		wall       bool
	}{
		"room": {"inc-1", "", false}, "list": {"", "", false}, "checklist": {"inc-1", "\x1bOR", false},
		"help": {"inc-1", "\x1bOP", false}, "wall": {"inc-1", "", true}, "filter": {"inc-1", "/run", false},
		"timeline": {"inc-1", "\t", false}, "alerts": {"inc-1", "\x1b[20~", false},
		"clocks": {"inc-1", "\x1bOQ", false},
		"people": {"inc-1", "\x1bOS", false}, "find": {"inc-1", "\x1bOR/", false}, "form": {"", "n", false},
		"paste": {"inc-1", begun + "a\rb" + ended, false},
	} {
		inVirtualTime(t, name, func(t *testing.T) {
			h, _ := busy(t)
			if way.room == "" {
				mustDeclare(t, h, "two")
			}
			k, done := openKeyboard(t, h, "bo", func(o *ui.Options) { o.Room, o.Wall = way.room, way.wall })
			eventually(t, "the page", func() bool { return strings.Contains(k.shown(), "key") })
			before := len(linesOf(t, h, "inc-1"))
			k.write(t, way.keys)
			for _, b := range []byte(answers + mice) { // a byte a read
				k.write(t, string(b))
			}
			k.write(t, answers+mice+ended+begun+"half a paste\r\x0c")
			k.write(t, "\x03")
			eventually(t, "the end", func() bool {
				select {
				case <-done:
					return true
				default:
					return false
				}
			})
			if got := len(linesOf(t, h, "inc-1")); got != before {
				t.Errorf("got %d lines stored, want none", got-before)
			}
			for _, text := range []string{"rgb:ffff", "XTerm(354)", "64;1;2c"} {
				if strings.Contains(k.shown(), text) {
					t.Errorf("got %q of an answer shown, want it dropped", text)
				}
			}
		})
	}
	inVirtualTime(t, "a burst", func(t *testing.T) {
		h, short := busy(t)
		before := len(linesOf(t, h, short))
		k, _ := openKeyboard(t, h, "bo")
		eventually(t, "the room", func() bool { return strings.Contains(k.shown(), "bo > ") })
		k.write(t, "one pasted\rtwo pasted\r!three\rfour")
		eventually(t, "the question", func() bool { return strings.Contains(k.shown(), "Pasted text") })
		if got := len(linesOf(t, h, short)); got != before {
			t.Errorf("got %d lines stored, want none", got-before)
		}
	})
}

// TestAnswersBesideEnter: answers of the terminal that arrive in one read with a line, whole or
// in parts, do not turn it into a paste.
func TestAnswersBesideEnter(t *testing.T) {
	for _, cut := range []int{0, 3, len(answers) / 2, len(answers) - 4} {
		inVirtualTime(t, fmt.Sprint("cut at ", cut), func(t *testing.T) {
			h, short := busy(t)
			before := len(linesOf(t, h, short))
			k, _ := openKeyboard(t, h, "bo")
			eventually(t, "the room", func() bool { return strings.Contains(k.shown(), "bo > ") })
			k.write(t, "first line\r"+answers[:cut])
			k.write(t, answers[cut:]+"second line\r")
			k.write(t, "third line\r"+answers)
			eventually(t, "three lines", func() bool { return len(linesOf(t, h, short))-before >= 3 })
			for i, want := range []string{"first line", "second line", "third line"} {
				if got := linesOf(t, h, short)[before+i].Text.String(); got != want {
					t.Errorf("cut at %d: got line %d %q, want %q", cut, i, got, want)
				}
			}
			if strings.Contains(k.shown(), "Pasted text") {
				t.Errorf("cut at %d: got the question about a paste, want none", cut)
			}
		})
	}
}
