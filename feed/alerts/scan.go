package alerts

import (
	"bytes"
	"errors"
	"io"
)

// The limits of what is read.
const (
	maxDepth  = 128      // of nesting
	maxString = 64 << 10 // bytes of one text; a longer one is truncated
)

// Errors that end the reading of a value.
var (
	errCut    = errors.New("it ends in the middle")
	errSyntax = errors.New("it is not JSON")
	errDeep   = errors.New("it is nested deeper than 128 levels")
	errBig    = errors.New("one of its records is larger than 12 MB or has more than 400,000 values")
)

// doc has the values of a record. Both slices are reused for the next one.
type doc struct {
	nodes []node
	text  []byte
}

// node is one JSON value. Texts are offsets into doc.text.
type node struct {
	kind           byte // first byte of the value: { [ " 0 t f n
	key, keyEnd    int32
	text, textEnd  int32
	child, sibling int32 // 0: none
}

// scanner reads bytes through a window, and never goes back.
type scanner struct {
	r     io.Reader
	buf   []byte
	pos   int
	end   int
	done  error // why nothing follows
	lines int   // line breaks so far, between values
}

func newScanner(r io.Reader) *scanner { return &scanner{r: r, buf: make([]byte, 64<<10)} }

// more reads more input, keeping what was not consumed.
func (s *scanner) more() bool {
	if s.done != nil {
		return false
	}
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	for empty := 0; s.end < len(s.buf); empty++ {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err != nil || empty > 100 {
			s.done = err
			if err == nil {
				s.done = io.ErrNoProgress
			}
		}
		if n > 0 || s.done != nil {
			return n > 0
		}
	}
	return false
}

// peek returns the next byte, or 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < s.end || s.more() {
		return s.buf[s.pos]
	}
	return 0
}

// space skips white space and returns the next byte.
func (s *scanner) space() byte {
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case '\n':
				s.lines++
			case ' ', '\t', '\r', 0x1E: // the last begins a value of a JSON text sequence
			default:
				return c
			}
			s.pos++
		}
		if !s.more() {
			return 0
		}
	}
}

// skipMark skips a byte order mark, as in the middle of files that were joined.
func (s *scanner) skipMark() bool {
	const mark = "\xEF\xBB\xBF"
	for s.end-s.pos < len(mark) && s.more() {
	}
	if !bytes.HasPrefix(s.buf[s.pos:s.end], []byte(mark)) {
		return false
	}
	s.pos += len(mark)
	return true
}

// line reads the rest of a line, at most limit bytes; the rest of a longer line is skipped.
func (s *scanner) line(into []byte, limit int) []byte {
	for s.pos < s.end || s.more() {
		for s.pos < s.end {
			c := s.buf[s.pos]
			s.pos++
			if c == '\n' {
				s.lines++
				return into
			}
			if len(into) < limit {
				into = append(into, c)
			}
		}
	}
	return into
}

// ended returns why a value ends here: an error of the reader, or errCut.
func (s *scanner) ended() error {
	if s.done != nil && s.done != io.EOF {
		return s.done
	}
	return errCut
}

// parser reads JSON values into a doc.
type parser struct {
	scanner
	doc
	open []int32 // the containers of the current value
	mute int     // if positive, values are parsed and not kept
	sink func(at string, v val) (retain bool, err error)
}

func newParser(r io.Reader) *parser {
	p := &parser{scanner: *newScanner(r)}
	p.reset(1, 0)
	return p
}

// reset discards all values from a mark on. Value 0 means none.
func (p *parser) reset(nodes, text int) {
	if len(p.nodes) == 0 {
		p.nodes = append(p.nodes, node{})
	}
	p.nodes, p.text = p.nodes[:nodes], p.text[:text]
}

// add adds a value.
func (p *parser) add(kind byte) (int32, error) {
	if p.mute > 0 {
		return 0, nil
	}
	if len(p.nodes) >= maxNodes || len(p.text) > maxRecord {
		return 0, errBig
	}
	p.nodes = append(grownNodes(p.nodes), node{kind: kind})
	return int32(len(p.nodes) - 1), nil
}

// value reads one value.
func (p *parser) value(w *watch) (int32, error) {
	if len(p.open) >= maxDepth {
		return 0, errDeep
	}
	switch c := p.space(); {
	case c == '{':
		return p.container('{', '}', w)
	case c == '[':
		return p.container('[', ']', w)
	case c == '"':
		i, err := p.add('"')
		if err != nil {
			return 0, err
		}
		from, to, err := p.string()
		p.setText(i, from, to)
		return i, err
	case c == '-' || c >= '0' && c <= '9':
		return p.bare('0')
	case c == 't' || c == 'f' || c == 'n':
		return p.bare(c)
	case c == 0 && p.pos >= p.end:
		return 0, p.ended()
	}
	return 0, errSyntax
}

func (p *parser) setText(i, from, to int32) {
	if i > 0 {
		p.nodes[i].text, p.nodes[i].textEnd = from, to
	}
}

// container reads an object or an array. Watched elements are passed on one by one and then
// discarded.
func (p *parser) container(begin, end byte, w *watch) (int32, error) {
	p.pos++
	self, err := p.add(begin)
	if err != nil {
		return 0, err
	}
	p.open = append(p.open, self)
	defer func() { p.open = p.open[:len(p.open)-1] }()
	last := int32(0)
	if p.space() == end {
		p.pos++
		return self, nil
	}
	for {
		nodes, text := len(p.nodes), len(p.text)
		i, retained, err := p.member(begin, w)
		if err != nil {
			return 0, err
		}
		switch {
		case !retained && p.mute == 0:
			p.reset(nodes, text)
		case i > 0 && last == 0:
			p.nodes[self].child, last = i, i
		case i > 0:
			p.nodes[last].sibling, last = i, i
		}
		switch c := p.space(); {
		case c == ',':
			p.pos++
		case c == end:
			p.pos++
			return self, nil
		case c == 0 && p.pos >= p.end:
			return 0, p.ended()
		default:
			return 0, errSyntax
		}
	}
}

// member reads one member of a container; retained reports whether it is kept.
func (p *parser) member(begin byte, w *watch) (i int32, retained bool, err error) {
	sub, from, to := w, int32(0), int32(0)
	if begin == '{' {
		if c := p.space(); c != '"' {
			if c == 0 && p.pos >= p.end {
				return 0, false, p.ended()
			}
			return 0, false, errSyntax
		}
		if from, to, err = p.string(); err != nil {
			return 0, false, err
		}
		if c := p.space(); c != ':' {
			if c == 0 && p.pos >= p.end {
				return 0, false, p.ended()
			}
			return 0, false, errSyntax
		}
		p.pos++
		if w != nil && p.mute == 0 {
			sub = w.key(p.text[from:to])
		}
	}
	at := w.streamed(begin)
	if at != "" {
		sub = w.elem
	} else if begin == '[' && w != nil && !w.root {
		sub = nil
	}
	if sub == skipped {
		p.mute++
		_, err = p.value(nil)
		p.mute--
		return 0, false, err
	}
	if i, err = p.value(sub); err != nil || p.mute > 0 {
		return 0, true, err
	}
	p.nodes[i].key, p.nodes[i].keyEnd = from, to
	if at == "" {
		return i, true, nil
	}
	retained, err = p.sink(at, val{d: &p.doc, i: i})
	return i, retained, err
}
