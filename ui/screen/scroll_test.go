package screen_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/screen"
)

// picture is similar to a page: rows of text that move between a header and a footer that
// change.
type picture struct {
	w, h     int
	rows     []string
	styles   []tcell.Style
	at       int // the first row that is shown
	head     string
	x, y     int // an overlay, if any
	over     string
	y0, y1   int // where rows move
	cursorAt int
}

func newPicture(r *rand.Rand, w, h int, letters []string) *picture {
	p := &picture{w: w, h: h, y0: r.IntN(2), y1: h - r.IntN(3)}
	for i := range 60 {
		row := fmt.Sprintf("%3d ", i)
		for range r.IntN(w) {
			row += letters[r.IntN(len(letters))]
		}
		p.rows, p.styles = append(p.rows, row), append(p.styles, randomStyle(r))
	}
	return p
}

// change makes one change as users cause it: lines are added, somebody scrolls, a digit
// changes, an overlay appears or disappears.
func (p *picture) change(r *rand.Rand) {
	switch r.IntN(9) {
	case 0, 1, 2:
		p.at++
	case 3:
		p.at += 1 + r.IntN(p.h)
	case 4, 5:
		p.at -= 1 + r.IntN(3)
	case 6:
		p.x, p.y, p.over = r.IntN(p.w), r.IntN(p.h), "over 世界 it"
	case 7:
		p.over = ""
	}
	p.at = max(0, min(p.at, len(p.rows)-1))
	p.head = fmt.Sprintf("T+%04d 世 %d", r.IntN(10000), p.at)
	p.cursorAt = r.IntN(p.w)
}

// draw draws the picture, with cached rows if the screen supports them.
func (p *picture) draw(s tcell.Screen) {
	s.Clear()
	ours, _ := s.(*screen.Screen)
	for y := p.y0; y < p.y1; y++ {
		i := p.at + y - p.y0
		if i >= len(p.rows) {
			break
		}
		paint := func(s tcell.Screen, y int) { line(s, y, p.rows[i], p.styles[i]) }
		if ours != nil && i%5 > 0 {
			ours.DrawRows(y, 0, 1, ours.CachedRows(&p.rows[i], nil, p.w, 1, func(s tcell.Screen) { paint(s, 0) }))
		} else {
			paint(s, y)
		}
	}
	if p.y0 > 0 {
		s.PutStrStyled(0, 0, p.head, tcell.StyleDefault.Bold(true))
	}
	if p.over != "" {
		s.PutStrStyled(p.x, p.y, p.over, tcell.StyleDefault.Reverse(true))
	}
	s.ShowCursor(p.cursorAt, p.h-1)
	if ours != nil {
		ours.MayScroll(p.y0, p.y1-p.y0)
	}
}

// line draws a line as package draw does: what a wide cell covers has its style.
func line(s tcell.Screen, y int, text string, st tcell.Style) {
	w, _ := s.Size()
	for x := 0; text != "" && x < w; {
		if s.SetContent(x+1, y, ' ', nil, st); x+1 == w {
			s.SetContent(x, y, ' ', nil, st)
			return
		}
		var n int
		if text, n = s.Put(x, y, text, st); n == 0 {
			return
		}
		x += n
	}
}

// TestScrolledSameAsTcell: a terminal whose rows were moved shows the same as with stock
// tcell, and as a terminal that was just attached.
func TestScrolledSameAsTcell(t *testing.T) {
	for _, c := range []struct {
		term   string
		colors int
		moves  bool
	}{{"xterm-256color", 256, true}, {"xterm-256color", screen.TrueColor, true}, {"tmux-256color", 256, true},
		{"screen", 8, true}, {"linux", 8, true}, {"xterm", 8, true}, {"vt100", 8, true}, {"cygwin", 8, false}} {
		t.Run(fmt.Sprint(c.term, c.colors), func(t *testing.T) {
			cleanEnv(t, "C.UTF-8")
			moves := 0
			for seed := range uint64(2) {
				moves += scrolled(t, seed, c.term, c.colors)
			}
			if (moves > 0) != c.moves {
				t.Errorf("rows were moved %d times", moves)
			}
		})
	}
}

func scrolled(t *testing.T, seed uint64, term string, colors int) (moves int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	w, h := 16+r.IntN(20), 6+r.IntN(8)
	c := mustPair(t, w, h, term, colors, false)
	p := newPicture(r, w, h, c.letters)
	for i := range 60 {
		p.change(r)
		if i%20 == 19 {
			w, h = 16+r.IntN(20), 6+r.IntN(8)
			c.resize(w, h)
			p = newPicture(r, w, h, c.letters)
		}
		p.draw(c.theirs)
		p.draw(c.ours)
		c.show(t)
	}
	redrawn, q := newVT(w, h), newPipe(w, h)
	q.sink = redrawn
	s := mustScreen(t, q, screen.Options{Term: term, Colors: colors})
	p.draw(s)
	s.Show()
	until(t, "the frame is out", s.Idle)
	if d := redrawn.differ(c.got); d != "" {
		t.Fatalf("%s\nfresh:\n%sstep by step:\n%s", d, redrawn, c.got)
	}
	return c.got.moves
}

