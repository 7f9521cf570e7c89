package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// table writes a table; its cells are Markdown already.
func (w *writer) table(head []string, rows [][]string) {
	w.f("| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, r := range rows {
		w.f("| %s |\n", strings.Join(r, " | "))
	}
	w.f("\n")
}

func (w *writer) numbers() {
	w.f("## The numbers of the plan\n\n")
	var rows [][]string
	law := false
	for _, n := range w.d.Numbers {
		name := plain(n.Label)
		if n.Law {
			name, law = name+" (law)", true
		}
		rows = append(rows, []string{name, plain(n.Rule), verdict(n.Verdict), w.how(&n), w.maybe(n.Due, "-"), n.entry(), orDash(plain(n.Why))})
	}
	w.table([]string{"Number", "The plan says", "Verdict", "How", "Due", "Entry", "Why"}, rows)
	if notice := w.d.Record.Notice; law && !notice.IsEmpty() {
		w.f("%s\n\n", plain(notice))
	}
}

func verdict(v Verdict) string {
	switch v {
	case Missed:
		return "**MISSED**"
	case RecordedLate, NotAssessed:
		return "**" + string(v) + "**"
	}
	return string(v)
}

// runs lists every run of every clock, and the stretches in which one was waived,
// snoozed or stopped.
func (w *writer) runs() {
	var rows [][]string
	for _, n := range w.d.Numbers {
		for _, v := range n.Runs {
			rows = append(rows, []string{plain(n.Label), strconv.Itoa(v.N), verdict(v.Verdict), plain(v.Words), entry(v.First) + " to " + entry(v.Last)})
		}
		for _, g := range n.Gaps {
			rows = append(rows, []string{plain(n.Label), "-", g.What, plain(w.gone(g)), entry(g.Entry)})
		}
	}
	if len(rows) == 0 {
		return
	}
	w.f("### The runs of the clocks\n\nEach run from its start to its end. A verdict goes by the record; what somebody said of the time stands beside it.\n\n")
	w.table([]string{"Clock", "Run", "Verdict", "What became of it", "Entries"}, rows)
}

// gone is a stretch in words.
func (w *writer) gone(g Gone) model.Safe {
	s := model.Safef("%s to %s, %s", w.at(g.From), w.maybe(g.Until, "now"), span(g.LengthS))
	if !g.By.IsEmpty() {
		s = model.Safef("%s, by %s", s, g.By)
	}
	return model.Safef("%s: %s", s, g.Reason)
}

// how says by how much a number was kept or not.
func (w *writer) how(n *Number) string {
	switch c := n.Every; {
	case c != nil:
		return model.Cadence(c.OnTime, c.Late, c.ByWord, c.Missed, time.Duration(c.WorstS)*time.Second).String()
	case n.Verdict == RecordedLate && n.Done != nil && n.Rec != nil:
		return fmt.Sprintf("%s by %s's word, %s; recorded %s, %s", w.at(*n.Done), plain(n.By), late(n.WordS), w.at(*n.Rec), late(n.LateS))
	case n.Verdict == Missed && n.Done != nil && n.Rec != nil && model.Apart(*n.Done, *n.Rec):
		return fmt.Sprintf("%s; %s by %s's word, recorded %s", late(n.LateS), w.at(*n.Done), plain(n.By), w.at(*n.Rec))
	case n.Verdict == Met && n.Done != nil && n.Rec != nil && model.Apart(*n.Done, *n.Rec):
		return fmt.Sprintf("%s by %s's word; recorded %s, %s", w.at(*n.Done), plain(n.By), w.at(*n.Rec), late(n.LateS))
	case n.Verdict == Missed && n.LateS < 0:
		return span(n.LateS).String() + " too early"
	case n.Verdict == Met && n.LateS != 0 || n.Verdict == Missed:
		return late(n.LateS).String()
	}
	return "-"
}

// entry names the entries that kept a number, or did not.
func (n Number) entry() string {
	if n.Every == nil || len(n.Every.Times) == 0 {
		return entry(n.Entry)
	}
	var list []uint64
	for _, t := range n.Every.Times {
		list = append(list, t.Entry)
	}
	return entries(list)
}

