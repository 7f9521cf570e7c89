package ui

import (
	"cmp"
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// vacancy is a mandatory role that nobody holds.
type vacancy struct {
	label model.Safe
	since time.Time
}

// needed are the mandatory roles that nobody holds, the longest vacant first.
func needed(r *model.Room) []vacancy {
	if r.Plan == nil || r.Status == model.Closed {
		return nil
	}
	var out []vacancy
	for i := range r.Plan.Roles {
		d := &r.Plan.Roles[i]
		if t := r.VacantSince(d.ID); d.Mandatory && !t.IsZero() {
			out = append(out, vacancy{model.CleanLine(d.Label), t})
		}
	}
	slices.SortStableFunc(out, func(a, b vacancy) int { return a.since.Compare(b.since) })
	return out
}

// roleLines are the plan's roles with who holds them.
func roleLines(r *model.Room, now time.Time, w int, th *theme) []draw.Line {
	if r.Plan == nil {
		return nil
	}
	var out []draw.Line
	name := max(8, min(22, w-15)) // beside "! needed 02:10"
	for i := range r.Plan.Roles {
		d := &r.Plan.Roles[i]
		holders, since := r.Holders(d.ID), r.VacantSince(d.ID)
		line := column(th.plain, model.CleanLine(d.Label), name)
		switch {
		case len(holders) > 0:
			line = append(line, draw.T(th.accent, model.JoinSafe(model.Lit(", "), cleanAll(holders)...)))
			if len(r.Unconfirmed(d.ID)) > 0 {
				line = append(line, draw.T(th.warn, model.Lit(" unconfirmed")))
			}
		case d.Mandatory && r.Status != model.Closed:
			line = append(line, draw.T(th.warn, model.Safef("! needed %s", model.Span(now.Sub(since)))))
		default:
			line = append(line, draw.T(th.dim, model.Lit("-")))
		}
		out = append(out, line.Clip(w))
	}
	return out
}

func cleanAll(list []string) []model.Safe {
	out := make([]model.Safe, len(list))
	for i, s := range list {
		out[i] = model.CleanLine(s)
	}
	return out
}

// peopleLines are who is here, with their roles and what they do.
func peopleLines(v *model.View, now time.Time, w int, th *theme) []draw.Line {
	var out []draw.Line
	for _, p := range persons(v.Here) {
		out = append(out, personLine(v, p, now, w, th))
	}
	if len(out) == 0 {
		out = append(out, draw.L(draw.T(th.dim, model.Lit("nobody is seen yet"))))
	}
	return out
}

// personWords say what a person is, and does, at all their terminals.
func personWords(r *model.Room, list []model.Presence, p model.Presence, now time.Time) model.Safe {
	var roles []model.Safe
	for _, id := range r.RolesOf(p.Handle) {
		roles = append(roles, roleLabel(r, id))
	}
	words := model.JoinSafe(model.Lit(", "), roles...)
	typing, terminals, last := false, 0, p.LastSeen
	for _, q := range list {
		if q.Handle == p.Handle {
			typing, terminals = typing || q.Typing, terminals+1
			if q.LastSeen.After(last) {
				last = q.LastSeen
			}
		}
	}
	add := func(s model.Safe) {
		if !words.IsEmpty() {
			s = model.Safef("%s, %s", words, s)
		}
		words = s
	}
	if typing {
		add(model.Lit("typing"))
	}
	if terminals > 1 {
		add(model.Safef("%d terminals", terminals))
	}
	if gone := now.Sub(last); gone > 30*time.Second && !last.IsZero() {
		add(model.Safef("seen %s ago", age(gone)))
	}
	return words
}

// peoplePage is who is here, who may do what, and the roles with their duties.
func peoplePage(v *model.View, now time.Time, contacts contacts, w int, th *theme) []draw.Line {
	r := v.Room
	out := restrictedLines(r, w, th)
	out = append(out, heading(model.Lit("Here"), th))
	out = append(out, herePage(v, now, w, th)...)
	out = append(out, leftLines(v, now, w, th)...)
	out = append(out, pagedLines(r, now, contacts, w, th)...)
	out = append(out, nil, heading(model.Lit("Keys"), th))
	out = append(out, memberLines(r, w, th)...)
	out = append(out, nil, heading(model.Lit("Roles"), th))
	for i, l := range roleLines(r, now, w, th) {
		out = append(out, l)
		for _, a := range r.Roles {
			if waits := r.Awaits(a); a.Role == r.Plan.Roles[i].ID && !waits.IsEmpty() {
				out = append(out, indented(wrapped(th.warn, waits, w-4), 4)...)
			}
			if known := a.Name + a.Job + a.Scope; a.Role == r.Plan.Roles[i].ID && a.Until.IsZero() && known != "" {
				out = append(out, indented(wrapped(th.plain, a.Who(), w-4), 4)...)
			}
		}
		for _, duty := range r.Plan.Roles[i].Duties {
			out = append(out, indented(wrapped(th.dim, model.Safef("%s", duty), w-4), 4)...)
		}
	}
	return out
}

func memberLines(r *model.Room, w int, th *theme) []draw.Line {
	keys := make([]string, 0, len(r.Members))
	for k := range r.Members {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Members[a].Handle, r.Members[b].Handle), cmp.Compare(a, b))
	})
	var out []draw.Line
	for _, k := range keys {
		m := r.Members[k]
		line := column(th.accent, model.CleanLine(m.Handle), 10)
		line = append(line, column(th.plain, model.CleanLine(string(m.Right)), 8)...)
		say := model.Safef("key %.8s %s %s %s", model.CleanLine(k), m.Via, m.Name, m.Job)
		if m.Struck {
			say = model.Safef("%s  STRUCK", say)
		}
		out = append(out, append(line, draw.T(th.dim, say)).Clip(w))
	}
	return out
}

func heading(s model.Safe, th *theme) draw.Line { return draw.L(draw.T(th.bold, s)) }
