package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"warroom/model"
)

// Markdown returns the report for people, in CommonMark with tables.
func (d *Report) Markdown() []byte {
	var b bytes.Buffer
	w := &writer{Writer: &b, d: d}
	w.head()
	w.facts()
	if d.lean {
		w.milestones()
		w.spans("Status", "status", d.Statuses)
		w.spans("Severity", "severity", d.Severities)
		w.spans("Phases", "phase", d.Phases)
		if len(d.Notices) > 0 {
			w.notices()
		}
		w.timeline()
		return b.Bytes()
	}
	w.related()
	w.section(model.ReviewSummary)
	w.gaps()
	w.numbers()
	w.runs()
	w.updates()
	w.section(model.ReviewCause)
	w.section(model.ReviewRadius)
	w.radius()
	w.adversary()
	w.section(model.ReviewDetection)
	w.detection()
	w.notices()
	w.sent()
	w.did()
	w.decisions()
	w.statements("Hypotheses", none(w.d, notHypotheses, "None was recorded."), d.Guesses)
	w.statements("Asks", none(w.d, notAsks, "Nobody was asked for anything."), d.Asks)
	if len(d.Polls) > 0 {
		w.statements("Polls", "", d.Polls)
	}
	w.followups()
	w.milestones()
	w.spans("Status", "status", d.Statuses)
	w.spans("Severity", "severity", d.Severities)
	w.spans("Phases", "phase", d.Phases)
	w.roles()
	w.checklist()
	w.evidence()
	w.controls()
	w.handedOut()
	w.timeline()
	w.record()
	return b.Bytes()
}

// writer writes the sections of a report. Text from the room is escaped with plain.
type writer struct {
	io.Writer
	d *Report
}

func (w *writer) f(form string, args ...any) { fmt.Fprintf(w, form, args...) } // writes to memory

// head writes the title, and warnings that must not be overlooked.
func (w *writer) head() {
	d := w.d
	if len(d.Restricted) > 0 {
		w.f("**RESTRICTED. Only these people may see the room and this report: %s.**\n\n", names(d.Restricted))
	}
	if d.Blameless && !d.lean {
		w.f("This report names roles instead of people: each person appears under a role that they held at some " +
			"time, or as a responder, even for what they did before and after. The section Roles has the times. " +
			"What people wrote is kept, with the names of people in the room replaced; it can still name others.\n\n")
	}
	if len(d.NamesLeft) > 0 && !d.lean {
		w.f("**Before you share this, read %s: a word was kept that can be the name of a person.**\n\n",
			ofEntries(d.NamesLeft))
	}
	if d.Drill {
		w.f("**DRILL. None of this really happened.**\n\n")
	}
	if d.lean {
		w.f("# %s, %s profile\n\n", plain(d.Title), d.Profile)
	} else {
		w.f("# Review draft: %s\n\n", plain(d.Title))
	}
	if !d.Record.Alarm.IsEmpty() {
		w.f("**THE RECORD IS IN DOUBT: %s**\n\n", plain(d.Record.Alarm))
	}
	switch {
	case d.Status == model.Open:
		w.f("**The incident is still open.** This report describes it as of %s, and will change.\n\n", w.at(d.MadeAt))
	case !d.Final:
		w.f("The incident is resolved, but its room is not closed. This report describes it as of %s.\n\n",
			w.at(d.MadeAt))
	default:
		w.f("The room is closed. Made at %s.\n\n", w.at(d.MadeAt))
	}
}

// facts writes the summary for executives.
func (w *writer) facts() {
	d := w.d
	count := map[Verdict]int{}
	for _, n := range d.Numbers {
		count[n.Verdict]++
	}
	w.f("| | |\n|---|---|\n")
	row := func(name, text string) { w.f("| %s | %s |\n", name, text) }
	row("Room", plain(joined(", ", model.CleanLine(d.Room), model.CleanLine(d.ULID))))
	row("Severity", severityFact(w))
	if d.lean {
		row("Declared", w.at(d.DeclaredAt))
		if d.Exposure != nil {
			row("Personal data", exposureFact(w))
		}
		w.f("\n")
		return
	}
	row("Kind", orDash(plain(d.Kind)))
	row("Declared", fmt.Sprintf("%s by %s", w.at(d.DeclaredAt), plain(d.DeclaredBy)))
	row(lastedFact(w))
	row("Personal data", exposureFact(w))
	row("Clocks", counted(count))
	row("Updates", updateSummary(w))
	row("Follow-ups", followupSummary(w))
	row("Plan", plain(d.Record.Plan))
	w.f("\n")
}

// lastedFact returns how long the incident lasted, and how it ended.
func lastedFact(w *writer) (name, text string) {
	d := w.d
	name, text = "Open for", span(d.LastedS).String()
	switch {
	case d.Ended == model.Resolved:
		name = "Resolved after"
	case d.Ended == model.Closed:
		name, text = "Closed after", text+", never resolved"
	}
	switch {
	case d.Reopened == 1:
		text += "; reopened once"
	case d.Reopened > 1:
		text += fmt.Sprintf("; reopened %d times", d.Reopened)
	}
	return name, text
}

// counted returns the number of clocks per verdict.
func counted(count map[Verdict]int) string {
	s := fmt.Sprintf("%d met, %d missed", count[Met], count[Missed])
	for _, v := range []Verdict{RecordedLate, Corrected, Partly, Waived, Running, model.VerdictStopped, NotAssessed,
		NotStarted, NotAsked} {
		if count[v] > 0 {
			s += fmt.Sprintf(", %d %s", count[v], v)
		}
	}
	return s + "; each clock counts once, by its worst run"
}

