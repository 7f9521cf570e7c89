package view

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// ChecklistTitle returns the phase with its progress: "Containment 3/9".
func ChecklistTitle(r *model.Room, phase string) model.Safe {
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
	return itemLine(r, it, now, th, model.Lit("URGENT"))
}

// FullItemLine is ItemLine where there is room for whole words.
func FullItemLine(r *model.Room, it *model.Item, now time.Time, th *theme.Theme) draw.Line {
	return itemLine(r, it, now, th, model.Lit("URGENT, open"))
}

func itemLine(r *model.Room, it *model.Item, now time.Time, th *theme.Theme, urgent model.Safe) draw.Line {
	d := r.Def(it)
	why := r.NotNeeded(it)
	box, style := th.Item(it.State, why.IsEmpty())
	line := draw.L(draw.T(style, box), draw.T(th.Dim, model.Safef(" %d ", it.N)))
	if d.Group != "" {
		line = append(line, draw.T(th.Dim, model.Lit("or ")))
	}
	open := !r.Settled(it)
	if d.Urgent && open {
		line = append(line, draw.T(th.Bad, model.Safef("%s %s ", urgent, model.Span(now.Sub(openSince(r, it))))))
	}
	line = append(line, draw.T(style, model.CleanLine(it.Text)))
	for _, s := range itemNotes(r, it, d, why, open, now) {
		line = append(line, draw.T(th.Dim, model.Safef(" %s", s)))
	}
	return line
}

func itemNotes(r *model.Room, it *model.Item, d model.ItemDef, why model.Safe, open bool, now time.Time) []model.Safe {
	var out []model.Safe
	add := func(on bool, s model.Safe) {
		if on {
			out = append(out, s)
		}
	}
	blockedBy := r.BlockedBy(it)
	add(it.Owner != "", model.Safef("@%s", it.Owner))
	add(it.Owner == "" && d.Role != "" && open, model.Safef("@%s", roleLabel(r, d.Role)))
	add(!why.IsEmpty() && it.State == model.ItemTodo, model.Safef("(not needed: %s)", why))
	add(open && r.Asked(it), model.Safef("(%s?)", present.Condition(r, d.If)))
	add(open && !r.Asked(it) && !blockedBy.IsEmpty(), model.Lit("(locked)"))
	add(it.State == model.ItemBlocked && it.Reason != "", model.Safef("(blocked: %s)", it.Reason))
	add(it.State == model.ItemSkipped && it.Reason != "", model.Safef("(skipped: %s)", it.Reason))
	contained := r.Containment(it).Words()
	add(!contained.IsEmpty(), model.Safef("(%s)", contained))
	due := model.Safef("(due %s)", it.Due.In(now.Location()).Format("15:04"))
	if r.ItemOverdue(it, now) {
		due = model.Safef("(OVERDUE %s)", model.Span(now.Sub(it.Due)))
	}
	add(open && !it.Due.IsZero(), due)
	stale := r.StaleWhy(it)
	add(!stale.IsEmpty(), model.Safef("(STALE: %s)", stale))
	add(it.Override != "", model.Safef("(OVERRIDE: %s)", it.Override))
	checked := r.SelfChecked(it)
	add(!checked.IsEmpty(), model.Safef("(%s)", checked))
	if it.Asked != nil {
		add(true, model.Safef("(OVERRIDE by %s: a second person confirms it, :confirm %d)", it.Asked.By, it.N))
	}
	return out
}

// openSince returns since when an item that nobody has begun could have been: an urgent one
// since the alert, any other since its phase was entered, both since it was opened again.
func openSince(r *model.Room, it *model.Item) time.Time {
	if it.State == model.ItemTodo && !it.At.IsZero() {
		return it.At
	}
	if r.Def(it).Urgent {
		return r.AlertAt()
	}
	for _, s := range slices.Backward(r.Phases) {
		if s.Phase == it.Phase {
			return s.From
		}
	}
	return r.DeclaredAt
}

// NextItem returns the phase with its progress and its next item, in one row.
func NextItem(r *model.Room, now time.Time, w int, th *theme.Theme) draw.Line {
	line := draw.L(draw.T(th.Bold, model.Safef(" %s  ", ChecklistTitle(r, r.Phase))))
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
		tail := draw.L(draw.T(th.Warn, model.Safef("  ! no %s (%s)%s: F4 "+
			"", n[0].short, model.Span(now.Sub(n[0].since)),
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

// ItemFacts returns the sentences about one item.
func ItemFacts(r *model.Room, it *model.Item, zone *time.Location) []model.Safe {
	d := r.Def(it)
	var out []model.Safe
	if !it.At.IsZero() && it.State != model.ItemTodo {
		out = append(out, model.Safef("%s by %s, %s", string(it.State), it.By, it.At.In(zone).Format("15:04:05")))
	}
	if it.Reason != "" && it.State != model.ItemBlocked && it.State != model.ItemSkipped { // its row has those
		out = append(out, model.Clean(it.Reason))
	}
	if !it.Due.IsZero() && !r.Settled(it) {
		out = append(out, model.Safef("due %s", it.Due.In(zone).Format("2006-01-02 15:04 MST")))
	}
	if g := r.BlockedBy(it); !g.IsEmpty() && !r.Settled(it) {
		out = append(out, g)
	}
	out = append(out, r.ExceptedWords(it)...)
	if d.Destroys {
		out = append(out, model.Lit("destroys evidence"))
	}
	if d.Ref != "" {
		out = append(out, model.Safef("see %s", d.Ref))
	}
	if g := r.Plan.Group(d.Group); d.Group != "" && g != nil {
		out = append(out, model.Safef("group: %s", model.CleanLine(g.Text)))
	}
	if c := r.Plan.Condition(d.If); d.If != "" && c != nil {
		out = append(out, conditionFact(r, d.If, model.CleanLine(c.Text)))
	}
	if d.From != "" {
		out = append(out, sourceWords(r.Plan, strings.TrimSpace(d.From)))
	}
	return out
}

// conditionFact describes the condition of an item and its answer.
func conditionFact(r *model.Room, id string, text model.Safe) model.Safe {
	a, ok := r.Answers[id]
	switch {
	case !ok:
		return model.Safef("condition: %s; answer it with :if %s yes or no", text, id)
	case a.Yes:
		return model.Safef("condition: %s; %s answered yes", text, a.By)
	}
	return model.Safef("condition: %s; %s answered no", text, a.By)
}

// sourceWords names the place in the plan that an item comes from, without the file.
func sourceWords(p *model.Plan, from string) model.Safe {
	if at := strings.LastIndexByte(from, ':'); at >= 0 {
		if n, err := strconv.Atoi(from[at+1:]); err == nil {
			return model.Safef("source: %s, line %d", model.CleanLine(p.Title), n)
		}
	}
	return model.Safef("source: %s, %s", model.CleanLine(p.Title), model.CleanLine(from))
}
