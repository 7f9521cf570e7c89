package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"warroom/model"
)

// meterEvery is how often a bar is drawn.
const meterEvery = 200 * time.Millisecond

// meter shows on a terminal how far something has come. Without one it is silent.
type meter struct {
	w     io.Writer // nil: silent
	clock model.Clock
	name  string
	size  int64 // 0: not known
	begun time.Time
	drawn time.Time
}

// meter begins one on stderr, where that is a terminal.
func (a *app) meter(name string, size int64) *meter {
	b := &meter{clock: a.Clock, name: name, size: size, begun: a.Clock.Now()}
	if out, ok := a.Stderr.(*os.File); ok && term.IsTerminal(int(out.Fd())) && !a.cfg.Screen.Plain && a.Getenv("TERM") != "dumb" {
		b.w = a.Stderr
	}
	return b
}

// at is told how many bytes are done.
func (b *meter) at(n int64) {
	now := b.clock.Now()
	if b.w == nil || now.Sub(b.drawn) < meterEvery {
		return
	}
	b.drawn = now
	fmt.Fprintf(b.w, "\r\x1b[K%s", meterLine(b.name, n, b.size, now.Sub(b.begun)))
}

// end takes the bar away.
func (b *meter) end() {
	if b.w != nil && !b.drawn.IsZero() {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}

// meterLine says how far something has come: in at most 80 columns.
func meterLine(name string, n, size int64, since time.Duration) model.Safe {
	name = model.CleanLine(name).String()
	if r := []rune(name); len(r) > 20 {
		name = string(r[:19]) + "…"
	}
	rate := model.Safe{}
	if s := since.Seconds(); s >= 1 {
		rate = model.Safef("  %s/s", model.Bytes(int64(float64(n)/s)))
	}
	if size <= 0 {
		return model.Safef("%s  %s%s", name, model.Bytes(n), rate)
	}
	const cells = 16
	done := int(min(n, size) * cells / size)
	filled := fmt.Sprintf("%-*s", cells, strings.Repeat("#", done))
	left := model.Safe{}
	if n > 0 && since >= time.Second {
		left = model.Safef("  %s left", model.Span(time.Duration(float64(since)*float64(size-min(n, size))/float64(n))))
	}
	return model.Safef("%s  [%s] %3d %%  %s of %s%s%s", name, filled, min(n, size)*100/size, model.Bytes(n), model.Bytes(size), rate, left)
}
