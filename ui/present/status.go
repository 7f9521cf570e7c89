package present

import (
	"strings"
	"time"

	"warroom/model"
)

// Phase returns the open phases of a room: "containment + eradication", or "-" if there
// are none.
func Phase(r *model.Room) string {
	open := r.PhaseLabels()
	if r.Status == model.Closed || len(open) == 0 {
		return "-"
	}
	return strings.ToLower(model.JoinSafe(model.Lit(" + "), open...).String())
}

// Status describes a room in plain mode, like the panes of the screen.
func Status(v *model.View, now time.Time, zone *time.Location) []model.Safe {
	r := v.Room
	if r.Lobby {
		return lobbyLines(v, now)
	}
	out := []model.Safe{
		model.Safef("%s  %s  %s  %s", v.Short, r.Severity, strings.ToUpper(Phase(r)), r.Title),
		model.Safef("status %s, declared %s by %s, %s", string(r.Status),
			r.DeclaredAt.In(zone).Format("2006-01-02 15:04:05 -07:00"), r.DeclaredBy, ageWords(r, now)),
	}
	if r.Drill {
		out = append(out, model.Lit("this is a DRILL"))
	}
	if r.IsRestricted() {
		out = append(out, Restricted(r))
	}
	out = append(out, Radar(v, now)...)
	out = append(out, channelLines(r)...)
	out = append(out, scopeLines(r, now, zone)...)
	if r.Plan == nil {
		return append(out, model.Lit("the room has no plan yet"))
	}
	out = append(out, model.Lit("Clocks:"))
	out = append(out, Clocks(r, now, zone)...)
	out = append(out, model.Lit("Roles:"))
	for _, d := range r.Plan.Roles {
		out = append(out, Role(r, d, now))
	}
	out = append(out, commandLines(r, now)...)
	if h := r.KindHint(); !h.IsEmpty() {
		out = append(out, h)
	}
	for _, p := range r.Plan.Phases {
		done, all := r.Progress(p.ID)
		if all == 0 {
			continue
		}
		out = append(out, model.Safef("%s %d/%d:", p.Label, done, all))
		for i := range r.Items {
			if it := &r.Items[i]; it.Phase == p.ID {
				out = append(out, itemLine(r, it, now, zone))
			}
		}
	}
	out = append(out, askLines(r, now)...)
	out = append(out, draftLines(r, now)...)
	out = append(out, peopleLines(v, now)...)
	out = append(out, bridgeLines(v, now, zone)...)
	out = append(out, historyLines(r, now, zone)...)
	for _, m := range r.Measures() {
		out = append(out, model.Safef("%s: %s", m.Name, model.Span(m.Took)))
	}
	out = append(out, alertLines(r, now)...)
	for _, f := range r.Followups {
		out = append(out, followupLine(&f))
		for _, t := range f.Tickets {
			out = append(out, model.Safef("  ticket %s", t))
		}
	}
	return append(out,
		model.Safef("%d entries, %d written by people; state hash %s", r.Seq, r.Entries, r.StateHash()))
}

// followupLine describes one follow-up.
func followupLine(f *model.Followup) model.Safe {
	s := model.Safef("follow-up %d: %s, owner %s, due %s", f.N, f.Title, dash(f.Owner), dash(f.Due))
	switch {
	case f.Done:
		return model.Safef("%s; done", s)
	case f.DroppedBy != "":
		return model.Safef("%s; dropped by %s: %s", s, f.DroppedBy, model.CleanLine(f.Dropped))
	}
	return s
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Role names the holders of a role, or describes how long it has been vacant.
func Role(r *model.Room, d model.RoleDef, now time.Time) model.Safe {
	var who []model.Safe
	for _, h := range r.Roles {
		if h.Role == d.ID && h.Until.IsZero() {
			words := h.Who()
			if waits := r.Awaits(h); !waits.IsEmpty() {
				words = model.Safef("%s (%s)", words, waits)
			}
			if self := r.NamedSelf(h); !self.IsEmpty() {
				words = model.Safef("%s (%s)", words, self)
			}
			who = append(who, words)
		}
	}
	if len(who) > 0 {
		return model.Safef("  %s: %s", d.Label, model.JoinSafe(model.Lit("; "), who...))
	}
	if d.Mandatory {
		return model.Safef("  %s: NEEDED, nobody for %s", d.Label, model.Span(now.Sub(r.VacantSince(d.ID))))
	}
	return model.Safef("  %s: -", d.Label)
}
