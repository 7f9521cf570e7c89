package screen_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/screen"
)

// TestReplaySameAsAlone: terminals that share rows, and miss some frames, show the same as
// a terminal that shares nothing and was just attached.
func TestReplaySameAsAlone(t *testing.T) {
	cleanEnv(t, "C.UTF-8")
	type kind struct {
		term  string
		ascii bool
		base  tcell.Style
	}
	dark := tcell.StyleDefault.Background(tcell.ColorNavy).Foreground(tcell.ColorWhite)
	for seed := range uint64(12) {
		r, table := rand.New(rand.NewPCG(seed, 7)), screen.NewTable()
		w, h := 16+r.IntN(20), 6+r.IntN(8)
		p := newPicture(r, w, h, alphabet)
		open := func(k kind, table *screen.Table) (*screen.Screen, *vt) {
			v, q := newVT(w, h), newPipe(w, h)
			q.sink = v
			s := mustScreen(t, q, screen.Options{Term: k.term, Colors: 256, ASCII: k.ascii, Table: table})
			s.SetStyle(k.base)
			return s, v
		}
		kinds := []kind{{term: "xterm-256color"}, {term: "xterm-256color"}, {term: "xterm-256color", base: dark},
			{term: "xterm-256color", base: dark}, {term: "linux"}, {term: "xterm-256color", ascii: true},
			{term: "cygwin"}, {term: "cygwin"}}
		var screens []*screen.Screen
		var shown []*vt
		for _, k := range kinds {
			s, v := open(k, table)
			screens, shown = append(screens, s), append(shown, v)
		}
		for step := range 60 {
			p.change(r)
			for i, s := range screens {
				if step%20 < 19 && r.IntN(4) == 0 {
					continue // it misses this frame
				}
				p.draw(s)
				s.Show()
				until(t, "the frame is out", s.Idle)
				if step%5 > 0 {
					continue
				}
				alone, want := open(kinds[i], screen.NewTable())
				p.draw(alone)
				alone.Show()
				until(t, "the frame is out", alone.Idle)
				forgetBlanks(want)
				forgetBlanks(shown[i])
				if d := want.differ(shown[i]); d != "" {
					t.Fatalf("seed %d, step %d, %s: %s\nalone:\n%sshared:\n%s", seed, step, fmt.Sprint(kinds[i]), d,
						want, shown[i])
				}
			}
		}
	}
}

// forgetBlanks drops the foreground and weight of blanks, which nobody sees.
func forgetBlanks(v *vt) {
	for i := range v.cells {
		a := &v.cells[i].style.attrs // by the number of the sequence: 4 underlines, 5 blinks, 7 reverses, 9 strikes
		if v.cells[i].s == " " && a[4]+a[5]+a[7]+a[9] == "" {
			v.cells[i].style.fg, *a = "", [10]string{}
		}
	}
}
