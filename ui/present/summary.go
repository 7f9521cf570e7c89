package present

import (
	"slices"
	"time"

	"warroom/model"
)

const (
	answerLength = 150             // max bytes of an answer, two rows of a narrow terminal
	recent       = 5 * time.Minute // max age of a recent entry
	newestShown  = 3               // newest entries of a summary
)

// Summary answers in about fifteen lines what is happening, how severe it is, what waits
// for the reader, who has which role, what is due next, what is being done, blocked or
// done, what nobody does, and what is new. What is left out is counted, with the command
// that lists it.
func Summary(v *model.View, me string, now time.Time, zone *time.Location) []model.Safe {
	r := v.Room
	if r.Lobby {
		return lobbySummary(r, now)
	}
	out := headLines(v, now, zone)
	list := slices.Collect(Attention(v, me, now.In(zone)))
	for i, m := range list {
		if i == 2 {
			more := Plural(len(list)-i, "more matter for you", "more matters for you")
			out = append(out, model.Safef("! and %s, see :clocks and :people", more))
			break
		}
		out = append(out, model.Safef("! %s", m.Sentence()))
	}
	if p := v.Proof; p.Alarm.IsEmpty() && (p.Bad > 0 || !p.Newer.IsEmpty()) { // an alarm is a matter
		out = append(out, model.Safef("Record: %s", RecordState(v)))
	}
	if s := model.RadarLine(SignalsBesides(r, now)); !s.IsEmpty() {
		out = append(out, model.Safef("Radar: %s", s))
	}
	if r.Plan == nil {
		return append(out, noPlan)
	}
	out = append(out, answer("Roles", roleFacts(r, now), "people")...)
	out = append(out, answer("Due", dueFacts(r, now, zone), "clocks")...)
	out = append(out, answer("Asked", askFacts(r, me, now), "clocks")...)
	out = append(out, answer("Doing", workFacts(r, now, IsDoing), "checklist")...)
	out = append(out, answer("Blocked", workFacts(r, now, IsBlocked), "checklist")...)
	out = append(out, answer("Unassigned", workFacts(r, now, IsUnowned), "checklist")...)
	out = append(out, answer("Done", doneFacts(r), "checklist")...)
	out = append(out, answer("Alerts", alertFacts(r, now), "alerts")...)
	return append(out, newest(r, now, zone)...)
}

// answer returns an answer in one line, and counts the parts that do not fit. It is empty
// without parts.
func answer(label string, parts []model.Safe, command string) []model.Safe {
	if len(parts) == 0 {
		return nil
	}
	s := model.Safef("%s: %s", label, parts[0])
	for i, p := range parts[1:] {
		if s.Len()+p.Len() > answerLength {
			return []model.Safe{model.Safef("%s; and %d more, see :%s", s, len(parts)-1-i, command)}
		}
		s = model.Safef("%s; %s", s, p)
	}
	return []model.Safe{s}
}

// roleFacts names the vacant roles, then the holders of the others.
func roleFacts(r *model.Room, now time.Time) []model.Safe {
	var vacant, held []model.Safe
	for i := range r.Plan.Roles {
		d := &r.Plan.Roles[i]
		if s := Vacancy(r, d, now).Full; !s.IsEmpty() {
			vacant = append(vacant, model.Safef("%s %s", d.Label, s))
			continue
		}
		if who := r.HolderNames(d.ID); len(who) > 0 {
			held = append(held, model.Safef("%s %s", d.Label, model.JoinSafe(model.Lit(" and "), who...)))
		}
	}
	return append(vacant, held...)
}

// dueFacts describes the clocks that run, each that is overdue or due soon with the
// command that stops it.
func dueFacts(r *model.Room, now time.Time, zone *time.Location) []model.Safe {
	var out []model.Safe
	for _, c := range LiveClocks(r, now) {
		if s := ClockNotice(r, &c, zone); !s.IsEmpty() {
			out = append(out, s)
			continue
		}
		out = append(out, model.Safef("%s %s", ClockLabel(c.Def), ClockDue(&c)))
	}
	if len(out) == 0 {
		return []model.Safe{NoClock}
	}
	return out
}

