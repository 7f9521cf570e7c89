package screen_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/screen"
)

// advanced is a terminal whose upper rows are shared; the lowest two are its own.
type advanced struct {
	*screen.Screen
	kind  advancedKind
	shown *vt
	pipe  *pipe
	rows  screen.Rows // as drawn last
	block picture     // as shown
	text  string      // of its own rows
	at    int         // of its cursor
	over  string      // drawn over the first row
}

type advancedKind struct {
	term  string
	base  tcell.Style
	ascii bool
}

func openAdvanced(t *testing.T, k advancedKind, w, h int, table *screen.Table) *advanced {
	t.Helper()
	a := &advanced{kind: k, shown: newVT(w, h)}
	q := newPipe(w, h)
	q.sink, a.pipe = a.shown, q
	a.Screen = mustScreen(t, q, screen.Options{Term: k.term, Colors: 256, ASCII: k.ascii, Table: table})
	a.SetStyle(k.base)
	return a
}

// prepare draws a block and the terminal's own rows, and returns the block.
func (a *advanced) prepare(block picture, step int) screen.Rows {
	w, h := a.Size()
	a.Clear()
	rows := a.CachedRows("block", step, w, h-2, func(s tcell.Screen) { block.draw(s) })
	a.DrawRows(0, 0, h-2, rows)
	a.PutStr(0, 0, a.over)
	a.PutStr(0, h-2, a.text)
	a.ShowCursor(a.at, h-2)
	return rows
}

// draw draws a block and the terminal's own rows, and shows them.
func (a *advanced) draw(t *testing.T, block picture, step int) {
	t.Helper()
	a.rows, a.block = a.prepare(block, step), block
	a.Show()
	until(t, "the frame is out", a.Idle)
}

// TestAdvance: a terminal that changes its rows as another one has changed them, without drawing,
// shows the same as one that shares nothing and was just attached, whatever else differs
// between the two; and a draw afterwards is right too.
func TestAdvance(t *testing.T) {
	cleanEnv(t, "C.UTF-8")
	dark := tcell.StyleDefault.Background(tcell.ColorNavy).Foreground(tcell.ColorWhite)
	kinds := []advancedKind{{term: "xterm-256color"}, {term: "xterm-256color"}, {term: "xterm-256color", base: dark},
		{term: "xterm-256color", base: dark}, {term: "xterm-256color", ascii: true}, {term: "linux"}, {term: "linux"},
		{term: "cygwin"}, {term: "cygwin"}}
	n := map[string]int{} // advances by terminal type
	for seed := range uint64(12) {
		r, table := rand.New(rand.NewPCG(seed, 11)), screen.NewTable()
		w, h := 16+r.IntN(20), 8+r.IntN(8)
		p := newPicture(r, w, h-2, alphabet)
		var all []*advanced
		for _, k := range kinds {
			all = append(all, openAdvanced(t, k, w, h, table))
		}
		for step := range 60 {
			p.change(r)
			for i, j := range r.Perm(len(all)) {
				a := all[j]
				how := r.IntN(8)
				if r.IntN(20) == 0 {
					a.text, a.at = fmt.Sprint("> ", r.IntN(1000)), r.IntN(w)
					how = 0
				}
				if r.IntN(20) == 0 {
					a.over = []string{"", "a note"}[r.IntN(2)]
					how = 0
				}
				switch {
				case i < 2 && step%3 > 0 || how < 2:
					a.draw(t, *p, step)
				case how == 2: // its client has not read the last frame, so this one is not shown
					_ = a.prepare(*p, step)
				default:
					rows := a.FindRows("block", step, w, h-2)
					if a.rows == nil || rows == nil || !a.Advance(a.rows, rows) {
						continue
					}
					n[a.kind.term]++
					until(t, "the frame is out", a.Idle)
					a.rows, a.block = rows, *p
				}
			}
			for _, a := range all {
				if a.rows == nil || step%4 > 0 {
					continue
				}
				alone := openAdvanced(t, a.kind, w, h, screen.NewTable())
				alone.text, alone.at, alone.over = a.text, a.at, a.over
				alone.draw(t, a.block, step)
				forgetBlanks(alone.shown)
				forgetBlanks(a.shown)
				if d := alone.shown.differ(a.shown); d != "" {
					t.Fatalf("seed %d, step %d, %v: %s\nalone:\n%sadvanced:\n%s", seed, step, a.kind, d, alone.shown,
						a.shown)
				}
			}
		}
	}
	for _, k := range kinds {
		if n[k.term] == 0 {
			t.Errorf("%s: got no change that was shown without drawing, want some", k.term)
		}
	}
}

// TestAdvanceRefused: a terminal does not advance if it shows anything else, or differs in what
// the bytes depend on.
func TestAdvanceRefused(t *testing.T) {
	cleanEnv(t, "C.UTF-8")
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name string
		do   func(a *advanced, p picture)
		from func(a, other *advanced) screen.Rows
		want bool
	}{
		{name: "nothing else", want: true},
		{name: "its own rows are others", want: true,
			do: func(a *advanced, p picture) { a.text = "> abc"; a.draw(t, p, 0) }},
		{name: "no rows", from: func(_, _ *advanced) screen.Rows { return nil }},
		{name: "rows that it does not show", from: func(_, other *advanced) screen.Rows { return other.rows }},
		{name: "something is drawn over them", do: func(a *advanced, p picture) { a.over = "a note"; a.draw(t, p, 0) }},
		{name: "it shows the new rows", do: func(a *advanced, p picture) { a.draw(t, p, 1) }},
		{name: "another size", do: func(a *advanced, _ picture) { a.pipe.resize(30, 12) }},
		{name: "another style", do: func(a *advanced, _ picture) { a.SetStyle(tcell.StyleDefault.Bold(true)) }},
		{name: "it has ended", do: func(a *advanced, _ picture) { a.Fini() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, p := screen.NewTable(), newPicture(r, 20, 8, alphabet)
			first := openAdvanced(t, advancedKind{term: "xterm-256color"}, 20, 10, table)
			a := openAdvanced(t, advancedKind{term: "xterm-256color"}, 20, 10, table)
			p.head = "before"
			first.draw(t, *p, 0)
			a.draw(t, *p, 0)
			before := a.rows
			p.at++
			first.draw(t, *p, 1)
			if c.do != nil {
				c.do(a, *p)
			}
			from := before
			if c.from != nil {
				from = c.from(a, first)
			}
			if got := a.Advance(from, first.rows); got != c.want {
				t.Errorf("got advanced %v, want %v", got, c.want)
			}
		})
	}
}

// TestDrawnOver: what is drawn over rows that another terminal has changed to is shown.
func TestDrawnOver(t *testing.T) {
	cleanEnv(t, "C.UTF-8")
	table, p := screen.NewTable(), newPicture(rand.New(rand.NewPCG(1, 2)), 20, 8, alphabet)
	var all []*advanced
	for range 2 {
		a := openAdvanced(t, advancedKind{term: "xterm-256color"}, 20, 10, table)
		a.draw(t, *p, 0)
		all = append(all, a)
	}
	p.at++
	all[0].draw(t, *p, 1)
	all[1].over = "a note"
	all[1].draw(t, *p, 1)
	if got := all[1].shown.String(); !strings.Contains(got, "a note") {
		t.Errorf("got\n%swant the note shown", got)
	}
}
