package view

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// PhaseItems returns the items of a phase in the order of the screen: open urgent ones
// first, then by number. If not all fit, settled items come last.
func PhaseItems(r *model.Room, phase string, fit int) []*model.Item {
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

// itemLines returns the items of the room's phase as rows of a pane.
func itemLines(r *model.Room, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	items := PhaseItems(r, r.Phase, h)
	var out []draw.Line
	group := ""
	for i, it := range items {
		if len(out) >= h-1 && i < len(items)-1 {
			return append(out, draw.L(draw.T(th.Dim, model.Safef("and %d more: F3", len(items)-i))))
		}
		if g := r.Def(it).Group; g != group {
			if group = g; g != "" && len(out) < h-2 {
				out = append(out, draw.L(draw.T(th.Dim, present.GroupWords(r, g))).Clip(w))
			}
		}
		out = append(out, ItemLine(r, it, now, th).Clip(w))
	}
	if hint := r.KindHint(); len(items) == 0 && !hint.IsEmpty() {
		return draw.Limit(draw.Rows(th.Warn, hint, w), h)
	}
	if len(out) == 0 {
		out = append(out, draw.L(draw.T(th.Dim, model.Lit("nothing to do in this phase"))))
	}
	return out
}

// ItemLine returns one item: box, number, text, and remarks.
func ItemLine(r *model.Room, it *model.Item, now time.Time, th *theme.Theme) draw.Line {
	return itemLine(r, it, now, th, func(u present.Wording) model.Safe { return u.Short })
}

// FullItemLine is ItemLine where there is room for whole words.
func FullItemLine(r *model.Room, it *model.Item, now time.Time, th *theme.Theme) draw.Line {
	return itemLine(r, it, now, th, func(u present.Wording) model.Safe { return u.Full })
}

func itemLine(r *model.Room, it *model.Item, now time.Time, th *theme.Theme,
	urgent func(present.Wording) model.Safe) draw.Line {
	d := r.Def(it)
	why := r.NotNeeded(it)
	box, style := th.Item(it.State, why.IsEmpty())
	line := draw.L(draw.T(style, box), draw.T(th.Dim, model.Safef(" %d ", it.N)))
	if d.Group != "" {
		line = append(line, draw.T(th.Dim, model.Lit("or ")))
	}
	if s := urgent(present.ItemUrgent(r, it, now)); !s.IsEmpty() {
		line = append(line, draw.T(th.Bad, model.Safef("%s ", s)))
	}
	line = append(line, draw.T(style, model.CleanLine(it.Text)))
	for _, n := range present.ItemNotes(r, it, now, now.Location()) {
		if !n.Short.IsEmpty() {
			line = append(line, draw.T(th.Dim, model.Safef(" %s", n.Short)))
		}
	}
	return line
}

// NextItem returns the phase with its progress and its next item, in one row.
func NextItem(r *model.Room, now time.Time, w int, th *theme.Theme) draw.Line {
	line := draw.L(draw.T(th.Bold, model.Safef(" %s  ", present.PhaseProgress(r, r.Phase))))
	for _, it := range PhaseItems(r, r.Phase, 0) {
		if !r.Settled(it) {
			line = append(line, ItemLine(r, it, now, th)...)
			break
		}
	}
	if n := needed(r); len(n) > 0 {
		others := model.Safe{}
		if len(n) > 1 {
			others = model.Safef(", %d more", len(n)-1)
		}
		tail := draw.L(draw.T(th.Warn, model.Safef("  ! no %s (%s)%s: F4 ", n[0].short, model.Span(now.Sub(n[0].since)),
			others)))
		return draw.Spread(w, line, tail)
	}
	return line.Clip(w)
}

// more returns " +2" for two others that are not shown, and an empty text for none.
func more(n int) model.Safe {
	if n < 1 {
		return model.Safe{}
	}
	return model.Safef(" +%d", n)
}
