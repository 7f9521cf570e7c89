package ui

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// checklistTitle is the phase with its progress: "Containment 3/9".
func checklistTitle(r *model.Room, phase string) model.Safe {
	done, all := r.Progress(phase)
	label := model.CleanLine(phase)
	if r.Plan != nil {
		if p := r.Plan.Phase(phase); p != nil {
			label = model.CleanLine(p.Label)
		}
	}
	if all == 0 {
		return label
	}
	return model.Safef("%s %d/%d", label, done, all)
}

// phaseItems are the items of a phase in the order of the screen: what is
// urgent and open first, then by number. Where not all fit, what is settled goes
// last.
func phaseItems(r *model.Room, phase string, fit int) []*model.Item {
	var out []*model.Item
	for i := range r.Items {
		if r.Items[i].Phase == phase {
			out = append(out, &r.Items[i])
		}
	}
	rank := func(it *model.Item) int {
		switch settled := r.Settled(it); {
		case !settled && r.Def(it).Urgent:
			return 0
		case settled && len(out) > fit:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b *model.Item) int { return rank(a) - rank(b) })
	return out
}

// itemLines are the items of the room's phase as rows of a pane.
func itemLines(r *model.Room, now time.Time, w, h int, th *theme) []draw.Line {
	items := phaseItems(r, r.Phase, h)
	var out []draw.Line
	group := ""
	for i, it := range items {
		if len(out) >= h-1 && i < len(items)-1 {
			return append(out, draw.L(draw.T(th.dim, model.Safef("and %d more: F3", len(items)-i))))
		}
		if g := r.Def(it).Group; g != group {
			if group = g; g != "" && len(out) < h-2 {
				out = append(out, draw.L(draw.T(th.dim, groupWords(r, g))).Clip(w))
			}
		}
		out = append(out, itemLine(r, it, now, th).Clip(w))
	}
	if hint := r.KindHint(); len(items) == 0 && !hint.IsEmpty() {
		return limit(wrapped(th.warn, hint, w), h)
	}
	if len(out) == 0 {
		out = append(out, draw.L(draw.T(th.dim, model.Lit("nothing to do in this phase"))))
	}
	return out
}

func groupWords(r *model.Room, id string) model.Safe {
	if g := r.Plan.Group(id); g != nil {
		return model.CleanLine(g.Text)
	}
	return model.Safef("one of %s", id)
}

// itemLine is one item: box, number, text, and what is to be known about it.
func itemLine(r *model.Room, it *model.Item, now time.Time, th *theme) draw.Line {
	d := r.Def(it)
	why := r.NotNeeded(it)
	box, style := th.item(it.State, why.IsEmpty())
	line := draw.L(draw.T(style, box), draw.T(th.dim, model.Safef(" %d ", it.N)))
	if d.Group != "" {
		line = append(line, draw.T(th.dim, model.Lit("or ")))
	}
	open := !r.Settled(it)
	if d.Urgent && open {
		line = append(line, draw.T(th.bad, model.Safef("NOW %s ", model.Span(now.Sub(phaseSince(r))))))
	}
	line = append(line, draw.T(style, model.CleanLine(it.Text)))
	for _, s := range itemNotes(r, it, d, why, open) {
		line = append(line, draw.T(th.dim, model.Safef(" %s", s)))
	}
	return line
}

func itemNotes(r *model.Room, it *model.Item, d model.ItemDef, why model.Safe, open bool) []model.Safe {
	var out []model.Safe
	add := func(on bool, s model.Safe) {
		if on {
			out = append(out, s)
		}
	}
	gate := r.Gate(it)
	add(it.Owner != "", model.Safef("@%s", it.Owner))
	add(it.Owner == "" && d.Role != "" && open, model.Safef("@%s", roleLabel(r, d.Role)))
	add(!why.IsEmpty() && it.State == model.ItemTodo, model.Safef("(not needed: %s)", why))
	add(open && r.Asked(it), model.Safef("(%s?)", condition(r, d.If)))
	add(open && !r.Asked(it) && !gate.IsEmpty(), model.Lit("(locked)"))
	add(it.State == model.ItemBlocked && it.Reason != "", model.Safef("(blocked: %s)", it.Reason))
	add(it.State == model.ItemSkipped && it.Reason != "", model.Safef("(skipped: %s)", it.Reason))
	stale := r.StaleWhy(it)
	add(!stale.IsEmpty(), model.Safef("(STALE: %s)", stale))
	add(it.Override != "", model.Safef("(OVERRIDE: %s)", it.Override))
	return out
}

func condition(r *model.Room, id string) model.Safe {
	if c := r.Plan.Condition(id); c != nil {
		return model.CleanLine(c.Text)
	}
	return model.Safef("if %s", id)
}

// phaseSince is when the room's phase was entered.
func phaseSince(r *model.Room) time.Time {
	for _, s := range slices.Backward(r.Phases) {
		if s.Phase == r.Phase {
			return s.From
		}
	}
	return r.DeclaredAt
}

// nextItem is the phase with its progress and its next item, in one row.
func nextItem(r *model.Room, now time.Time, w int, th *theme) draw.Line {
	line := draw.L(draw.T(th.bold, model.Safef(" %s  ", checklistTitle(r, r.Phase))))
	for _, it := range phaseItems(r, r.Phase, 0) {
		if !r.Settled(it) {
			line = append(line, itemLine(r, it, now, th)...)
			break
		}
	}
	if n := needed(r); len(n) > 0 {
		say := draw.L(draw.T(th.warn, model.Safef("  ! %s needed %s%s ", n[0].label, model.Span(now.Sub(n[0].since)), more(len(n)-1))))
		return spread(w, line, say)
	}
	return line.Clip(w)
}

// more is " +2" where two others are not shown.
func more(n int) model.Safe {
	if n < 1 {
		return model.Safe{}
	}
	return model.Safef(" +%d", n)
}

// itemFacts are the sentences about one item in the whole checklist.
func itemFacts(r *model.Room, it *model.Item, zone *time.Location) []model.Safe {
	d := r.Def(it)
	var out []model.Safe
	if !it.At.IsZero() && it.State != model.ItemTodo {
		out = append(out, model.Safef("%s by %s, %s", string(it.State), it.By, it.At.In(zone).Format("15:04:05")))
	}
	if it.Reason != "" && it.State != model.ItemBlocked && it.State != model.ItemSkipped { // the row says those
		out = append(out, model.Clean(it.Reason))
	}
	if g := r.Gate(it); !g.IsEmpty() && !r.Settled(it) {
		out = append(out, g)
	}
	if d.Destroys {
		out = append(out, model.Lit("destroys evidence"))
	}
	if d.Ref != "" {
		out = append(out, model.Safef("see %s", d.Ref))
	}
	if d.From != "" {
		out = append(out, model.Safef("from %s", strings.TrimSpace(d.From)))
	}
	return out
}
