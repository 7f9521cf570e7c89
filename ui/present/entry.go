package present

import (
	"fmt"
	"time"

	"warroom/model"
)

// formatTime formats the time of a line in plain mode.
func formatTime(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04:05Z07:00")
}

// Entry returns one line of the timeline in plain mode.
func Entry(r *model.Room, l *model.Line, zone *time.Location) model.Safe {
	mark := " "
	if l.Backdated() {
		mark = "<"
	}
	text := model.CleanLine(r.Text(l).String())
	s := model.Safef("%s%s %4d %-8s %-10s %s", formatTime(l.At, zone), mark, l.Seq, l.By, fmt.Sprint(l.Word()), text)
	if d := r.Redaction(l.Seq); d != nil {
		s = model.Safef("%s  (redacted by %s: %s)", s, d.By, model.CleanLine(d.Reason))
	}
	m := r.Marks[l.Seq]
	switch {
	case !l.Refused.IsEmpty():
		s = model.Safef("%s  (NO EFFECT: %s)", s, l.Refused)
	case m.Retracted != "":
		s = model.Safef("%s  (retracted by %s: %s)", s, m.By, m.Retracted)
	case len(m.Amended) > 0:
		s = model.Safef("%s  (amended)", s)
	case len(m.Corrected) > 0:
		s = model.Safef("%s  (its time was corrected to %s)", s, formatTime(r.When(l), zone))
	}
	return s
}
