package ui

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// redactPage asks before what an entry says is taken out of the log: nobody can
// undo it, and it does not reach everything.
type redactPage struct {
	p    *place
	line string
	act  model.Act
}

// asks says whether an act is asked about before it is sent.
func (p *place) asks(line string, act model.Act) bool {
	if _, ok := act.Body.(*model.EntryRedacted); !ok {
		return false
	}
	p.a.open(&redactPage{p, line, act})
	return true
}

func (g *redactPage) scope() scope { return inRedact }
func (g *redactPage) key(*tcell.EventKey) {
	g.p.a.tell(model.Lit("y redacts the entry, Esc leaves it as it is"))
}

func (g *redactPage) paste(string) { g.key(nil) }

func (g *redactPage) draw(s tcell.Screen, r rect) {
	g.p.a.bottom(s, r)
	b := g.act.Body.(*model.EntryRedacted)
	r = g.p.a.frame(s, r, model.Safef("Redact %d?", b.Seq))
	for i, l := range limit(g.rows(b, r.w), r.h) {
		draw.Put(s, r.x, r.y+i, r.w, l.Clip(r.w))
	}
}

func (g *redactPage) rows(b *model.EntryRedacted, w int) []draw.Line {
	th, room := g.p.a.th, g.p.view.Room
	var out []draw.Line
	if l := room.Line(b.Seq); l != nil {
		out = append(wrapped(th.bold, model.Safef("%s by %s: %s", l.Word(), l.By, model.CleanLine(l.Text.String())), w), nil)
	}
	out = append(out, wrapped(th.plain, model.Safef("Its text goes out of the log, off the hub's disk and off every terminal that is here, %s", g.p.view.Room.Toll(g.p.seat.Who(), g.act, g.p.a.now())), w)...)
	out = append(out, wrapped(th.plain, model.Safef("What stays: that it was written, by whom and when, what it did, and that you redacted it: %s", model.CleanLine(b.Reason)), w)...)
	out = append(out, nil)
	for i := range g.p.a.keys {
		if k := &g.p.a.keys[i]; k.in == inRedact {
			out = append(out, draw.L(draw.T(th.accent, model.Safef("  %s ", k.key)), draw.T(th.plain, k.help)))
		}
	}
	return append(out, draw.L(draw.T(th.accent, model.Lit("  Esc ")), draw.T(th.plain, model.Lit("leave it as it is"))))
}

// redact sends what was asked about.
func (a *app) redact() {
	g, ok := a.top().(*redactPage)
	if !ok {
		return
	}
	a.closePage()
	if err := g.p.decide(g.act); err != nil { // somebody else may have done it
		g.p.refuse(err)
		return
	}
	g.p.sendNow(g.line, g.act)
}

// forget drops what this terminal still has of what was redacted: lines of the
// history that became it or say it, and what is being typed. Old is the room before,
// nil where it was not shown here.
func (p *place) forget(old, now *model.Room) {
	from := 0
	if old != nil {
		from = len(old.Redactions)
	}
	changed := false
	for i := from; i < len(now.Redactions); i++ {
		d := &now.Redactions[i]
		g := p.goneOf(old, now, d)
		delete(p.typed, g.id)
		if l := now.Line(d.Seq); old == nil && (l == nil || l.By == p.a.o.Handle) && !p.comp.history.has(g.id) {
			p.comp.history.dropUnsent() // it may be one of them, sent in the last moment of a terminal
			changed = true
		}
		changed = p.comp.history.forget(&g) || changed
		for i := range p.mine {
			p.mine[i].line = g.without(p.mine[i].line)
		}
		if text := g.without(p.comp.text); text != p.comp.text {
			p.comp.set(text)
			p.saveDraft()
		}
		if old != nil {
			p.a.tell(model.Safef("entry %d was redacted by %s: %s; this terminal has dropped its text",
				d.Seq, d.By, model.CleanLine(d.Reason)))
		}
	}
	if changed {
		p.saveHistory()
	}
}

// goneOf is what this terminal knows of a redacted entry.
func (p *place) goneOf(old, now *model.Room, d *model.Redaction) gone {
	g := gone{id: d.Entry, seq: d.Seq}
	for _, r := range []*model.Room{now, old} {
		if r == nil {
			continue
		}
		if l := r.Line(d.Seq); l != nil {
			g.id = l.ID
			g.texts = append(g.texts, l.Text.String())
		}
	}
	g.texts = append(g.texts, p.typed[g.id])
	return g
}

// saveHistory keeps the history of the room.
func (p *place) saveHistory() {
	p.a.store.saveHistory(p.view.Room.ID, p.comp.history.lines)
}
