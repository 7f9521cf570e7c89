package report

import "warroom/model"

// Control is one row of the plan's compliance table, with the events of this
// room that answer it. That there are such events is a fact of the record;
// whether they suffice is for an auditor to say.
type Control struct {
	ID          string     `json:"id"`
	Framework   model.Safe `json:"framework"`
	Requirement model.Safe `json:"requirement"`
	Text        model.Safe `json:"text"`
	Tools       model.Safe `json:"tools"`
	From        model.Safe `json:"from"`
	Answers     []Answer   `json:"answers"`
	Answered    int        `json:"answered"` // kinds with an event
}

// Answer is the events of one kind that a control asks for.
type Answer struct {
	Kind    model.Safe `json:"kind"`
	Entries []uint64   `json:"entries"`
}

func controlsOf(r *model.Room) []Control {
	out := []Control{}
	if r.Plan == nil {
		return out
	}
	byKind := map[model.Kind][]uint64{}
	for _, l := range r.Lines() {
		if l.Refused.IsEmpty() && r.Marks[l.Seq].Retracted == "" {
			byKind[l.Kind] = append(byKind[l.Kind], l.Seq)
		}
	}
	for _, c := range r.Plan.Controls {
		tools := make([]model.Safe, len(c.Tools))
		for i, t := range c.Tools {
			tools[i] = model.CleanLine(t)
		}
		row := Control{ID: c.ID, Framework: model.CleanLine(c.Framework), Requirement: model.CleanLine(c.Requirement), Text: model.CleanLine(c.Text),
			Tools: joined(", ", tools...), From: model.CleanLine(c.From), Answers: []Answer{}}
		for _, k := range c.Kinds {
			a := Answer{model.CleanLine(k), append([]uint64{}, byKind[model.Kind(k)]...)}
			if len(a.Entries) > 0 {
				row.Answered++
			}
			row.Answers = append(row.Answers, a)
		}
		out = append(out, row)
	}
	return out
}
