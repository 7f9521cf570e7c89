package screen

import (
	"maps"
	"sync"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
)

// asciiMore is what tcell's table lacks and text of people is full of.
var asciiMore = map[rune]string{
	0xa0: " ", '…': ".", '–': "-", '—': "-", '‘': "'", '’': "'", '“': "\"", '”': "\"",
	'•': "*", '●': "*", '○': "o", '▲': "^", '▼': "v", '◀': "<", '▶': ">", '×': "x",
	'✓': "v", '✔': "v", '✗': "x", '✘': "x", '═': "-", '║': "|", '━': "-", '┃': "|",
	'╌': "-", '┄': "-", '┈': "-", '┅': "-", '┉': "-", '╎': "|", '┆': "|", '┊': "|",
	'┇': "|", '┋': "|", '╱': "/", '╲': "\\", '╳': "X", '╴': "-", '╵': "|", '╶': "-",
	'╷': "|", '╸': "-", '╹': "|", '╺': "-", '╻': "|", '╼': "-", '╽': "|", '╾': "-", '╿': "|",
}

// fallbacks is the table of replacements that screens begin with. They share it
// and write to a copy.
var fallbacks = sync.OnceValue(func() map[rune]string {
	m := maps.Clone(asciiMore)
	maps.Copy(m, tcell.RuneFallbacks)
	return m
})

// ascii returns what to send for a rune on a terminal that has only ASCII.
func (s *Screen) ascii(r rune) string {
	if fb, ok := s.fallback[r]; ok {
		return fb
	}
	switch {
	case r >= 0x2500 && r < 0x2580: // the corners and crossings of all weights
		return "+"
	case r >= 0x2580 && r < 0x25a0:
		return "#"
	}
	return "?"
}

// appendASCII sends a cell in ASCII, filling its whole width.
func (s *Screen) appendASCII(b []byte, c cell) []byte {
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

// RegisterRuneFallback sets what stands for a rune on an ASCII terminal.
// Runes a terminal would act on are refused.
func (s *Screen) RegisterRuneFallback(r rune, subst string) {
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

// UnregisterRuneFallback forgets what stands for a rune.
func (s *Screen) UnregisterRuneFallback(r rune) {
	s.fallback = maps.Clone(s.fallback)
	delete(s.fallback, r)
}

// CanDisplay tells whether a rune can be shown.
func (s *Screen) CanDisplay(r rune, checkFallbacks bool) bool {
	if isControl(r) {
		return false
	}
	if !s.opts.ASCII || r < 0x7f {
		return true
	}
	_, ok := s.fallback[r]
	return ok && checkFallbacks
}

// CharacterSet names the character set in use.
func (s *Screen) CharacterSet() string {
	if s.opts.ASCII {
		return "US-ASCII"
	}
	return "UTF-8"
}
