package room

import (
	"context"
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/shell"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// outbox has the lines of this terminal that are not in the log yet.
type outbox struct {
	view   *model.View // the newest view
	clock  *shell.Clock
	sender *sender
	lines  []localLine // lines that the view does not have yet
	count  int
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
func (o *outbox) refuse(n int, err error) { o.lines[o.index(n)].why = model.Sentence(err) }

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
	for _, wt := range o.view.Waiting {
		out = append(out, view.Unsent{Waiting: wt, Typed: o.typed[wt.Draft.ID]})
	}
	for _, m := range o.lines {
		if m.id != "" && o.isWaiting(m.id) {
			continue
		}
		wt := model.Waiting{State: model.Pending, Draft: model.Draft{Made: m.made}}
		if !m.why.IsEmpty() {
			wt.State, wt.Why = model.Refused, m.why
		}
		out = append(out, view.Unsent{Waiting: wt, Typed: m.line})
	}
	return out
}

// refused returns this person's newest refused line: the id of its draft, or its index in
// lines.
func (o *outbox) refused() (id string, i int) {
	for i, m := range slices.Backward(o.lines) {
		if !m.why.IsEmpty() {
			return "", i
		}
	}
	for _, w := range slices.Backward(o.view.Waiting) {
		if w.State == model.Refused {
			return w.Draft.ID, -1
		}
	}
	return "", -1
}

// hasRefused reports whether a line was refused.
func (o *outbox) hasRefused() bool {
	id, i := o.refused()
	return id != "" || i >= 0
}

// dismiss removes the newest refused line and returns its text. If it is a draft already,
// job dismisses that; otherwise job is nil.
func (o *outbox) dismiss() (line string, job func(ctx context.Context, s model.RoomSession) error) {
	id, i := o.refused()
	if id == "" {
		line = o.lines[i].line
		o.lines = slices.Delete(o.lines, i, i+1)
		return line, nil
	}
	for _, w := range o.view.Waiting {
		if w.Draft.ID == id {
			line = view.WaitingText(w, o.typed[id]).String()
		}
	}
	return line, func(_ context.Context, s model.RoomSession) error { return s.Dismiss(id) }
}

// forget removes redacted text from the lines.
func (o *outbox) forget(id string, without func(string) string) {
	delete(o.typed, id)
	for i := range o.lines {
		o.lines[i].line = without(o.lines[i].line)
	}
}

// rows returns the newest waiting lines in at most n rows, with the number of those that
// do not fit. The newest is always shown, with as much of its reason as fits.
func (o *outbox) rows(w, n int, c view.Columns, th *theme.Theme) []draw.Line {
	list := o.waiting()
	for shown := len(list); shown > 0; shown-- {
		out := view.WaitingRows(list[len(list)-shown:], w, c, th)
		left := len(list) - shown
		if left > 0 {
			out = append([]draw.Line{draw.L(draw.T(th.Dim, model.Safef("   and %d more", left)))}, out...)
		}
		if len(out) <= n {
			return out
		}
		if shown == 1 {
			out = draw.Limit(out, max(n, 2+min(left, 1)))
			out[len(out)-1] = append(out[len(out)-1].Clip(w-4), draw.T(th.Dim, model.Lit(" ...")))
			return out
		}
	}
	return nil
}
