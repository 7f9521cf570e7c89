package lineterm

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

const (
	maxPaste = 1 << 20 // max bytes of a paste

	burstSilence = 100 * time.Millisecond // ends a paste without marks, and one after a Ctrl-C
	markSilence  = time.Second            // ends a paste whose end mark is missing
)

var pasteStart, pasteEnd = []byte("\x1b[200~"), []byte("\x1b[201~")

// paste is a paste that is being read: input between the marks of a terminal, or a read with
// several line ends, which nobody types that fast.
type paste struct {
	on      bool
	marked  bool
	text    []byte
	timer   *time.Timer
	silence time.Duration // for tests; if 0, as above
}

// burstTail is the number of characters after a single line end from which a read is a paste:
// a person who types ahead adds one or two to it at most.
const burstTail = 3

// isBurst reports whether the input of one read, up to a marked paste, has text and at least
// two line ends, or one that text follows. Escape sequences of keys and answers of the terminal
// are not text. seq is the sequence that is being read.
func isBurst(seq sequence, read []byte) bool {
	seq.b = slices.Clone(seq.b)
	ends, tail, text := 0, 0, false
	for i, c := range read {
		if len(seq.b) > 0 {
			used, done := seq.add(c)
			if done && seq.take() == string(pasteStart) {
				break
			}
			if used {
				continue
			}
		}
		switch {
		case c == 0x1b:
			seq.begin()
		case c == '\r', c == '\n' && (i == 0 || read[i-1] != '\r'):
			ends, tail = ends+1, 0
		case c >= ' ' && c != 0x7f:
			text, tail = true, tail+1
		}
	}
	return text && (ends > 1 || ends == 1 && tail >= burstTail)
}

// beginPaste begins a paste.
func (t *Terminal) beginPaste(marked bool) {
	t.paste.on, t.paste.marked = true, marked
	t.paste.text = append(t.paste.text, t.text...) // the beginning of a character
	t.text = t.text[:0]
	t.awaitPaste()
}

// awaitPaste ends the paste after a pause in the input.
func (t *Terminal) awaitPaste() {
	d := burstSilence
	if t.paste.marked && !t.pasteStops() {
		d = markSilence
	}
	if t.paste.silence > 0 {
		d = t.paste.silence
	}
	if t.paste.timer == nil {
		t.paste.timer = time.AfterFunc(d, t.endPaste)
		return
	}
	t.paste.timer.Reset(d)
}

// pasted takes one byte of a paste.
func (t *Terminal) pasted(c byte) {
	p := &t.paste
	if len(p.text) <= maxPaste {
		p.text = append(p.text, c)
	}
	switch {
	case bytes.HasSuffix(p.text, pasteStart): // of a paste within this one
		p.text, p.marked = p.text[:len(p.text)-len(pasteStart)], true
	case bytes.HasSuffix(p.text, pasteEnd):
		if p.text = p.text[:len(p.text)-len(pasteEnd)]; p.marked {
			t.takePaste()
		}
	}
}

// pasteStops reports whether the last character of the paste is a Ctrl-C, which was typed if
// nothing comes after it.
func (t *Terminal) pasteStops() bool { return bytes.HasSuffix(t.paste.text, []byte{ctrlC}) }

// endPaste ends the paste, if there is one. A Ctrl-C at its end was typed.
func (t *Terminal) endPaste() {
	t.mu.Lock()
	defer t.mu.Unlock()
	stops := t.paste.on && t.pasteStops()
	if stops {
		t.paste.text = t.paste.text[:len(t.paste.text)-1]
	}
	if t.takePaste(); !stops {
		return
	}
	t.mu.Unlock()
	t.interrupt()
	t.mu.Lock()
	t.end(ErrGone)
}

// takePaste makes an input of the paste and of the line that was being typed. A paste of one
// line is put into that line, where it can still be edited.
func (t *Terminal) takePaste() {
	p := &t.paste
	if !p.on {
		return
	}
	p.timer.Stop()
	text, tooLong := pastedText(p.text), len(p.text) > maxPaste
	p.on, p.text, t.tooLong = false, nil, false
	if !tooLong {
		t.insert = text
		t.press(string(rune(keyPaste)))
		return
	}
	t.press("\x05\x15") // the line belongs to the paste
	t.echo("\r\n\awarroom: this paste was dropped, because it is longer than 1 MiB; save it to\r\n" +
		"  a file, and add that to the evidence\r\n")
}

// pastedText returns the text of a paste without line ends at its end. A control character
// becomes the two that are shown for it, such as ^[: it is neither executed nor left out.
func pastedText(b []byte) string {
	text := strings.ReplaceAll(strings.ReplaceAll(string(b), "\r\n", "\n"), "\r", "\n")
	text = strings.TrimRight(text, "\n")
	var out strings.Builder
	for i := range len(text) { // bytes, because the text may not be UTF-8
		switch c := text[i]; {
		case c < ' ' && c != '\n' && c != '\t', c == 0x7f:
			out.Write([]byte{'^', c ^ 0x40})
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}