// updates lists what was due again and again, each with its entry.
func (w *writer) updates() {
	for _, n := range w.d.Numbers {
		if n.Every == nil || len(n.Every.Times) == 0 {
			continue
		}
		var rows [][]string
		for _, t := range n.Every.Times {
			rows = append(rows, []string{entry(t.Entry), w.both(t.Done, t.At), plain(t.By), late(t.LateS).String()})
		}
		w.f("### %s, %s\n\n", plain(n.Label), plain(n.Rule))
		w.table([]string{"Entry", "Sent", "By", "Against its due time"}, rows)
	}
}

// radius is what the record says of the blast radius by itself.
func (w *writer) radius() {
	w.f("The record: data of people: %s.\n\n", w.exposure())
	var rows [][]string
	for _, x := range w.d.Assessed {
		rows = append(rows, []string{entry(x.Entry), w.at(x.At), plain(x.Level), orDash(plain(x.Subjects)), orDash(plain(joined(", ", x.Categories...))),
			orDash(plain(model.CleanLine(strings.ToUpper(strings.Join(x.Regimes, ", "))))), w.maybe(x.Aware, "-"), orDash(plain(x.Why)), plain(x.By)})
	}
	if len(rows) > 0 {
		w.table([]string{"Entry", "Assessed", "Exposure", "People", "Data", "Regimes", "Aware since", "Why", "By"}, rows)
	}
	rows = nil
	for _, a := range w.d.Aware {
		counts := "-"
		if a.Earliest {
			counts = "counts: the earliest"
		}
		rows = append(rows, []string{entry(a.Entry), w.at(a.At), plain(a.By), counts})
	}
	if len(rows) > 1 {
		w.table([]string{"Entry", "Aware since", "By the word of", "Counts"}, rows)
	}
}

