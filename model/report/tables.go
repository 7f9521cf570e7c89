package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// table writes a table; its cells are already Markdown.
func (w *writer) table(head []string, rows [][]string) {
	w.f("| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, r := range rows {
		w.f("| %s |\n", strings.Join(r, " | "))
	}
	w.f("\n")
}

// fullTable is table without the columns that are "-" in every row.
func (w *writer) fullTable(head []string, rows [][]string) {
	keep := make([]bool, len(head))
	for _, r := range rows {
		for i, c := range r {
			keep[i] = keep[i] || c != "-"
		}
	}
	kept := func(cells []string) (out []string) {
		for i, c := range cells {
			if keep[i] {
				out = append(out, c)
			}
		}
		return out
	}
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = kept(r)
	}
	w.table(kept(head), out)
}

// codeOrDash returns a text as Markdown code, or "-" for "".
func codeOrDash(s string) string {
	if s == "" {
		return "-"
	}
	return "`" + s + "`"
}

func (w *writer) numbers() {
	w.f("## Clocks\n\n")
	var rows [][]string
	law := false
	for _, n := range w.d.Numbers {
		name := plain(n.Label)
		if n.Law {
			name, law = name+" (law)", true
		}
		rows = append(rows,
			[]string{name, plain(n.Rule), verdict(n.Verdict), marginOf(w, &n), w.maybe(n.Due, "-"), n.entry(),
				orDash(plain(n.Why))})
	}
	w.table([]string{"Clock", "Rule", "Verdict", "How", "Due", "Entry", "Why"}, rows)
	if notice := w.d.Record.Notice; law && !notice.IsEmpty() {
		w.f("%s\n\n", plain(notice))
	}
}

func verdict(v Verdict) string {
	switch v {
	case Missed:
		return "**MISSED**"
	case RecordedLate, Corrected, NotAssessed:
		return "**" + string(v) + "**"
	}
	return string(v)
}

// runs writes every run of every clock, and the periods in which one was waived, snoozed or
// stopped.
func (w *writer) runs() {
	var rows [][]string
	for _, n := range w.d.Numbers {
		for _, v := range n.Runs {
			rows = append(rows, []string{plain(n.Label), strconv.Itoa(v.N), verdict(v.Verdict), plain(v.Words),
				fromTo(v.First, v.Last)})
		}
		for _, g := range n.Gaps {
			rows = append(rows, []string{plain(n.Label), "-", g.What, plain(goneText(w, g)), entry(g.Entry)})
		}
	}
	if len(rows) == 0 {
		return
	}
	w.f("### The runs of the clocks\n\nEach run of a clock, from its start to its end. A verdict uses the recorded " +
		"time; a reported time that differs is given as well.\n\n")
	w.table([]string{"Clock", "Run", "Verdict", "Outcome", "Entries"}, rows)
}

// fromTo names the entries that began and ended a run, or only the first if it has not
// ended.
func fromTo(first, last uint64) string {
	switch {
	case first == 0: // it was met or waived before it began
		return entry(last)
	case last == 0 || last == first:
		return entry(first)
	}
	return entry(first) + " to " + entry(last)
}

// goneText describes a period in which a clock was not counted.
func goneText(w *writer, g Gone) model.Safe {
	s := model.Safef("%s to %s, %s", w.at(g.From), w.maybe(g.Until, "now"), span(g.LengthS))
	if !g.By.IsEmpty() {
		s = model.Safef("%s, by %s", s, g.By)
	}
	return model.Safef("%s: %s", s, g.Reason)
}

// marginOf returns the margin by which a clock was met or missed.
func marginOf(w *writer, n *Number) string {
	switch c := n.Every; {
	case c != nil:
		return model.Cadence(c.OnTime, c.Late, c.ByWord, c.Missed, time.Duration(c.WorstS)*time.Second).String()
	case n.Verdict == RecordedLate && n.Done != nil && n.Rec != nil:
		return fmt.Sprintf("%s as reported by %s, %s; recorded %s, %s", w.at(*n.Done), plain(n.By), late(n.WordS),
			w.at(*n.Rec), late(n.LateS))
	case n.Verdict == Missed && n.Done != nil && n.Rec != nil && model.TimesDiffer(*n.Done, *n.Rec):
		return fmt.Sprintf("%s as reported, %s by the record; %s as reported by %s, recorded %s", late(n.WordS),
			late(n.LateS), w.at(*n.Done), plain(n.By), w.at(*n.Rec))
	case n.Verdict == Met && n.Done != nil && n.Rec != nil && model.TimesDiffer(*n.Done, *n.Rec):
		return fmt.Sprintf("%s as reported by %s; recorded %s, %s", w.at(*n.Done), plain(n.By), w.at(*n.Rec),
			late(n.LateS))
	case n.Verdict == Corrected:
		return fmt.Sprintf("%s by the corrected awareness", late(n.LateS))
	case n.Verdict == Missed && n.LateS < 0:
		return span(n.LateS).String() + " too early"
	case n.Verdict == Missed && n.Rec == nil && n.At == nil:
		return model.Safef("overdue by %s", span(n.LateS)).String()
	case n.Verdict == Missed && n.Rec == nil:
		return model.Safef("overdue by %s when it ended", span(n.LateS)).String()
	case n.Verdict == Met && n.LateS != 0 || n.Verdict == Missed:
		return late(n.LateS).String()
	}
	return "-"
}

