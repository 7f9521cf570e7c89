package model

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// MaxText is how many bytes the text of one entry may have. Some terminal
// libraries need time that grows with the square of the text: 8 KiB of hostile
// text still draws in a twentieth of a second, 1 MiB freezes the room.
const MaxText = 8 << 10

// maxMarks is how many non-spacing marks, and how many spacing ones, one base
// may carry. Vietnamese needs two, pointed Hebrew four, Burmese two and three.
const maxMarks = 4

// maxJoins is how many joiners one emoji may hold; a family of four has three.
const maxJoins = 3

const (
	zwnj    = 0x200C
	zwj     = 0x200D
	vs15    = 0xFE0E
	vs16    = 0xFE0F
	keycap  = 0x20E3
	newLine = "↵"
	tab     = "    "
)

// joining holds the scripts whose spelling needs ZWJ and ZWNJ.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mandaic,
	unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer,
	unicode.Myanmar,
}

// unseen holds the runes that count as graphic and yet draw nothing.
var unseen = []*unicode.RangeTable{
	unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector,
	{
		R16: []unicode.Range16{{Lo: 0x2800, Hi: 0x2800, Stride: 1}},
		R32: []unicode.Range32{
			{Lo: 0x13441, Hi: 0x13442, Stride: 1}, // Egyptian blanks
			{Lo: 0x16FE4, Hi: 0x16FE4, Stride: 1}, // Khitan filler
			{Lo: 0x1D159, Hi: 0x1D159, Stride: 1}, // null notehead
		},
	},
}

// Safe is text that was cleaned: the one type that may be shown, printed,
// logged or exported. The zero value is empty text. It is made by Clean,
// CleanLine, Lit and Safef only, and never decoded, so bytes from outside
// cannot become Safe unseen. Raw bytes stay in the log.
type Safe struct{ s string }

// lit is the type of our own words. It has no name outside this package, so
// only an untyped constant can become one.
type lit string

// Lit is a constant of the program, taken as it is. Lit("open") compiles;
// Lit(v) with a variable v does not.
func Lit(s lit) Safe { return Safe{string(s)} }

// Clean makes text fit for a terminal and shows what it took away: ESC becomes
// "^[", a bidi override "<U+202E>", a stray byte "<9B>", the tail of a tower of
// sixty-four marks "<+60 marks>". Lines stay lines and a tab becomes four
// spaces. Words of all living scripts, flags and joined emoji pass unchanged;
// skin tones and CJK variation selectors do not, and half-width voicing marks
// become their wide forms, as terminals and libraries disagree about the
// width. Somebody may type "<U+202E>" himself, so the codes prove nothing; the
// raw bytes do. Cleaning twice changes nothing.
func Clean(s string) Safe {
	for i := range len(s) {
		if (s[i] < ' ' && s[i] != '\n') || s[i] > '~' {
			return clean(s, "\n")
		}
	}
	return Safe{s}
}

// CleanLine is Clean for a place with one line: a line break is shown as "↵".
func CleanLine(s string) Safe {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return clean(s, newLine)
		}
	}
	return Safe{s}
}

// Safef is fmt.Sprintf for text that will be shown. A Safe goes in as it is,
// numbers, bools and durations too; all else is cleaned to one line on its way.
func Safef(format lit, args ...any) Safe {
	words := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case Safe:
			words[i] = a.s
		case string:
			words[i] = CleanLine(a).s
		case []byte:
			words[i] = CleanLine(string(a)).s
		case nil, bool, int, int8, int16, int32, int64, uint, uint8, uint16,
			uint32, uint64, uintptr, float32, float64, time.Duration:
			words[i] = a
		default:
			words[i] = foreign{a}
		}
	}
	// Once more over the whole: %c and %.3s can make what no argument was.
	return Clean(fmt.Sprintf(string(format), words...))
}

// foreign is a value whose own words are cleaned as fmt prints it, with the
// verb it was asked for.
type foreign struct{ v any }

// Format implements fmt.Formatter.
func (f foreign) Format(st fmt.State, verb rune) {
	s := fmt.Sprintf(fmt.FormatString(st, verb), f.v)
	_, _ = st.Write([]byte(CleanLine(s).s)) // fmt's buffer never refuses
}

// JoinSafe puts sep between the parts.
func JoinSafe(sep Safe, parts ...Safe) Safe {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString(sep.s)
		}
		b.WriteString(p.s)
	}
	return Safe{b.String()}
}

// String is the text.
func (s Safe) String() string { return s.s }

// Len is the number of bytes.
func (s Safe) Len() int { return len(s.s) }

// IsEmpty says whether there is no text.
func (s Safe) IsEmpty() bool { return s.s == "" }

// MarshalText implements encoding.TextMarshaler. There is no way back: what is
// read from outside goes through Clean.
func (s Safe) MarshalText() ([]byte, error) { return []byte(s.s), nil }

