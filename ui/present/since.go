package present

import (
	"time"

	"warroom/model"
)

// ViaSuffix returns the origin of a person, unless they use a local terminal.
func ViaSuffix(q model.Presence) model.Safe {
	if q.Via != "ssh" {
		return model.Safe{}
	}
	return model.Lit(" over SSH")
}

// RanOut names the clocks that ran out while this person was away, or all overdue ones if
// they have not been here before, with the command that stops each.
func RanOut(r *model.Room, since time.Time, been bool, now time.Time) model.Safe {
	var out []model.Safe
	for _, v := range r.ClockViews(now) {
		if v.State == model.ClockOverdue && (!been || v.Run.DueAt.After(since)) {
			out = append(out, ClockNotice(r, &v, now.Location()))
		}
	}
	return model.JoinSafe(model.Lit("; "), out...)
}

// IsNew reports whether a line may be new to a person: somebody else wrote it, and the
// timeline shows it as an entry of its own.
func IsNew(l *model.Line, me string) bool {
	return l.By != me && l.Refused.IsEmpty() && !l.Hidden && !l.Repeat && l.Kind != model.KindKeyAdmitted
}

// FirstNew returns the first line after seq that is new to a person, or nil.
func FirstNew(r *model.Room, seq uint64, me string) *model.Line {
	lines := r.Lines()
	i := len(lines)
	for i > 0 && lines[i-1].Seq > seq {
		i--
	}
	for _, l := range lines[i:] {
		if IsNew(l, me) {
			return l
		}
	}
	return nil
}

// CatchUp returns a summary such as "12 new since 14:02: 1 decision, severity raised";
// empty if nothing is new. It does not count this person's own lines.
func CatchUp(r *model.Room, seq uint64, since time.Time, me string) model.Safe {
	n, decisions, updates, mentions, roles, asks := 0, 0, 0, 0, 0, 0
	var phase, level, status model.Safe
	lines := r.Lines()
	for i := len(lines) - 1; i >= 0 && lines[i].Seq > seq; i-- {
		l := lines[i]
		if !IsNew(l, me) {
			continue
		}
		n++
		if l.Mentions(me) {
			mentions++
		}
		switch l.Kind {
		case model.KindAskMade:
			asks++
		case model.KindRoleAssumed, model.KindHandoffAccepted, model.KindRoleRenounced:
			roles++
		case model.KindDecisionMade:
			decisions++
		case model.KindUpdateSent:
			updates++
		case model.KindSeverityChanged:
			level = levelWords(r, l)
		case model.KindPhaseEntered:
			phase = model.Safef("now in %s", Phases(r))
		case model.KindIncidentResolved, model.KindIncidentReopened, model.KindIncidentClosed:
			if status.IsEmpty() {
				status = l.Word()
			}
		}
	}
	if n == 0 {
		return model.Safe{}
	}
	var parts []model.Safe
	add := func(on bool, s model.Safe) {
		if on {
			parts = append(parts, s)
		}
	}
	add(mentions > 0, Plural(mentions, "mention", "mentions"))
	add(asks > 0, Plural(asks, "ask", "asks"))
	add(roles > 0, Plural(roles, "role change", "role changes"))
	add(decisions > 0, Plural(decisions, "decision", "decisions"))
	add(updates > 0, Plural(updates, "update", "updates"))
	add(!level.IsEmpty(), level)
	add(!phase.IsEmpty(), phase)
	add(!status.IsEmpty(), status)
	out := model.Safef("%d new since %s", n, model.DayTime(since, r.RecordedAt.In(since.Location())))
	if len(parts) > 0 {
		out = model.Safef("%s: %s", out, model.JoinSafe(model.Lit(", "), parts...))
	}
	return out
}

// levelWords describes the change of the severity at a line.
func levelWords(r *model.Room, l *model.Line) model.Safe {
	for i, s := range r.Levels {
		if i == 0 || !s.From.Equal(l.RecordedAt) || r.Plan == nil {
			continue
		}
		is, prev := r.Plan.Severity(s.Severity), r.Plan.Severity(r.Levels[i-1].Severity)
		switch {
		case is == nil || prev == nil:
		case is.Rank < prev.Rank:
			return model.Lit("severity raised")
		default:
			return model.Lit("severity lowered")
		}
	}
	return model.Lit("severity changed")
}

// Joined joins two parts of a sentence; either may be empty.
func Joined(a, b model.Safe) model.Safe {
	switch {
	case a.IsEmpty():
		return b
	case b.IsEmpty():
		return a
	}
	return model.Safef("%s; %s", a, b)
}
