package report

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// Line is one line of the timeline.
type Line struct {
	Entry    uint64       `json:"entry"`
	Kind     model.Safe   `json:"kind"`
	Word     model.Safe   `json:"word"`
	At       time.Time    `json:"at"`          // when it happened, as last amended
	Recorded time.Time    `json:"recorded_at"` // when it was stored
	By       model.Safe   `json:"by"`
	Text     model.Safe   `json:"text"` // as last amended
	Pinned   bool         `json:"pinned"`
	NoEffect bool         `json:"no_effect"` // retracted, refused, or invalid
	Notes    []model.Safe `json:"notes"`

	retracted bool
}

// timelineOf returns every line of the log, by the time at which it happened. Lines of the
// same time are in the order of the log.
func timelineOf(r *model.Room) []Line {
	out := make([]Line, 0, len(r.Lines()))
	for _, l := range r.Lines() {
		out = append(out, lineOf(r, l))
	}
	slices.SortStableFunc(out, func(a, b Line) int { return a.At.Compare(b.At) })
	return out
}

// WithTimeline returns the report with only those lines of its timeline for which
// keep returns true. The other sections do not change.
func (d Report) WithTimeline(keep func(Line) bool) Report {
	all := len(d.Timeline)
	d.Timeline = slices.DeleteFunc(slices.Clone(d.Timeline), func(l Line) bool { return !keep(l) })
	d.LeftOut = all - len(d.Timeline)
	return d
}

func lineOf(r *model.Room, l *model.Line) Line {
	m, text := r.Marks[l.Seq], r.Text(l)
	if s, ok := r.DraftText(l.Seq); ok && r.Redaction(l.Seq) == nil {
		text = s
	}
	d := Line{Entry: l.Seq, Kind: model.CleanLine(string(l.Kind)), Word: l.Word(), At: r.When(l).UTC(),
		Recorded: l.RecordedAt.UTC(), By: model.CleanLine(l.By),
		Text: model.CleanLine(text.String()), Pinned: m.Pinned, NoEffect: m.Retracted != "" ||
			!l.Refused.IsEmpty(),
		Notes: []model.Safe{}, retracted: m.Retracted != "" && l.Refused.IsEmpty()}
	claims := reportsAwareness(l.Kind)
	if claims { // a correction is of the awareness, and not of when it was reported
		d.At = l.At.UTC()
	}
	add := func(s model.Safe) { d.Notes = append(d.Notes, s) }
	if !l.Refused.IsEmpty() {
		add(model.Safef("no effect: %s", l.Refused))
	}
	if t := r.Redaction(l.Seq); t != nil {
		add(model.Safef("redacted by %s in entry %d: %s", t.By, t.RedactionSeq, model.CleanLine(t.Reason)))
	}
	if m.Retracted != "" {
		add(model.Safef("retracted by %s: %s", m.By, m.Retracted))
	}
	before := l.Text
	for _, a := range m.Amended {
		add(model.Safef("amended by %s in entry %d; before: %s", a.By, a.Seq, model.CleanLine(before.String())))
		before = model.Clean(a.Text)
	}
	prev := l.At
	for _, c := range m.Corrected {
		if claims {
			add(model.Safef("its time of awareness was corrected to %s by %s in entry %d (%s)",
				model.FormatTime(c.At), c.By,
				c.Seq, model.CleanLine(c.Reason)))
			continue
		}
		add(model.Safef("its time was corrected by %s in entry %d (%s); it was %s", c.By, c.Seq,
			model.CleanLine(c.Reason), model.FormatTime(prev)))
		prev = c.At
	}
	if back := l.RecordedAt.Sub(d.At); back > time.Minute {
		add(model.Safef("recorded %s after it happened", spanD(back)))
	}
	return d
}

// reportsAwareness reports whether events of a kind report since when somebody was aware.
func reportsAwareness(k model.Kind) bool {
	return k == model.KindExposureAssessed || k == model.KindClockArmed || k == model.KindClockRetimed
}

// handoffsOf returns the offers of roles and their answers.
func handoffsOf(all []Line) []Line {
	out := []Line{}
	for _, l := range all {
		if strings.HasPrefix(l.Kind.String(), "handoff.") && !l.NoEffect {
			out = append(out, l)
		}
	}
	return out
}

// Redaction records that text was redacted.
type Redaction struct {
	Entry      uint64     `json:"entry"`  // the entry that had the text
	RedactedIn uint64     `json:"placed"` // the entry of the redaction
	By         model.Safe `json:"by"`
	At         time.Time  `json:"at"`
	Reason     model.Safe `json:"reason"`
}

func redactionsOf(r *model.Room) []Redaction {
	out := make([]Redaction, 0, len(r.Redactions))
	for _, x := range r.Redactions {
		out = append(out,
			Redaction{Entry: x.Seq, RedactedIn: x.RedactionSeq, By: model.CleanLine(x.By), At: x.At,
				Reason: model.CleanLine(x.Reason)})
	}
	return out
}

// Export is something that was exported from the room.
type Export struct {
	Entry   uint64     `json:"entry"`
	What    model.Safe `json:"what"`
	Profile model.Safe `json:"profile"`
	Form    model.Safe `json:"form"`
	Upto    uint64     `json:"upto"`
	SHA256  string     `json:"sha256"`
	By      model.Safe `json:"by"`
	At      time.Time  `json:"at"`
	Note    model.Safe `json:"note"`
}

func exportsOf(r *model.Room) []Export {
	out := make([]Export, 0, len(r.Exports))
	for _, x := range r.Exports {
		out = append(out,
			Export{Entry: x.Seq, What: model.CleanLine(x.What), Profile: model.CleanLine(x.Profile),
				Form: model.CleanLine(x.Form), Upto: x.Upto,
				SHA256: x.SHA256, By: model.CleanLine(x.By), At: x.At, Note: model.CleanLine(x.Note)})
	}
	return out
}

// decisionsOf returns the decisions, also those that were retracted.
func decisionsOf(all []Line) []Line { return linesOf(all, model.KindDecisionMade) }

// linesOf returns the lines of a kind that were not refused.
func linesOf(all []Line, k model.Kind) []Line {
	out := []Line{}
	for _, l := range all {
		if l.Kind.String() == string(k) && (!l.NoEffect || l.retracted) {
			out = append(out, l)
		}
	}
	return out
}

// remarked returns the text of a line, with the notes on it if it was retracted.
func remarked(l *Line) string {
	text := plain(l.Text)
	if l.retracted {
		text += noted(l)
	}
	return text
}

// noted returns the notes on a line.
func noted(l *Line) (text string) {
	for _, n := range l.Notes {
		text += " *(" + plain(n) + ")*"
	}
	return text
}