// severityFact returns the current severity, its reason, and the worst one before it.
func severityFact(w *writer) string {
	d := w.d
	label := plain(d.Severity)
	var worst model.Safe
	for _, s := range d.Severities {
		if s.Until == nil || s.ID == d.Severity.String() {
			label = plain(s.Label)
		}
		if s.ID == d.Worst {
			worst = s.Label
		}
	}
	if !d.Criterion.IsEmpty() {
		label += ": " + plain(d.Criterion)
	}
	if d.Worst != "" && d.Worst != d.Severity.String() {
		label += "; at its worst " + plain(worst)
	}
	return label
}

// updateSummary summarizes all recurring clocks together.
func updateSummary(w *writer) string {
	var c Cadence
	asked := false
	var away []string
	for _, n := range w.d.Numbers {
		if n.Every == nil {
			continue
		}
		asked = true
		c.OnTime, c.Late, c.Missed, c.ByWord = c.OnTime+n.Every.OnTime, c.Late+n.Every.Late, c.Missed+n.Every.Missed,
			c.ByWord+n.Every.ByWord
		for _, g := range n.Gaps {
			if g.What != model.GapStopped {
				away = append(away, fmt.Sprintf("%s for %s", g.What, span(g.LengthS)))
			}
		}
	}
	if !asked {
		return "none was due"
	}
	return strings.Join(append([]string{model.Cadence(c.OnTime, c.Late, c.ByWord, c.Missed, 0).String()}, away...),
		", ")
}

// followupSummary counts follow-ups, and those without an owner or a due date.
func followupSummary(w *writer) string {
	done, lack, dropped := 0, 0, 0
	for _, f := range w.d.Followups {
		if f.Done {
			done++
		}
		if f.Dropped != nil {
			dropped++
		}
		if len(f.Lacks) > 0 {
			lack++
		}
	}
	if len(w.d.Followups) == 0 {
		return "none"
	}
	s := fmt.Sprintf("%d, %d of them done", len(w.d.Followups), done)
	if dropped > 0 {
		s += fmt.Sprintf(", %d dropped", dropped)
	}
	if lack > 0 {
		s += fmt.Sprintf(", **%d without owner, due date or type**", lack)
	}
	return s
}

func exposureFact(w *writer) string {
	x := w.d.Exposure
	if x == nil {
		return "not assessed"
	}
	s := plain(x.Level)
	if !x.By.IsEmpty() {
		s += ", assessed by " + plain(x.By)
	}
	if !x.Subjects.IsEmpty() {
		s += ", " + plain(x.Subjects) + " people"
	}
	if len(x.Regimes) > 0 {
		s += ", " + plain(model.CleanLine(strings.ToUpper(strings.Join(x.Regimes, ", "))))
	}
	if len(x.Categories) > 0 {
		s += ", data: " + plain(joined(", ", x.Categories...))
	}
	if x.Aware != nil {
		s += ", aware since " + w.at(*x.Aware)
	}
	if !x.Why.IsEmpty() {
		s += "; reason: " + plain(x.Why)
	}
	return s
}

// section writes a section of the review that people wrote, as a quotation.
func (w *writer) section(id string) {
	p := w.d.written(id)
	w.f("## %s\n\n", p.Title)
	if p.Empty {
		w.f("**Not written yet.**")
		if w.inside() {
			w.f(" In the room: `:review %s TEXT`", p.ID)
		}
		w.f("\n\n")
		return
	}
	for i, l := range p.Text {
		end := `\`
		if i == len(p.Text)-1 || plain(l) == "" || plain(p.Text[i+1]) == "" {
			end = ""
		}
		w.f("> %s%s\n", plain(l), end)
	}
	w.f("\nBy %s, entry %d, %s.\n\n", plain(p.By), p.Entry, w.maybe(p.At, "-"))
}

// inside reports whether the report is for the people in the room, who can type the commands
// that it names.
func (w *writer) inside() bool { return w.d.Profile == "" }

func (w *writer) gaps() {
	if len(w.d.Missing) == 0 {
		return
	}
	w.f("## Still missing\n\n")
	for _, g := range w.d.Missing {
		w.f("- %s", plain(g.What))
		if !g.Do.IsEmpty() && w.inside() {
			w.f(" `%s`", g.Do) // text of the report itself
		}
		w.f("\n")
	}
	w.f("\n")
}

// at returns a time in UTC, followed by the reader's local time if that differs. Each has
// the offset that is valid at that time.
func (w *writer) at(t time.Time) string {
	if !w.zoned(t) {
		return utc(t)
	}
	there := t.In(w.d.zone)
	form := "15:04:05 -07:00"
	if there.Format(time.DateOnly) != t.UTC().Format(time.DateOnly) {
		form = "2006-01-02 " + form
	}
	return fmt.Sprintf("%s (%s)", utc(t), there.Format(form))
}

// safeAt returns at for sentences.
func (w *writer) safeAt(t time.Time) model.Safe { return model.CleanLine(w.at(t)) }

// zoned reports whether the reader's local time differs from UTC at a time.
func (w *writer) zoned(t time.Time) bool {
	if w.d.zone == nil {
		return false
	}
	_, offset := t.In(w.d.zone).Zone()
	return offset != 0
}

// maybe returns a time, or none if t is nil.
func (w *writer) maybe(t *time.Time, none string) string {
	if t == nil {
		return none
	}
	return w.at(*t)
}

func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
