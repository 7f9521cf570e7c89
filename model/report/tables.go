package report

import (
	"fmt"
	"slices"
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
		rows = append(rows, []string{name, plain(n.Rule), verdict(n), n.how(), w.maybe(n.Due, "-"), n.entry(), orDash(plain(n.Why))})
	}
	w.table([]string{"Number", "The plan says", "Verdict", "How", "Due", "Entry", "Why"}, rows)
	if notice := w.d.Record.Notice; law && !notice.IsEmpty() {
		w.f("%s\n\n", plain(notice))
	}
}

func verdict(n Number) string {
	if n.Verdict == Missed {
		return "**MISSED**"
	}
	return string(n.Verdict)
}

// how says by how much a number was kept or not.
func (n Number) how() string {
	if c := n.Every; c != nil {
		s := fmt.Sprintf("%d on time, %d late, %d missed", c.OnTime, c.Late, c.Missed)
		if c.WorstS > 0 {
			s += ", at worst " + late(c.WorstS).String()
		}
		return s
	}
	if n.Verdict == Met && n.LateS != 0 || n.Verdict == Missed {
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
			rows = append(rows, []string{entry(t.Entry), w.at(t.At), plain(t.By), late(t.LateS).String()})
		}
		w.f("### %s, %s\n\n", plain(n.Label), plain(n.Rule))
		w.table([]string{"Entry", "Sent", "By", "Against its due time"}, rows)
	}
}

// radius is what the record says of the blast radius by itself.
func (w *writer) radius() {
	w.f("The record: data of people: %s.\n\n", w.exposure())
	if len(w.d.Notices) == 0 {
		return
	}
	var rows [][]string
	for _, n := range w.d.Notices {
		rows = append(rows, []string{entry(n.Entry), w.at(n.At), plain(n.Audience), plain(n.Who), orDash(plain(n.How)), plain(n.By)})
	}
	w.f("Who was told:\n\n")
	w.table([]string{"Entry", "At", "Audience", "Who", "How", "Noted by"}, rows)
}

// detection is what the record says of the detection by itself.
func (w *writer) detection() {
	w.f("The record:\n\n")
	for _, m := range w.d.Milestones[:min(4, len(w.d.Milestones))] {
		w.f("- %s: %s\n", plain(milestoneWords(m.ID)), w.maybe(m.At, "**not known**"))
	}
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
		rows = append(rows, []string{plain(milestoneWords(m.ID)), w.maybe(m.At, "not reached or not known"), orDash(plain(m.By)), entry(m.Entry)})
	}
	w.table([]string{"Milestone", "At", "Said by", "Entry"}, rows)
	rows = nil
	for _, m := range w.d.Measures {
		rows = append(rows, []string{plain(m.Name), fmt.Sprintf("%s to %s", plain(milestoneWords(m.From)), plain(milestoneWords(m.To))), span(m.TookS).String()})
	}
	if len(rows) > 0 {
		w.table([]string{"Measure", "From and to", "Took"}, rows)
	}
}

func (w *writer) spans(title, what string, list []Span) {
	w.f("## %s\n\n", title)
	var rows [][]string
	for _, s := range list {
		rows = append(rows, []string{plain(s.Label), w.at(s.From), w.maybe(s.Until, "goes on"), span(s.TookS).String(), plain(s.By), orDash(plain(s.Reason))})
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
	if w.zoned() {
		head = append(head, plain(model.CleanLine(w.zoneName())))
	}
	var rows [][]string
	for _, l := range w.d.Timeline {
		row := []string{entry(l.Entry), l.At.Format("2006-01-02 15:04:05")}
		if w.zoned() {
			row = append(row, l.At.In(w.d.zone).Format("01-02 15:04:05"))
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

// zoneName is the name of the reader's zone, or how far from UTC it is.
func (w *writer) zoneName() string {
	if w.d.zone == time.Local {
		return w.d.MadeAt.In(w.d.zone).Format("UTC-07:00")
	}
	return w.d.zone.String()
}
