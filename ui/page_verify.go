package ui

import (
	"context"
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// verifyPage says what of the record is proven: what this terminal knows while
// the room moves, and what a check of the whole record found when the page was
// opened.
type verifyPage struct {
	textPage
	found Verified
	done  bool
	err   error
}

func (p *verifyPage) scope() scope { return inPage | inVerify }

// openVerify opens the page and reads the record behind it.
func (a *app) openVerify() {
	in := a.in
	p := &verifyPage{textPage: textPage{a: a, title: model.Lit("The record")}}
	p.lines = func(w int) []draw.Line { return p.rows(a.in.view, a.now(), w) }
	a.over(p, func(o page) bool { _, is := o.(*verifyPage); return is })
	if a.top() != page(p) || a.o.Verify == nil {
		return
	}
	short := in.view.Short
	a.jobs.start(func(ctx context.Context) func() {
		v, err := a.o.Verify(ctx, short)
		return func() { p.found, p.err, p.done = v, err, true }
	})
}

// rows are the page.
func (p *verifyPage) rows(v *model.View, now time.Time, w int) []draw.Line {
	th := p.a.th
	out := proofLines(v, now, w, th)
	out = append(out, nil, heading(model.Lit("The whole record, read when this page was opened"), th))
	switch {
	case p.a.o.Verify == nil:
		return append(out, wrapped(th.dim, model.Safef("not from here: on a machine of yours, run warroom verify %s", v.Short), w)...)
	case !p.done:
		return append(out, draw.L(draw.T(th.warn, model.Lit("it is being read and checked"))))
	case p.err != nil:
		return append(out, wrapped(th.bad, model.Safef("it could not be read: %s", model.Sentence(p.err)), w)...)
	}
	out = append(out, wrapped(th.plain, p.found.Head, w)...)
	for _, s := range p.found.Bad {
		out = append(out, judged(th.bad, model.Lit("BAD"), s, w, th)...)
	}
	for _, s := range p.found.Good {
		out = append(out, judged(th.good, model.Lit("ok"), s, w, th)...)
	}
	for _, s := range p.found.Open {
		out = append(out, judged(th.warn, model.Lit("open"), s, w, th)...)
	}
	return out
}

// judged is a sentence behind one word for what was found.
func judged(style tcell.Style, word, say model.Safe, w int, th *theme) []draw.Line {
	rows := wrapped(th.plain, say, w-6)
	for i := range rows {
		if i == 0 {
			rows[i] = append(column(style, word, 5), rows[i]...)
			continue
		}
		rows[i] = append(blanks(6), rows[i]...)
	}
	return rows
}

// proofLines are what this terminal knows of the record while the room moves.
func proofLines(v *model.View, now time.Time, w int, th *theme) []draw.Line {
	p, s := v.Proof, v.Proof.Sealed
	out := wrapped(standStyle(p, th), stand(v), w)
	out = append(out, nil, heading(model.Lit("The hub's newest checkpoint"), th))
	if s.Text == "" {
		return append(out, wrapped(th.dim, model.Lit("none was heard here yet: a hub signs one 30 seconds after the log has moved, and on a server only `warroom serve --server` does"), w)...)
	}
	for l := range strings.Lines(s.Text) {
		out = append(out, draw.L(draw.T(th.bold, model.CleanLine(strings.TrimSuffix(l, "\n")))))
	}
	out = append(out, nil)
	out = append(out, fact(model.Lit("covers"), model.Safef("%d entries", s.Size), w, th)...)
	out = append(out, fact(model.Lit("heard"), model.Safef("%s (%s ago)", model.Stamp(s.At), model.Span(now.Sub(s.At))), w, th)...)
	out = append(out, fact(model.Lit("signed"), model.Safef("by the hub, key %s", s.Key), w, th)...)
	out = append(out, fact(model.Lit("cosigned"), cosigners(s), w, th)...)
	return append(out, wrapped(th.dim, model.Lit("y copies the three lines. Keep them away from this hub: warroom verify FILE --pin CHECKPOINT then finds whatever is changed before that place"), w)...)
}

// cosigners says who else stands for the log.
func cosigners(s model.Sealed) model.Safe {
	switch {
	case s.Seen != "":
		return model.Safef("by %s, whose terminals computed the same root", s.Seen)
	case s.Upto > 0:
		return model.Safef("not yet; the first %d entries are, by %s", s.Upto, s.By)
	}
	return model.Lit("by nobody: only terminals on other machines do; until then whoever has the hub's key could change the end of the log unseen")
}

// stand says in a sentence what the word in the header says.
func stand(v *model.View) model.Safe {
	p := v.Proof
	switch {
	case p.Held:
		return model.Safef("held: %s", p.Alarm)
	case !p.Alarm.IsEmpty():
		return model.Safef("two records: %s; this terminal cosigns nothing any more", p.Alarm)
	case !p.Newer.IsEmpty():
		return p.Newer
	case p.Bad > 0:
		return model.Safef("%d entries do not check; they are shown as such and have no effect", p.Bad)
	case p.Pending && p.First > 0:
		return model.Safef("shown from this terminal's own snapshot: the newest page, from entry %d on, was checked first; the rest is read behind, %d of %d", p.First, p.Checked, p.Total)
	case p.Pending:
		return model.Safef("shown from this terminal's own snapshot; the log is read behind, %d of %d", p.Checked, p.Total)
	}
	s := model.Safef("every one of %d entries was checked by this terminal: signature, order, whether its author was let in", v.Room.Seq)
	if n := v.Room.Strays; n > 0 {
		s = model.Safef("%s; %d of them are strays: they are by nobody of the room or do not check, have no effect, and nothing is missing for them", s, n)
	}
	return s
}

func standStyle(p model.Proof, th *theme) tcell.Style {
	switch {
	case !p.Alarm.IsEmpty() || p.Bad > 0:
		return th.bad
	case p.Pending || !p.Newer.IsEmpty():
		return th.warn
	}
	return th.good
}

// copyPoint gives the three lines to the terminal's clipboard.
func (a *app) copyPoint() {
	var out []model.Safe
	for l := range strings.Lines(a.in.view.Proof.Sealed.Text) {
		out = append(out, model.CleanLine(strings.TrimSuffix(l, "\n")))
	}
	a.scr.SetClipboard([]byte(model.JoinSafe(model.Lit("\n"), out...).String() + "\n"))
	a.tell(model.Lit("the checkpoint was sent to the clipboard of your terminal, if it takes it"))
}

func (a *app) noPoint() model.Safe {
	if a.in.view.Proof.Sealed.Text == "" {
		return model.Lit("no checkpoint was heard here yet")
	}
	return model.Safe{}
}
