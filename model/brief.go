package model

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// maxBrief is the size in bytes of a drafted brief. The remaining space of an entry
// is for the person who edits it.
const maxBrief = MaxText / 2

// briefForm matches a fact of a drafted brief.
var briefForm = regexp.MustCompile(`(?m)(^|; )(Phase|Severity|Scope|Clocks|Open hypotheses): `)

// BriefWith returns the brief of a handoff with what the giver typed: an edited draft as it
// is, anything else after the drafted brief.
func (r *Room) BriefWith(text string, now time.Time) string {
	switch {
	case strings.TrimSpace(text) == "":
		return r.HandoffBrief(now)
	case briefForm.MatchString(text):
		return text
	}
	return r.HandoffBrief(now) + "\n" + strings.TrimSpace(text)
}

// HandoffBrief drafts a brief for the person who takes over a role, one fact per
// line, from the log.
func (r *Room) HandoffBrief(now time.Time) string {
	var out []string
	add := func(name lit, list ...Safe) {
		list = slices.DeleteFunc(list, Safe.IsEmpty)
		if len(list) > 0 {
			out = append(out, Safef("%s: %s", Lit(name), JoinSafe(Lit("; "), list...)).String())
		}
	}
	add("Phase", r.briefPhase())
	add("Severity", r.briefSeverity())
	open, over := r.briefHypotheses()
	add("Open hypotheses", open...) // those that were supported, too
	add("Eliminated", over...)
	add("Scope", r.briefScope()...)
	add("Last updates", r.briefUpdates(now)...)
	add("Clocks", r.briefClocks(now)...)
	add("Asks", r.briefAsks(now)...)
	add("Polls", r.briefPolls(now)...)
	add("In work", r.briefItems(ItemDoing)...)
	add("Blocked", r.briefItems(ItemBlocked)...)
	add("Decided in the last hour", r.briefDecisions(now)...)
	s := strings.Join(out, "\n")
	for len(s) > maxBrief {
		out = out[:len(out)-1]
		s = strings.Join(append(slices.Clone(out), "(the room has more)"), "\n")
	}
	return s
}

func (r *Room) briefPhase() Safe {
	if d := r.Plan.Phase(r.Phase); d != nil {
		done, all := r.Progress(d.ID)
		return Safef("%s, %d of %d done", d.Label, done, all)
	}
	return CleanLine(r.Phase)
}

func (r *Room) briefSeverity() Safe {
	if n := len(r.Levels); n > 0 {
		l := r.Levels[n-1]
		return because(Safef("%s", l.Severity), strings.Trim(l.Criterion+", "+CleanLine(l.Reason).String(), ", "))
	}
	return CleanLine(r.Severity)
}

func (r *Room) briefHypotheses() (open, over []Safe) {
	for _, l := range r.Lines() {
		m := r.Marks[l.Seq]
		if l.Kind != KindHypothesisOpened || !l.Refused.IsEmpty() || m.Retracted != "" {
			continue
		}
		s := CleanLine(r.Text(l).String())
		switch x := m.Outcome; {
		case x == nil:
			open = append(open, s)
		case x.Outcome == OutcomeEliminated:
			over = append(over, Safef("%s (%s)", s, CleanLine(x.Reason)))
		default:
			open = append(open, Safef("%s (%s)", s, because(CleanLine(x.Outcome), CleanLine(x.Reason).String())))
		}
	}
	return open, over
}

// briefScope describes the contained assets, the current impact, and the exposure.
func (r *Room) briefScope() []Safe {
	out := []Safe{r.ScopeLine()}
	for i := range r.Impacts {
		if x := &r.Impacts[i]; x.Until.IsZero() {
			out = append(out, Safef("%s is affected since %s", r.ImpactWords(x), FormatTime(x.From)))
		}
	}
	x := r.Exposure
	switch {
	case x == nil:
		return append(out, Lit("exposure is not assessed"))
	case len(x.Regimes) > 0:
		return append(out, Safef("exposure %s, %s", x.Level, strings.ToUpper(strings.Join(x.Regimes, ", "))))
	}
	return append(out, Safef("exposure %s", x.Level))
}

func (r *Room) briefUpdates(now time.Time) []Safe {
	var out []Safe
	for _, a := range r.Plan.orEmpty().Audiences {
		if u, ok := r.Updates[a.ID]; ok {
			out = append(out, Safef("%s %s ago by %s", a.Label, Took(now.Sub(u.At)), u.By))
		} else if a.ID == "responders" {
			out = append(out, Safef("%s: none yet", a.Label))
		}
	}
	return out
}

func (r *Room) briefClocks(now time.Time) []Safe {
	var out []Safe
	for _, v := range r.ClockViews(now) {
		switch v.State {
		case ClockOverdue:
			out = append(out, Safef("%s overdue by %s", v.Def.Label, Span(v.Remaining)))
		case ClockSnoozed:
			out = append(out, Safef("%s %s, due in %s", v.Def.Label, v.SnoozeWord(), Span(v.Remaining)))
		case ClockRunning, ClockWarning:
			out = append(out, Safef("%s in %s", v.Def.Label, Span(v.Remaining)))
		}
	}
	return out
}

func (r *Room) briefAsks(now time.Time) []Safe {
	var out []Safe
	for _, a := range r.OpenAsks() {
		out = append(out, Safef("%d to %s, %s: %s", a.N, r.AskTo(&a), string(a.State(now)), CleanLine(a.Text)))
	}
	return out
}

func (r *Room) briefPolls(now time.Time) []Safe {
	var out []Safe
	for _, p := range r.OpenPolls(now) {
		out = append(out, Safef("%d %s (%s)", p.N, CleanLine(p.Text), p.Outcome(now)))
	}
	return out
}

func (r *Room) briefItems(state ItemState) []Safe {
	var out []Safe
	for i := range r.Items {
		if it := &r.Items[i]; it.State == state {
			s := Safef("%d %s", it.N, it.Text)
			if it.Owner != "" {
				s = Safef("%s @%s", s, it.Owner)
			}
			out = append(out, because(s, CleanLine(it.Reason).String()))
		}
	}
	return out
}

func (r *Room) briefDecisions(now time.Time) []Safe {
	var out []Safe
	for _, l := range slices.Backward(r.Lines()) {
		if now.Sub(l.RecordedAt) > time.Hour {
			break
		}
		if l.Kind == KindDecisionMade && l.Refused.IsEmpty() && r.Marks[l.Seq].Retracted == "" {
			out = append(out, CleanLine(r.Text(l).String()))
		}
	}
	slices.Reverse(out)
	for i := range r.Polls {
		p := &r.Polls[i]
		if r.PollState(p, now) == PollProceeds && now.Sub(latest(p.EndedAt(), p.ClosedAt)) <= time.Hour {
			out = append(out, Safef("%s (%s)", CleanLine(p.Text), p.Outcome(now)))
		}
	}
	return out
}
