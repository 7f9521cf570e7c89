package screen

import (
	"bytes"
	"time"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
)

const (
	maxPaste = 8 << 20 // bytes taken of one paste

	pasteSilence = time.Second            // ends a paste without an end mark
	burstSilence = 100 * time.Millisecond // ends a paste that is not marked
	breakSilence = 100 * time.Millisecond // after a Ctrl-C or an Esc that may be in a paste
)

// paste collects pasted text and passes it on as a whole, so that it never blocks the event
// loop halfway. A paste is input that the terminal marks as one, and also input with two
// line ends in one read, or with one that text surrounds: no person types that fast, and no
// line of it may be sent before somebody has looked at it.
type paste struct {
	enabled bool // pastes are asked for
	on      bool // one is being read
	marked  bool // the terminal marked it
	cr      bool // the key before was Enter
	cut     bool // it is longer than maxPaste
	stop    tcell.Key

	text []byte
	out  []byte // passed on
	sent emitState
}

// emitState is the progress of passing on a paste.
type emitState int

const (
	emitNothing emitState = iota
	emitStart
	emitText
	emitStop
)

// begin begins a paste that the terminal marks. It does nothing within a paste.
func (p *paste) begin() {
	if p.enabled {
		p.on, p.marked = true, true
	}
}

// noticeBurst begins a paste if the input that was read is an unmarked one.
func (p *paste) noticeBurst(read []byte) {
	if p.enabled && !p.on && isBurst(read) {
		p.on, p.marked = true, false
	}
}

// burstTail is the number of characters after a single line end from which a read is a
// paste: a person who types ahead adds one or two to it at most. Plain mode has the same.
const burstTail = 3

// isBurst reports whether the input, up to a marked paste, has text and at least two line
// ends, or text on both sides of one.
func isBurst(read []byte) bool {
	read, _, _ = bytes.Cut(read, pasteStart)
	ends, head, tail := 0, 0, 0
	for i := 0; i < len(read); i++ {
		switch c := read[i]; {
		case c == esc && i+1 < len(read) && read[i+1] == '\r': // Alt-Enter
			i++
		case c == esc:
			i += sequenceLen(read[i:]) - 1
		case c == '\r', c == '\n' && (i == 0 || read[i-1] != '\r'):
			ends++
		case c < ' ' || c == 0x7f:
		case ends == 0:
			head++
		default:
			tail++
		}
	}
	return ends >= 2 && head+tail > 0 || ends == 1 && head > 0 && tail >= burstTail
}

// sequenceLen returns the length of the sequence at the beginning of b, or of the part of
// it that has arrived.
func sequenceLen(b []byte) int {
	switch {
	case len(b) < 2:
		return 1
	case b[1] == 'O':
		return min(3, len(b))
	case beginsString(b):
		return stringLen(b)
	case b[1] != '[':
		return 1
	}
	for i := 2; i < len(b); i++ {
		if b[i] >= 0x40 || b[i] < ' ' {
			return i + 1
		}
	}
	return len(b)
}

// take takes a key into the paste that is being read. It reports whether there is one.
func (p *paste) take(ev *tcell.EventKey) bool {
	if !p.on {
		return false
	}
	switch k := ev.Key(); {
	case k == tcell.KeyRune && ev.Modifiers()&tcell.ModAlt != 0:
		p.takeRune(esc)
		p.takeRune(ev.Rune())
	case k == tcell.KeyRune && ev.Modifiers()&tcell.ModCtrl == 0:
		p.takeRune(ev.Rune())
	case k < ' ' || k == tcell.KeyDEL:
		p.takeRune(rune(k))
	case k >= tcell.KeyCtrlSpace && k <= tcell.KeyCtrlUnderscore:
		p.takeRune(rune(k - tcell.KeyCtrlSpace))
	}
	return true
}

// takeRune takes a character. A control character becomes the two that are shown for it,
// "^G", because what is pasted is neither executed nor left out.
func (p *paste) takeRune(r rune) {
	p.appendStop()
	cr := p.cr
	p.cr = false
	switch {
	case len(p.text) >= maxPaste:
		p.cut = true
	case r == '\r':
		p.text, p.cr = append(p.text, '\n'), true
	case r == '\n' && cr:
	case r == '\n' || r == '\t':
		p.text = append(p.text, byte(r))
	case r == ctrlC:
		p.stop = tcell.KeyCtrlC
	case r == esc:
		p.stop = tcell.KeyEsc
	case r < ' ' || r == 0x7f:
		p.text = append(p.text, '^', byte(r)^0x40)
	default:
		p.text = utf8.AppendRune(p.text, r)
	}
}

const ctrlC = 0x03

// appendStop keeps a Ctrl-C or an Esc as text that was not the last of the paste.
func (p *paste) appendStop() {
	switch p.stop {
	case tcell.KeyCtrlC:
		p.text = append(p.text, "^C"...)
	case tcell.KeyEsc:
		p.text = append(p.text, "^["...)
	}
	p.stop = tcell.KeyNUL
}

// silence is the pause in the input that ends the paste, or 0 outside of a paste.
func (p *paste) silence() time.Duration {
	switch {
	case !p.on:
		return 0
	case p.stop != tcell.KeyNUL:
		return breakSilence
	case p.marked:
		return pasteSilence
	}
	return burstSilence
}

// end ends the paste, if there is one. A Ctrl-C at its end was typed.
func (p *paste) end() {
	if !p.on {
		return
	}
	if p.cut {
		p.text = append(p.text, "\n[the rest of the paste was dropped: it is longer than 8 MiB]"...)
	}
	p.on, p.cut, p.out, p.text, p.sent = false, false, p.text, nil, emitStart
}

// endMarked ends the paste at its end mark: a Ctrl-C before the mark was pasted.
func (p *paste) endMarked() {
	p.appendStop()
	p.end()
}

// emit returns the next event of a paste that is over, nil if none is due.
func (p *paste) emit() tcell.Event {
	switch p.sent {
	case emitStart:
		p.sent = emitText
		return tcell.NewEventPaste(true)
	case emitText:
		if len(p.out) > 0 {
			return p.emitRune()
		}
		p.out, p.sent = nil, emitStop
		return tcell.NewEventPaste(false)
	case emitStop:
		stop := p.stop
		p.sent, p.stop, p.cr = emitNothing, tcell.KeyNUL, false
		if stop == tcell.KeyCtrlC {
			return tcell.NewEventKey(tcell.KeyCtrlC, 0, tcell.ModCtrl)
		}
	}
	return nil
}

func (p *paste) emitRune() tcell.Event {
	r, n := utf8.DecodeRune(p.out)
	p.out = p.out[n:]
	switch r {
	case '\n':
		return tcell.NewEventKey(tcell.KeyEnter, 0, tcell.ModNone)
	case '\t':
		return tcell.NewEventKey(tcell.KeyTab, 0, tcell.ModNone)
	}
	return tcell.NewEventKey(tcell.KeyRune, r, tcell.ModNone)
}

// pasted takes what is between the marks of a paste: all of it is text.
func (d *decoder) pasted() int {
	n := min(len(d.buf), len(pasteEnd))
	switch head := d.buf[:n]; {
	case !bytes.HasPrefix(pasteEnd, head) && !bytes.HasPrefix(pasteStart, head):
	case n < len(pasteEnd):
		return 0
	default:
		d.sequence(head)
		return n
	}
	if !utf8.FullRune(d.buf) {
		return 0
	}
	r, n := utf8.DecodeRune(d.buf)
	d.paste.takeRune(r)
	return n
}
