package view

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// EvidencePage returns the register of evidence, with hashes and custody, and the notes
// about evidence.
func EvidencePage(r *model.Room, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	var out []draw.Line
	if none := present.NoEvidence(r).Short; !none.IsEmpty() {
		out = draw.Rows(th.Dim, model.Safef("%s Add a file from this machine:  :evidence FILE --class log", none), w)
		out = append(out, draw.Rows(th.Dim, model.Lit("Add the output of a command:  COMMAND | warroom evidence add "+
			"ROOM - --class log --host web3"), w)...)
	}
	for i := range r.Evidence {
		p := &r.Evidence[i]
		if i > 0 {
			out = append(out, nil)
		}
		out = append(out, evidenceHead(p, th).Clip(w))
		for _, l := range present.EvidenceFacts(p, zone) {
			out = append(out, draw.Indent(draw.Rows(th.Dim, l, w-2), 2)...)
		}
	}
	notes := present.EvidenceNotes(r)
	if len(notes) == 0 {
		return out
	}
	out = append(out, nil, th.Heading(present.EvidenceNotesTitle))
	for _, s := range notes {
		out = append(out, draw.Indent(draw.Rows(th.Plain, s, w-2), 2)...)
	}
	return out
}

// evidenceHead returns the number, the state, the class and the name of an item.
func evidenceHead(p *model.EvidenceItem, th *theme.Theme) draw.Line {
	look := th.Good
	switch {
	case !p.Whole():
		look = th.Warn
	case p.Released:
		look = th.Dim
	}
	return draw.L(draw.T(th.Bold, model.Safef("E%-3d ", p.N)), draw.T(look, model.Safef("%-12s", p.State())),
		draw.T(th.Plain, model.Safef(" %-8s %s", p.Class, p.Name)))
}
