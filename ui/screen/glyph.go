package screen

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const (
	maxMarks = 4  // max combining marks on one base
	maxRunes = 12 // max runes in one cluster (a family emoji has seven)
)

// isControl reports whether a terminal interprets r instead of showing it.
func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }

// runeWidth returns the width of a single rune, 0 if it cannot stand alone.
func runeWidth(r rune) int {
	if uniseg.EastAsianAmbiguousWidth == 1 &&
		(r >= 0xa0 && r < 0x300 && r != 0xad || r >= 0x2500 && r < 0x25a0) {
		return 1
	}
	return uniseg.StringWidth(string(r))
}

// plain reports whether r is one narrow cell without special treatment.
func plain(r rune) bool { return r >= ' ' && r < 0x7f }

// firstCluster cuts the first visible cluster off s, as tcell does: what precedes it
// without width is dropped. A control rune becomes '?'.
func firstCluster(s string) (cluster, rest string, width int) {
	state := -1
	for width == 0 && s != "" {
		cluster, s, width, state = uniseg.FirstGraphemeClusterInString(s, state)
		if r, _ := utf8.DecodeRuneInString(cluster); r != 0 && isControl(r) {
			return "?", s, 1
		}
	}
	if width > 2 { // the long dashes, on whose width terminals disagree
		return "?", s, 1
	}
	return cluster, s, width
}

// glyphOf returns what a cell stores for a cluster. The result never has a control
// sequence.
func (t *Table) glyphOf(cluster string) uint32 {
	cluster = simpleEmoji(cluster)
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

// simpleEmoji is the first emoji of a cluster that joins several, or changes its color or
// its form: terminals, including GNU screen and mosh, disagree on their width, and the cell
// beside one would be lost. An emoji that is one column wide on its own gets a blank,
// because its cluster is two columns wide.
func simpleEmoji(cluster string) string {
	first, n := utf8.DecodeRuneInString(cluster)
	for i, r := range cluster[n:] {
		switch next, _ := utf8.DecodeRuneInString(cluster[n+i+utf8.RuneLen(r):]); {
		case r == 0x200d && next < 0x2190: // joins letters
			continue
		case r != 0x200d && r != 0xfe0f && (r < 0x1f3fb || r > 0x1f3ff) && (r < 0xe0020 || r > 0xe007f):
			continue
		}
		simple := cluster[:n+i]
		if i == 0 && runeWidth(first) < uniseg.StringWidth(cluster) {
			simple += " "
		}
		return simple
	}
	return cluster
}

// unsafeFormat tells the format runes that change text around them. Joiners,
// selectors and tags belong to clusters and stay.
func unsafeFormat(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != 0x200c && r != 0x200d && (r < 0xe0020 || r > 0xe007f)
}

// sure reports whether every terminal moves the cursor by two columns for the wide rune.
// After any other wide or combined cell the cursor is positioned explicitly.
func sure(glyph uint32) bool {
	return glyph >= 0x2e80 && glyph < 0xa4d0 || glyph >= 0xac00 && glyph < 0xd7a4 ||
		glyph >= 0xf900 && glyph < 0xfb00 || glyph >= 0xff01 && glyph < 0xff61
}
