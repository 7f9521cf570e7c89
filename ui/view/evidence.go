package view

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// EvidencePage returns the register of evidence, with hashes and custody.
func EvidencePage(r *model.Room, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	if len(r.Evidence) == 0 {
		return append(draw.Rows(th.Dim, model.Lit("No evidence yet. Add a file from this machine:  :evidence FILE "+
			"--class log"),
			w),
			draw.Rows(th.Dim, model.Lit("Add the output of a command:  COMMAND | warroom evidence add ROOM - "+
				"--class log --host web3"),
				w)...)
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
	return out[:len(out)-1]
}