// askFacts describes the open asks of others, and the polls. Those of the reader are
// matters, see [Attention].
func askFacts(r *model.Room, me string, now time.Time) []model.Safe {
	var out []model.Safe
	for _, a := range r.OpenAsks() {
		if !r.IsAsked(&a, me) {
			out = append(out, Ask(r, &a, now))
		}
	}
	for _, p := range r.OpenPolls(now) {
		out = append(out, model.Safef("poll %d: %s, %s", p.N, model.CleanLine(p.Text), PollEnds(&p, now)))
	}
	return out
}

// workFacts describes the items of a group.
func workFacts(r *model.Room, now time.Time, is WorkGroup) []model.Safe {
	var out []model.Safe
	for _, it := range Work(r, now, is) {
		s := model.Safef("%d %s", it.N, model.CleanLine(it.Text))
		if u := ItemUrgent(r, it, now); !u.Full.IsEmpty() {
			s = model.Safef("%s, %s", s, u.Full)
		}
		if it.Owner != "" {
			s = model.Safef("%s, @%s", s, it.Owner)
		}
		if it.State == model.ItemBlocked && it.Reason != "" {
			s = model.Safef("%s, %s", s, model.CleanLine(it.Reason))
		}
		out = append(out, s)
	}
	return out
}

// doneFacts describes the progress of the open phases and the scope.
func doneFacts(r *model.Room) []model.Safe {
	var out []model.Safe
	for _, p := range OpenPhases(r) {
		if _, all := r.Progress(p); all > 0 {
			out = append(out, PhaseProgress(r, p))
		}
	}
	if s := r.ScopeLine(); !s.IsEmpty() {
		out = append(out, s)
	}
	return out
}

// alertFacts describes the alerts that are not judged.
func alertFacts(r *model.Room, now time.Time) []model.Safe {
	var out []model.Safe
	for _, a := range r.OpenAlerts() {
		if a.Verdict == "" {
			out = append(out, alertLine(r, a, now))
		}
	}
	return out
}

// newest counts the recent entries and describes the newest ones, the newest last.
func newest(r *model.Room, now time.Time, zone *time.Location) []model.Safe {
	lines, n := RecentEntries(r, now, newestShown)
	out := []model.Safe{model.Safef("%s; the newest:", RecentCount(n))}
	for _, l := range lines {
		out = append(out, abridged(ShortEntry(r, l, now, zone), answerLength, l.Seq))
	}
	return out
}

// RecentEntries returns the newest n visible entries, the oldest first, and the number of
// those that are recent.
func RecentEntries(r *model.Room, now time.Time, n int) (out []*model.Line, count int) {
	for _, l := range slices.Backward(r.Lines()) {
		old := now.Sub(l.RecordedAt) > recent
		if old && len(out) >= n {
			break
		}
		if l.Kind == model.KindKeyAdmitted || !l.Refused.IsEmpty() || l.Fault {
			continue
		}
		if !old {
			count++
		}
		if len(out) < n {
			out = append(out, l)
		}
	}
	slices.Reverse(out)
	return out, count
}

// IsRecent reports whether a line counts as recent.
func IsRecent(l *model.Line, now time.Time) bool { return now.Sub(l.RecordedAt) <= recent }

// RecentCount counts the recent entries.
func RecentCount(n int) model.Safe {
	return Plural(n, "entry in the last 5 minutes", "entries in the last 5 minutes")
}

// lobbySummary describes the alerts that wait in the lobby.
func lobbySummary(r *model.Room, now time.Time) []model.Safe {
	const shown = 5
	out := []model.Safe{r.LobbyLine(now)}
	open := r.OpenAlerts()
	for i, a := range open {
		if i == shown {
			return append(out, model.Safef("and %d more, see :alerts", len(open)-i))
		}
		out = append(out, alertLine(r, a, now))
	}
	return out
}
