package room

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/shell"
	"warroom/ui/view"
)

// outbox has the lines of this terminal that are not in the log yet.
type outbox struct {
	view   *model.View // the newest view
	clock  *shell.Clock
	sender *sender
	lines  []localLine // lines that the view does not have yet
	count  int
	trayAt int               // which line of the tray is shown; 0 is the newest
	typed  map[string]string // by draft id: the typed line
}

// localLine is a line that was sent here and is not in the view yet.
type localLine struct {
	n    int
	line string
	id   string     // of the draft, once the session has it
	why  model.Safe // why it was refused at once, or needs confirmation

	asked bool // it is stored unchanged once the person confirms it
	made  time.Time
}

// submit sends an act and shows it at once.
func (o *outbox) submit(line string, act model.Act) {
	o.count++
	o.lines = append(o.lines, localLine{n: o.count, line: line, made: o.clock.Now()})
	o.sender.send(outgoing{n: o.count, line: line, act: act})
}

// take drops the lines that a newer view has.
func (o *outbox) take(v *model.View) {
	o.view = v
	o.lines = slices.DeleteFunc(o.lines,
		func(m localLine) bool { return m.id != "" && (o.isWaiting(m.id) || o.isStored(m.id)) })
}

func (o *outbox) index(n int) int {
	return slices.IndexFunc(o.lines, func(m localLine) bool { return m.n == n })
}

// line returns line n as it was typed, if it is still in the outbox.
func (o *outbox) line(n int) (string, bool) {
	if i := o.index(n); i >= 0 {
		return o.lines[i].line, true
	}
	return "", false
}

// drop removes line n.
func (o *outbox) drop(n int) {
	o.lines = slices.DeleteFunc(o.lines, func(m localLine) bool { return m.n == n })
}

// refuse records why line n was refused at once.
func (o *outbox) refuse(n int, err error) {
	o.lines[o.index(n)].why = model.Sentence(err)
	o.trayAt = 0
}

// accept records the draft id of line n.
func (o *outbox) accept(n int, id string) {
	m := &o.lines[o.index(n)]
	m.id = id
	if o.typed[id] = m.line; o.isWaiting(id) || o.isStored(id) {
		o.drop(n)
	}
}

// isOwn reports whether a line of the log may have been sent here.
func (o *outbox) isOwn(id string) bool {
	return o.typed[id] != "" || slices.ContainsFunc(o.lines, func(m localLine) bool { return m.id == id || m.id == "" })
}

func (o *outbox) isWaiting(id string) bool {
	return slices.ContainsFunc(o.view.Waiting, func(w model.Waiting) bool { return w.Draft.ID == id })
}

// isStored looks for an event among the newest lines.
func (o *outbox) isStored(id string) bool {
	lines := o.view.Room.Lines()
	for i := len(lines) - 1; i >= max(0, len(lines)-2000); i-- {
		if lines[i].ID == id {
			return true
		}
	}
	return false
}

// waiting returns this person's lines that are not in the log yet.
func (o *outbox) waiting() []view.Unsent {
	var out []view.Unsent
	var early []string // lines of drafts whose ids this terminal does not know yet
	for _, wt := range o.view.Waiting {
		out = append(out, view.Unsent{Waiting: wt, Typed: o.typed[wt.Draft.ID]})
		if _, known := o.typed[wt.Draft.ID]; !known {
			early = append(early, wt.Draft.Line)
		}
	}
	for _, m := range o.lines {
		if m.id != "" && o.isWaiting(m.id) {
			continue
		}
		if i := slices.Index(early, m.line); i >= 0 && m.id == "" && m.why.IsEmpty() {
			early = slices.Delete(early, i, i+1) // the view was faster than the answer to the terminal
			continue
		}
		out = append(out, o.unsent(&m))
	}
	return out
}

// unsent returns the state of a local line.
func (*outbox) unsent(m *localLine) view.Unsent {
	wt := model.Waiting{State: model.Pending, Draft: model.Draft{Made: m.made}}
	if !m.why.IsEmpty() {
		wt.State, wt.Why = model.Refused, m.why
	}
	return view.Unsent{Waiting: wt, Typed: m.line}
}

// forget removes redacted text from the lines.
func (o *outbox) forget(id string, without func(string) string) {
	delete(o.typed, id)
	for i := range o.lines {
		o.lines[i].line = without(o.lines[i].line)
	}
}
