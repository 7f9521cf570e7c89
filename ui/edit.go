package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/uniseg"

	"warroom/model"
	"warroom/ui/draw"
)

// editor is a line of text that is being typed, with a cursor. It moves and
// deletes by what people see as one character.
type editor struct {
	text string
	at   int // offset of the cursor in bytes, between two characters
	max  int // characters
	room int // bytes; 0: as many as the characters take
}

func (e *editor) set(s string) { e.text, e.at = s, len(s) }

// insert puts text in at the cursor. It does nothing and says no where that
// would be too long.
func (e *editor) insert(s string) bool {
	s = strings.ToValidUTF8(s, "")
	if utf8.RuneCountInString(e.text)+utf8.RuneCountInString(s) > e.max || e.room > 0 && len(e.text)+len(s) > e.room {
		return false
	}
	e.text, e.at = e.text[:e.at]+s+e.text[e.at:], e.at+len(s)
	return true
}

// next is the offset one character after i.
func (e *editor) next(i int) int {
	if i >= len(e.text) {
		return len(e.text)
	}
	c, _, _, _ := uniseg.FirstGraphemeClusterInString(e.text[i:], -1)
	return i + len(c)
}

// prev is the offset one character before i.
func (e *editor) prev(i int) int {
	if i <= 1 || e.text[i-1] < utf8.RuneSelf && e.text[i-2] < utf8.RuneSelf && e.text[i-1] != '\n' {
		return max(0, i-1)
	}
	from := strings.LastIndexByte(e.text[:i-1], '\n') + 1
	for from < i {
		n := e.next(from)
		if n >= i {
			return from
		}
		from = n
	}
	return from
}

// wordLeft is the start of the word before the cursor.
func (e *editor) wordLeft() int {
	i := len(strings.TrimRightFunc(e.text[:e.at], unicode.IsSpace))
	return strings.LastIndexFunc(e.text[:i], unicode.IsSpace) + 1
}

// wordRight is the end of the word after the cursor.
func (e *editor) wordRight() int {
	rest := e.text[e.at:]
	skip := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
	if n := strings.IndexFunc(rest[skip:], unicode.IsSpace); n >= 0 {
		return e.at + skip + n
	}
	return len(e.text)
}

// cut removes the bytes from i to j and puts the cursor there.
func (e *editor) cut(i, j int) { e.text, e.at = e.text[:i]+e.text[j:], i }

// key does what a key of an editor does. It says no to keys that are none.
func (e *editor) key(ev *tcell.EventKey) (ok bool) {
	word := ev.Modifiers()&(tcell.ModAlt|tcell.ModCtrl) != 0
	switch k := ev.Key(); {
	case k == tcell.KeyLeft && word, k == tcell.KeyRune && word && ev.Rune() == 'b':
		e.at = e.wordLeft()
	case k == tcell.KeyRight && word, k == tcell.KeyRune && word && ev.Rune() == 'f':
		e.at = e.wordRight()
	case k == tcell.KeyRune && word && ev.Rune() == 'd':
		e.cut(e.at, e.wordRight())
	case k == tcell.KeyLeft, k == tcell.KeyCtrlB:
		e.at = e.prev(e.at)
	case k == tcell.KeyRight:
		e.at = e.next(e.at)
	case k == tcell.KeyHome, k == tcell.KeyCtrlA:
		e.at = 0
	case k == tcell.KeyEnd, k == tcell.KeyCtrlE:
		e.at = len(e.text)
	case k == tcell.KeyCtrlK:
		e.cut(e.at, len(e.text))
	case k == tcell.KeyCtrlU:
		e.cut(0, e.at)
	case k == tcell.KeyCtrlW, (k == tcell.KeyBackspace || k == tcell.KeyBackspace2) && word:
		e.cut(e.wordLeft(), e.at)
	case k == tcell.KeyBackspace, k == tcell.KeyBackspace2, k == tcell.KeyCtrlH:
		e.cut(e.prev(e.at), e.at)
	case k == tcell.KeyDelete, k == tcell.KeyCtrlD:
		e.cut(e.at, e.next(e.at))
	default:
		return false
	}
	return true
}

// isText says whether a key types something.
func isText(ev *tcell.EventKey) bool {
	return ev.Key() == tcell.KeyRune && ev.Modifiers()&(tcell.ModCtrl|tcell.ModAlt|tcell.ModMeta) == 0
}

// rows shows the text in rows of w cells, and says where the cursor is.
func (e *editor) rows(w int, style tcell.Style) (out []draw.Line, row, col int) {
	w = max(2, w)
	if isPlain(e.text) {
		s := model.CleanLine(e.text)
		for i := 0; i <= s.Len(); i += w {
			out = append(out, draw.L(draw.T(style, s.Slice(i, i+w))))
		}
		return out, e.at / w, e.at % w
	}
	var parts []model.Safe
	used := 0
	end := func() {
		out = append(out, draw.L(draw.T(style, model.JoinSafe(model.Safe{}, parts...))))
		parts, used = nil, 0
	}
	for i := 0; i < len(e.text); {
		n := e.next(i)
		s := model.CleanLine(e.text[i:n])
		cells := draw.Width(s)
		if used+cells > w && used > 0 {
			end()
		}
		if i <= e.at && e.at < n {
			row, col = len(out), used
		}
		parts, used, i = append(parts, s), used+cells, n
	}
	if used >= w {
		end()
	}
	if e.at == len(e.text) {
		row, col = len(out), used
	}
	end()
	return out, row, col
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
