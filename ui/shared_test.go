package ui_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/ui"
	"warroom/ui/screen"
	"warroom/ui/shared"
	"warroom/ui/uitest"
)

// board is a screen whose last frame can be read, with its styles.
type board struct {
	*screen.Screen
	unshared bool // it draws every row itself

	mu    sync.Mutex
	cells string
	text  string
	shows int // how many frames were drawn
}

// CachesRows reports whether it may show rows that were drawn before.
func (b *board) CachesRows() bool { return !b.unshared }

// Show stores the frame.
func (b *board) Show() {
	var cells, text strings.Builder
	w, h := b.Size()
	last := tcell.StyleDefault
	for y := range h {
		for x := 0; x < w; {
			s, st, n := b.Get(x, y)
			if st != last {
				last = st
				fmt.Fprintf(&cells, "%v", st)
			}
			cells.WriteString(s)
			text.WriteString(s)
			x += max(1, n)
		}
		cells.WriteByte('\n')
		text.WriteByte('\n')
	}
	b.mu.Lock()
	if strings.Contains(text.String(), "T+") { // otherwise the draw was skipped
		b.cells, b.text = cells.String(), text.String()
	}
	b.shows++
	b.mu.Unlock()
	b.Screen.Show()
}

// settle waits until all keys that were pressed are handled and drawn. A wake-up comes after
// keys, and the frame that was begun before it may be the first.
func (b *board) settle(t *testing.T) {
	t.Helper()
	for range 2 {
		n := b.drawn()
		b.Wake()
		until(t, "all keys are handled", func() bool { return b.drawn() > n && !b.HasPendingEvent() })
	}
}

// drawn returns how many frames were drawn.
func (b *board) drawn() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shows
}

func (b *board) seen() (cells, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cells, b.text
}

// discardConn is a connection that discards everything.
type discardConn struct {
	gone chan struct{}
	once sync.Once
}

func (v *discardConn) Read([]byte) (int, error)    { <-v.gone; return 0, io.EOF }
func (v *discardConn) Write(p []byte) (int, error) { return len(p), nil }
func (v *discardConn) Close() error                { v.once.Do(func() { close(v.gone) }); return nil }

// viewer is a person who looks at a room.
type viewer struct {
	handle, room string
	w, h, colors int
	ascii        bool
	zone         *time.Location
}

// watch starts a terminal for a viewer, with shared state. Without a table it shares nothing and
// draws every row itself.
func watch(t *testing.T, h *uitest.Hub, v viewer, table *screen.Table, common *shared.State) *board {
	t.Helper()
	return watchOn(t, h, v, table, common, &discardConn{gone: make(chan struct{})})
}

// watchOn is watch with a connection.
func watchOn(t *testing.T, h *uitest.Hub, v viewer, table *screen.Table, common *shared.State,
	c io.ReadWriteCloser) *board {
	t.Helper()
	s, err := screen.New(screen.NewRemote(c, v.w, v.h), screen.Options{Term: "xterm-256color", Colors: v.colors,
		ASCII: v.ascii, Table: table})
	if err != nil {
		t.Fatalf("make screen: %v", err)
	}
	b := &board{Screen: s, unshared: table == nil}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- ui.Run(ctx, b,
			ui.Options{Rooms: h.As(v.handle), Room: v.room, Clock: h.Clock, Handle: v.handle, Zone: v.zone,
				Colors: v.colors,
				ASCII:  v.ascii, Mouse: true, Bell: true, Frame: time.Millisecond, Shared: common})
	}()
	t.Cleanup(func() {
		stop()
		_ = c.Close()
		if err := <-done; err != nil {
			t.Errorf("wait: %v", err)
		}
		<-s.Done()
	})
	until(t, "the room is on the screen", func() bool { _, text := b.seen(); return strings.Contains(text, "live") })
	return b
}

// viewers returns viewers that differ in everything that a screen depends on, one
// property at a time and together.
func viewers() []viewer {
	east := time.FixedZone("east", 5*3600+1800)
	base := viewer{"ana", "inc-1", 120, 40, 256, false, time.UTC}
	var out []viewer
	for _, f := range []func(*viewer){
		func(*viewer) {}, func(*viewer) {}, func(v *viewer) { v.handle = "bo" }, func(v *viewer) { v.room = "inc-2" },
		func(v *viewer) { v.colors = 0 }, func(v *viewer) { v.ascii = true }, func(v *viewer) { v.zone = east },
		func(v *viewer) { v.w = 100 }, func(v *viewer) { v.h = 30 },
		func(v *viewer) { v.handle, v.room, v.zone = "bo", "inc-2", east },
		func(v *viewer) { v.handle, v.colors, v.ascii, v.w, v.h = "cy", 8, true, 80, 24 },
	} {
		v := base
		f(&v)
		out = append(out, v)
	}
	return out
}