// Lines splits the text at its line breaks; empty text is one empty line.
func (s Safe) Lines() []Safe {
	lines := make([]Safe, 0, 1+strings.Count(s.s, "\n"))
	for l := range strings.SplitSeq(s.s, "\n") {
		lines = append(lines, Safe{l})
	}
	return lines
}

// Slice is the bytes from i up to j. Offsets outside the text are moved into
// it, and those inside a rune back to its start.
func (s Safe) Slice(i, j int) Safe {
	i, j = s.bound(i), s.bound(j)
	if i >= j {
		return Safe{}
	}
	return Safe{s.s[i:j]}
}

func (s Safe) bound(i int) int {
	i = max(0, min(i, len(s.s)))
	for i > 0 && i < len(s.s) && !utf8.RuneStart(s.s[i]) {
		i--
	}
	return i
}

// clean is the slow path of Clean and CleanLine.
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

// cleaner holds what the next decision depends on. A rune is kept only for
// reasons that can be read in the output again, so cleaning is idempotent.
type cleaner struct {
	out     strings.Builder
	base    rune // carries the marks that follow; 0 when nothing can
	last    rune // the last rune kept; 0 after a code
	stacked int  // non-spacing marks since base
	spacing int  // spacing marks since base
	cut     int  // marks left out since base
	joins   int  // joiners in this emoji
	half    bool // last opened a flag
}

// put keeps r or shows its code. The order of the cases matters.
func (c *cleaner) put(r, next rune) {
	switch {
	case r > ' ' && r < 0x7F:
		c.start(r)
	case r == zwj || r == zwnj:
		c.joiner(r, next)
	case r == vs15 || r == vs16:
		c.keepIf(r, c.last != 0 && (isPictograph(c.last) || isKey(c.last) && next == keycap))
	case r == 0xFF9E || r == 0xFF9F: // a cell here, none there
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
		c.keepIf(r, isLead(c.last))
	case isTail(r):
		c.keepIf(r, isVowel(c.last))
	case unicode.Is(unicode.Zs, r):
		c.blank(string(r))
	case c.last == zwj && isPictograph(r):
		c.keepIf(r, true)
		c.base, c.stacked, c.spacing = r, 0, 0
	default:
		c.start(r)
	}
}

// start keeps a rune that begins a new cluster.
func (c *cleaner) start(r rune) {
	c.blank(string(r))
	c.base, c.last = r, r
}

// blank writes what ends a cluster and carries no marks.
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

// keepIf goes on with the cluster, or shows r.
func (c *cleaner) keepIf(r rune, ok bool) {
	if !ok || c.cut > 0 {
		c.show("<U+%04X>", r)
		return
	}
	c.out.WriteRune(r)
	c.last = r
}

// flush tells how many marks were left out.
func (c *cleaner) flush() {
	if c.cut > 0 {
		fmt.Fprintf(&c.out, "<+%d marks>", c.cut)
		c.cut, c.base, c.last = 0, 0, 0
	}
}

// room says whether the base can carry one more mark like r.
func (c *cleaner) room(r rune) bool {
	if unicode.Is(unicode.Mc, r) {
		return c.spacing < maxMarks
	}
	return c.stacked < maxMarks
}

// mark keeps a mark on its base, shows one without a base, counts the rest.
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
	c.keepIf(r, c.base != 0)
	c.spacing, c.stacked = spacing, stacked // codes count too
}

// flag keeps two regional indicators together; a single one has no agreed
// width.
func (c *cleaner) flag(r, next rune) {
	switch {
	case c.half:
		c.keepIf(r, true)
		c.half = false
	case isFlag(next):
		c.start(r)
		c.half = true
	default:
		c.show("<U+%04X>", r)
	}
}

// joiner keeps a joiner inside an emoji or a word that is spelled with it.
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
	c.keepIf(r, pictures || isJoining(c.base, unicode.L) &&
		(isJoining(next, unicode.L) || isJoining(next, unicode.M) && c.room(next)))
}

func isJoining(r rune, class *unicode.RangeTable) bool {
	return unicode.Is(class, r) && unicode.In(r, joining...) && !unicode.In(r, unseen...)
}

// isPictograph asks the library that measures the text, so that both agree
// about which runes a joiner joins.
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

// A Hangul syllable in parts is kept as lead, vowel and at most one tail: any
// other run of parts is one cluster of two cells that a terminal draws longer.
func isLead(r rune) bool  { return r >= 0x1100 && r <= 0x115E || r >= 0xA960 && r <= 0xA97C }
func isVowel(r rune) bool { return r >= 0x1161 && r <= 0x11A7 || r >= 0xD7B0 && r <= 0xD7C6 }
func isTail(r rune) bool  { return r >= 0x11A8 && r <= 0x11FF || r >= 0xD7CB && r <= 0xD7FB }
