package model

import (
	"strconv"
	"strings"
	"time"
)

// LeftOpen returns what is open when an incident is resolved or closed: items, asks,
// polls, drafts of updates, deadlines, follow-ups without owner or date, mandatory
// roles that nobody held, and a missing assessment of exposure. Items that the plan
// puts after the resolution do not count before it.
func (r *Room) LeftOpen(now time.Time) []Safe {
	if r.Plan == nil {
		return nil
	}
	var out []Safe
	groups := map[string]bool{}
	for i := range r.Items {
		it := &r.Items[i]
		if r.Status == Open && (it.Phase == "monitoring" || it.Phase == "review") {
			continue
		}
		switch {
		case it.Asked != nil:
			out = append(out, Safef("item %d %s (override needs :confirm %d)", it.N, it.Text, it.N))
		case r.Settled(it) && r.StaleWhy(it).IsEmpty():
		case groups[r.Def(it).Group]: // one item of the group is enough
		case r.Plan.Group(r.Def(it).Group) != nil:
			groups[r.Def(it).Group] = true
			out = append(out, Safef("%s (items %s)", r.Plan.Group(r.Def(it).Group).Text,
				r.groupNumbers(r.Def(it).Group)))
		default:
			out = append(out, Safef("item %d %s", it.N, it.Text))
		}
	}
	for _, a := range r.OpenAsks() {
		out = append(out, Safef("ask %d to %s: %s", a.N, r.AskTo(&a), CleanLine(a.Text)))
	}
	for _, p := range r.OpenPolls(now) {
		out = append(out, Safef("poll %d: %s", p.N, CleanLine(p.Text)))
	}
	for _, d := range r.WaitingDrafts() {
		out = append(out, Safef("draft %d to %s is not sent", d.N, CleanLine(d.Audience)))
	}
	for _, v := range r.ClockViews(now) {
		if v.State.rank() <= 1 && v.Def.Every == 0 && v.Def.AtLeast == 0 {
			out = append(out, Safef("clock %s", v.Def.Label))
		}
	}
	for i := range r.Followups {
		if f := &r.Followups[i]; f.IsOpen() && (f.Owner == "" || f.Due == "") {
			out = append(out, Safef("follow-up %d %s (no owner or no date)", f.N, f.Title))
		}
	}
	out = append(out, r.vacantMandatory()...)
	if r.Exposure == nil {
		out = append(out, Lit("exposure was never assessed"))
	}
	return out
}

// groupNumbers returns the numbers of the items of a group.
func (r *Room) groupNumbers(group string) string {
	var out []string
	for i := range r.Items {
		if r.Def(&r.Items[i]).Group == group {
			out = append(out, strconv.Itoa(r.Items[i].N))
		}
	}
	return strings.Join(out, ", ")
}

// leftOpenWords describes what is left open, for the preview of :resolve and :close.
func (r *Room) leftOpenWords(now time.Time) Safe {
	left := r.LeftOpen(now)
	if len(left) == 0 {
		return Safe{}
	}
	s := Safef("left open, each to be done or answered with a reason: %s", JoinSafe(Lit("; "), left...))
	if stale := r.StaleItems(); len(stale) > 0 {
		return Safef("%s; %s", r.staleWords(stale), s)
	}
	return s
}
