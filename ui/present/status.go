package present

import (
	"strings"
	"time"

	"warroom/model"
)

// noPlan is the sentence for a room whose declaration is not complete.
var noPlan = model.Lit("the room has no plan yet")

// Status describes everything in a room.
func Status(v *model.View, now time.Time, zone *time.Location) []model.Safe {
	r := v.Room
	if r.Lobby {
		return lobbyLines(v, now)
	}
	out := headLines(v, now, zone)
	out = append(out, Radar(v, now)...)
	out = append(out, Channels(r)...)
	out = append(out, Scope(r, now, zone)...)
	if r.Plan == nil {
		return append(out, noPlan)
	}
	out = append(append(out, model.Lit("Clocks:")), Clocks(r, now, zone)...)
	out = append(out, Roles(r, now)...)
	out = append(out, Checklist(r, "all", now, zone)...)
	out = append(out, Asks(r, now)...)
	out = append(out, Drafts(r, now)...)
	out = append(out, peopleLines(v, now)...)
	out = append(out, bridgeLines(v, now, zone)...)
	out = append(out, History(r, now, zone)...)
	out = append(out, Alerts(r, now)...)
	out = append(out, followupLines(r)...)
	out = append(out, pointLines(r, now)...)
	return append(out, countLine(r))
}

// headLines describes what the incident is, how severe it is, and how old.
func headLines(v *model.View, now time.Time, zone *time.Location) []model.Safe {
	r := v.Room
	out := []model.Safe{
		model.Safef("%s  %s  %s  %s", v.Short, r.Severity, strings.ToUpper(Stage(r).String()), r.Title),
		model.Safef("status %s, declared %s by %s, %s", string(r.Status),
			zoned(zone)(r.DeclaredAt), r.DeclaredBy, IncidentAge(r, now).Full),
	}
	if r.Drill {
		out = append(out, model.Lit("this is a DRILL"))
	}
	if r.IsRestricted() {
		out = append(out, Restricted(r))
	}
	return out
}

// Due describes what is due and what has gone quiet: the radar, the asks and polls, the
// updates that wait for somebody, and the clocks.
func Due(v *model.View, now time.Time, zone *time.Location) []model.Safe {
	out := append(Radar(v, now), Asks(v.Room, now)...)
	out = append(out, Drafts(v.Room, now)...)
	return append(out, Clocks(v.Room, now, zone)...)
}

// Roles describes who has which role, and the state of command.
func Roles(r *model.Room, now time.Time) []model.Safe {
	if r.Plan == nil {
		return []model.Safe{noPlan}
	}
	out := []model.Safe{model.Lit("Roles:")}
	for _, d := range r.Plan.Roles {
		out = append(out, Role(r, d, now))
	}
	return append(out, commandLines(r, now)...)
}

// People describes who has which role, who is here and who is away, and who asks to join.
func People(v *model.View, now time.Time) []model.Safe {
	out := append(Roles(v.Room, now), peopleLines(v, now)...)
	for _, k := range v.JoinRequests {
		out = append(out, AsksToJoin(k))
	}
	return out
}

// Reached describes the channels that were judged, and what the bridges delivered.
func Reached(v *model.View, now time.Time, zone *time.Location) []model.Safe {
	out := append(Channels(v.Room), bridgeLines(v, now, zone)...)
	if len(out) == 0 {
		return []model.Safe{AllTrusted}
	}
	return out
}

// followupLines describes the follow-ups, with their tickets.
func followupLines(r *model.Room) []model.Safe {
	var out []model.Safe
	for _, f := range r.Followups {
		out = append(out, followupLine(&f))
		for _, t := range f.Tickets {
			out = append(out, model.Safef("  ticket %s", t))
		}
	}
	return out
}

// countLine counts the entries of a room.
func countLine(r *model.Room) model.Safe {
	return model.Safef("%d entries, %d written by people; state hash %s", r.Seq, r.Entries, r.StateHash())
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
