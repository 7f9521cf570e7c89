package screen_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/screen"
)

// benchmark draws 120x40 as tview does: a Clear and then every cell.
func benchmark(b *testing.B, s tcell.Screen, idle func() bool, changes int) {
	styles := []tcell.Style{
		tcell.StyleDefault, tcell.StyleDefault.Foreground(tcell.ColorGreen),
		tcell.StyleDefault.Foreground(tcell.ColorBlack).Background(tcell.ColorYellow).Bold(true),
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		s.Clear()
		for y := range 40 {
			for x := range 120 {
				r := rune('a' + (x+y)%26)
				if y*120+x < changes {
					r = rune('A' + (x+n)%26)
				}
				s.SetContent(x, y, r, nil, styles[x/10%3])
			}
		}
		s.Show()
		for !idle() {
		}
	}
}

func BenchmarkShow(b *testing.B) {
	for _, c := range []struct {
		name    string
		changes int
	}{{"cell", 1}, {"frame", 4800}} {
		b.Run(c.name+"/ours", func(b *testing.B) {
			p := newPipe(120, 40)
			s := mustScreen(b, p, screen.Options{Colors: 256})
			benchmark(b, s, s.Idle, c.changes)
			n, _ := p.sent()
			b.ReportMetric(float64(n)/float64(b.N), "wire-B/op")
		})
		b.Run(c.name+"/stock", func(b *testing.B) {
			cleanEnv(b, "C.UTF-8")
			p := newPipe(120, 40)
			benchmark(b, mustTcell(b, p, "xterm-256color", 256), func() bool { return true }, c.changes)
			n, _ := p.sent()
			b.ReportMetric(float64(n)/float64(b.N), "wire-B/op")
		})
	}
}
