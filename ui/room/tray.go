package room

import (
	"context"
	"slices"

	"warroom/model"
	"warroom/ui/present"
)

// The tray has the lines above the composer that were refused or need confirmation. The
// composer is empty and takes the next line.

// hold adds a line to the tray that was refused before it was sent.
func (o *outbox) hold(line string, why model.Safe) {
	o.count++
	o.lines = append(o.lines, localLine{n: o.count, line: line, why: why, made: o.clock.Now()})
}

// ask adds a line to the tray that is stored unchanged once the person confirms it.
func (o *outbox) ask(line string, why model.Safe) {
	o.hold(line, why)
	o.lines[len(o.lines)-1].asked = true
}

// confirmed removes the newest line of the tray and returns it, if it needs confirmation.
func (o *outbox) confirmed() (line string, ok bool) {
	if id, i := o.refused(); id == "" && i >= 0 && o.lines[i].asked {
		line = o.lines[i].line
		o.lines = slices.Delete(o.lines, i, i+1)
		return line, true
	}
	return "", false
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

// historyUp shows an older line. If the composer is empty, it takes the newest line from
// the tray first.
func (p *Page) historyUp() {
	if p.comp.Text != "" || !p.out.hasRefused() {
		p.comp.historyUp()
		return
	}
	p.comp.replace(takeRefused(p))
}

// dismiss moves the newest refused line to the history.
func (p *Page) dismiss() { p.comp.history.Add(takeRefused(p)) }

// takeRefused removes the newest line of the tray and returns it.
func takeRefused(p *Page) string {
	line, job := p.out.dismiss()
	if job != nil {
		p.comp.saveHistory()
		p.shell.Jobs.Start(func(ctx context.Context) func() {
			err := job(ctx, p.session)
			return func() {
				if err != nil {
					p.shell.Notes.Fail(err)
				}
			}
		})
	}
	return line
}
