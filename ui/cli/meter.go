package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"warroom/model"
	"warroom/ui/draw"
)

const (
	meterEvery = 200 * time.Millisecond // how often a bar is drawn
	meterCells = 16
	bigFile    = 8 << 20 // size in bytes from which reading a file of alerts shows a bar
)

// meter shows progress on a terminal. Without a terminal it shows nothing.
type meter struct {
	w     io.Writer // nil: show nothing
	n     int64     // bytes written with Write
	clock model.Clock
	name  string
	size  int64 // 0: unknown
	begun time.Time
	drawn time.Time
}

// meter starts a meter on stderr, if that is a terminal.
func (a *app) meter(name string, size int64) *meter {
	b := &meter{clock: a.Clock, name: name, size: size, begun: a.Clock.Now()}
	if out, ok := a.Stderr.(*os.File); ok && term.IsTerminal(int(out.Fd())) && !a.cfg.Screen.Plain &&
		a.Getenv("TERM") != "dumb" {
		b.w = a.Stderr
	}
	return b
}

// at draws the bar for n bytes, at most once per meterEvery.
func (b *meter) at(n int64) {
	now := b.clock.Now()
	if b.w == nil || now.Sub(b.drawn) < meterEvery {
		return
	}
	b.drawn = now
	fmt.Fprintf(b.w, "\r\x1b[K%s", meterLine(b.name, n, b.size, now.Sub(b.begun)))
}

// Write counts bytes for the bar. It never fails.
func (b *meter) Write(p []byte) (int, error) {
	b.n += int64(len(p))
	b.at(b.n)
	return len(p), nil
}

// end erases the bar.
func (b *meter) end() {
	if b.w != nil && !b.drawn.IsZero() {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}

// meterLine returns the progress in at most 80 columns.
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
	left := model.Safe{}
	if n > 0 && since >= time.Second {
		left = model.Safef("  %s left", model.Span(time.Duration(float64(since)*float64(size-min(n, size))/float64(n))))
	}
	return model.Safef("%s  [%s] %3d %%  %s of %s%s%s", name, draw.Bar(meterCells, float64(n)/float64(size), true),
		min(n, size)*100/size, model.Bytes(n), model.Bytes(size), rate, left)
}

// watched shows the progress of reading a large file on a terminal. For small files, and
// without a terminal, it returns the file as it is.
func (a *app) watched(name string, f *os.File) (r io.Reader, done func()) {
	fi, err := f.Stat()
	if err != nil || fi.Size() < bigFile {
		return f, func() {}
	}
	m := a.meter(name, fi.Size())
	return io.TeeReader(f, m), m.end
}
