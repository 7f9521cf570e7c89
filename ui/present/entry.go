package present

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

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
	for _, n := range entryNotes(r, l, zone) {
		s = model.Safef("%s  %s", s, n)
	}
	return s
}

// entryLength is the max length of an entry in bytes, about six rows of a narrow terminal.
const entryLength = 450

// ShortEntry returns one line of the timeline without columns, for people who hear it: its
// number, its time, with the date if that is not of the day of now, its author, and the
// first part of its text.
func ShortEntry(r *model.Room, l *model.Line, now time.Time, zone *time.Location) model.Safe {
	when, recorded := r.When(l), l.RecordedAt.In(zone).Format("15:04")
	at := model.Safef("%s", when.In(zone).Format("15:04"))
	if when.In(zone).Format(time.DateOnly) != now.In(zone).Format(time.DateOnly) {
		at = model.Safef("%s", when.In(zone).Format("2006-01-02 15:04"))
	}
	if Backdated(l, when) {
		at = model.Safef("%s, recorded %s", at, recorded)
	}
	s := model.Safef("%d at %s, %s, %s: %s", l.Seq, at, l.By, l.Word(), model.CleanLine(r.Text(l).String()))
	for _, n := range entryNotes(r, l, zone) {
		s = model.Safef("%s  %s", s, n)
	}
	return abridged(s, entryLength, l.Seq)
}

// abridged cuts a long text off, and names the command that shows all of the entry.
func abridged(s model.Safe, limit int, seq uint64) model.Safe {
	if s.Len() <= limit {
		return s
	}
	end := strings.LastIndexByte(s.String()[:limit], ' ')
	if end <= 0 {
		end = limit
		for !utf8.RuneStart(s.String()[end]) {
			end--
		}
	}
	return model.Safef("%s ... (:show %d shows all of it)", s.Slice(0, end), seq)
}

// entryNotes returns the remarks on a line.
func entryNotes(r *model.Room, l *model.Line, zone *time.Location) []model.Safe {
	var out []model.Safe
	if d := r.Redaction(l.Seq); d != nil {
		out = append(out, RedactedWords(d.By+": "+d.Reason))
	}
	m := r.Marks[l.Seq]
	switch {
	case !l.Refused.IsEmpty():
		out = append(out, RefusedWords(l))
	case m.Retracted != "":
		out = append(out, RetractedWords(m))
	case len(m.Amended) > 0:
		out = append(out, AmendedWords(r, l))
	case len(m.Corrected) > 0:
		out = append(out, model.Safef("(its time was corrected to %s)", formatTime(r.When(l), zone)))
	}
	return out
}

// RedactedWords returns the remark on a line that was redacted. by has the author of the
// redaction and the reason.
func RedactedWords(by string) model.Safe { return model.Safef("(redacted by %s)", model.CleanLine(by)) }

// RefusedWords returns the remark on a line without effect.
func RefusedWords(l *model.Line) model.Safe {
	if l.Fault {
		return model.Safef("(NOT GENUINE: %s)", l.Refused)
	}
	return model.Safef("(refused, no effect: %s)", l.Refused)
}

// RetractedWords returns the remark on a line that was retracted.
func RetractedWords(m model.Mark) model.Safe {
	return model.Safef("(retracted by %s: %s)", m.By, m.Retracted)
}

// AmendedWords returns the remark on an amended line, with the author of the amendment if
// that is another person.
func AmendedWords(r *model.Room, l *model.Line) model.Safe {
	m := r.Marks[l.Seq].Amended
	if by := m[len(m)-1].By; by != l.By {
		return model.Safef("(amended by %s)", by)
	}
	return model.Lit("(amended)")
}

// Backdated reports whether a line was written more than a minute after it happened. when
// is its time, which an amendment may have changed.
func Backdated(l *model.Line, when time.Time) bool { return l.RecordedAt.Sub(when) > time.Minute }
