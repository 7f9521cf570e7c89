package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// sizeOf returns a function that returns the size of the terminal w, or nil if w is not a
// terminal.
func sizeOf(w io.Writer) func() (cols, rows int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func() (int, int) {
		cols, rows, err := term.GetSize(int(f.Fd()))
		if err != nil {
			return 0, 0
		}
		return cols, rows
	}
}

// pager writes text to a terminal: it breaks lines between words, and shows the output of
// a command by pages.
type pager struct {
	out  io.Writer
	size func() (cols, rows int) // 0: unknown

	mu    sync.Mutex
	tail  []byte   // of a line that is not complete
	paged bool     // a command is running
	shown int      // its rows that were written
	held  []string // its rows that were not
}

// wrapping returns a writer that breaks lines between words.
func wrapping(w io.Writer, size func() (cols, rows int)) *pager { return &pager{out: w, size: size} }

// begin starts the output of a command. It drops the rows of the previous one that were
// not shown.
func (p *pager) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paged, p.shown, p.held = true, 0, nil
}

// end ends the output of a command.
func (p *pager) end() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paged = false
	return p.countHeld()
}

// next shows the next page of the last command.
func (p *pager) next() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.held) == 0 {
		return nil
	}
	n := min(len(p.held), p.pageRows())
	page := p.held[:n]
	p.held = p.held[n:]
	if _, err := io.WriteString(p.out, strings.Join(page, "\n")+"\n"); err != nil {
		return err
	}
	return p.countHeld()
}

// countHeld writes how many rows are left.
func (p *pager) countHeld() error {
	if len(p.held) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(p.out, "+%d more lines; Enter shows the next\n", len(p.held))
	return err
}

// pageRows returns the number of rows of a page: the height of the terminal without the row
// of the count and the one that is typed.
func (p *pager) pageRows() int {
	if _, rows := p.size(); rows > 3 {
		return rows - 2
	}
	return 1 << 30 // unknown, or no page at all
}

// Write writes complete lines. What follows the last of them is kept until its line ends,
// unless nothing but that was written, such as a bell.
func (p *pager) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	end := bytes.LastIndexByte(b, '\n')
	if end < 0 && len(p.tail) == 0 {
		return p.out.Write(b)
	}
	text := string(append(p.tail, b[:end+1]...))
	p.tail = append([]byte(nil), b[end+1:]...)
	cols, _ := p.size()
	var rows []string
	for line := range strings.Lines(text) {
		rows = append(rows, wrapWords(strings.TrimSuffix(line, "\n"), cols-1)...)
	}
	if p.paged {
		fit := min(len(rows), max(0, p.pageRows()-p.shown))
		p.shown += fit
		p.held = append(p.held, rows[fit:]...)
		rows = rows[:fit]
	}
	if len(rows) > 0 {
		if _, err := io.WriteString(p.out, strings.Join(rows, "\n")+"\n"); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// wrapWords breaks a line between words into rows of at most w cells. Further rows are
// indented. A word that is wider than a row stays whole, so that it can be copied. A width
// of less than 20 is taken for an unknown one.
func wrapWords(line string, w int) []string {
	if w < 20 || len(line) <= w {
		return []string{line}
	}
	text := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(text)]
	var rows []string
	row, used := indent, len(indent)
	for i, word := range strings.Split(text, " ") {
		cells := uniseg.StringWidth(word)
		switch {
		case i == 0:
			row, used = row+word, used+cells
			continue
		case used+1+cells <= w:
			row, used = row+" "+word, used+1+cells
			continue
		}
		rows = append(rows, strings.TrimRight(row, " "))
		row, used = indent+"  "+word, len(indent)+2+cells
	}
	return append(rows, row)
}
