package screen

import (
	"bytes"
	"time"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
)

const (
	maxParams = 64   // bytes of a control sequence
	maxString = 4096 // bytes of a string sequence: OSC, DCS, APC, PM, SOS
	maxReport = 64   // bytes of an answer that are examined

	escapeWait   = 60 * time.Millisecond  // after an Esc, for the rest of a sequence
	sequenceWait = 250 * time.Millisecond // after the beginning of a sequence
	stringWait   = time.Second            // within a string sequence
)

// decoder decodes the bytes that a terminal sends to events. It cuts them into characters
// and whole sequences, so that none can lock the keyboard: a sequence that is not complete
// after a moment is dropped. tcell's parser, which trusts its input, gets one complete
// control sequence at a time. A decoder belongs to the goroutine that takes events.
type decoder struct {
	buf      []byte // not decoded yet
	fed      bool   // buf has grown since the timer was set
	skipping bool   // within a control sequence that is too long
	str      stringSeq
	paste    paste
	ready    []tcell.Event

	parser tcell.InputProcessor
	parsed chan tcell.Event
	timer  *time.Timer
	armed  bool // the timer runs

	report     func(osc string)  // receives the terminal's OSC answers; if nil, they are dropped
	attributes func(list string) // receives its device attributes; if nil, they are dropped
}

// stringSeq is a string sequence that is being read.
type stringSeq struct {
	in   bool
	osc  bool
	n    int
	text []byte // the first bytes of an OSC
}

func newDecoder(w, h int) decoder {
	parsed := make(chan tcell.Event, 16)
	d := decoder{parser: tcell.NewInputProcessor(parsed), parsed: parsed, timer: time.NewTimer(time.Hour)}
	d.timer.Stop()
	d.parser.SetSize(w, h) // only bounds the mouse; accept clips it
	<-parsed               // posted by SetSize
	return d
}

// feed adds the bytes of one read.
func (d *decoder) feed(read []byte) {
	d.paste.noticeBurst(d.typed(read))
	d.buf, d.fed = append(d.buf, read...), true
}

// next returns the next event, or nil if more bytes are needed.
func (d *decoder) next() tcell.Event {
	for {
		if len(d.ready) > 0 {
			ev := d.ready[0]
			d.ready = d.ready[1:]
			return ev
		}
		if ev := d.paste.emit(); ev != nil {
			return ev
		}
		n := d.token()
		d.buf = d.buf[n:]
		if n == 0 {
			d.arm()
			return nil
		}
	}
}

// read decodes the buffer to events that are taken later. Bytes after a paste stay in the
// buffer until the events of the paste are taken.
func (d *decoder) read() {
	for n := 1; n > 0 && d.paste.sent == emitNothing; {
		n = d.token()
		d.buf = d.buf[n:]
	}
	d.arm()
}

// arm sets the timer for an incomplete sequence.
func (d *decoder) arm() {
	if !d.fed {
		return
	}
	d.fed = false
	wait := d.paste.silence()
	switch {
	case len(d.buf) == 1 && d.buf[0] == esc:
		wait = escapeWait
	case len(d.buf) > 0:
		wait = sequenceWait
	case d.str.in && wait == 0:
		wait = stringWait
	}
	if d.armed {
		d.timer.Stop()
	}
	if d.armed = wait > 0; d.armed {
		d.timer.Reset(wait)
	}
}

// flush ends the wait for the rest of an incomplete sequence.
func (d *decoder) flush() {
	d.fed, d.armed = true, false
	switch {
	case len(d.buf) > 0:
		d.incomplete()
	default:
		d.str = stringSeq{}
		d.paste.end()
	}
}

// incomplete decodes the beginning of a sequence as the keys that a person may have typed.
func (d *decoder) incomplete() {
	b := d.buf
	d.buf = nil
	switch {
	case d.paste.on && d.paste.marked:
		for _, r := range string(b) {
			d.paste.takeRune(r)
		}
	case b[0] != esc:
		d.key(tcell.KeyRune, utf8.RuneError, tcell.ModNone)
	case len(b) == 2 && b[1] != esc:
		d.key(tcell.KeyRune, rune(b[1]), tcell.ModAlt)
	case len(b) == 1 || b[1] == esc:
		d.key(tcell.KeyEsc, 0, tcell.ModNone)
		d.buf = b[1:]
	}
}