// entry names the entries that met a clock.
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

// updates writes each time at which a recurring clock was met, with its entry.
func (w *writer) updates() {
	for _, n := range w.d.Numbers {
		if n.Every == nil || len(n.Every.Times) == 0 {
			continue
		}
		var rows [][]string
		for _, t := range n.Every.Times {
			rows = append(rows,
				[]string{entry(t.Entry), bothTimes(w, t.Done, t.At), plain(t.By),
					plain(joined("; ", late(t.LateS), t.Undone))})
		}
		w.f("### %s, %s\n\n", plain(n.Label), plain(n.Rule))
		w.table([]string{"Entry", "Sent", "By", "Early or late"}, rows)
	}
}

// radius writes the blast radius according to the record.
func (w *writer) radius() {
	w.f("Personal data, according to the record: %s.\n\n", exposureFact(w))
	w.assets()
	w.impacts()
	w.indicators()
	var rows [][]string
	for _, x := range w.d.Assessed {
		aware := w.maybe(x.Aware, "-")
		if x.Corrected != nil {
			aware += ", corrected to " + w.at(*x.Corrected)
		}
		rows = append(rows,
			[]string{entry(x.Entry), w.at(x.At), plain(x.Level), orDash(plain(x.Subjects)),
				orDash(plain(joined(", ", x.Categories...))),
				orDash(plain(model.CleanLine(strings.ToUpper(strings.Join(x.Regimes, ", "))))), aware,
				orDash(plain(x.Why)), plain(x.By)})
	}
	if len(rows) > 0 {
		w.table([]string{"Entry", "Assessed", "Exposure", "People", "Data", "Regimes", "Aware since", "Why", "By"},
			rows)
	}
	rows = nil
	for _, a := range w.d.Aware {
		counts := "no: it is later"
		switch {
		case a.Earliest:
			counts = "yes: it is the earliest"
		case a.OfEntry:
			counts = "no: no time was given, so this is the time of the entry"
		}
		rows = append(rows, []string{entry(a.Entry), w.at(a.At), plain(a.By), counts})
	}
	if len(rows) > 1 {
		w.table([]string{"Entry", "Aware since", "As reported by", "Counts"}, rows)
	}
}

func (w *writer) decisions() {
	w.f("## Decisions\n\n")
	if len(w.d.Decisions) == 0 {
		w.f("%s\n\n", none(w.d, notDecisions, "None was recorded."))
		return
	}
	var rows [][]string
	for _, l := range w.d.Decisions {
		rows = append(rows, []string{entry(l.Entry), w.at(l.At), plain(l.By), remarked(&l)})
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
		if f.Dropped != nil {
			state = plain(model.Safef("dropped by %s: %s", f.Dropped.By, f.Dropped.Reason))
		}
		need := func(name, is string) string {
			if slices.Contains(f.Lacks, name) {
				return "**missing**"
			}
			return orDash(plain(model.CleanLine(is)))
		}
		rows = append(rows,
			[]string{fmt.Sprint(f.N), plain(f.Title), need("owner", f.Owner.String()), need("due date", f.Due),
				need("type", f.Type), state})
	}
	w.table([]string{"N", "Follow-up", "Owner", "Due", "Type", "State"}, rows)
}

// public returns the first n cells of a row if the report is for the public, which omits
// who and why, and else all of it.
func (d *Report) public(row []string, n int) []string {
	if d.lean {
		return row[:n]
	}
	return row
}