// TestSharedIsNobodysElse: terminals of one process that share state during events in two
// rooms each show the same as a new terminal of the same person without shared state.
func TestSharedIsNobodysElse(t *testing.T) {
	h, _ := busy(t)
	mustDeclare(t, h, "Another incident, of which the first must not speak")
	table, common, list := screen.NewTable(), shared.New(), viewers()
	var open []*board
	for _, v := range list {
		open = append(open, watch(t, h, v, table, common))
	}
	for n, step := range [][]string{
		{"inc-1 bo @ana please look, 世界 e\u0301 and a line that is long enough to be wrapped on the narrower ones " +
			"of these terminals, surely"},
		{"inc-2 cy only in the second room", "inc-2 ana :phase containment"},
		{"inc-1 ana @bo said twice", "inc-1 cy @cy is nobody"},
		{"inc-1 ana :amend KEY key ..8Q it was", "inc-1 ana :pin KEY"},
		{"inc-1 ana :amend KEY key ..9Q after all"},
		{"inc-1 bo :retract LOG not so"},
		{"inc-1 ana :check 2", "inc-2 ana :sev SEV-2 calmer"},
	} {
		for _, s := range step {
			room, line, _ := strings.Cut(s, " ")
			line = strings.NewReplacer("KEY", seqOf(t, h, "job 8841"), "LOG",
				seqOf(t, h, "first fetched")).Replace(line)
			mustType(t, h, room, line)
		}
		for _, b := range open {
			b.Wake()
		}
		if n == 2 {
			for _, b := range open[1:3] {
				press(b, tcell.KeyTab, tcell.KeyUp, tcell.KeyUp)
			}
		}
		if n == 3 {
			for _, b := range open[1:3] {
				press(b, tcell.KeyTab)
				press(b, tcell.KeyCtrlL)
			}
		}
	}
	press(open[1], tcell.KeyPgUp)
	press(open[1], tcell.KeyEnd, tcell.KeyPgDn, tcell.KeyPgDn)
	pass(t, h, open) // everybody has seen who came
	pass(t, h, open) // and the message about it has passed
	for i, v := range list {
		unshared := watch(t, h, v, nil, shared.New())
		match(t, fmt.Sprintf("viewer %d, %+v", i, v), open[i], unshared)
		open = append(open, unshared)
	}
	for i, v := range list {
		_, text := open[i].seen()
		if v.room == "inc-1" && (strings.Contains(text, "second room") || strings.Contains(text, "Another incident")) {
			t.Errorf("viewer %d sees another room:\n%s", i, text)
		}
	}
}

// pass lets a minute pass on all terminals.
func pass(t *testing.T, h *uitest.Hub, open []*board) {
	t.Helper()
	age := func(b *board) string {
		_, text := b.seen()
		_, after, _ := strings.Cut(text, "T+")
		return after[:8]
	}
	var prev []string
	for _, b := range open {
		prev = append(prev, age(b))
	}
	h.Clock.Add(time.Minute)
	for i, b := range open {
		until(t, "a minute has passed", func() bool { b.Wake(); return age(b) != prev[i] })
	}
}

// seqOf returns the number of the line of inc-1 with a text.
func seqOf(t *testing.T, h *uitest.Hub, text string) string {
	t.Helper()
	list, err := h.As("ana").List(context.Background())
	if err != nil {
		t.Fatalf("list the rooms: %v", err)
	}
	for _, r := range list {
		for _, l := range r.Room.Lines() {
			if r.Short == "inc-1" && strings.Contains(l.Text.String(), text) {
				return fmt.Sprint(l.Seq)
			}
		}
	}
	t.Fatalf("nobody said %q", text)
	return ""
}

// press presses keys.
func press(b *board, keys ...tcell.Key) {
	for _, k := range keys {
		b.PostEventWait(tcell.NewEventKey(k, 0, tcell.ModNone))
	}
}

// match waits until two terminals show the same.
func match(t *testing.T, what string, a, b *board) {
	t.Helper()
	defer func() {
		if x, y := a.both(), b.both(); t.Failed() {
			t.Logf("%s\nshared:\n%s\nalone:\n%s\n%s", what, x[1], y[1], firstDiff(x[0], y[0]))
		}
	}()
	until(t, what+": the same", func() bool {
		a.Wake()
		b.Wake()
		return a.both()[0] == b.both()[0]
	})
}

func (b *board) both() [2]string {
	cells, text := b.seen()
	return [2]string{cells, text}
}

// until polls a condition with a deadline.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for late := time.After(30 * time.Second); !ok(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("not in time:", what)
		}
	}
}

func firstDiff(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] + "\n" + y[i]
		}
	}
	return ""
}