// TestCachedRowsAreShared: two screens of a Table draw the same rows once; different rows
// are drawn again; and drawing over shared rows does not change them.
func TestCachedRowsAreShared(t *testing.T) {
	table, painted := screen.NewTable(), 0
	open := func() (*screen.Screen, *vt) {
		v, p := newVT(20, 4), newPipe(20, 4)
		p.sink = v
		return mustScreen(t, p, screen.Options{Term: "xterm-256color", Colors: 256, Table: table}), v
	}
	drawOn := func(s *screen.Screen, text string, state any) {
		s.Clear()
		s.DrawRows(1, 0, 2, s.CachedRows("key", state, 20, 2, func(s tcell.Screen) {
			painted++
			s.PutStr(0, 0, text)
			s.PutStr(0, 1, "世界")
		}))
	}
	a, va := open()
	b, vb := open()
	drawOn(a, "first", 1)
	drawOn(b, "nobody draws this", 1)
	b.PutStr(5, 2, "over")
	for _, s := range []*screen.Screen{a, b} {
		s.Show()
		until(t, "the frame is out", s.Idle)
	}
	if painted != 1 || !bytes.Contains([]byte(va.String()), []byte("first")) ||
		!bytes.Contains([]byte(vb.String()), []byte("first")) {
		t.Fatalf("painted %d times\n%s\n%s", painted, va, vb)
	}
	if got := va.String(); !bytes.Contains([]byte(got), []byte("世界")) {
		t.Errorf("what another screen drew is here:\n%s", got)
	}
	if got := vb.String(); !bytes.Contains([]byte(got), []byte(" over")) {
		t.Errorf("what was drawn over it is not there:\n%s", got)
	}
	drawOn(a, "second", 2)
	other := a.CachedRows("key", 2, 19, 1, func(tcell.Screen) { t.Error("drawn for another width") })
	if other != nil {
		t.Errorf("rows of another width: got %v, want none", other)
	}
	a.DrawRows(0, 0, 1, other)
	a.Show()
	until(t, "the frame is out", a.Idle)
	if got := va.String(); painted != 2 || !bytes.Contains([]byte(got), []byte("second")) {
		t.Errorf("painted %d times\n%s", painted, got)
	}
}

// TestScrolledInTmux checks moved rows with a real terminal.
func TestScrolledInTmux(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Log("no tmux here")
		return
	}
	cleanEnv(t, "C.UTF-8")
	const w, h = 44, 12
	var want, got bytes.Buffer
	p, q := newPipe(w, h), newPipe(w, h)
	p.sink, q.sink = &want, &got
	theirs := mustTcell(t, p, "tmux-256color", screen.TrueColor)
	ours := mustScreen(t, q, screen.Options{Term: "tmux-256color", Colors: screen.TrueColor})
	r := rand.New(rand.NewPCG(8, 8))
	pic := newPicture(r, w, h, alphabet[:20])
	for range 80 {
		pic.change(r)
		pic.draw(theirs)
		pic.draw(ours)
		theirs.Show()
		ours.Show()
		until(t, "the frame is out", ours.Idle)
	}
	if !bytes.Contains(got.Bytes(), []byte("\x1bD")) {
		t.Error("no row was moved")
	}
	for _, b := range []*bytes.Buffer{&want, &got} {
		b.WriteString("\x1b[m\x1b[12;1HEND")
	}
	a := startTmux(t, "sa", w, h, want.Bytes())
	b := startTmux(t, "sb", w, h, got.Bytes())
	last := ""
	defer func() {
		if t.Failed() {
			t.Log(last)
		}
	}()
	until(t, "tmux shows the same", func() bool {
		x, y := a(), b()
		d := seen(w, h, x).differ(seen(w, h, y))
		last = fmt.Sprintf("%s\nstock:\n%s\nours:\n%s", d, x, y)
		return bytes.Contains(x, []byte("END")) && d == ""
	})
}

// seen returns a captured screen of tmux. Colors at the end of a row depend on whether
// blanks were written there.
func seen(w, h int, capture []byte) *vt {
	v := newVT(w, h)
	_, _ = v.Write([]byte("\x1b[2J\x1b[H"))
	for y, row := range bytes.Split(bytes.TrimRight(capture, "\n"), []byte("\n")) {
		_, _ = fmt.Fprintf(v, "\x1b[%d;1H%s", min(y+1, h), row)
	}
	_, _ = v.Write([]byte("\x1b[H"))
	for i := range v.cells {
		if c := &v.cells[i]; c.s == " " { // the color of a blank is invisible
			c.style.fg = ""
		}
	}
	return v
}