func (w *writer) roles() {
	w.f("## Roles\n\n")
	if len(w.d.Roles) == 0 {
		w.f("Nobody held a role.\n\n")
		writeProposals(w)
		return
	}
	var rows, withheld [][]string
	for _, h := range w.d.Roles {
		by := plain(h.By)
		if h.By == h.Handle && h.SecondBy.IsEmpty() {
			by += " (took it)"
		}
		if !h.SecondBy.IsEmpty() {
			by += " together with " + plain(h.SecondBy)
		}
		if !h.ConfirmedBy.IsEmpty() {
			by += ", confirmed by " + plain(h.ConfirmedBy)
		}
		until := "still"
		if w.d.Final {
			until = "the closing"
		}
		rows = append(rows, []string{plain(h.Label), plain(h.Person), w.at(h.From), w.maybe(h.Until, until),
			span(h.TookS).String(), by})
		if !h.Withheld.IsEmpty() {
			withheld = append(withheld, []string{plain(h.Label), plain(h.Person), plain(h.Withheld)})
		}
	}
	w.table([]string{"Role", "Who", "From", "Until", "For", "Given by"}, rows)
	if len(withheld) > 0 {
		w.f("These roles were taken without being given, and nobody with their powers confirmed them, so their " +
			"holders did not have every power of the role:\n\n")
		w.table([]string{"Role", "Who", "Powers they did not have"}, withheld)
	}
	writeProposals(w)
	rows = nil
	for _, l := range w.d.Handoffs {
		rows = append(rows, []string{entry(l.Entry), w.at(l.At), plain(l.By), plain(l.Text)})
	}
	if len(rows) > 0 {
		w.f("Handoffs:\n\n")
		w.table([]string{"Entry", "At", "By", "What"}, rows)
	}
	writeOffers(w)
}

// leftFact states what is missing in the timeline.
func leftFact(w *writer) string {
	if w.d.LeftOut > 0 {
		return fmt.Sprintf("It has %d of %d lines: those that were asked for.", len(w.d.Timeline),
			len(w.d.Timeline)+w.d.LeftOut)
	}
	if w.d.Profile == "" {
		return "Nothing is left out."
	}
	return "What the " + w.d.Profile + " profile does not show is left out, here and above."
}

// timeline writes the complete timeline, in UTC and in the reader's time.
func (w *writer) timeline() {
	w.f("## Timeline\n\nEntries are in the order in which things happened, by the times that their authors gave. "+
		"The time of recording, by the hub's clock, is given where it differs by more than a minute. %s\n\n",
		leftFact(w))
	head := []string{"Entry", "UTC"}
	zoned := slices.ContainsFunc(w.d.Timeline, func(l Line) bool { return w.zoned(l.At) })
	if zoned {
		head = append(head, plain(model.CleanLine(zoneName(w))))
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
		text += noted(&l)
		if !w.d.lean {
			row = append(row, plain(l.By))
		}
		rows = append(rows, append(row, plain(l.Word), text))
	}
	if !w.d.lean {
		head = append(head, "Who")
	}
	if len(rows) == 0 {
		w.f("This report shows no entry of the timeline.\n\n")
		return
	}
	w.table(append(head, "What", "Text"), rows)
}

// zoneName returns the name of the reader's zone. Offsets are written with each time,
// because they change within a zone.
func zoneName(w *writer) string {
	if w.d.zone == time.Local {
		return "Local time"
	}
	return w.d.zone.String()
}

// handedOut writes what was redacted and what was exported.
func (w *writer) handedOut() {
	w.f("## Redactions and exports\n\n")
	var rows [][]string
	for _, x := range w.d.Redactions {
		rows = append(rows, []string{entry(x.Entry), w.at(x.At), plain(x.By), plain(x.Reason), entry(x.RedactedIn)})
	}
	if len(rows) > 0 {
		w.f("The text of %s was removed.\n\n", count(len(rows), "entry", "entries"))
		w.table([]string{"Entry", "Redacted", "By", "Why", "Recorded in entry"}, rows)
	} else {
		w.f("No text was removed from the record.\n\n")
	}
	rows = nil
	for _, x := range w.d.Exports {
		rows = append(rows,
			[]string{entry(x.Entry), w.at(x.At), plain(joined(" for ", x.What, x.Profile)), orDash(plain(x.Form)),
				entry(x.Upto), codeOrDash(x.SHA256), plain(x.By)})
	}
	if len(rows) > 0 {
		w.fullTable([]string{"Entry", "At", "What", "Form", "Up to entry", "SHA-256", "By"}, rows)
	} else {
		w.f("The record has no exports.\n\n")
	}
}