// token decodes the first token of buf. It returns its number of bytes, or 0 if it is not
// complete.
func (d *decoder) token() int {
	if len(d.buf) == 0 {
		return 0
	}
	c := d.buf[0]
	switch {
	case d.paste.on && d.paste.marked:
		return d.pasted()
	case d.str.in:
		return d.inString(c)
	case d.skipping && c >= ' ' && c < 0x7f:
		d.skipping = c < 0x40
		return 1
	}
	d.skipping = false
	switch {
	case c == esc:
		return d.escape()
	case c < utf8.RuneSelf:
		d.character(c)
		return 1
	case !utf8.FullRune(d.buf):
		return 0
	}
	r, n := utf8.DecodeRune(d.buf)
	d.key(tcell.KeyRune, r, tcell.ModNone)
	return n
}

const esc = 0x1b

// character decodes an ASCII character.
func (d *decoder) character(c byte) {
	switch {
	case c == '\t':
		d.key(tcell.KeyTab, 0, tcell.ModNone)
	case c == '\r':
		d.key(tcell.KeyEnter, 0, tcell.ModNone)
	case c == '\b' || c == 0x7f:
		d.key(tcell.KeyBackspace, 0, tcell.ModNone)
	case c < ' ':
		d.key(tcell.KeyCtrlSpace+tcell.Key(c), 0, tcell.ModCtrl)
	default:
		d.key(tcell.KeyRune, rune(c), tcell.ModNone)
	}
}

// key adds a key, to the paste if there is one.
func (d *decoder) key(k tcell.Key, r rune, m tcell.ModMask) {
	if ev := tcell.NewEventKey(k, r, m); !d.paste.take(ev) {
		d.ready = append(d.ready, ev)
	}
}

// escape decodes a token that begins with Esc.
func (d *decoder) escape() int {
	if len(d.buf) == 1 {
		return 0
	}
	switch c := d.buf[1]; {
	case c == esc:
		return d.afterEsc()
	case c == '[':
		return d.control()
	case c == 'O':
		return d.singleShift()
	case c == '\\': // the end of a string, whose beginning is long gone
	case bytes.IndexByte([]byte("P]X^_"), c) >= 0:
		if len(d.buf) == 2 {
			return 0
		}
		if !beginsString(d.buf) {
			d.key(tcell.KeyRune, rune(c), tcell.ModAlt)
			return 2
		}
		d.str = stringSeq{in: true, osc: c == ']'}
	case c == '\r' || c == '\n':
		d.key(tcell.KeyEnter, 0, tcell.ModAlt)
	case c == '\t': // as the Linux console sends it
		d.key(tcell.KeyBacktab, 0, tcell.ModNone)
	case c == '\b' || c == 0x7f:
		d.key(tcell.KeyBackspace, 0, tcell.ModAlt)
	case c < ' ':
		d.key(tcell.KeyEsc, 0, tcell.ModNone)
		return 1
	case !utf8.FullRune(d.buf[1:]):
		return 0
	default:
		r, n := utf8.DecodeRune(d.buf[1:])
		d.key(tcell.KeyRune, r, tcell.ModAlt)
		return 1 + n
	}
	return 2
}

// afterEsc decodes Esc Esc: a key with Alt as older terminals send it, or the Esc key and what
// came after it in the same read. Function keys mean nothing with Alt, so they are the latter.
func (d *decoder) afterEsc() int {
	all := d.buf
	d.buf = all[1:]
	defer func() { d.buf = all }()
	if len(d.buf) > 1 && (d.buf[1] == '[' || d.buf[1] == 'O') && !bytes.HasPrefix(d.buf, pasteStart) &&
		!bytes.HasPrefix(d.buf, pasteEnd) {
		before := len(d.ready)
		n := d.escape()
		if n == 0 {
			return 0
		}
		for i, ev := range d.ready[before:] {
			k, ok := ev.(*tcell.EventKey)
			switch {
			case !ok:
			case k.Key() >= tcell.KeyF1 && k.Key() <= tcell.KeyF12:
				d.ready = append(append(d.ready[:before:before], tcell.NewEventKey(tcell.KeyEsc, 0, tcell.ModNone)), ev)
			default:
				d.ready[before+i] = tcell.NewEventKey(k.Key(), k.Rune(), k.Modifiers()|tcell.ModAlt)
			}
		}
		return 1 + n
	}
	if len(d.buf) == 1 {
		return 0
	}
	d.key(tcell.KeyEsc, 0, tcell.ModNone)
	return 1
}

