package model

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
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
