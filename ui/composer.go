package ui

import (
	"strings"
	"time"

	"warroom/model"
)

// composer is the line at the bottom of a room: text, history, completion, and
// what the line would do.
type composer struct {
	editor
	history *history
	kept    string // the draft as it was last kept
	choices []model.Choice
	chosen  int    // which one is in the line, from 1; 0: none
	asked   string // the line that choices are for
	hint    model.Hint
	hintFor hintKey
	secret  model.Safe // what the line would give away
}

// hintKey is what a hint depends on.
type hintKey struct {
	line string
	room *model.Room
	sec  int64
}

// hintAt is the hint for the line as it is, worked out once a second and at
// every change.
func (c *composer) hintAt(ctx model.Ctx) model.Hint {
	key := hintKey{c.text, ctx.Room, ctx.Now.Unix()}
	if key != c.hintFor {
		if key.line != c.hintFor.line {
			c.secret = secretHint(c.text)
		}
		c.hintFor, c.hint = key, model.Hint{}
		if _, _, ok := ownCommand(c.text); !ok && c.text != "" {
			c.hint = model.HintOf(c.text, ctx)
			if _, file, err := model.ParseEvidenceFile(c.text); file && err == nil {
				c.hint = model.Hint{Will: model.Lit("a file of this machine into evidence, with its SHA-256; :evidence FILE --class log --host web3")}
			}
		}
	}
	return c.hint
}

// suggest works out how the line may go on.
func (c *composer) suggest(ctx model.Ctx) {
	if c.chosen > 0 || c.asked == c.text {
		return
	}
	c.asked, c.choices = c.text, nil
	if c.text != "" && c.at == len(c.text) {
		c.choices = model.Complete(c.text, ctx)
		if len(c.choices) == 0 { // else they would take Tab from the room's
			c.choices = ownChoices(c.text)
		}
	}
	if len(c.choices) == 1 && c.choices[0].Line == c.text {
		c.choices = nil
	}
}

// cycle puts the next completion into the line.
func (c *composer) cycle(step int) bool {
	n := len(c.choices)
	if n == 0 {
		return false
	}
	if c.chosen == 0 && step < 0 {
		c.chosen = 1
	}
	c.chosen = (c.chosen-1+step+n)%n + 1
	c.editor.set(c.choices[c.chosen-1].Line)
	if n == 1 {
		c.settle()
	}
	return true
}

// settle takes the completion that is in the line.
func (c *composer) settle() { c.chosen, c.asked = 0, "\x00" }

// set replaces the whole line.
func (c *composer) set(s string) {
	c.editor.set(s)
	c.settle()
}

// own is a command that concerns this terminal alone.
type own struct {
	name string
	help model.Safe
	do   func(*app)
}

// ownCommands are all of them.
func ownCommands() []own {
	return []own{
		{"quit", model.Lit("leave warroom; the room goes on"), func(a *app) { a.stop() }},
		{"rooms", model.Lit("the list of rooms"), (*app).toRooms},
		{"help", model.Lit("all keys and commands"), (*app).openHelp},
		{"declare", model.Lit("declare another incident"), (*app).openDeclare},
		{"clocks", model.Lit("every clock"), (*app).openClocks},
		{"checklist", model.Lit("the whole checklist"), (*app).openItems},
		{"verify", model.Lit("what of the record is proven, by whom, and what is not"), (*app).openVerify},
		{"export", model.Lit("[PROFILE] [FILE]: write the record of the room into a file of this machine"), func(a *app) { a.export(":export") }},
		{"alerts", model.Lit("the alerts of the room, or of the lobby"), (*app).openAlerts},
		{"ingest", model.Lit("FILE: bring the alerts of a tool or a person from a file of this machine"), func(a *app) { a.ingest("") }},
		{"lobby", model.Lit("alerts that belong to no incident yet"), (*app).toLobby},
		{"people", model.Lit("roles, people and keys"), (*app).openPeople},
		{"evidence", model.Lit("the register of evidence: hashes, and who has it"), (*app).openEvidence},
		{"channels", model.Lit("which channels can be trusted"), (*app).openChannels},
	}
}

