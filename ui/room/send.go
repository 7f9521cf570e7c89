package room

import (
	"strings"
	"time"

	"warroom/model"
)

// sendLine sends the line, or executes it if it is a command of this terminal.
func (p *Page) sendLine() {
	if p.comp.endSearch(true) {
		return
	}
	line, confirmed := p.comp.Text, false
	if line == "" {
		line, confirmed = p.out.confirmed()
	}
	typed, chosen := line, p.comp.chosen > 0
	p.comp.settle()
	if _, do, ok := ownCommand(line); ok {
		p.comp.replace("")
		do(p)
		return
	}
	if line == "" {
		return
	}
	if p.evidenceLine(line) || p.updateDraft(line) {
		return
	}
	line, hidden := p.comp.masked(line)
	if p.bulk(line) {
		return
	}
	act, err := model.Parse(line, p.ctx())
	if err == nil {
		act.At = act.At.Truncate(time.Millisecond)
		err = decide(p.ctx(), act)
	}
	if err != nil {
		if chosen && strings.HasSuffix(typed, " ") { // a completion was accepted that needs an argument
			p.comp.changed()
			return
		}
		if model.CodeOf(err) == model.Conflict && asksPoints(p, typed) {
			return
		}
		p.refuse(typed, err)
		return
	}
	if !confirmed && p.asksNearMiss(typed, act) || p.asks(line, act) || p.drafts(line, act) {
		return
	}
	p.sendNow(line, act)
	if len(hidden) > 0 {
		p.shell.Notes.Show(replaced(hidden))
	}
}

// run sends the command of a key. The composer stays as it is.
func (p *Page) run(line string) {
	act, err := model.Parse(line, p.ctx())
	if err == nil {
		act.At = act.At.Truncate(time.Millisecond)
		err = decide(p.ctx(), act)
	}
	if err != nil {
		p.shell.Notes.Warn(model.Sentence(err))
		return
	}
	p.out.submit(line, act)
}

// drafts puts the drafted brief of a handoff into the composer for editing, if the person
// has not written one.
func (p *Page) drafts(line string, act model.Act) bool {
	b, ok := act.Body.(*model.HandoffOffered)
	if !ok || b.Brief == "" || strings.Contains(line, b.Brief) {
		return false
	}
	p.comp.replace(strings.TrimSpace(line) + " " + b.Brief)
	p.shell.Notes.Show(model.Lit("the brief was drafted from the log: edit it, then Enter offers the role"))
	return true
}

// updateDraft puts an update drafted from the log into the composer for editing, if the
// line names only an audience.
func (p *Page) updateDraft(line string) bool {
	draft, ok := model.DraftLine(line, p.ctx())
	if !ok {
		return false
	}
	p.comp.replace(strings.TrimRight(draft, " "))
	p.shell.Notes.Show(model.Lit("the update was drafted from the log: edit it, then Enter sends it"))
	return true
}

// bulk sends a command about several alerts as one act per alert. If one of them is
// refused, it sends none.
func (p *Page) bulk(line string) bool {
	lines, err := model.Bulk(p.view.Room, line)
	acts := make([]model.Act, len(lines))
	for i, l := range lines {
		if acts[i], err = model.Parse(l, p.ctx()); err == nil {
			err = decide(p.ctx(), acts[i])
		}
		if err != nil {
			break
		}
	}
	switch {
	case err != nil:
		p.refuse(line, err)
	case lines == nil:
		return false
	default:
		for i, l := range lines {
			p.out.submit(l, acts[i])
			p.comp.history.Add(l) // one line per alert, so that a redaction finds its own
		}
		p.comp.saveHistory()
		p.log.tl.Bottom()
		p.comp.replace("")
	}
	return true
}

// sendNow sends the line in the composer.
func (p *Page) sendNow(line string, act model.Act) {
	p.out.submit(line, act)
	p.comp.done(line)
	p.log.tl.Deselect()
	p.log.tl.Bottom()
	backToPoints(p, act)
}

// sent handles the result of submitting line n.
func (p *Page) sent(n int, r model.Receipt, err error) {
	line, ok := p.out.line(n)
	switch {
	case !ok:
	case err != nil:
		p.out.refuse(n, err)
		p.bells.beep()
	default:
		p.comp.history.Sent(line, r.ID)
		p.comp.saveHistory()
		p.out.accept(n, r.ID)
	}
}

// decide returns at once why an act is not allowed. For a key that the room does not have
// yet, the session decides.
func decide(c model.Ctx, act model.Act) error {
	if !c.Room.Knows(c.Who.Key) {
		return nil
	}
	return model.Decide(c.Room, c.Who, act, c.Now)
}

// export executes an :export command.
func (p *Page) export(line string) {
	f, _, err := model.ParseExport(line)
	if err != nil {
		p.refuse(line, err)
		return
	}
	if p.files.export(p.view.Short, f) {
		p.comp.history.Add(line)
		p.comp.saveHistory()
	}
}

// evidenceLine executes the line if it adds a file to evidence.
func (p *Page) evidenceLine(line string) (taken bool) {
	f, ok, err := model.ParseEvidenceFile(line)
	if !ok {
		return false
	}
	if err == nil {
		err = p.files.mayCollect(p.view.Short, f)
	}
	if err != nil {
		p.refuse(line, err)
		return true
	}
	p.comp.done(line)
	p.files.collect(p.view.Short, f)
	return true
}
