package room

import (
	"fmt"

	"warroom/model"
	"warroom/ui/keymap"
	"warroom/ui/lineedit"
	"warroom/ui/present"
)

// The actions of keys on the selected line, and the reasons why they are not possible.

func noEditor(p *Page) model.Safe {
	if p.env.Machine.Edit == nil {
		return model.Lit("there is no editor: set EDITOR (over SSH there is none)")
	}
	return model.Safe{}
}

func noLine(p *Page) model.Safe {
	if p.log.tl.Selected() == nil {
		return model.Lit("no line is selected: Up or Down selects one")
	}
	return model.Safe{}
}

func noEntry(p *Page) model.Safe {
	if why := noLine(p); !why.IsEmpty() {
		return why
	}
	if l := p.log.tl.Selected(); !l.IsEntry() {
		return model.Safef("line %d is not a text entry and cannot be changed", l.Seq)
	}
	return model.Safe{}
}

func noRefused(p *Page) model.Safe {
	if !p.out.hasRefused() {
		return model.Lit("there is no refused line to discard")
	}
	return model.Safe{}
}

func amend(p *Page) {
	l := p.log.tl.Selected()
	p.prefill(fmt.Sprintf(":amend %d %s", l.Seq, p.view.Room.Text(l)))
}

func retract(p *Page) { p.prefill(fmt.Sprintf(":retract %d ", p.log.tl.Selected().Seq)) }
func pin(p *Page)     { p.prefill(fmt.Sprintf(":pin %d", p.log.tl.Selected().Seq)) }

// nextLane cycles through the attacker's actions, our actions, and both.
func nextLane(p *Page) {
	p.mode = keymap.InLog
	p.shell.Notes.Show(p.log.nextLane())
}

// toggleOrder switches between the two orders of the timeline.
func toggleOrder(p *Page) { p.shell.Notes.Show(p.log.toggleOrder()) }

// copyLine copies the cleaned line to the terminal's clipboard. Besides this, only
// copyPoint writes to the clipboard.
func copyLine(p *Page) {
	l := p.log.tl.Selected()
	r := p.view.Room
	s := model.Safef("%s %s %s: %s", model.FormatTime(r.When(l)), l.By, l.Word(), r.Text(l))
	if len(r.Marks[l.Seq].Amended) > 0 {
		s = model.Safef("%s %s", s, present.AmendedWords(r, l))
	}
	p.shell.Copy(model.Safef("line %d", l.Seq), s)
}

// edit opens the line in the person's editor.
func edit(p *Page) {
	var out string
	var err error
	if !p.shell.Suspend(func() { out, err = p.env.Machine.Edit(p.comp.Text) }) {
		p.shell.Notes.Show(model.Lit("an editor cannot be opened in this terminal"))
		return
	}
	switch {
	case err != nil:
		p.shell.Notes.Fail(fmt.Errorf("edit: %w", err))
	case len(out) > maxLine:
		refuseTooLong(p, out)
	default:
		p.comp.replace(lineedit.TrimEnd(out))
	}
}