// ownChoices are those of them that a line may become.
func ownChoices(line string) []model.Choice {
	var out []model.Choice
	for _, o := range ownCommands() {
		if !strings.HasPrefix(line, ":") || !strings.HasPrefix(":"+o.name, line) {
			continue
		}
		c := model.Choice{Line: ":" + o.name, Label: model.Safef(":%s", o.name), Help: o.help}
		if o.name == "ingest" { // a file comes behind it
			c.Line += " "
		}
		out = append(out, c)
	}
	return out
}

// ownCommand says whether a line is one of them.
func ownCommand(line string) (help model.Safe, do func(*app), ok bool) {
	if file, ok := ingestLine(line); ok {
		return model.Lit(":ingest FILE  bring the alerts of a tool or a person from a file of this machine"), func(a *app) { a.ingest(file) }, true
	}
	if f, ok, err := model.ParseExport(line); ok && err == nil {
		return model.Safef("the record into a file, for %s", f.Profile.For), func(a *app) { a.export(line) }, true
	} else if ok {
		return model.Sentence(err), func(a *app) { a.export(line) }, true
	}
	for _, c := range ownCommands() {
		if line == ":"+c.name || line == ":q" && c.name == "quit" {
			return c.help, c.do, true
		}
	}
	return model.Safe{}, nil, false
}

// changed is what follows every change of the line.
func (p *place) changed() {
	p.comp.suggest(p.ctx())
	p.saveDraft()
	p.sender.here(p.comp.text != "")
}

// prompt says as what one writes: " scribe bo > ".
func (p *place) prompt() model.Safe {
	r := p.view.Room
	who := p.seat.Who()
	if m, ok := r.Member(who.Key); ok && m.Right == model.Watch {
		return model.Safef(" watching %s > ", p.a.o.Handle)
	}
	if roles := r.RolesOf(p.a.o.Handle); len(roles) > 0 {
		return model.Safef(" %s %s > ", roles[0], p.a.o.Handle)
	}
	return model.Safef(" %s > ", p.a.o.Handle)
}

// sendLine sends the line, or does what it says to this terminal.
func (a *app) sendLine() {
	p := a.in
	line := p.comp.text
	p.comp.settle()
	if _, do, ok := ownCommand(line); ok {
		p.comp.set("")
		p.changed()
		do(a)
		return
	}
	if line == "" {
		return
	}
	if p.evidenceLine(line) {
		return
	}
	line, hidden := p.guarded(line)
	if p.bulk(line) {
		return
	}
	act, err := model.Parse(line, p.ctx())
	if err == nil {
		act.At = act.At.Truncate(time.Millisecond)
		err = p.decide(act)
	}
	if err != nil {
		p.refuse(err) // the line stays, to be mended
		return
	}
	if p.asks(line, act) {
		return
	}
	p.sendNow(line, act)
	if len(hidden) > 0 {
		a.tell(replaced(hidden))
	}
}

// bulk sends a line about several alerts as a line for each, all or none.
func (p *place) bulk(line string) bool {
	lines, err := model.Bulk(p.view.Room, line)
	acts := make([]model.Act, len(lines))
	for i, l := range lines {
		if acts[i], err = model.Parse(l, p.ctx()); err == nil {
			err = p.decide(acts[i])
		}
		if err != nil {
			break
		}
	}
	switch {
	case err != nil:
		p.refuse(err)
	case lines == nil:
		return false
	default:
		for i, l := range lines {
			p.submit(l, acts[i])
			p.comp.history.add(l) // each by itself, so that a redaction of one finds it
		}
		p.saveHistory()
		p.comp.set("")
		p.tl.bottom()
		p.changed()
	}
	return true
}

// sendNow sends the line that stands in the composer.
func (p *place) sendNow(line string, act model.Act) {
	p.submit(line, act)
	p.comp.history.add(line)
	p.saveHistory()
	p.comp.set("")
	p.tl.sel = 0
	p.tl.bottom()
	p.changed()
}

// refuse says why the line was not taken, and how to be rid of it.
func (p *place) refuse(err error) {
	p.a.say = note{text: model.Safef("%s  (Ctrl-U empties the line)", model.Sentence(err)), bad: true}
}

// prefill puts the beginning of a command into the composer. A draft that was
// there is the newest line of the history.
func (p *place) prefill(line string) {
	if p.comp.text != "" && p.comp.text != line {
		p.comp.history.add(p.comp.text)
		p.a.tell(model.Lit("what you were typing is one line up (Up)"))
	}
	p.a.only(p)
	p.mode = inWrite
	p.comp.set(line)
	p.changed()
}
