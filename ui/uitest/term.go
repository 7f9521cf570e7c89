// Package uitest drives the real screen program in tests: it types, and reads a simulated
// screen. Behind it is a Hub in memory.
//
// After keys it sends a sentinel key: a frame that includes the sentinel includes all keys
// before it. It also includes the result of every line that these keys sent: the hub has a
// line that [Term.See] has seen. The hub and its clock change only after all keys were
// handled. Nothing here sleeps.
package uitest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/roomlist"
)

const defaultTimeout = 20 * time.Second

// Term is a person at a terminal.
type Term struct {
	Screen *Screen
	Hub    *Hub
	tb     testing.TB
	n      rune
	typed  bool // since the last frame
	sent   *ui.Sent
	stop   context.CancelFunc
	done   chan error
	ended  bool
	err    error
}

// Open starts the program for a person of a hub. The functions in with change the options
// first.
func Open(tb testing.TB, h *Hub, handle string, w, height int, with ...func(*ui.Options)) *Term {
	tb.Helper()
	o := ui.Options{Rooms: h.As(handle), Clock: h.Clock, Handle: handle, Zone: time.UTC, Colors: 256, Bell: true,
		Frame: time.Millisecond, Playbook: "test",
		Plans: func() ([]roomlist.PlanChoice, error) {
			return []roomlist.PlanChoice{{Name: "test", Title: model.Lit("Security incident response")}}, nil
		},
		Plan: func(string) (*model.Plan, error) { return Plan(), nil },
	}
	o.Sent = &ui.Sent{}
	for _, f := range with {
		f(&o)
	}
	ctx, stop := context.WithCancel(context.Background())
	t := &Term{Screen: NewScreen(w, height), Hub: h, tb: tb, sent: o.Sent,
		stop: stop, done: make(chan error, 1)}
	go func() { t.done <- ui.Run(ctx, t.Screen, o) }()
	<-t.Screen.ready
	h.terms = append(h.terms, t)
	tb.Cleanup(func() { t.Close() })
	return t
}

// Close ends the program from outside and waits for it.
func (t *Term) Close() error {
	t.tb.Helper()
	t.stop()
	return t.Wait()
}

// Wait waits until the program has ended.
func (t *Term) Wait() error {
	t.tb.Helper()
	if t.ended {
		return t.err
	}
	select {
	case t.err = <-t.done:
		t.ended = true
		if t.err != nil {
			t.tb.Errorf("Run: %v", t.err)
		}
	case <-time.After(defaultTimeout):
		t.tb.Fatal("the program does not end")
	}
	return t.err
}

// Key presses keys.
func (t *Term) Key(keys ...tcell.Key) *Term {
	for _, k := range keys {
		m := tcell.ModNone
		if k >= tcell.KeyCtrlSpace && k <= tcell.KeyCtrlUnderscore {
			m = tcell.ModCtrl // as terminals send it
		}
		t.press(tcell.NewEventKey(k, 0, m))
	}
	return t
}

// Mod presses a key with modifiers.
func (t *Term) Mod(k tcell.Key, r rune, m tcell.ModMask) *Term {
	t.press(tcell.NewEventKey(k, r, m))
	return t
}

// Type types text.
func (t *Term) Type(s string) *Term {
	for _, r := range s {
		t.press(tcell.NewEventKey(tcell.KeyRune, r, tcell.ModNone))
	}
	return t
}

// Line types a line and submits it.
func (t *Term) Line(s string) *Term { return t.Type(s).Key(tcell.KeyEnter) }

// Paste pastes text as a terminal does.
func (t *Term) Paste(s string) *Term {
	t.press(tcell.NewEventPaste(true))
	for _, r := range s {
		switch r {
		case '\v': // for tests: a literal line break
			t.press(tcell.NewEventKey(tcell.KeyCtrlJ, 0, tcell.ModCtrl))
		case '\n':
			t.press(tcell.NewEventKey(tcell.KeyEnter, 0, tcell.ModNone))
		case '\t':
			t.press(tcell.NewEventKey(tcell.KeyTab, 0, tcell.ModNone))
		default:
			t.press(tcell.NewEventKey(tcell.KeyRune, r, tcell.ModNone))
		}
	}
	t.press(tcell.NewEventPaste(false))
	return t
}

// Resize changes the size of the terminal.
func (t *Term) Resize(w, h int) *Term {
	t.Screen.Resized(w, h)
	return t
}

func (t *Term) press(ev tcell.Event) {
	t.typed = true
	t.Screen.Press(ev)
}

var errGone = errors.New("the program has ended")

// Frame returns the screen after everything that was typed, and after the hub has taken or
// refused every line that was sent by it.
func (t *Term) Frame() Frame {
	t.tb.Helper()
	f, err := t.settled()
	if err != nil {
		t.tb.Fatal(err)
	}
	return f
}

// settled returns what [Term.Frame] returns, or errGone if the program has ended.
func (t *Term) settled() (Frame, error) {
	retry := time.NewTicker(time.Millisecond)
	defer retry.Stop()
	for end := time.Now().Add(defaultTimeout); ; <-retry.C {
		before, answered := t.sent.Counts()
		f, err := t.drawn()
		if err != nil {
			return f, err
		}
		if now, _ := t.sent.Counts(); before == answered && now == before {
			return f, nil
		} else if time.Now().After(end) {
			return f, fmt.Errorf("lines: got %d sent and %d taken by the hub, want all taken", now, answered)
		}
	}
}

// drawn returns the screen after everything that was typed.
func (t *Term) drawn() (Frame, error) {
	t.n++
	t.press(tcell.NewEventKey(keyWake, t.n, tcell.ModNone))
	end := time.After(defaultTimeout)
	for {
		f, n, change := t.Screen.last()
		if n >= int64(t.n) {
			t.typed = false
			return f, nil
		}
		select {
		case <-change:
		case err := <-t.done:
			t.done <- err
			return f, fmt.Errorf("%w: %v", errGone, err)
		case <-end:
			return f, fmt.Errorf("nothing is drawn; last was:\n%s", f.Text())
		}
	}
}

// Text returns the screen as text.
func (t *Term) Text() string { t.tb.Helper(); return t.Frame().Text() }

// Until waits until ok returns true for the screen.
func (t *Term) Until(what string, ok func(Frame) bool) Frame {
	t.tb.Helper()
	end := time.After(defaultTimeout)
	for {
		f := t.Frame()
		if ok(f) {
			return f
		}
		_, _, change := t.Screen.last()
		select {
		case <-change:
		case <-time.After(20 * time.Millisecond):
		case <-end:
			t.tb.Fatalf("never seen: %s; the screen is:\n%s", what, f.Text())
		}
	}
}

// See waits until the screen shows all texts.
func (t *Term) See(texts ...string) *Term {
	t.tb.Helper()
	for _, s := range texts {
		t.Until(s, func(f Frame) bool { return strings.Contains(f.Text(), s) })
	}
	return t
}

// Gone waits until the screen does not show a text.
func (t *Term) Gone(s string) *Term {
	t.tb.Helper()
	t.Until("no "+s, func(f Frame) bool { return !strings.Contains(f.Text(), s) })
	return t
}
