package room

import (
	"context"
	"errors"
	"slices"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// The tray has the lines above the composer that were refused or need confirmation. It
// shows one of them. The composer is empty and takes the next line.

// hold adds a line to the tray that was refused before it was sent.
func (o *outbox) hold(line string, why model.Safe) {
	o.count++
	o.trayAt = 0
	o.lines = append(o.lines, localLine{n: o.count, line: line, why: why, made: o.clock.Now()})
}

// ask adds a line to the tray that is stored unchanged once the person confirms it.
func (o *outbox) ask(line string, why model.Safe) {
	o.hold(line, why)
	o.lines[len(o.lines)-1].asked = true
}

// trayLine is a line of the tray: a local line or, if n is 0, a draft.
type trayLine struct {
	view.Unsent
	n     int
	asked bool
}

// tray returns the lines of the tray, newest first.
func (o *outbox) tray() []trayLine {
	var out []trayLine
	for _, m := range slices.Backward(o.lines) {
		if !m.why.IsEmpty() {
			out = append(out, trayLine{Unsent: o.unsent(&m), n: m.n, asked: m.asked})
		}
	}
	for _, w := range slices.Backward(o.view.Waiting) {
		if w.State == model.Refused {
			out = append(out, trayLine{Unsent: view.Unsent{Waiting: w, Typed: o.typed[w.Draft.ID]}})
		}
	}
	return out
}

// hasRefused reports whether the tray has a line.
func (o *outbox) hasRefused() bool { return len(o.tray()) > 0 }

// shown returns the line of the tray that is shown.
func (o *outbox) shown() (l trayLine, ok bool) {
	list := o.tray()
	if len(list) == 0 {
		return trayLine{}, false
	}
	return list[o.trayAt%len(list)], true
}

// confirmed removes the shown line and returns it, if it needs confirmation.
func (o *outbox) confirmed() (line string, ok bool) {
	if l, ok := o.shown(); ok && l.asked {
		o.remove(l)
		return l.Typed, true
	}
	return "", false
}

// remove takes a line out of the tray and returns its text. If it is a draft, job
// dismisses that; otherwise job is nil.
func (o *outbox) remove(l trayLine) (line string, job func(model.RoomSession) error) {
	o.trayAt = max(0, min(o.trayAt, len(o.tray())-2))
	if l.n > 0 {
		o.drop(l.n)
		return l.Typed, nil
	}
	return view.WaitingText(l.Waiting, l.Typed).String(),
		func(s model.RoomSession) error { return s.Dismiss(l.Draft.ID) }
}

// refuse adds a line to the tray with the reason of the refusal, and beeps.
func (p *Page) refuse(line string, err error) {
	p.out.hold(line, model.Sentence(err))
	p.comp.done(line)
	p.bells.beep()
}

// asksNearMiss asks for confirmation of a note that looks like a mistyped command. It
// reports whether it did.
func (p *Page) asksNearMiss(line string, act model.Act) bool {
	meant := model.NearMiss(line)
	if meant == "" || model.KindOf(act.Body) != model.KindEntryNoted {
		return false
	}
	p.out.ask(line, present.DidYouMean(meant).Short)
	p.comp.done(line)
	return true
}

// historyUp shows an older line. If the composer is empty, it takes the shown line of the
// tray first.
func (p *Page) historyUp() {
	l, ok := p.out.shown()
	if p.comp.Text != "" || !ok {
		p.comp.historyUp()
		return
	}
	p.comp.replace(takeRefused(p, l)[0])
}

// dismiss moves the shown line of the tray to the history.
func (p *Page) dismiss() {
	if l, ok := p.out.shown(); ok {
		discard(p, l)
		p.shell.Notes.Show(model.Safef("discarded: %s (Up brings it back)", view.WaitingText(l.Waiting, l.Typed)))
	}
}

// dismissAll moves all lines of the tray to the history, once the person has confirmed it
// with y or the same key.
func dismissAll(p *Page) {
	n := present.Plural(len(p.out.tray()), "refused line", "refused lines")
	ask := model.Safef("discard %s? y or Alt-X discards; n or any other key keeps everything", n)
	all := func() {
		list := p.out.tray()
		n := present.Plural(len(list), "refused line", "refused lines")
		slices.Reverse(list) // so that Up brings back the newest first
		discard(p, list...)
		p.shell.Notes.Show(model.Safef("%s discarded; Up brings back each", n))
	}
	if p.shell.Notes.Cleared(ask) {
		all()
		return
	}
	p.shell.Notes.Ask(ask, all)
}

// nextRefused shows the next older line of the tray, and the newest after the oldest.
func nextRefused(p *Page) { p.out.trayAt = (p.out.trayAt + 1) % len(p.out.tray()) }

// discard moves lines of the tray to the history.
func discard(p *Page, list ...trayLine) {
	for _, line := range takeRefused(p, list...) {
		p.comp.history.AddDiscarded(line)
	}
	p.comp.saveHistory()
}

// takeRefused takes lines out of the tray and returns their texts.
func takeRefused(p *Page, list ...trayLine) []string {
	var out []string
	var jobs []func(model.RoomSession) error
	for _, l := range list {
		line, job := p.out.remove(l)
		if out = append(out, line); job != nil {
			jobs = append(jobs, job)
		}
	}
	if len(jobs) == 0 {
		return out
	}
	p.comp.saveHistory()
	p.shell.Jobs.Start(func(context.Context) func() {
		var failed error
		for _, job := range jobs {
			failed = errors.Join(failed, job(p.session))
		}
		return func() {
			if failed != nil {
				p.shell.Notes.Fail(failed)
			}
		}
	})
	return out
}

// rows returns the rows above the composer: the lines that are being sent, in up to a third
// of the h rows of the timeline, and the refused line that is shown.
func (o *outbox) rows(w, h int, c view.Columns, th *theme.Theme) []draw.Line {
	out := o.sendingRows(w, max(2, h/3), c, th)
	return append(out, o.trayRows(w, max(2, h-len(out)-leftOfLog), c, th)...)
}

// leftOfLog is how many rows a long reason leaves to the timeline and the other rows below it.
const leftOfLog = 3

// sendingRows returns the newest lines that are neither stored nor refused, with the
// number of those that do not fit.
func (o *outbox) sendingRows(w, n int, c view.Columns, th *theme.Theme) []draw.Line {
	list := slices.DeleteFunc(o.waiting(), func(u view.Unsent) bool { return u.State == model.Refused })
	left := max(0, len(list)-n)
	if left > 0 {
		left++ // for the row with their number
	}
	out := view.WaitingRows(list[left:], w, c, th)
	if left > 0 {
		out = slices.Insert(out, 0, draw.L(draw.T(th.Dim, model.Safef("   and %d more", left))))
	}
	return out
}

// maxTrayRows is the maximum number of rows for a refused line and its reason if there are
// more such lines. Up puts the line into the composer, where its hint has the whole reason.
const maxTrayRows = 3

// trayRows returns the shown line of the tray, its reason, and the keys. The reason of a
// single refused line, which may list all open work, is whole if it fits in n rows.
func (o *outbox) trayRows(w, n int, c view.Columns, th *theme.Theme) []draw.Line {
	l, ok := o.shown()
	if !ok {
		return nil
	}
	out, all := view.WaitingRows([]view.Unsent{l.Unsent}, w, c, th), len(o.tray())
	if all > 1 {
		n = min(n, maxTrayRows)
	}
	if len(out) > n {
		cut := model.Lit(" ...")
		if all == 1 { // only a list of open work is that long
			cut = model.Lit(" ... F3 lists all items")
		}
		out = out[:n]
		out[n-1] = append(wholeWords(out[n-1], w-1-draw.Width(cut)), draw.T(th.Dim, cut))
	}
	keys := model.Lit("Up edits the refused line, Ctrl-X discards it ")
	if all > 1 {
		keys = model.Safef("%d of %d refused: Up edits, Ctrl-X discards, Alt-V next, Alt-X discards all ",
			o.trayAt%all+1, all)
		if draw.Width(keys) > w {
			keys = model.Safef("%d of %d refused: Up, Ctrl-X, Alt-V next, Alt-X all ", o.trayAt%all+1, all)
		}
	}
	return append(out, draw.Spread(w, nil, draw.L(draw.T(th.Dim, keys))))
}

// wholeWords returns as many words of a row as fit into w cells.
func wholeWords(l draw.Line, w int) draw.Line {
	if l.Width() <= w {
		return l
	}
	return draw.Fold(l, w, 2)[0]
}
