package ui_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/screen"
)

type badLink struct{ ui.Rooms }

func (badLink) Link() model.Link { panic("a bug") }

// badRooms has rooms with a session that panics where it is used by a goroutine.
type badRooms struct {
	ui.Rooms
	session func(model.RoomSession) model.RoomSession
}

func (r badRooms) Enter(ctx context.Context, short string) (model.RoomSession, error) {
	s, err := r.Rooms.Enter(ctx, short)
	if err != nil {
		return nil, err
	}
	return r.session(s), nil
}

type badChanged struct{ model.RoomSession }

func (badChanged) Changed() <-chan struct{} { panic("a bug") }

type badHere struct{ model.RoomSession }

func (badHere) Here(bool) { panic("a bug") }

// badEvents is a screen that panics where it waits for events.
type badEvents struct{ *screen.Screen }

func (badEvents) PollEvent() tcell.Event { panic("a bug") }

// badReader is a terminal that panics when a key is read.
type badReader struct{ *keyboard }

func (k badReader) Read(p []byte) (int, error) {
	if _, err := k.keyboard.Read(p); err != nil {
		return 0, err
	}
	panic("a bug")
}

// TestThePanicIsOneSentence: a panic in any goroutine of a terminal ends the session. The
// terminal is restored, the person gets one sentence, and the stack is written to a file.
func TestThePanicIsOneSentence(t *testing.T) {
	type set struct {
		o    *ui.Options
		s    ui.Screen
		term *keyboard
	}
	for name, change := range map[string]func(*set){
		"loop":   func(s *set) { s.o.Rooms = badLink{s.o.Rooms} },
		"events": func(s *set) { s.s = badEvents{s.s.(*screen.Screen)} },
		"reader": func(s *set) { s.s = newScreen(t, badReader{s.term}) },
		"pump": func(s *set) {
			s.o.Rooms = badRooms{s.o.Rooms, func(r model.RoomSession) model.RoomSession { return badChanged{r} }}
		},
		"sender": func(s *set) {
			s.o.Rooms = badRooms{s.o.Rooms, func(r model.RoomSession) model.RoomSession { return badHere{r} }}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, short := busy(t)
			dir := t.TempDir()
			in, typed := io.Pipe()
			k := &keyboard{ReadCloser: in, typed: typed}
			r := &set{o: &ui.Options{Rooms: h.As("bo"), Clock: h.Clock, Handle: "bo", State: dir, Room: short},
				s: newScreen(t, k), term: k}
			if name == "loop" {
				r.o.Room = ""
				mustDeclare(t, h, "two")
			}
			change(r)
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			typing := make(chan struct{})
			go func() {
				defer close(typing)
				_, _ = io.WriteString(typed, "x") // nobody reads it where events panic
			}()
			err := ui.Run(ctx, r.s, *r.o)
			_ = in.Close()
			<-typing
			var e *model.Error
			if !errors.As(err, &e) || strings.Contains(err.Error(), "\n") ||
				!strings.Contains(err.Error(), "internal error: a bug; where it happened is in "+dir) {
				t.Errorf("got %v, want one sentence about an internal error", err)
			}
			if !strings.Contains(k.shown(), "\x1b[?1049l") {
				t.Errorf("got %.80q at the end, want the terminal given back", k.shown())
			}
			files, _ := filepath.Glob(filepath.Join(dir, "fault-*"))
			if len(files) != 1 {
				t.Fatalf("got the files %v, want one", files)
			}
			if b, _ := os.ReadFile(files[0]); !strings.Contains(string(b), "ui_test.bad") {
				t.Errorf("got %s, want where it happened", b)
			}
		})
	}
}

// newScreen is a screen on a terminal in memory.
func newScreen(t *testing.T, term io.ReadWriteCloser) *screen.Screen {
	t.Helper()
	s, err := screen.New(screen.NewRemote(term, 100, 30), screen.Options{Term: "xterm-256color", Colors: 256})
	if err != nil {
		t.Fatalf("make a screen: %v", err)
	}
	return s
}
