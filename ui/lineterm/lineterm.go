// Package lineterm implements a line-based terminal, for screen readers and for terminals that
// cannot show a full screen. It echoes and edits the input itself, so that an arriving line never
// splits the line that is being typed. It writes text, line breaks, backspaces and bells, but no
// escape sequences.
package lineterm

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const (
	maxTyped  = 64 << 10 // max bytes of input that is not read yet
	maxEdit   = 16 << 10 // max bytes of the line being edited
	sureCells = 40       // a shorter line is assumed to fit into one row of the terminal
)

// ErrGone ends the input when the terminal is gone.
var ErrGone = errors.New("the terminal is gone")

// Terminal is a line-based terminal. The underlying terminal neither echoes nor edits, so
// Terminal echoes, edits, and converts line breaks. One goroutine reads the input, see Run, so
// that Ctrl-C works even while nobody reads.
//
// It is not golang.org/x/term, which writes escape sequences and counts one cell for each
// character; see ADR 37.
type Terminal struct {
	rw        io.ReadWriter
	interrupt func() // Ctrl-C

	mu      sync.Mutex // guards the fields below and the writes
	line    []byte     // being typed
	typed   []Input
	waiting int    // bytes of typed
	rest    []byte // of an input, for Read
	more    *sync.Cond
	ended   error  // io.EOF: ended by the user; ErrGone: the terminal is gone
	skip    bool   // within an escape sequence
	seq     []byte // its first bytes
	paste   paste
}

// Input is a line that was typed, or a paste of several lines, without the line end.
type Input struct {
	Text   string
	Pasted bool
}

// New returns a terminal on a stream. interrupt is called when Ctrl-C is pressed.
func New(rw io.ReadWriter, interrupt func()) *Terminal {
	t := &Terminal{rw: rw, interrupt: interrupt}
	t.more = sync.NewCond(&t.mu)
	return t
}

// Run reads input until the terminal is gone, or Ctrl-C is pressed.
func (t *Terminal) Run() {
	defer t.End(ErrGone)
	buf := make([]byte, 4096)
	for {
		n, err := t.rw.Read(buf)
		if !t.feed(buf[:n]) || err != nil {
			return
		}
	}
}

// feed handles the bytes of one read. It reports whether input is still wanted. A Ctrl-C or
// Ctrl-D within a paste is text; at the end of a read it was typed.
func (t *Terminal) feed(read []byte) bool {
	t.mu.Lock()
	if !t.paste.on && isBurst(read) {
		t.beginPaste(false)
	} else if t.paste.on {
		t.awaitPaste()
	}
	t.mu.Unlock()
	for i, c := range read {
		if c == 3 || c == 4 {
			t.mu.Lock()
			if i == len(read)-1 && !t.paste.marked {
				t.takePaste()
			}
			text := t.paste.on
			t.mu.Unlock()
			if !text {
				if c == 3 {
					t.interrupt()
					return false
				}
				if t.empty() {
					t.End(io.EOF)
				}
				continue
			}
		}
		t.key(c)
	}
	return true
}

func (t *Terminal) empty() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.line) == 0
}

// End ends the input after what has been typed. Read then returns why.
func (t *Terminal) End(why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.takePaste()
	if t.ended == nil {
		t.ended = why
	}
	t.more.Broadcast()
}

// key handles one byte.
func (t *Terminal) key(c byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.paste.on:
		t.pasted(c)
	case c == 0x1b:
		t.skip, t.seq = true, append(t.seq[:0], c)
	case t.skip:
		t.skip = c == '[' || c == 'O' || c < 0x40
		if len(t.seq) <= len(pasteStart) {
			t.seq = append(t.seq, c)
		}
		if !t.skip && bytes.Equal(t.seq, pasteStart) {
			t.beginPaste(true)
		}
	case c == '\r' || c == '\n':
		t.echo("\r\n")
		t.put(Input{Text: string(t.line)})
		t.line = t.line[:0]
	case c == 0x7f || c == 8:
		_, k := utf8.DecodeLastRune(t.line)
		t.rubOut(len(t.line) - k)
	case c == 0x15: // Ctrl-U
		t.rubOut(0)
	case c == 0x17: // Ctrl-W
		t.rubOut(bytes.LastIndexByte(bytes.TrimRight(t.line, " "), ' ') + 1)
	case c < ' ' && c != '\t', len(t.line) >= maxEdit:
	default:
		from := len(t.line)
		t.line = append(t.line, c)
		if c >= 0x80 { // echo a character with its last byte
			if _, k := utf8.DecodeLastRune(t.line); k > 1 {
				from = len(t.line) - k
			}
		}
		t.echo(visible(t.line[from:]))
	}
}

// put adds an input, unless many are waiting.
func (t *Terminal) put(in Input) {
	switch {
	case t.ended != nil:
	case t.waiting < maxTyped:
		t.typed = append(t.typed, in)
		t.waiting += len(in.Text) + 1
	default:
		t.echo("\awarroom: this line was dropped, because many lines before it have not been processed yet\r\n")
	}
	t.more.Broadcast()
}

// rubOut shortens the line to its first n bytes, here and on the terminal.
func (t *Terminal) rubOut(n int) {
	cells := width(t.line) - width(t.line[:n])
	t.line = t.line[:n]
	t.echo(strings.Repeat("\b \b", max(0, cells)))
}

// visible returns the part of the input that is echoed: no control characters.
func visible(line []byte) string {
	var b strings.Builder
	for _, r := range string(line) {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r >= ' ' && r < 0x7f, r >= 0xa0 && r != utf8.RuneError:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// width returns the number of cells of a line.
func width(line []byte) int { return uniseg.StringWidth(visible(line)) }

// echo writes to the terminal. An error is ignored, because reading fails too.
func (t *Terminal) echo(s string) { _, _ = io.WriteString(t.rw, s) }

// Next returns the next line or paste.
func (t *Terminal) Next() (Input, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.typed) == 0 {
		if t.ended != nil {
			return Input{}, t.ended
		}
		t.more.Wait()
	}
	in := t.typed[0]
	t.typed = t.typed[1:]
	t.waiting -= len(in.Text) + 1
	return in, nil
}

// Read returns complete lines as they were typed or pasted. One goroutine may use Read or Next.
func (t *Terminal) Read(p []byte) (int, error) {
	if len(t.rest) == 0 {
		in, err := t.Next()
		if err != nil {
			return 0, err
		}
		t.rest = append([]byte(in.Text), '\n')
	}
	n := copy(p, t.rest)
	t.rest = t.rest[n:]
	return n, nil
}

// Write writes text and converts its line ends. It erases the line being typed first, and
// shows it again below the text. A line that may not fit into one row cannot be erased;
// it stays, and the text begins below it.
func (t *Terminal) Write(p []byte) (int, error) {
	b := bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))
	t.mu.Lock()
	defer t.mu.Unlock()
	if typed := visible(t.line); typed != "" && bytes.HasSuffix(p, []byte("\n")) {
		before := "\r\n"
		if n := width(t.line); n <= sureCells {
			before = "\r" + strings.Repeat(" ", n) + "\r"
		}
		b = append([]byte(before), b...)
		b = append(b, typed...)
	}
	if _, err := t.rw.Write(b); err != nil {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}
