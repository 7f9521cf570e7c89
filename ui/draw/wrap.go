package draw

import (
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"warroom/model"
)

// Wrap breaks text into lines of at most w cells: at its own line breaks, or else at blanks
// and next to wide characters, or else within a word that is longer than a line. Blanks at
// a break are dropped, those at the start of a line are kept. Empty text is one empty line.
// A width of less than one counts as one; only then a wide character exceeds the width.
func Wrap(s model.Safe, w int) []model.Safe {
	w = max(1, w)
	var out []model.Safe
	for _, line := range s.Lines() {
		if line.Len() <= w { // no text has more cells than bytes
			out = append(out, line)
			continue
		}
		out = append(out, wrapLine(line, w)...)
	}
	return out
}

// wrapper is the state of Wrap within a line. Offsets are in bytes, widths in cells.
type wrapper struct {
	text  model.Safe
	out   []model.Safe
	start int  // start of the current line
	width int  // its width so far
	end   int  // it can end here
	next  int  // the next line would begin here; 0 for nowhere
	used  int  // width from start to next
	blank bool // the last character was a blank
}

func wrapLine(s model.Safe, w int) []model.Safe {
	k := wrapper{text: s}
	text := s.String()
	for i := 0; i < len(text); {
		c, cells := firstCluster(text[i:], w)
		if c == " " {
			i = k.space(i, w)
			continue
		}
		if cells > 1 && !k.blank && i > k.start {
			k.canBreak(i, i)
		}
		k.fit(i, cells, w)
		k.width += cells
		k.blank = false
		i += len(c)
		if cells > 1 {
			k.canBreak(i, i)
		}
	}
	if k.start < len(text) {
		k.out = append(k.out, s.Slice(k.start, len(text)))
	}
	return k.out
}

// canBreak records that the line may end at end and the next one begin at next.
func (k *wrapper) canBreak(end, next int) {
	k.end, k.next, k.used = end, next, k.width
}

// cut ends the line at end and begins the next one at next.
func (k *wrapper) cut(end, next, used int) {
	k.out = append(k.out, k.text.Slice(k.start, end))
	k.start, k.width = next, k.width-used
	k.end, k.next, k.used = 0, 0, 0
}

// fit breaks the line if necessary, to make room for some cells at offset i.
func (k *wrapper) fit(i, cells, w int) {
	if k.width+cells <= w {
		return
	}
	if k.next > 0 && k.end > k.start {
		k.cut(k.end, k.next, k.used)
	}
	if k.width+cells > w && i > k.start {
		k.cut(i, i, k.width)
	}
}

// space handles the blank at i and returns where to continue.
func (k *wrapper) space(i, w int) int {
	end := i
	if k.blank {
		end = k.end // the line ends before the first of them
	}
	if k.width+1 > w {
		if end == k.start {
			end = i // only blanks
		}
		k.cut(end, i, k.width)
		for text := k.text.String(); i < len(text) && text[i] == ' '; i++ {
			k.start = i + 1
		}
		k.blank = false
		return i
	}
	k.width++
	k.canBreak(end, i+1)
	k.blank = true
	return i + 1
}

// firstCluster returns the first grapheme cluster of s, or its first rune if the cluster
// alone is wider than a line.
func firstCluster(s string, w int) (string, int) {
	c, cells := cluster(s)
	if cells > w {
		_, n := utf8.DecodeRuneInString(c)
		return c[:n], uniseg.StringWidth(c[:n])
	}
	return c, cells
}
