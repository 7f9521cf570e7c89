package model

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxText is the maximum size in bytes of the text of an entry. In some terminal
// libraries, the time to draw text is quadratic in its size: 8 KiB of hostile text
// takes a twentieth of a second, 1 MiB freezes the screen.
const MaxText = 8 << 10

// maxMarks is the maximum number of non-spacing marks, and of spacing marks, that a base
// character may carry. Vietnamese needs two, pointed Hebrew four, Burmese two and
// three.
const maxMarks = 4

// maxJoins is the maximum number of joiners that an emoji may contain. A family of four has
// three.
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

// joining lists the scripts that need ZWJ and ZWNJ for spelling.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mandaic,
	unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer,
	unicode.Myanmar,
}

// unseen contains the runes that count as graphic but draw nothing.
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

// IsBlank reports whether a rune draws nothing although it may count as a letter or mark,
// as U+3164 does. Clean shows it as a code, except where its script needs it.
func IsBlank(r rune) bool { return unicode.In(r, unseen...) }

// Safe is text that was cleaned: the only type that may be shown, printed, logged or
// exported. The zero value is empty text. Only Clean, CleanLine, Lit and Safef
// return it; it cannot be decoded, so that input never becomes Safe without being
// cleaned. The log stores the original bytes.
type Safe struct{ s string }

// lit is the type of texts in the program. It is not exported, so other packages can
// pass only untyped constants.
type lit string

// Lit returns a constant as it is. Lit("open") compiles; Lit(v) with a variable v
// does not.
func Lit(s lit) Safe { return Safe{string(s)} }

// Clean returns text that is safe to write to a terminal, with a visible code for
// every character that is not: ESC becomes "^[", a bidi override "<U+202E>", an
// invalid byte "<9B>", and the excess of sixty-four combining marks "<+60 marks>".
// Line breaks stay, and a tab becomes four spaces. Words of all living scripts, flags
// and joined emoji are unchanged. Skin tones and CJK variation selectors become
// codes, and half-width voicing marks become full-width, since terminals and
// libraries disagree on their width.
//
// The codes prove nothing about the original, since a person may type "<U+202E>".
// Clean is idempotent.
func Clean(s string) Safe {
	for i := range len(s) {
		if (s[i] < ' ' && s[i] != '\n') || s[i] > '~' {
			return clean(s, "\n")
		}
	}
	return Safe{s}
}

// CleanLine is like Clean, but returns one line: it shows a line break as "↵".
func CleanLine(s string) Safe {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return clean(s, newLine)
		}
	}
	return Safe{s}
}

// Safef formats like fmt.Sprintf. Arguments of type Safe, numbers, bools and
// durations are used as they are; all others are cleaned to one line.
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
	// Clean the result as well: %c and %.3s can produce what no argument contains.
	return Clean(fmt.Sprintf(string(format), words...))
}

// foreign wraps a value so that its text is cleaned when fmt formats it with any
// verb.
type foreign struct{ v any }

// Format implements fmt.Formatter.
func (f foreign) Format(st fmt.State, verb rune) {
	s := fmt.Sprintf(fmt.FormatString(st, verb), f.v)
	_, _ = st.Write([]byte(CleanLine(s).s)) // fmt's buffer never fails
}

// JoinSafe concatenates parts with sep between them.
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

// String returns the text.
func (s Safe) String() string { return s.s }

// Len returns the length in bytes.
func (s Safe) Len() int { return len(s.s) }

// IsEmpty reports whether the text is empty.
func (s Safe) IsEmpty() bool { return s.s == "" }

// MarshalText implements encoding.TextMarshaler. Safe has no UnmarshalText; input
// has to pass through Clean.
func (s Safe) MarshalText() ([]byte, error) { return []byte(s.s), nil }

// Lines splits the text at line breaks. Empty text is one empty line.
func (s Safe) Lines() []Safe {
	lines := make([]Safe, 0, 1+strings.Count(s.s, "\n"))
	for l := range strings.SplitSeq(s.s, "\n") {
		lines = append(lines, Safe{l})
	}
	return lines
}

// Slice returns bytes i to j of the text. It clamps offsets to the text, and moves
// those within a rune back to its start.
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
