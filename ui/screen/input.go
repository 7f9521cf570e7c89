package screen

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// readSize bounds one read. With the sieve a byte makes at most one event, so
// what is left of a chunk always fits in the emptied input queue and Fini need
// not wait for the reader.
const (
	readSize  = 64
	inputSize = 128
)

// reader feeds the parser until the client or the screen is gone. It may wait
// for room in the input queue, which is how a client that types faster than we
// draw is slowed down.
func (s *Screen) reader(stop <-chan struct{}) {
	defer func() {
		if p := recover(); p != nil {
			s.Hangup(fmt.Errorf("reader: %v", p))
		}
	}()
	var (
		buf  [readSize]byte
		sv   sieve
		idle int
	)
	for {
		n, err := s.term.Read(buf[:])
		select {
		case <-stop:
			return
		default:
		}
		if n > 0 {
			idle = 0
			s.parser.ScanUTF8(sv.pass(buf[:n]))
		} else if idle++; err == nil && idle > 100 {
			err = io.ErrNoProgress
		}
		if err != nil {
			s.Hangup(err)
			return
		}
	}
}

type sieveState int

const (
	ground sieveState = iota
	escape
	control // between ESC [ and the final byte
	dropped // a control sequence that is too long
	text    // a string sequence: OSC, APC, PM, SOS
)

const (
	maxParams = 64
	maxText   = 4096
	abort     = 0x18 // makes the parser forget the sequence it is in
)

// sieve stands before tcell's parser, which trusts its input: an endless
// sequence would grow its memory, a win32 key can ask for two billion events,
// a rune cut in two by a read comes out as two, and Alt-] locks the keyboard.
type sieve struct {
	state sieveState
	n     int
	half  []byte // the beginning of a rune
	out   []byte
}

// pass returns what the parser may see. It is valid until the next call.
func (v *sieve) pass(p []byte) []byte {
	v.out = append(v.out[:0], v.half...)
	for i, c := range p {
		v.step(c, i == len(p)-1)
	}
	cut := len(v.out)
	for k := 1; k < utf8.UTFMax && k <= len(v.out); k++ {
		if c := v.out[len(v.out)-k]; utf8.RuneStart(c) {
			if c >= 0xc0 && !utf8.FullRune(v.out[len(v.out)-k:]) {
				cut -= k
			}
			break
		}
	}
	v.half = append(v.half[:0], v.out[cut:]...)
	return v.out[:cut]
}

func (v *sieve) step(c byte, last bool) {
	switch v.state {
	case ground:
		if c == 0x1b {
			v.state = escape
		}
	case escape:
		c = v.afterEscape(c, last)
	case control:
		c = v.inControl(c)
	case dropped:
		if c == 0x1b {
			v.state = escape
			break
		}
		if c >= 0x40 || c < 0x20 {
			v.state = ground
		}
		return
	case text:
		if v.n++; c == 0x07 || v.n > maxText {
			v.state = ground
		} else if c == 0x1b {
			v.state = escape
			break
		}
		return
	}
	v.out = append(v.out, c)
}

func (v *sieve) afterEscape(c byte, last bool) byte {
	v.n = 0
	switch c {
	case 0x1b:
		return c
	case '[':
		v.state = control
		return c
	case ']', 'X', '^', '_':
		v.state = text
		if last { // a person pressed Alt and this key
			v.state = ground
		}
		return '\\' // to the parser the end of a string: it does nothing
	}
	v.state = ground
	return c
}

func (v *sieve) inControl(c byte) byte {
	switch {
	case c == 0x1b:
		v.state = escape
	case c >= 0x20 && c < 0x40:
		if v.n++; v.n > maxParams {
			v.state = dropped
			return abort
		}
	case c == '_': // a win32 key; we never ask for them
		v.state = ground
		return abort
	default:
		v.state = ground
	}
	return c
}
