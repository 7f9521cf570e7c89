package model

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// clean is the slow path of Clean and CleanLine. Line breaks become nl.
func clean(s, nl string) Safe {
	var c cleaner
	c.out.Grow(len(s) + len(s)/4)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		next, _ := utf8.DecodeRuneInString(s[i+n:])
		switch {
		case r == utf8.RuneError && n == 1:
			c.show("<%02X>", rune(s[i]))
		case r == '\r' && next == '\n':
		case r == '\n':
			c.blank(nl)
		case r == '\t':
			c.blank(tab)
		case r < ' ' || r == 0x7F:
			c.show("^%c", r^0x40)
		default:
			c.put(r, next)
		}
		i += n
	}
	c.flush()
	return Safe{c.out.String()}
}

// cleaner is the state of clean. Every decision depends only on text that is in the output
// too, which makes cleaning idempotent.
type cleaner struct {
	out     strings.Builder
	base    rune // carries the marks that follow; 0 if nothing can
	last    rune // the last rune that was kept; 0 after a code
	stacked int  // non-spacing marks since base
	spacing int  // spacing marks since base
	cut     int  // marks left out since base
	joins   int  // joiners in the current emoji
	half    bool // the last rune began a flag
}

// put keeps r or writes its code. The order of the cases matters.
func (c *cleaner) put(r, next rune) {
	switch {
	case r > ' ' && r < 0x7F:
		c.start(r)
	case r == zwj || r == zwnj:
		c.joiner(r, next)
	case r == vs15 || r == vs16:
		c.writeIf(r, c.last != 0 && (isPictograph(c.last) || isKey(c.last) && next == keycap))
	case r == 0xFF9E || r == 0xFF9F: // one cell wide in some terminals, none in others
		c.start(r - 0xFF9E + 0x309B)
	case r == 0x2E3A || r == 0x2E3B, isTone(r), !unicode.IsGraphic(r), unicode.In(r, unseen...):
		c.show("<U+%04X>", r)
	case unicode.Is(unicode.M, r):
		c.mark(r)
	case isFlag(r):
		c.flag(r, next)
	case isLead(r):
		if !isVowel(next) {
			c.show("<U+%04X>", r)
			return
		}
		c.start(r)
	case isVowel(r):
		c.writeIf(r, isLead(c.last))
	case isTail(r):
		c.writeIf(r, isVowel(c.last))
	case unicode.Is(unicode.Zs, r):
		c.blank(string(r))
	case c.last == zwj && isPictograph(r):
		c.writeIf(r, true)
		c.base, c.stacked, c.spacing = r, 0, 0
	default:
		c.start(r)
	}
}

// start keeps a rune that begins a new grapheme cluster.
func (c *cleaner) start(r rune) {
	c.blank(string(r))
	c.base, c.last = r, r
}

// blank writes s, which ends a cluster and carries no marks.
func (c *cleaner) blank(s string) {
	c.flush()
	c.out.WriteString(s)
	c.base, c.last, c.joins, c.half = 0, 0, 0, false
	c.stacked, c.spacing = 0, 0
}

// show writes a code in place of r.
func (c *cleaner) show(format string, r rune) {
	c.blank(fmt.Sprintf(format, r))
}

// writeIf continues the cluster with r if ok, and writes its code otherwise.
func (c *cleaner) writeIf(r rune, ok bool) {
	if !ok || c.cut > 0 {
		c.show("<U+%04X>", r)
		return
	}
	c.out.WriteRune(r)
	c.last = r
}

// flush writes how many marks were left out.
func (c *cleaner) flush() {
	if c.cut > 0 {
		fmt.Fprintf(&c.out, "<+%d marks>", c.cut)
		c.cut, c.base, c.last = 0, 0, 0
	}
}

// room reports whether the base can carry one more mark like r.
func (c *cleaner) room(r rune) bool {
	if unicode.Is(unicode.Mc, r) {
		return c.spacing < maxMarks
	}
	return c.stacked < maxMarks
}

// mark keeps a mark on its base, writes the code of one without a base, and counts
// those that exceed the limit.
func (c *cleaner) mark(r rune) {
	if c.cut > 0 || !c.room(r) {
		c.cut++
		return
	}
	spacing, stacked := c.spacing, c.stacked
	if unicode.Is(unicode.Mc, r) {
		spacing++
	} else {
		stacked++
	}
	c.writeIf(r, c.base != 0)
	c.spacing, c.stacked = spacing, stacked // codes count towards the limit
}

// flag keeps two regional indicators together. Terminals do not agree on the width
// of a single one.
func (c *cleaner) flag(r, next rune) {
	switch {
	case c.half:
		c.writeIf(r, true)
		c.half = false
	case isFlag(next):
		c.start(r)
		c.half = true
	default:
		c.show("<U+%04X>", r)
	}
}

// joiner keeps a joiner within an emoji, or within a word of a script that needs it.
func (c *cleaner) joiner(r, next rune) {
	if c.last == 0 || c.cut > 0 || c.last == zwj || c.last == zwnj {
		c.show("<U+%04X>", r)
		return
	}
	pictures := r == zwj && c.joins < maxJoins && isPictograph(next) &&
		(c.last == vs16 && isPictograph(c.base) || isPictograph(c.last))
	if pictures {
		c.joins++
	}
	c.writeIf(r, pictures || isJoining(c.base, unicode.L) &&
		(isJoining(next, unicode.L) || isJoining(next, unicode.M) && c.room(next)))
}

func isJoining(r rune, class *unicode.RangeTable) bool {
	return unicode.Is(class, r) && unicode.In(r, joining...) && !unicode.In(r, unseen...)
}

// isPictograph uses the library that measures the text, so that both agree on which
// runes a joiner joins.
func isPictograph(r rune) bool {
	if r < 0xA9 || !unicode.IsGraphic(r) {
		return false
	}
	var room [16]byte
	b := utf8.AppendRune(room[:0], r)
	b = append(b, "\u200D\u2764"...)
	cluster, _, _, _ := uniseg.FirstGraphemeCluster(b, -1)
	return bytes.Equal(cluster, b)
}

func isTone(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }
func isFlag(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
func isKey(r rune) bool  { return r == '#' || r == '*' || r >= '0' && r <= '9' }

// A Hangul syllable that is written in parts is kept as a lead, a vowel and at most
// one tail. The library measures any other run of parts as one cluster of two cells,
// which a terminal draws longer.
func isLead(r rune) bool  { return r >= 0x1100 && r <= 0x115E || r >= 0xA960 && r <= 0xA97C }
func isVowel(r rune) bool { return r >= 0x1161 && r <= 0x11A7 || r >= 0xD7B0 && r <= 0xD7C6 }
func isTail(r rune) bool  { return r >= 0x11A8 && r <= 0x11FF || r >= 0xD7CB && r <= 0xD7FB }
