package room

import (
	"warroom/model"
	"warroom/ui/state"
)

// forget removes the texts of redacted entries from this terminal: from the history, the
// composer and the outbox. old is the previous state of the room, nil if it was not
// shown.
func (p *Page) forget(old, now *model.Room) {
	from := 0
	if old != nil {
		from = len(old.Redactions)
	}
	changed := false
	for i := from; i < len(now.Redactions); i++ {
		d := &now.Redactions[i]
		p.comp.Forget()
		g := redacted(old, now, d, p.out.typed)
		if l := now.Line(d.Seq); old == nil && (l == nil || l.By == p.env.Handle) && !p.comp.history.Has(g.ID) {
			p.comp.history.DropUnsent() // the entry may have been sent just before a terminal ended
			changed = true
		}
		changed = p.comp.history.Forget(&g) || changed
		p.out.forget(g.ID, g.Without)
		if text := g.Without(p.comp.Text); text != p.comp.Text {
			p.comp.set(text)
			p.comp.saveDraft()
		}
		if old != nil {
			p.shell.Notes.Show(model.Safef("entry %d was redacted by %s: %s; its text is removed from this terminal",
				d.Seq, d.By, model.CleanLine(d.Reason)))
		}
	}
	if changed {
		p.comp.saveHistory()
	}
}

// redacted returns what this terminal knows of a redacted entry. typed has the lines that
// were typed here.
func redacted(old, now *model.Room, d *model.Redaction, typed map[string]string) state.Redacted {
	g := state.Redacted{ID: d.Entry, Seq: d.Seq}
	for _, r := range []*model.Room{now, old} {
		if r == nil {
			continue
		}
		if l := r.Line(d.Seq); l != nil {
			g.ID = l.ID
			g.Texts = append(g.Texts, l.Text.String())
		}
	}
	g.Texts = append(g.Texts, typed[g.ID])
	return g
}
