package ui

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"warroom/model"
)

// What the keys of a room do.

// goBack closes what is on top. It never takes away what was typed.
func (a *app) goBack() {
	if len(a.pages) > 1 {
		g := a.pasted()
		a.closePage()
		if g != nil {
			g.toldSaved()
		}
		return
	}
	p, ok := a.top().(*place)
	if !ok {
		return
	}
	switch p.mode {
	case inFilter:
		p.showAll()
		p.mode = p.from
	case inWrite:
		p.told = model.Safe{}
		p.showAll()
	case inLog:
		p.tl.sel, p.mode = 0, inWrite
		p.told = model.Safe{}
	}
}

func (a *app) tab() {
	p := a.in
	if p.comp.text == "" {
		a.toLog()
		return
	}
	p.comp.suggest(p.ctx())
	if !p.comp.cycle(1) {
		a.tell(model.Lit("nothing completes this"))
	}
	p.saveDraft()
}

func (a *app) backTab() {
	a.in.comp.cycle(-1)
	a.in.saveDraft()
}

// toLog goes to the timeline with its newest line on the screen selected.
func (a *app) toLog() {
	p := a.in
	p.mode = inLog
	if p.tl.sel == 0 {
		p.tl.move(-1)
	}
}

// toFilter goes to the line that filters. Esc leads back to where it came from.
func (a *app) toFilter() {
	a.in.from, a.in.mode = a.in.mode, inFilter
}

// showAll takes the filter away.
func (p *place) showAll() {
	if p.search.text != "" {
		p.search.set("")
		p.applyFilter()
	}
}

// slash filters where the line is empty, and is a character else.
func (a *app) slash() {
	if a.in.comp.text == "" {
		a.toFilter()
		return
	}
	a.in.typing("/")
}

// typing puts text into the composer.
func (p *place) typing(s string) {
	p.comp.settle()
	if !p.comp.insert(s) {
		p.a.tell(model.Safef("an entry holds %s and this line is full, with %d characters: send it, or keep the rest in a file and note where it is", size(maxLine), utf8.RuneCountInString(p.comp.text)))
	}
	p.changed()
}

// emptyLine empties the composer. What stood there is the newest line of the
// history.
func (a *app) emptyLine() {
	p := a.in
	p.comp.history.add(p.comp.text)
	p.comp.set("")
	p.changed()
}

func (a *app) historyUp() {
	if l, ok := a.in.comp.history.up(a.in.comp.text); ok {
		a.in.comp.set(l)
		a.in.changed()
	}
}

func (a *app) historyDown() {
	if l, ok := a.in.comp.history.down(); ok {
		a.in.comp.set(l)
		a.in.changed()
	}
}

// edit gives the line to the person's own editor.
func (a *app) edit() {
	p := a.in
	var out string
	var err error
	if !a.tv.Suspend(func() { out, err = a.o.Edit(p.comp.text) }) {
		a.tell(model.Lit("this terminal cannot be given to an editor"))
		return
	}
	switch {
	case err != nil:
		a.fail(fmt.Errorf("edit: %w", err))
	case len(out) > maxLine:
		p.tooLong(out)
	default:
		p.comp.set(trimEnd(out))
		p.changed()
	}
}

func trimEnd(s string) string {
	for len(s) > 0 && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	if !utf8.ValidString(s) {
		s, _ = model.ValidText(s)
	}
	return s
}

func (a *app) noEditor() model.Safe {
	if a.o.Edit == nil {
		return model.Lit("there is no editor here: set EDITOR (over SSH there is none)")
	}
	return model.Safe{}
}

func (a *app) noLine() model.Safe {
	if a.in.tl.selected() == nil {
		return model.Lit("no line is selected: Up or Down selects one")
	}
	return model.Safe{}
}

func (a *app) noEntry() model.Safe {
	if why := a.noLine(); !why.IsEmpty() {
		return why
	}
	if l := a.in.tl.selected(); !l.IsEntry() {
		return model.Safef("line %d is no entry: only what a person wrote can be changed", l.Seq)
	}
	return model.Safe{}
}

