package present

import (
	"time"

	"warroom/model"
)

// itemLine returns one line of the checklist.
func itemLine(r *model.Room, it *model.Item, now time.Time, zone *time.Location) model.Safe {
	mark := map[model.ItemState]string{model.ItemDone: "x", model.ItemDoing: ">", model.ItemSkipped: "-",
		model.ItemBlocked: "!", model.ItemTodo: " "}[it.State]
	why := r.NotNeeded(it)
	if !why.IsEmpty() && it.State != model.ItemDone {
		mark = "-"
	}
	s := model.Safef("  [%s] %2d %s", mark, it.N, it.Text)
	if r.Asked(it) {
		s = model.Safef("%s (%s?)", s, Condition(r, r.Def(it).If))
	}
	if g := r.BlockedBy(it); it.State != model.ItemDone && !r.Asked(it) && !g.IsEmpty() {
		s = model.Safef("%s; locked: %s", s, g)
	}
	if why := r.StaleWhy(it); !why.IsEmpty() {
		s = model.Safef("%s; STALE: %s", s, why)
	}
	if c := r.SelfChecked(it); !c.IsEmpty() {
		s = model.Safef("%s; %s", s, c)
	}
	if c := r.Containment(it).Words(); !c.IsEmpty() {
		s = model.Safef("%s; %s", s, c)
	}
	for _, x := range r.ExceptedWords(it) {
		s = model.Safef("%s; %s", s, x)
	}
	if it.Override != "" {
		s = model.Safef("%s; OVERRIDE: %s", s, it.Override)
	}
	if it.Asked != nil {
		s = model.Safef("%s; OVERRIDE requested by %s: %s; a second person confirms it: :confirm "+
			"%d", s, it.Asked.By, it.Asked.Reason,
			it.N)
	}
	if it.SecondBy != "" {
		s = model.Safef("%s (second person: %s)", s, it.SecondBy)
	}
	switch {
	case r.ItemOverdue(it, now):
		s = model.Safef("%s; OVERDUE since %s", s, zoned(zone)(it.Due))
	case !it.Due.IsZero() && !r.Settled(it):
		s = model.Safef("%s; due %s", s, zoned(zone)(it.Due))
	}
	d := r.Def(it)
	if d.Group != "" && it.State != model.ItemDone && why.IsEmpty() {
		s = model.Safef("%s; %s", s, GroupWords(r, d.Group))
	}
	if d.OnlyRole {
		s = model.Safef("%s; only for %s", s, d.Role)
	}
	for _, more := range []string{it.Owner, it.Reason, why.String()} {
		if more != "" {
			s = model.Safef("%s; %s", s, more)
		}
	}
	return s
}

// Condition returns the condition that somebody has to report before an item can begin.
func Condition(r *model.Room, id string) model.Safe {
	if c := r.Plan.Condition(id); c != nil {
		return model.CleanLine(c.Text)
	}
	return model.Safef("if %s", id)
}

// GroupWords describes a group of items.
func GroupWords(r *model.Room, id string) model.Safe {
	if g := r.Plan.Group(id); g != nil {
		return model.CleanLine(g.Text)
	}
	return model.Safef("one of %s", id)
}
