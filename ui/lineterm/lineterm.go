// Package lineterm implements a line-based terminal, for screen readers and for terminals that
// cannot show a full screen. Lines are edited by golang.org/x/term. An arriving line never
// splits the line that is being typed. The terminal receives text, line breaks, backspaces and
// bells, but no escape sequences.
package lineterm

import (
	"errors"
	"io"
	"sync"
	"time"

	"golang.org/x/term"
)

const (
	maxTyped = 64 << 10 // max bytes of input that is not read yet
	maxEdit  = 16 << 10 // max bytes of the line being edited
	maxCells = 1 << 20  // width that x/term assumes, so that it never breaks a line
)

// ErrGone ends the input when the terminal is gone.
var ErrGone = errors.New("the terminal is gone")

// errNoKeys is returned to x/term when it has processed all keys.
var errNoKeys = errors.New("no more keys")

// Terminal is a line-based terminal. The underlying terminal neither echoes nor edits. One
// goroutine reads the input, see Run, so that Ctrl-C works even while nobody reads.
type Terminal struct {
	rw        io.ReadWriter
	interrupt func() // Ctrl-C

	mu      sync.Mutex // guards the fields below and the writes
	editor  *term.Terminal
	row     *row
	history *history
	keys    []byte // for the editor
	typed   []Input
	waiting int    // bytes of typed
	rest    []byte // of an input, for Read
	more    *sync.Cond
	ended   error // io.EOF: ended by the user; ErrGone: the terminal is gone

	text     []byte           // typed text that the editor does not have yet
	seq      sequence         // an escape sequence that is being read
	lastRead time.Time        // when the last input was read
	now      func() time.Time // for tests
	last     byte             // the byte before
	insert   string           // for keyInsert and keyPaste
	tooLong  bool             // the rest of the line is dropped
	paste    paste
}

// Input is a line that was typed, or a paste of several lines, without the line end.
type Input struct {
	Text   string
	Pasted bool
}

// New returns a terminal on a stream. interrupt is called when Ctrl-C is pressed. size returns
// the size of the terminal, 0 if it is unknown; it may be nil.
func New(rw io.ReadWriter, interrupt func(), size func() (cols, rows int)) *Terminal {
	t := &Terminal{rw: rw, interrupt: interrupt, row: &row{w: rw, size: size}, history: &history{}, now: time.Now}
	t.more = sync.NewCond(&t.mu)
	t.editor = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keyReader{t: t}, t.row}, "")
	_ = t.editor.SetSize(maxCells, 1) // it fails only if a write fails, and there is nothing to write yet
	t.editor.AutoCompleteCallback = t.edit
	t.editor.History = t.history
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
	defer t.mu.Unlock()
	t.dropOldSequence()
	if !t.paste.on && isBurst(t.seq, read) {
		t.beginPaste(false)
	}
	for i, c := range read {
		if (c == ctrlC || c == ctrlD) && i == len(read)-1 && !t.paste.marked {
			t.takePaste()
		}
		if c == ctrlC && !t.paste.on {
			t.row.leave()
			t.mu.Unlock()
			t.interrupt()
			t.mu.Lock()
			return false
		}
		pasted := t.paste.on
		if t.key(c); pasted && !t.paste.on && isBurst(t.seq, read[i+1:]) {
			t.beginPaste(false)
		}
	}
	if t.flush(); t.paste.on {
		t.awaitPaste()
	}
	return true
}

// dropOldSequence drops an escape sequence whose rest did not come: an Esc that was typed, or
// an answer of the terminal without its end.
func (t *Terminal) dropOldSequence() {
	now := t.now()
	if len(t.seq.b) > 0 && now.Sub(t.lastRead) > t.seq.wait() {
		t.seq.take()
	}
	t.lastRead = now
}

// Redraw shows the line that is being typed in the row of the cursor, for example after fg.
func (t *Terminal) Redraw() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.row.cells, t.row.col = nil, 0
	t.row.show()
	t.echo("")
}

// End ends the input after what has been typed. Read then returns why.
func (t *Terminal) End(why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.takePaste()
	t.end(why)
}

func (t *Terminal) end(why error) {
	if t.ended == nil {
		t.ended = why
	}
	t.more.Broadcast()
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

// echo writes to the terminal. An error is ignored, because reading fails too.
func (t *Terminal) echo(s string) { _ = t.row.write(s) }

// Remember sets what the history keeps of a line: the text that change returns, or nothing if
// that is empty. The lines that are in it are changed too.
func (t *Terminal) Remember(change func(line string) string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.history.remember(change)
}

// Forget empties the history.
func (t *Terminal) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.history.lines, t.history.bytes = nil, 0
}

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

// Write writes text and converts its line ends. If it ends with a line end, the line being
// typed is erased first, and shown again below the text. A line that may not fit into one row
// cannot be erased; it stays, and the text begins below it.
func (t *Terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.row.above(p); err != nil {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}
