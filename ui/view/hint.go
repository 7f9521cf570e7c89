package view

import (
	"slices"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// HintLines returns the rows of a hint: what the line does, when, its effect on the
// clocks, or why it is refused.
func HintLines(h model.Hint, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	if !h.Will.IsEmpty() {
		out = draw.Rows(th.Accent, h.Will, w)
	}
	if !h.When.IsEmpty() {
		when := draw.L(draw.T(th.Bold, model.Safef("  at %s", h.When)))
		if n := len(out); n > 0 && out[n-1].Width()+when.Width() <= w {
			out[n-1] = append(out[n-1], when...)
		} else {
			out = append(out, when)
		}
	}
	var about []draw.Line
	for _, a := range h.Args {
		if !a.About.IsEmpty() {
			about = append(about, draw.L(draw.T(th.Plain, a.About)).Clip(w))
		}
	}
	if !h.Refusal.IsEmpty() {
		return append(append(out, about...), draw.Rows(th.Warn, present.Refused(h.Refusal), w)...)
	}
	if s := model.FormatArgs(h.Args); len(h.Args) > 1 {
		out = append(out, draw.Rows(th.Dim, model.Safef("read as: %s", s), w)...)
	}
	if len(h.Changes) > 0 {
		parts := make([]model.Safe, len(h.Changes))
		for i, c := range h.Changes {
			parts[i] = c.Text
		}
		out = append(out,
			draw.Rows(th.Warn, model.Safef("clocks: %s", model.JoinSafe(model.Lit("; "), parts...)), w)...)
	}
	if !h.Impact.IsEmpty() {
		toll := draw.Rows(th.Warn, h.Impact, w)
		if n := len(toll); n > maxImpactRows {
			say := model.Safef("and %d more rows; F2 and F3 show everything that is open", n-maxImpactRows+1)
			toll = append(toll[:maxImpactRows-1], draw.L(draw.T(th.Warn, say)))
		}
		out = append(out, toll...)
	}
	return append(out, about...)
}

// maxImpactRows is the maximum number of rows for the side effects of a line.
const maxImpactRows = 4

// ChoiceLines returns the completions in at most n rows. chosen counts from 1; if 0, none.
func ChoiceLines(choices []model.Choice, chosen, w, n int, th *theme.Theme) []draw.Line {
	if len(choices) == 0 || n < 1 {
		return nil
	}
	from := max(0, min(chosen-n, len(choices)-n))
	wide := 0
	for _, ch := range choices {
		wide = max(wide, draw.Width(ch.Label))
	}
	if out := wholeChoices(choices, chosen, wide, w, n, th); out != nil {
		return out
	}
	var out []draw.Line
	for i := from; i < min(len(choices), from+n); i++ {
		ch := choices[i]
		l := draw.Column(th.Accent, ch.Label, min(wide, w/2))
		l = append(l, draw.T(th.Dim, model.Safef(" %s", ch.Help)))
		if i == from+n-1 && len(choices) > from+n {
			l = draw.Spread(w, l, draw.L(draw.T(th.Dim, model.Safef("  %d more", len(choices)-from-n))))
		}
		if i == chosen-1 {
			l = draw.Reversed(l.Clip(w), w)
		}
		out = append(out, l)
	}
	return out
}

// minHelp is the minimum width of the help beside a completion. If less is left, the help
// is in the rows below it.
const minHelp = 20

// wholeChoices returns all completions with their whole help, in more rows than one if
// needed, or nil if n rows are too few.
func wholeChoices(choices []model.Choice, chosen, wide, w, n int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	for i, ch := range choices {
		rows := wholeChoice(ch, wide, w, th)
		if len(out)+len(rows) > n {
			return nil
		}
		for _, row := range rows {
			if i == chosen-1 {
				row = draw.Reversed(row, w)
			}
			out = append(out, row)
		}
	}
	return out
}

// wholeChoice returns a completion with its help, in as many rows as needed.
func wholeChoice(ch model.Choice, wide, w int, th *theme.Theme) []draw.Line {
	indent := wide + 2
	if w-indent < minHelp {
		return append(draw.Rows(th.Accent, ch.Label, w), draw.Indent(draw.Rows(th.Dim, ch.Help, w-2), 2)...)
	}
	out := []draw.Line{draw.Column(th.Accent, ch.Label, wide+1)}
	for i, row := range draw.Rows(th.Dim, ch.Help, w-indent) {
		if i == 0 {
			out[0] = append(out[0], row...)
			continue
		}
		out = append(out, append(draw.Blanks(indent), row...))
	}
	return out
}

// Prompt returns the prompt, with the role of the person, or the short labels of several:
// " IC+Scribe bo > ".
func Prompt(r *model.Room, who model.Actor, handle string) model.Safe {
	if m, ok := r.Member(who.Key); ok && m.Right == model.Watch {
		return model.Safef(" watching %s > ", handle)
	}
	roles := r.RolesOf(handle)
	switch len(roles) {
	case 0:
		return model.Safef(" %s > ", handle)
	case 1:
		return model.Safef(" %s %s > ", roles[0], handle)
	}
	var short []model.Safe
	for i := range r.Plan.Roles {
		if d := &r.Plan.Roles[i]; slices.Contains(roles, d.ID) {
			short = append(short, present.RoleShort(d))
		}
	}
	return model.Safef(" %s %s > ", model.JoinSafe(model.Lit("+"), short...), handle)
}
