// Package lineedit is a line editor. An [Editor] has a text and a cursor, handles keys
// and renders itself in rows:
//
//	e := lineedit.Editor{Max: 200}
//	if lineedit.IsText(ev) {
//		e.Insert(string(ev.Rune()))
//	} else {
//		e.Key(ev)
//	}
//	rows, row, col := e.Rows(width, style)
//
// Completion, history and prompt are up to the caller.
package lineedit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/uniseg"

	"warroom/model"
	"warroom/ui/draw"
)

// Editor is a text with a cursor. It moves and deletes by grapheme cluster.
type Editor struct {
	Text     string
	At       int // offset of the cursor in bytes, between two clusters
	Max      int // maximum length in characters
	MaxBytes int // maximum length in bytes; if 0, no limit

	past past
}

// Set replaces the text and moves the cursor to its end.
func (e *Editor) Set(s string) {
	if s != e.Text {
		e.remember(false)
	}
	e.Text, e.At = s, len(s)
}

// Insert inserts text at the cursor. It reports false, and changes nothing, if the text
// would be too long.
func (e *Editor) Insert(s string) bool {
	s = strings.ToValidUTF8(s, "")
	if utf8.RuneCountInString(e.Text)+utf8.RuneCountInString(s) > e.Max || e.MaxBytes > 0 &&
		len(e.Text)+len(s) > e.MaxBytes {
		return false
	}
	e.remember(utf8.RuneCountInString(s) == 1)
	e.Text, e.At = e.Text[:e.At]+s+e.Text[e.At:], e.At+len(s)
	return true
}

// next returns the offset one cluster after i.
func (e *Editor) next(i int) int {
	if i >= len(e.Text) {
		return len(e.Text)
	}
	c, _, _, _ := uniseg.FirstGraphemeClusterInString(e.Text[i:], -1)
	return i + len(c)
}

// prev returns the offset one cluster before i.
func (e *Editor) prev(i int) int {
	if i <= 1 || e.Text[i-1] < utf8.RuneSelf && e.Text[i-2] < utf8.RuneSelf && e.Text[i-1] != '\n' {
		return max(0, i-1)
	}
	from := strings.LastIndexByte(e.Text[:i-1], '\n') + 1
	for from < i {
		n := e.next(from)
		if n >= i {
			return from
		}
		from = n
	}
	return from
}

// wordLeft returns the start of the word before the cursor.
func (e *Editor) wordLeft() int {
	i := len(strings.TrimRightFunc(e.Text[:e.At], unicode.IsSpace))
	return strings.LastIndexFunc(e.Text[:i], unicode.IsSpace) + 1
}

// wordRight returns the end of the word after the cursor.
func (e *Editor) wordRight() int {
	rest := e.Text[e.At:]
	skip := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
	if n := strings.IndexFunc(rest[skip:], unicode.IsSpace); n >= 0 {
		return e.At + skip + n
	}
	return len(e.Text)
}

// cut removes the bytes from i to j and moves the cursor there.
func (e *Editor) cut(i, j int) {
	if i < j {
		e.remember(false)
	}
	e.Text, e.At = e.Text[:i]+e.Text[j:], i
}

// Key executes an editing key. It reports false for any other key.
func (e *Editor) Key(ev *tcell.EventKey) (ok bool) {
	word := ev.Modifiers()&(tcell.ModAlt|tcell.ModCtrl) != 0
	switch k := ev.Key(); {
	case k == tcell.KeyLeft && word, k == tcell.KeyRune && word && ev.Rune() == 'b':
		e.At = e.wordLeft()
	case k == tcell.KeyRight && word, k == tcell.KeyRune && word && ev.Rune() == 'f':
		e.At = e.wordRight()
	case k == tcell.KeyRune && word && ev.Rune() == 'd':
		e.kill(e.At, e.wordRight())
	case k == tcell.KeyLeft, k == tcell.KeyCtrlB:
		e.At = e.prev(e.At)
	case k == tcell.KeyRight:
		e.At = e.next(e.At)
	case k == tcell.KeyHome, k == tcell.KeyCtrlA:
		e.At = 0
	case k == tcell.KeyEnd, k == tcell.KeyCtrlE:
		e.At = len(e.Text)
	case k == tcell.KeyCtrlK:
		e.kill(e.At, len(e.Text))
	case k == tcell.KeyCtrlU:
		e.kill(0, e.At)
	case k == tcell.KeyCtrlW, (k == tcell.KeyBackspace || k == tcell.KeyBackspace2) && word:
		e.kill(e.wordLeft(), e.At)
	case k == tcell.KeyBackspace, k == tcell.KeyBackspace2, k == tcell.KeyCtrlH:
		e.cut(e.prev(e.At), e.At)
	case k == tcell.KeyDelete, k == tcell.KeyCtrlD:
		e.cut(e.At, e.next(e.At))
	case k == tcell.KeyCtrlY:
		e.Yank()
	case k == tcell.KeyCtrlUnderscore:
		e.Undo()
	default:
		return false
	}
	return true
}

// IsText reports whether a key types a character.
func IsText(ev *tcell.EventKey) bool {
	return ev.Key() == tcell.KeyRune && ev.Modifiers()&(tcell.ModCtrl|tcell.ModAlt|tcell.ModMeta) == 0
}

// Rows renders the text in rows of w cells, and returns the position of the cursor.
func (e *Editor) Rows(w int, style tcell.Style) (out []draw.Line, row, col int) {
	w = max(2, w)
	if isPlain(e.Text) {
		s := model.CleanLine(e.Text)
		for i := 0; i <= s.Len(); i += w {
			out = append(out, draw.L(draw.T(style, s.Slice(i, i+w))))
		}
		return out, e.At / w, e.At % w
	}
	var parts []model.Safe
	used := 0
	end := func() {
		out = append(out, draw.L(draw.T(style, model.JoinSafe(model.Safe{}, parts...))))
		parts, used = nil, 0
	}
	for i := 0; i < len(e.Text); {
		n := e.next(i)
		s := model.CleanLine(e.Text[i:n])
		cells := draw.Width(s)
		if used+cells > w && used > 0 {
			end()
		}
		if i <= e.At && e.At < n {
			row, col = len(out), used
		}
		parts, used, i = append(parts, s), used+cells, n
	}
	if used >= w {
		end()
	}
	if e.At == len(e.Text) {
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

// TrimEnd returns a text without trailing line breaks, as valid UTF-8.
func TrimEnd(s string) string {
	for len(s) > 0 && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	if !utf8.ValidString(s) {
		s, _ = model.ValidText(s)
	}
	return s
}

// OneLine returns a text as one line: without trailing line breaks, and with a blank for
// each of the others.
func OneLine(s string) string { return oneLine.Replace(TrimEnd(s)) }

var oneLine = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ")
