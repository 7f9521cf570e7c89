package sshd

import (
	"bytes"
	"io"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"
)

const (
	maxTyped = 64 << 10 // bytes typed ahead that are kept
	maxEdit  = 16 << 10 // bytes of the line being typed
)

// tty is a terminal for plain lines: the client's terminal is in raw mode, so
// somebody has to echo, to rub out, and to turn line ends into what a raw
// terminal takes. What is typed is read by one goroutine, see run, so that
// Ctrl-C counts also while nobody reads.
type tty struct {
	rw        io.ReadWriter
	interrupt func() // Ctrl-C

	mu    sync.Mutex // guards what follows and the writes
	line  []byte     // being typed
	typed bytes.Buffer
	more  *sync.Cond
	ended error // io.EOF: they said so; errGone: nobody is there any more
	skip  bool  // inside of an escape sequence
}

func newTTY(rw io.ReadWriter, interrupt func()) *tty {
	t := &tty{rw: rw, interrupt: interrupt}
	t.more = sync.NewCond(&t.mu)
	return t
}

// run takes what is typed until the client is gone.
func (t *tty) run() {
	defer t.end(errGone)
	var buf [256]byte
	for {
		n, err := t.rw.Read(buf[:])
		for _, c := range buf[:n] {
			switch c {
			case 3: // Ctrl-C
				t.interrupt()
				return
			case 4: // Ctrl-D
				if t.empty() {
					t.end(io.EOF)
				}
				continue
			}
			t.key(c)
		}
		if err != nil {
			return
		}
	}
}

func (t *tty) empty() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.line) == 0
}

// end ends the input, after what was typed already.
func (t *tty) end(why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended == nil {
		t.ended = why
	}
	t.more.Broadcast()
}

// key takes one byte.
func (t *tty) key(c byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case c == 0x1b:
		t.skip = true
		return
	case t.skip:
		t.skip = c == '[' || c == 'O' || c < 0x40
		return
	case c == '\r' || c == '\n':
		if t.typed.Len() < maxTyped && t.ended == nil {
			t.typed.Write(append(t.line, '\n'))
		}
		t.line = t.line[:0]
		t.echo("\r\n")
		t.more.Broadcast()
	case c == 0x7f || c == 8:
		if n := len(t.line); n > 0 {
			_, k := utf8.DecodeLastRune(t.line)
			t.line = t.line[:n-k]
			t.echo("\b \b")
		}
	case c == 0x15: // Ctrl-U
		for range utf8.RuneCount(t.line) {
			t.echo("\b \b")
		}
		t.line = t.line[:0]
	case c < ' ' && c != '\t', len(t.line) >= maxEdit:
	default:
		t.line = append(t.line, c)
		if c < 0x80 {
			t.echo(string(rune(c)))
		} else if r, k := utf8.DecodeLastRune(t.line); r >= 0xa0 && r != utf8.RuneError && k > 1 {
			t.echo(string(r)) // C1 controls are not sent back
		}
	}
}

// echo writes to the client. An error is met by whoever reads.
func (t *tty) echo(s string) { _, _ = io.WriteString(t.rw, s) }

// Read returns lines as they were typed.
func (t *tty) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.typed.Len() == 0 {
		if t.ended != nil {
			return 0, t.ended
		}
		t.more.Wait()
	}
	return t.typed.Read(p)
}

// Write writes text with line ends that a raw terminal takes.
func (t *tty) Write(p []byte) (int, error) {
	b := bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := t.rw.Write(b); err != nil {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

// input is what a client without a terminal sends. Its end is believed only
// where the client is still there: a connection that breaks in the middle of a
// text must not look like the end of that text.
type input struct {
	ch    ssh.Channel
	begin func(func()) // starts a goroutine that the session waits for

	once sync.Once
	r    *io.PipeReader
	w    *io.PipeWriter
}

func newInput(ch ssh.Channel, begin func(func())) *input {
	i := &input{ch: ch, begin: begin}
	i.r, i.w = io.Pipe()
	return i
}

// end ends the input at once.
func (i *input) end() { _ = i.w.CloseWithError(errGone) }

// Read implements io.Reader. What nobody reads stays with the client.
func (i *input) Read(p []byte) (int, error) {
	i.once.Do(func() { i.begin(i.run) })
	return i.r.Read(p)
}

func (i *input) run() {
	_, err := io.Copy(i.w, i.ch)
	if err == nil {
		_, err = i.ch.SendRequest("keepalive@openssh.com", true, nil)
	}
	if err != nil {
		err = errGone
	}
	_ = i.w.CloseWithError(err) // nil is the end of the text
}