func (a *app) amend() {
	l := a.in.tl.selected()
	a.in.prefill(fmt.Sprintf(":amend %d %s", l.Seq, a.in.view.Room.Text(l)))
}

func (a *app) retract() { a.in.prefill(fmt.Sprintf(":retract %d ", a.in.tl.selected().Seq)) }
func (a *app) pin()     { a.in.prefill(fmt.Sprintf(":pin %d", a.in.tl.selected().Seq)) }

// copyLine gives the cleaned line to the terminal's clipboard. Nothing else ever
// does.
func (a *app) copyLine() {
	l := a.in.tl.selected()
	r := a.in.view.Room
	s := model.Safef("%s %s %s: %s", model.Stamp(r.When(l)), l.By, l.Word(), r.Text(l))
	if len(r.Marks[l.Seq].Amended) > 0 {
		s = model.Safef("%s %s", s, amendedWords(r, l))
	}
	a.scr.SetClipboard([]byte(s.String()))
	a.tell(model.Safef("line %d was sent to the clipboard of your terminal, if it takes it", l.Seq))
}

func (a *app) logHome() {
	if a.in.mode == inLog {
		a.in.tl.sel = 0
	}
	a.in.tl.home()
	if a.in.mode == inLog {
		a.in.tl.pick(a.in.tl.next(-1))
	}
}

func (a *app) logEnd() {
	a.in.tl.bottom()
	if a.in.mode == inLog {
		a.in.tl.pick(a.in.tl.last())
	}
}

func (a *app) toggleUTC() {
	a.utc = !a.utc
	a.tell(model.Safef("times are shown in %s", a.zone().String()))
}

// refused is the first line of one's own that was refused: its draft's id, or
// its place in mine.
func (p *place) refused() (id string, i int) {
	for _, w := range p.view.Waiting {
		if w.State == model.Refused {
			return w.Draft.ID, -1
		}
	}
	return "", slices.IndexFunc(p.mine, func(m mine) bool { return !m.why.IsEmpty() })
}

func (a *app) noRefused() model.Safe {
	if id, i := a.in.refused(); id == "" && i < 0 {
		return model.Lit("no line of yours was refused")
	}
	return model.Safe{}
}

// dismiss takes a refused line away. It is the newest line of the history then.
func (a *app) dismiss() {
	p := a.in
	id, i := p.refused()
	if id == "" {
		p.comp.history.add(p.mine[i].line)
		p.mine = slices.Delete(p.mine, i, i+1)
		return
	}
	for _, w := range p.view.Waiting {
		if w.Draft.ID == id {
			p.comp.history.add(waitingText(w, p.typed[id]).String())
		}
	}
	p.saveHistory()
	a.jobs.start(func(context.Context) func() {
		err := p.seat.Dismiss(id)
		return func() {
			if err != nil {
				a.fail(err)
			}
		}
	})
}

func (a *app) noTimeline() model.Safe {
	if _, ok := a.top().(*place); !ok {
		return model.Lit("F6 filters the timeline, which is not here: Esc leads back to it")
	}
	return model.Safe{}
}

// onlyPinned shows what matters most, and all again.
func (a *app) onlyPinned() {
	p := a.in
	switch p.search.text {
	case "":
		p.search.set("pinned:")
	case "pinned:":
		p.search.set("kind:decision")
	default:
		p.search.set("")
	}
	p.applyFilter()
}

// applyFilter filters by what stands in the filter line.
func (p *place) applyFilter() {
	f, err := parseFilter(p.search.text, p.a.now(), p.a.zone())
	p.bad = model.Safe{}
	if err != nil {
		p.bad = model.Sentence(err)
	}
	p.tl.sel = 0
	p.tl.setFilter(f)
}

func (a *app) keepFilter() { a.toLog() }
