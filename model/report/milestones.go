package report

import (
	"fmt"
	"strings"

	"warroom/model"
)

// detection writes the detection according to the record.
func (w *writer) detection() {
	w.f("According to the record:\n\n")
	for _, m := range w.d.Milestones {
		if m.ID == model.MilestoneContained {
			break
		}
		w.f("- %s: %s\n", plain(m.Name), reachedText(w, &m, "**not known**"))
	}
	w.validation()
	for _, m := range w.d.Measures {
		if m.To == model.MilestoneDetected || m.To == model.MilestoneValidated || m.To == model.MilestoneDeclared {
			w.f("- %s: %s\n", plain(m.Name), span(m.TookS))
		}
	}
	w.f("\n")
	w.alerts()
}

func (w *writer) milestones() {
	w.f("## Milestones\n\n")
	var rows [][]string
	for _, m := range w.d.Milestones {
		why := plain(m.Reason)
		if m.Claim != nil {
			why = "the recorded time counts; a different one was given: " + w.at(*m.Claim)
		}
		none := "not reached or not known"
		if m.ID == model.MilestoneResolved || m.ID == model.MilestoneClosed { // reported from the record
			none = "not reached"
		}
		rows = append(rows, w.d.public([]string{plain(m.Name), reachedText(w, &m, none), orDash(plain(m.By)),
			entry(m.Entry), orDash(why)}, 2))
	}
	w.table(w.d.public([]string{"Milestone", "At", "As reported by", "Entry", "Why"}, 2), rows)
	for _, c := range w.d.Odd {
		w.f("- **Contradiction:** %s.\n", plain(c.Words))
	}
	if len(w.d.Odd) > 0 {
		w.f("\n")
	}
	rows = nil
	for _, m := range w.d.Measures {
		rows = append(rows,
			[]string{plain(m.Name),
				fmt.Sprintf("%s to %s", plain(model.MilestoneWords(m.From)), plain(model.MilestoneWords(m.To))),
				span(m.TookS).String()})
	}
	if len(rows) > 0 {
		w.table([]string{"Measure", "Interval", "Took"}, rows)
	}
}

func (w *writer) spans(title, what string, list []Span) {
	w.f("## %s\n\n", title)
	var rows [][]string
	for _, s := range list {
		from := w.at(s.From)
		if s.Done != nil && model.TimesDiffer(*s.Done, s.From) {
			from = bothTimes(w, *s.Done, s.From)
		}
		took := span(s.TookS).String()
		if s.Until == nil && s.ID == string(model.Closed) {
			took = "-" // durations end when the room is closed
		}
		rows = append(rows, w.d.public([]string{plain(s.Label), from, w.maybe(s.Until, "still"), took,
			orDash(plain(s.By)), orDash(plain(s.Reason))}, 4))
	}
	w.table(w.d.public([]string{strings.ToUpper(what[:1]) + what[1:], "From", "Until", "Took", "By", "Why"}, 4), rows)
}

// reachedText states when a milestone was reached.
func reachedText(w *writer, m *Milestone, none string) string {
	switch {
	case m.NA:
		return "not applicable"
	case m.At == nil:
		return none
	case m.Until != nil:
		return "between " + w.at(*m.At) + " and " + w.at(*m.Until)
	case m.Recorded != nil && m.ID != model.MilestoneDeclared:
		return bothTimes(w, *m.At, *m.Recorded)
	}
	return w.at(*m.At)
}
