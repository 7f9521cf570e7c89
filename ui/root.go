package ui

import (
	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"warroom/model"
	"warroom/ui/draw"
)

// The smallest terminal in which a room can be shown.
const minWidth, minHeight = 60, 15

// root is the one primitive that tview knows. It shows the top page; keys come
// to the app before tview hands them on.
type root struct {
	*tview.Box
	a *app
}

func newRoot(a *app) *root { return &root{Box: tview.NewBox(), a: a} }

// Draw shows the top page. The screen was cleared by tview.
func (r *root) Draw(s tcell.Screen) {
	x, y, w, h := r.GetRect()
	s.HideCursor()
	r.a.small = w < minWidth || h < minHeight
	if r.a.small {
		say := model.Safef("warroom needs %dx%d; this terminal is %dx%d. Until it is larger no key does anything but Ctrl-C, which leaves.", minWidth, minHeight, w, h)
		for i, l := range draw.Wrap(say, max(1, w)) {
			draw.Put(s, x, y+i, w, draw.L(draw.T(r.a.th.bold, l)))
		}
		return
	}
	r.a.top().draw(s, rect{x, y, w, h})
}

// PasteHandler hands pasted text to the top page.
func (r *root) PasteHandler() func(string, func(tview.Primitive)) {
	return r.WrapPasteHandler(func(text string, _ func(tview.Primitive)) {
		if r.a.small {
			return
		}
		r.a.say = note{}
		r.a.top().paste(text)
	})
}

// MouseHandler hands wheel and clicks to the top page.
func (r *root) MouseHandler() func(tview.MouseAction, *tcell.EventMouse, func(tview.Primitive)) (bool, tview.Primitive) {
	return r.WrapMouseHandler(func(act tview.MouseAction, ev *tcell.EventMouse, _ func(tview.Primitive)) (bool, tview.Primitive) {
		m, ok := r.a.top().(interface {
			mouse(tview.MouseAction, int, int) bool
		})
		if !ok || r.a.small {
			return false, nil
		}
		x, y := ev.Position()
		return m.mouse(act, x, y), nil
	})
}

// bottom shows a page's keys in the last row.
func (a *app) bottom(s tcell.Screen, r rect) {
	in := a.top().scope()
	a.stamp(s, rect{r.x, r.y + r.h - 1, r.w, 1}, keysKey{in, comeAndGo(a, in), a.th}, nil, func(s tcell.Screen, r rect) {
		draw.Put(s, r.x, r.y, r.w, keyLine(a, in, r.w))
	})
}

// header shows the room's first row.
func (a *app) header(s tcell.Screen, r rect, moved bool) {
	v, k, p := a.in.view, a.seenNow(), partHeader
	if moved {
		p = partMoved
	}
	a.stamp(s, rect{r.x, r.y, r.w, 1}, a.at(p), k.any, func(s tcell.Screen, r rect) {
		draw.Put(s, r.x, r.y, r.w, headerLine(v, k.now, r.w, moved, k.th))
	})
}

// frame shows what pages over a room have around them: the header, a title and
// the newest note. It leaves the last row to the keys, and returns what is left.
func (a *app) frame(s tcell.Screen, r rect, title model.Safe) rect {
	if a.in != nil {
		a.header(s, r, a.in.moved)
		r.y, r.h = r.y+1, r.h-1
	}
	r.h-- // the keys
	notes := a.noteRows(r.w - 2)
	r.h -= len(notes)
	for i, l := range notes {
		draw.Put(s, r.x+1, r.y+r.h+i, r.w-2, l)
	}
	f := draw.Frame{ASCII: a.th.ascii, Style: a.th.dim, TitleStyle: a.th.bold}
	f.Draw(s, r.x, r.y, r.w, r.h, draw.L(draw.T(a.th.bold, title)))
	return rect{r.x + 2, r.y + 1, r.w - 4, r.h - 2}
}

// noteRows are the newest note, in as many rows as a short one takes.
func (a *app) noteRows(w int) []draw.Line {
	if a.say.text.IsEmpty() {
		return nil
	}
	note := a.noteSpan()
	return limit(wrapped(note.Style, note.Text, w), 4)
}

func (a *app) noteSpan() draw.Span {
	if a.say.bad {
		return draw.T(a.th.bad, model.Safef("! %s", a.say.text))
	}
	return draw.T(a.th.warn, a.say.text)
}
