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

// bigFile is from how many bytes on a file is read with a bar, and barEvery how
// often the bar moves.
const (
	bigFile  = 8 << 20
	barEvery = 100 * time.Millisecond
	barCells = 30
)

// watched shows on a terminal how far a large file is read. Elsewhere, and for
// small files, the reader is returned as it is.
func (g *ingest) watched(name string, f *os.File) (r io.Reader, done func()) {
	fi, err := f.Stat()
	out, ok := g.Stderr.(*os.File)
	if err != nil || !ok || fi.Size() < bigFile || !term.IsTerminal(int(out.Fd())) {
		return f, func() {}
	}
	b := &bar{out: out, name: name, now: g.Clock.Now, of: new(model.Progress)}
	b.of.Begin(fi.Size())
	return io.TeeReader(f, b), b.clear
}

// bar is a line on a terminal that says how much was read.
type bar struct {
	out  io.Writer
	name string
	now  func() time.Time
	of   *model.Progress
	last time.Time
}

// Write counts what was read.
func (b *bar) Write(p []byte) (int, error) {
	_, _ = b.of.Write(p) // it takes all
	if t := b.now(); t.Sub(b.last) >= barEvery {
		b.last = t
		n := int(b.of.Share() * barCells)
		fmt.Fprintf(b.out, "\r%s  [%s%s] %s\x1b[K", model.CleanLine(b.name), strings.Repeat("#", n), strings.Repeat(".", barCells-n), b.of.Words())
	}
	return len(p), nil
}

// clear takes the line away.
func (b *bar) clear() {
	if !b.last.IsZero() {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}
