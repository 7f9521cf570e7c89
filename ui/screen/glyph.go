package screen

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const (
	maxMarks = 4  // combining marks kept on one base
	maxRunes = 12 // runes kept in one cluster (a family emoji has seven)
)

// isControl tells the runes a terminal acts on instead of showing.
func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }

// runeWidth is the width of a rune that stands alone, 0 for one that cannot.
func runeWidth(r rune) int {
	if uniseg.EastAsianAmbiguousWidth == 1 &&
		(r >= 0xa0 && r < 0x300 && r != 0xad || r >= 0x2500 && r < 0x25a0) {
		return 1
	}
	return uniseg.StringWidth(string(r))
}

// plain says whether r is one narrow cell that needs no thought.
func plain(r rune) bool { return r >= ' ' && r < 0x7f }

// firstCluster cuts the first visible cluster off s, as tcell does: what has
// no width before it is dropped. A control rune becomes '?'.
func firstCluster(s string) (cluster, rest string, width int) {
	state := -1
	for width == 0 && s != "" {
		cluster, s, width, state = uniseg.FirstGraphemeClusterInString(s, state)
		if r, _ := utf8.DecodeRuneInString(cluster); r != 0 && isControl(r) {
			return "?", s, 1
		}
	}
	if width > 2 { // the long dashes: no terminal agrees about them
		return "?", s, 1
	}
	return cluster, s, width
}

// glyphOf turns a cluster into what a cell holds. Nothing that comes out of it
// can be a control sequence.
func (t *Table) glyphOf(cluster string) uint32 {
	first, n := utf8.DecodeRuneInString(cluster)
	if n == len(cluster) {
		return uint32(first)
	}
	var b strings.Builder
	marks, runes := 0, 0
	for _, r := range cluster {
		if isControl(r) || runes >= maxRunes || unsafeFormat(r) {
			continue
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > maxMarks {
				continue
			}
		}
		runes++
		b.WriteRune(r)
	}
	s := b.String()
	if first, n = utf8.DecodeRuneInString(s); n == len(s) {
		return uint32(first)
	}
	return t.clusterID(s, first)
}

// unsafeFormat tells the format runes that change text around them. Joiners,
// selectors and tags belong to clusters and stay.
func unsafeFormat(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != 0x200c && r != 0x200d && (r < 0xe0020 || r > 0xe007f)
}

// sure says that every terminal moves by two columns for the wide rune r.
// After any other wide or combined cell the cursor is placed anew.
func sure(glyph uint32) bool {
	return glyph >= 0x2e80 && glyph < 0xa4d0 || glyph >= 0xac00 && glyph < 0xd7a4 ||
		glyph >= 0xf900 && glyph < 0xfb00 || glyph >= 0xff01 && glyph < 0xff61
}
