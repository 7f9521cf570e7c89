package screen

import (
	"maps"
	"sync"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
)

// asciiMore has replacements for common characters that tcell's table lacks.
var asciiMore = map[rune]string{
	0xa0: " ", '…': ".", '–': "-", '—': "-", '‘': "'", '’': "'", '“': "\"", '”': "\"",
	'•': "*", '●': "*", '○': "o", '▲': "^", '▼': "v", '◀': "<", '▶': ">", '×': "x",
	'✓': "v", '✔': "v", '✗': "x", '✘': "x", '═': "-", '║': "|", '━': "-", '┃': "|",
	'╌': "-", '┄': "-", '┈': "-", '┅': "-", '┉': "-", '╎': "|", '┆': "|", '┊': "|",
	'┇': "|", '┋': "|", '╱': "/", '╲': "\\", '╳': "X", '╴': "-", '╵': "|", '╶': "-",
	'╷': "|", '╸': "-", '╹': "|", '╺': "-", '╻': "|", '╼': "-", '╽': "|", '╾': "-", '╿': "|",
}

// fallbacks is the table of replacements that screens begin with. They share it, and copy
// it before they change it.
var fallbacks = sync.OnceValue(func() map[rune]string {
	m := maps.Clone(asciiMore)
	maps.Copy(m, tcell.RuneFallbacks)
	return m
})

// ascii returns what to send for a rune on a terminal that has only ASCII.
func (s *encoder) ascii(r rune) string {
	if fb, ok := s.fallback[r]; ok {
		return fb
	}
	switch {
	case r >= 0x2500 && r < 0x2580: // corners and crossings of all weights
		return "+"
	case r >= 0x2580 && r < 0x25a0:
		return "#"
	}
	return "?"
}

// appendASCII appends a cell in ASCII, padded to its width.
func (s *encoder) appendASCII(b []byte, c cell) []byte {
	r := rune(c.glyph())
	if c.glyph()&clusterBit != 0 {
		r, _ = utf8.DecodeRuneInString(s.table.cluster(c.glyph()))
	}
	if r < 0x7f {
		b = append(b, byte(r))
	} else {
		b = append(b, s.ascii(r)...)
	}
	if c.width() == 2 {
		b = append(b, ' ')
	}
	return b
}

// RegisterRuneFallback sets the replacement of a rune on an ASCII terminal. It ignores
// replacements that a terminal would interpret.
func (s *encoder) RegisterRuneFallback(r rune, subst string) {
	for i := range len(subst) {
		if !plain(rune(subst[i])) {
			return
		}
	}
	if len(subst) == 1 {
		s.fallback = maps.Clone(s.fallback)
		s.fallback[r] = subst
	}
}

// UnregisterRuneFallback removes the replacement of a rune.
func (s *encoder) UnregisterRuneFallback(r rune) {
	s.fallback = maps.Clone(s.fallback)
	delete(s.fallback, r)
}

// CanDisplay reports whether a rune can be shown.
func (s *encoder) CanDisplay(r rune, checkFallbacks bool) bool {
	if isControl(r) {
		return false
	}
	if !s.opts.ASCII || r < 0x7f {
		return true
	}
	_, ok := s.fallback[r]
	return ok && checkFallbacks
}

// CharacterSet returns the name of the character set in use.
func (s *encoder) CharacterSet() string {
	if s.opts.ASCII {
		return "US-ASCII"
	}
	return "UTF-8"
}
