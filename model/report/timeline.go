package report

import (
	"slices"
	"time"

	"warroom/model"
)

// Line is one line of the timeline.
type Line struct {
	Entry    uint64       `json:"entry"`
	Kind     model.Safe   `json:"kind"`
	Word     model.Safe   `json:"word"`
	At       time.Time    `json:"at"`          // it happened, as newly amended
	Recorded time.Time    `json:"recorded_at"` // it was stored
	By       model.Safe   `json:"by"`
	Text     model.Safe   `json:"text"` // as newly amended
	Pinned   bool         `json:"pinned"`
	Void     bool         `json:"no_effect"` // retracted, refused, or does not check
	Notes    []model.Safe `json:"notes"`
}

// timelineOf is every line of the log, by when it happened. Lines of one time
// are in the log's order.
func timelineOf(r *model.Room) []Line {
	out := make([]Line, 0, len(r.Lines()))
	for _, l := range r.Lines() {
		out = append(out, lineOf(r, l))
	}
	slices.SortStableFunc(out, func(a, b Line) int { return a.At.Compare(b.At) })
	return out
}

func lineOf(r *model.Room, l *model.Line) Line {
	m := r.Marks[l.Seq]
	d := Line{Entry: l.Seq, Kind: model.CleanLine(string(l.Kind)), Word: l.Word(), At: r.When(l).UTC(), Recorded: l.RecordedAt.UTC(), By: model.CleanLine(l.By),
		Text: model.CleanLine(r.Text(l).String()), Pinned: m.Pinned, Void: m.Retracted != "" || !l.Refused.IsEmpty(), Notes: []model.Safe{}}
	add := func(s model.Safe) { d.Notes = append(d.Notes, s) }
	if !l.Refused.IsEmpty() {
		add(model.Safef("no effect: %s", l.Refused))
	}
	if t := r.Redaction(l.Seq); t != nil {
		add(model.Safef("redacted by %s in entry %d: %s", t.By, t.Place, model.CleanLine(t.Reason)))
	}
	if m.Retracted != "" {
		add(model.Safef("retracted by %s: %s", m.By, m.Retracted))
	}
	if k := len(m.Amended); k > 0 {
		a := m.Amended[k-1]
		add(model.Safef("amended by %s in entry %d; it said: %s", a.By, a.Seq, model.CleanLine(l.Text.String())))
	}
	if back := l.RecordedAt.Sub(d.At); back > time.Minute {
		add(model.Safef("written down %s after it happened", spanD(back)))
	}
	return d
}

// decisionsOf are the decisions that stand.
func decisionsOf(all []Line) []Line {
	out := []Line{}
	for _, l := range all {
		if l.Kind.String() == string(model.KindDecisionMade) && !l.Void {
			out = append(out, l)
		}
	}
	return out
}