// control decodes a control sequence. A byte that interrupts it stays in the buffer.
func (d *decoder) control() int {
	for i := 2; i < len(d.buf); i++ {
		c := d.buf[i]
		end := i + 1
		switch {
		case c == 0x18 || c == 0x1a: // a terminal broke it off itself
			return end
		case c < ' ' || c > 0x7e:
			return i
		case c == '[' && i == 2, c == 'M' && i == 2: // Linux's function keys, the mouse of X10
			if end += map[byte]int{'[': 1, 'M': 3}[c]; end > len(d.buf) {
				return 0
			}
			fallthrough
		case c >= 0x40:
			d.sequence(d.buf[:end])
			return end
		case i > maxParams:
			d.skipping = true
			return end
		}
	}
	return 0
}

var pasteStart, pasteEnd = []byte("\x1b[200~"), []byte("\x1b[201~")

// sequence takes a whole control sequence. Answers to questions, and keys and mice in
// forms for which we never ask, are dropped.
func (d *decoder) sequence(seq []byte) {
	switch {
	case bytes.Equal(seq, pasteStart):
		d.paste.begin()
	case bytes.Equal(seq, pasteEnd):
		d.paste.endMarked()
		d.paste.noticeBurst(d.buf[len(seq):])
	case d.attributes != nil && seq[2] == '?' && seq[len(seq)-1] == 'c':
		d.attributes(string(seq[3 : len(seq)-1]))
	case bytes.IndexByte([]byte("?>="), seq[2]) >= 0, seq[len(seq)-1] == '_', seq[2] == 'M':
	default:
		d.parse(seq)
	}
}

// parse has tcell decode a sequence.
func (d *decoder) parse(seq []byte) {
	d.parser.ScanUTF8(seq)
	if d.paste.on && len(d.parsed) == 0 { // not a key, for example a colour
		for _, c := range seq {
			d.paste.takeRune(rune(c))
		}
	}
	for {
		select {
		case ev := <-d.parsed:
			if k, ok := ev.(*tcell.EventKey); ok {
				d.key(k.Key(), k.Rune(), k.Modifiers())
			} else if !d.paste.on {
				d.ready = append(d.ready, ev)
			}
		default:
			return
		}
	}
}

// singleShift decodes ESC O: arrows and function keys of some terminals, and the numeric
// keypad in application mode.
func (d *decoder) singleShift() int {
	i := 2
	for i < len(d.buf) && i < 12 && (d.buf[i] >= '0' && d.buf[i] <= '9' || d.buf[i] == ';') {
		i++
	}
	if i == len(d.buf) {
		return 0
	}
	switch c := d.buf[i]; {
	case c < ' ' || c > 0x7e:
		d.key(tcell.KeyRune, 'O', tcell.ModAlt)
		return i
	case i > 2: // with modifiers
		mods := d.buf[bytes.LastIndexByte(d.buf[:i], ';')+1 : i]
		d.parse(append(append([]byte("\x1b[1;"), bytes.TrimPrefix(mods, []byte("\x1bO"))...), c))
	case c >= 'j' && c <= 'y': // * + , - . / 0 to 9
		d.key(tcell.KeyRune, rune(c-0x40), tcell.ModNone)
	case c == 'X':
		d.key(tcell.KeyRune, '=', tcell.ModNone)
	case c == 'M':
		d.key(tcell.KeyEnter, 0, tcell.ModNone)
	case c == 'I':
		d.key(tcell.KeyTab, 0, tcell.ModNone)
	case c == ' ':
		d.key(tcell.KeyRune, ' ', tcell.ModNone)
	default:
		d.parse(d.buf[:i+1])
	}
	return i + 1
}

// inString consumes a byte of a string sequence. A control character that cannot be in one
// ends it, so that a missing end does not swallow Enter or Ctrl-C.
func (d *decoder) inString(c byte) int {
	s := &d.str
	s.n++
	switch {
	case c == 0x07, s.n > maxString, c == esc:
		if s.osc && s.n <= maxReport && d.report != nil {
			d.report(string(s.text))
		}
		*s = stringSeq{}
		if c == esc { // the first half of the end, or something else
			return d.escape()
		}
		return 1
	case c < ' ' && c != '\t':
		*s = stringSeq{}
		d.character(c)
	case s.osc && len(s.text) < maxReport:
		s.text = append(s.text, c)
	}
	return 1
}