// detection is what the record says of the detection by itself.
func (w *writer) detection() {
	w.f("The record:\n\n")
	for _, m := range w.d.Milestones {
		if m.ID == model.MilestoneContained {
			break
		}
		w.f("- %s: %s\n", plain(m.Name), w.reached(&m, "**not known**"))
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

func (w *writer) decisions() {
	w.f("## Decisions\n\n")
	if len(w.d.Decisions) == 0 {
		w.f("None was written down.\n\n")
		return
	}
	var rows [][]string
	for _, l := range w.d.Decisions {
		rows = append(rows, []string{entry(l.Entry), w.at(l.At), plain(l.By), plain(l.Text)})
	}
	w.table([]string{"Entry", "At", "By", "Decision"}, rows)
}

func (w *writer) followups() {
	w.f("## Follow-ups\n\n")
	if len(w.d.Followups) == 0 {
		w.f("None yet.\n\n")
		return
	}
	var rows [][]string
	for _, f := range w.d.Followups {
		state := "open"
		if f.Done {
			state = "done"
		}
		need := func(name, is string) string {
			if slices.Contains(f.Lacks, name) {
				return "**missing**"
			}
			return orDash(plain(model.CleanLine(is)))
		}
		rows = append(rows, []string{fmt.Sprint(f.N), plain(f.Title), need("owner", f.Owner.String()), need("due date", f.Due), need("type", f.Type), state})
	}
	w.table([]string{"N", "Follow-up", "Owner", "Due", "Type", "State"}, rows)
}

func (w *writer) milestones() {
	w.f("## Milestones\n\n")
	var rows [][]string
	for _, m := range w.d.Milestones {
		why := plain(m.Reason)
		if m.Claim != nil {
			why = "the time of the record counts; another was given: " + w.at(*m.Claim)
		}
		rows = append(rows, []string{plain(m.Name), w.reached(&m, "not reached or not known"), orDash(plain(m.By)), entry(m.Entry), orDash(why)})
	}
	w.table([]string{"Milestone", "At", "By the word of", "Entry", "Why"}, rows)
	for _, c := range w.d.Odd {
		w.f("- **Contradiction:** %s.\n", plain(c.Words))
	}
	if len(w.d.Odd) > 0 {
		w.f("\n")
	}
	rows = nil
	for _, m := range w.d.Measures {
		rows = append(rows, []string{plain(m.Name), fmt.Sprintf("%s to %s", plain(model.MilestoneWords(m.From)), plain(model.MilestoneWords(m.To))), span(m.TookS).String()})
	}
	if len(rows) > 0 {
		w.table([]string{"Measure", "From and to", "Took"}, rows)
	}
}

func (w *writer) spans(title, what string, list []Span) {
	w.f("## %s\n\n", title)
	var rows [][]string
	for _, s := range list {
		from := w.at(s.From)
		if s.Done != nil && model.Apart(*s.Done, s.From) {
			from = w.both(*s.Done, s.From)
		}
		rows = append(rows, []string{plain(s.Label), from, w.maybe(s.Until, "goes on"), span(s.TookS).String(), orDash(plain(s.By)), orDash(plain(s.Reason))})
	}
	w.table([]string{strings.ToUpper(what[:1]) + what[1:], "From", "Until", "Took", "By", "Why"}, rows)
}

func (w *writer) roles() {
	w.f("## Roles\n\n")
	if len(w.d.Roles) == 0 {
		w.f("Nobody held one.\n\n")
		return
	}
	var rows [][]string
	for _, h := range w.d.Roles {
		rows = append(rows, []string{plain(h.Label), plain(h.Person), w.at(h.From), w.maybe(h.Until, "still"), span(h.TookS).String(), plain(h.By)})
	}
	w.table([]string{"Role", "Who", "From", "Until", "For", "Given by"}, rows)
	rows = nil
	for _, l := range w.d.Handoffs {
		rows = append(rows, []string{entry(l.Entry), w.at(l.At), plain(l.By), plain(l.Text)})
	}
	if len(rows) > 0 {
		w.f("Handoffs:\n\n")
		w.table([]string{"Entry", "At", "By", "What"}, rows)
	}
}

// left says what is not in the timeline.
func (w *writer) left() string {
	if w.d.Profile == "" {
		return "Nothing is left out."
	}
	return "What the profile " + w.d.Profile + " does not show is left out, here and above."
}

// timeline is the whole of it, in UTC and in the reader's time.
func (w *writer) timeline() {
	w.f("## Timeline\n\nBy when things happened, as their authors say; the hub's word, when they were recorded, is given where it differs. %s\n\n", w.left())
	head := []string{"Entry", "UTC"}
	zoned := slices.ContainsFunc(w.d.Timeline, func(l Line) bool { return w.zoned(l.At) })
	if zoned {
		head = append(head, plain(model.CleanLine(w.zoneName())))
	}
	var rows [][]string
	for _, l := range w.d.Timeline {
		row := []string{entry(l.Entry), l.At.Format("2006-01-02 15:04:05")}
		if zoned {
			row = append(row, l.At.In(w.d.zone).Format("01-02 15:04:05 -07:00"))
		}
		text := plain(l.Text)
		if l.Pinned {
			text = "**pinned:** " + text
		}
		for _, n := range l.Notes {
			text += " *(" + plain(n) + ")*"
		}
		rows = append(rows, append(row, plain(l.By), plain(l.Word), text))
	}
	w.table(append(head, "Who", "What", "Text"), rows)
}

// zoneName is the name of the reader's zone. The offset stands at each time, as it
// changes within a zone.
func (w *writer) zoneName() string {
	if w.d.zone == time.Local {
		return "Local time"
	}
	return w.d.zone.String()
}

// reached is when a milestone was reached.
func (w *writer) reached(m *Milestone, none string) string {
	switch {
	case m.NA:
		return "not applicable"
	case m.At == nil:
		return none
	case m.Recorded != nil && m.ID != model.MilestoneDeclared:
		return w.both(*m.At, *m.Recorded)
	}
	return w.at(*m.At)
}

// handedOut is what was redacted and what was exported.
func (w *writer) handedOut() {
	w.f("## Redactions and exports\n\n")
	var rows [][]string
	for _, x := range w.d.Redactions {
		rows = append(rows, []string{entry(x.Entry), w.at(x.At), plain(x.By), plain(x.Reason), entry(x.Place)})
	}
	if len(rows) > 0 {
		w.f("%d entries had their text taken out.\n\n", len(rows))
		w.table([]string{"Entry", "Redacted", "By", "Why", "Recorded in entry"}, rows)
	} else {
		w.f("No text was taken out of the record.\n\n")
	}
	rows = nil
	for _, x := range w.d.Exports {
		rows = append(rows, []string{entry(x.Entry), w.at(x.At), plain(joined(" for ", x.What, x.Profile)), orDash(plain(x.Form)), entry(x.Upto), orDash("`" + x.SHA256 + "`"), plain(x.By)})
	}
	if len(rows) > 0 {
		w.table([]string{"Entry", "At", "What for whom", "Form", "Up to entry", "SHA-256", "By"}, rows)
	} else {
		w.f("No export is in the record.\n\n")
	}
}
