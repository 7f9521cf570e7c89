package view

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// EvidencePage returns the register of evidence, with hashes and custody.
func EvidencePage(r *model.Room, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	notes := evidenceNotes(r, w, th)
	if len(r.Evidence) == 0 {
		head := model.Lit("No evidence yet.")
		if len(notes) > 0 {
			head = model.Lit("No file is in the evidence yet, only notes.")
		}
		out := draw.Rows(th.Dim, model.Safef("%s Add a file from this machine:  :evidence FILE --class log", head), w)
		out = append(out, draw.Rows(th.Dim, model.Lit("Add the output of a command:  COMMAND | warroom evidence add "+
			"ROOM - --class log --host web3"), w)...)
		if len(notes) > 0 {
			out = append(out, nil)
		}
		return append(out, notes...)
	}
	var out []draw.Line
	for i := range r.Evidence {
		p := &r.Evidence[i]
		look := th.Good
		switch {
		case !p.Whole():
			look = th.Warn
		case p.Released:
			look = th.Dim
		}
		head := draw.L(draw.T(th.Bold, model.Safef("E%-3d ", p.N)), draw.T(look, model.Safef("%-12s", p.State())),
			draw.T(th.Plain, model.Safef(" %-8s %s", p.Class, p.Name)))
		out = append(out, head.Clip(w))
		for n, l := range model.DescribeEvidence(p, zone) {
			if n > 1 { // the first line has the name and the class
				out = append(out, draw.Indent(draw.Rows(th.Dim, l, w-2), 2)...)
			}
		}
		out = append(out, nil)
	}
	if len(notes) == 0 {
		return out[:len(out)-1]
	}
	return append(out, notes...)
}

// evidenceNotes returns the notes about evidence, which have no file in the store.
func evidenceNotes(r *model.Room, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	for _, l := range r.Lines() {
		if l.Kind != model.KindEvidenceNoted || !l.Refused.IsEmpty() || r.Marks[l.Seq].Retracted != "" {
			continue
		}
		if out == nil {
			out = append(out, th.Heading(model.Lit("Notes about evidence, without a file")))
		}
		out = append(out, draw.Indent(draw.Rows(th.Plain, model.Safef("line %d by %s: %s", l.Seq, l.By,
			model.CleanLine(r.Text(l).String())), w-2), 2)...)
	}
	return out
}
