package report

import (
	"fmt"
	"strings"

	"warroom/model"
)

// checklist writes the deviations from the plan.
func (w *writer) checklist() {
	defer writePoints(w)
	c := w.d.Items
	if len(c.Odd) == 0 {
		return
	}
	w.f("## Checklist\n\n")
	var rows [][]string
	for _, it := range c.Odd {
		rows = append(rows,
			[]string{fmt.Sprint(it.N), plain(it.Text), stateWord(it.State), orDash(plain(it.By)), entry(it.Entry),
				orDash(plain(it.Why))})
	}
	w.f("Not as planned:\n\n")
	w.table([]string{"Item", "Text", "State", "By", "Entry", "Why"}, rows)
}

func (w *writer) evidence() {
	x := w.d.Evidence
	w.f("## Evidence\n\n")
	if len(x.Items)+len(x.Notes)+len(x.Collected) == 0 {
		w.f("The plan requires none, and none was recorded.\n\n")
	}
	var rows [][]string
	for _, it := range x.Items {
		state := stateWord(it.State)
		if it.State != model.ItemDone && it.State != model.ItemSkipped {
			state = "**" + state + "**"
		}
		rows = append(rows,
			[]string{plain(it.Class), fmt.Sprintf("%d %s", it.N, plain(it.Text)), state, orDash(plain(it.By)),
				maybeBoth(w, it.Done, it.At), entry(it.Entry), orDash(plain(it.Why))})
	}
	if len(rows) > 0 {
		w.table([]string{"Class", "Item", "State", "By", "At", "Entry", "Note"}, rows)
	}
	w.collected()
	rows = nil
	for _, l := range x.Notes {
		rows = append(rows, []string{entry(l.Entry), w.at(l.At), plain(l.By), remarked(&l)})
	}
	if len(rows) > 0 {
		w.table([]string{"Entry", "At", "By", "Remarks on evidence"}, rows)
	}
	for _, l := range w.d.Links {
		w.f("- %s: %s %s\n", plain(l.System), plain(l.Address), plain(l.Title))
	}
	if len(w.d.Links) > 0 {
		w.f("\n")
	}
}

// collected writes the evidence register with the custody of each item.
func (w *writer) collected() {
	if len(w.d.Evidence.Collected) == 0 {
		return
	}
	var rows, steps [][]string
	for _, p := range w.d.Evidence.Collected {
		size, sum := "-", "**"+plain(p.State)+"**"
		if p.SHA256 != "" {
			size, sum = model.Bytes(p.Size).String(), "`"+p.SHA256+"`"
		}
		rows = append(rows,
			[]string{p.N, plain(p.Class), plain(p.Name), size, sum, orDash(plain(p.Host)), orDash(plain(p.Command)),
				plain(p.By), w.at(p.At), entry(p.Entry), plain(p.Holder), plain(p.State)})
		for _, s := range p.Custody {
			act := s.Act
			if !s.To.IsEmpty() {
				act += " to " + plain(s.To)
			}
			steps = append(steps, []string{p.N, entry(s.Entry), w.at(s.At), act, plain(s.By), orDash(plain(s.Reason))})
		}
	}
	w.fullTable([]string{"Piece", "Class", "Name", "Size", "SHA-256", "Host", "Command", "Collected by", "At", "Entry",
		"In custody of", "State"}, rows)
	w.f("Custody:\n\n")
	w.table([]string{"Piece", "Entry", "At", "Step", "By", "Reason"}, steps)
}

// controls writes the plan's compliance table with the events that answer it.
func (w *writer) controls() {
	w.f("## Compliance\n\n")
	if len(w.d.Controls) == 0 {
		w.f("The plan has no table of controls.\n\n")
		return
	}
	w.f("The controls that the plan names, and the entries of this room that answer them. The record proves that " +
		"the entries exist; an auditor decides whether they are sufficient.\n\n")
	var rows [][]string
	for _, c := range w.d.Controls {
		var parts []string
		for _, a := range c.Answers {
			if len(a.Entries) == 0 {
				parts = append(parts, plain(a.What)+": **no evidence**")
				continue
			}
			what := a.What
			if !a.By.IsEmpty() {
				what = model.Safef("%s by %s", what, a.By)
			}
			parts = append(parts, plain(what)+": "+ofEntries(a.Entries))
		}
		rows = append(rows,
			[]string{plain(c.Framework), plain(c.Requirement), plain(c.Text), orDash(plain(c.Tools)),
				orNo(strings.Join(parts, "; "))})
	}
	w.table([]string{"Requirement", "About", "Control", "Tools", "Answered by"}, rows)
}

// orNo returns s, or "no evidence" if it is empty.
func orNo(s string) string {
	if s == "" {
		return "**no evidence**"
	}
	return s
}

// record writes what the report was made from, so that it can be verified.
func (w *writer) record() {
	c := w.d.Record
	w.f("## The record\n\nMade from %s of room %s; %s in free text.", count(int(c.Events), "event", "events"),
		plain(model.CleanLine(w.d.ULID)), count(c.Entries, "of them is a note, a decision or another entry",
			"of them are notes, decisions or other entries"))
	if c.Bad == 0 {
		w.f(" Each event passes the check of author, signature and order.")
	} else {
		w.f(" **%s the check of author, signature and order.**", count(c.Bad, "message fails", "messages fail"))
	}
	if c.Strays > 0 {
		w.f(" %s in the log without effect: nobody in the room wrote %s.", count(c.Strays, "message is",
			"messages are"),
			map[bool]string{true: "it", false: "them"}[c.Strays == 1])
	}
	if c.NoEffect > 0 {
		w.f(" %s no effect; the timeline gives the reason for each.", count(c.NoEffect, "event had", "events had"))
	}
	if c.Restored > 0 {
		w.f(" The log was restored from a copy %s.", count(c.Restored, "time", "times"))
	}
	w.f(" SHA-256 of the state (fold version %d): `%s`; of the plan: `%s`.\n", c.Fold, c.StateHash, c.PlanSum)
}
