package view

import (
	"cmp"
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// vacancy is a mandatory role without a holder.
type vacancy struct {
	short model.Safe
	since time.Time
}

// needed returns the vacant mandatory roles, the longest vacant first.
func needed(r *model.Room) []vacancy {
	if r.Plan == nil || r.Status == model.Closed {
		return nil
	}
	var out []vacancy
	for i := range r.Plan.Roles {
		d := &r.Plan.Roles[i]
		if t := r.VacantSince(d.ID); d.Mandatory && !t.IsZero() {
			out = append(out, vacancy{short: present.RoleShort(d), since: t})
		}
	}
	slices.SortStableFunc(out, func(a, b vacancy) int { return a.since.Compare(b.since) })
	return out
}

// roleLines returns the roles of the plan with their holders.
func roleLines(r *model.Room, now time.Time, w int, th *theme.Theme) []draw.Line {
	if r.Plan == nil {
		return nil
	}
	var out []draw.Line
	name := max(8, min(22, w-18)) // next to "! nobody for 2m"
	for i := range r.Plan.Roles {
		d := &r.Plan.Roles[i]
		holders, vacancy := r.Holders(d.ID), present.Vacancy(r, d, now)
		label := model.CleanLine(d.Label)
		if draw.Width(label) > name {
			label = present.RoleShort(d)
		}
		line := draw.Column(th.Plain, label, name)
		switch {
		case len(holders) > 0:
			line = append(line, draw.T(th.Accent, model.JoinSafe(model.Lit(", "), cleanAll(holders)...)))
			for _, s := range holderRemarks(r, d.ID) {
				line = append(line, draw.T(th.Warn, model.Safef(" %s", s)))
			}
		case !present.Proposed(r, d.ID).IsEmpty():
			line = append(line, draw.T(th.Bad, model.Safef("! %s", present.Proposed(r, d.ID))))
		case !vacancy.Short.IsEmpty():
			line = append(line, draw.T(th.Warn, model.Safef("! %s", vacancy.Short)))
		default:
			line = append(line, draw.T(th.Dim, model.Lit("-")))
		}
		out = append(out, line.Clip(w))
	}
	return out
}

// rolePane returns the roles of the plan in at most h rows. If they do not fit, it drops
// vacant optional roles first, from the end, and the last row counts the dropped ones.
func rolePane(r *model.Room, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	rows := roleLines(r, now, w, th)
	if len(rows) <= h {
		return rows
	}
	over := len(rows) - max(0, h-1) // plus a row for the count
	hide := map[int]bool{}
	for _, optional := range []bool{true, false} {
		for i := len(rows) - 1; i >= 0 && len(hide) < over; i-- {
			d := &r.Plan.Roles[i]
			if vacant := !d.Mandatory && len(r.Holders(d.ID)) == 0; vacant == optional {
				hide[i] = true
			}
		}
	}
	var out []draw.Line
	for i, l := range rows {
		if !hide[i] {
			out = append(out, l)
		}
	}
	more := model.Safef("+%s: F4", present.Plural(len(hide), "more role", "more roles"))
	return append(out, draw.L(draw.T(th.Dim, more)).Clip(w))
}

// holderRemarks returns the remarks on the holders of a role, each once.
func holderRemarks(r *model.Room, role string) []model.Safe {
	var out []model.Safe
	for _, a := range r.Roles {
		if a.Role != role || !a.Until.IsZero() {
			continue
		}
		for _, n := range present.RoleRemarks(r, a) {
			if !slices.Contains(out, n.Short) {
				out = append(out, n.Short)
			}
		}
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

// peopleLines returns the people who are here.
func peopleLines(v *model.View, now time.Time, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	for _, p := range persons(v.Here) {
		out = append(out, personLine(v, p, now, w, th))
	}
	if len(out) == 0 {
		out = append(out, draw.L(draw.T(th.Dim, model.Lit("not known yet"))))
	}
	return out
}

// personWords describes the roles and the activity of a person at all their terminals.
func personWords(r *model.Room, list []model.Presence, p model.Presence, now time.Time) model.Safe {
	var roles []model.Safe
	for _, id := range r.RolesOf(p.Handle) {
		roles = append(roles, present.RoleLabel(r, id))
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
		add(model.Safef("seen %s ago", present.Brief(gone)))
	}
	return words
}

// PeoplePage returns the people who are here, the keys with their rights, and the roles
// with their duties.
func PeoplePage(v *model.View, now time.Time, contacts contacts, w int, th *theme.Theme) []draw.Line {
	r := v.Room
	out := append(restrictedLines(r, w, th), handoffLines(r, now, w, th)...)
	out = append(out, th.Heading(model.Lit("Here")))
	out = append(out, herePage(v, now, w, th)...)
	out = append(out, leftLines(v, now, w, th)...)
	out = append(out, pagedLines(r, now, contacts, w, th)...)
	out = append(out, nil, th.Heading(model.Lit("Roles")))
	for i, l := range roleLines(r, now, w, th) {
		out = append(out, l)
		for _, duty := range r.Plan.Roles[i].Duties {
			out = append(out, draw.Indent(draw.Rows(th.Dim, model.Safef("%s", duty), w-4), 4)...)
		}
		if d := &r.Plan.Roles[i]; len(r.Holders(d.ID)) == 0 && d.Mandatory && r.Status != model.Closed {
			out = append(out, draw.Indent(draw.Rows(th.Warn, present.GiveRole(d), w-4), 4)...)
		}
		for _, a := range r.Roles {
			if waits := r.Awaits(a); a.Role == r.Plan.Roles[i].ID && !waits.IsEmpty() {
				out = append(out, draw.Indent(draw.Rows(th.Warn, waits, w-4), 4)...)
			}
			if known := a.Name + a.Job + a.Scope; a.Role == r.Plan.Roles[i].ID && a.Until.IsZero() && known != "" {
				out = append(out, draw.Indent(draw.Rows(th.Plain, a.Who(), w-4), 4)...)
			}
		}
	}
	out = append(out, nil, th.Heading(model.Lit("Keys")))
	out = append(out, memberLines(r, w, th)...)
	if list := r.RoleStretches(); len(list) > 0 {
		out = append(out, nil, th.Heading(model.Lit("Roles over time")))
		for _, s := range list {
			out = append(out,
				draw.Indent(draw.Rows(th.Dim, r.StretchWords(s, now, clockTime(now.Location())), w-4), 4)...)
		}
	}
	return out
}

// handoffLines returns the roles on offer, each with its brief, and the state of command.
func handoffLines(r *model.Room, now time.Time, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	if g, ok := r.CommandGap(now); ok {
		out = append(out, draw.Rows(th.Bad, g.Words(now), w)...)
	}
	for _, s := range present.Proposals(r) {
		out = append(out, draw.Rows(th.Bad, s, w)...)
	}
	if _, why := r.TwoJobs(); why != nil {
		out = append(out, draw.Rows(th.Dim, present.TwoJobs(r), w)...)
	}
	for _, h := range r.Handoffs {
		out = append(out, draw.Rows(th.Mark, present.Offer(r, h), w)...)
		out = append(out, draw.Indent(draw.Rows(th.Plain, model.Clean(h.Brief), w-4), 4)...)
	}
	if len(out) > 0 {
		out = append(out, nil)
	}
	return out
}

func memberLines(r *model.Room, w int, th *theme.Theme) []draw.Line {
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
		line := draw.Column(th.Accent, model.CleanLine(m.Handle), 10)
		line = append(line, draw.Column(th.Plain, model.CleanLine(string(m.Right)), 8)...)
		message := model.Safef("key %.8s %s %s %s", model.CleanLine(k), m.Via, m.Name, m.Job)
		if m.Revoked {
			message = model.Safef("%s  REVOKED", message)
		}
		out = append(out, append(line, draw.T(th.Dim, message)).Clip(w))
	}
	return out
}
