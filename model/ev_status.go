package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// IncidentResolved records that the incident is over and monitoring begins.
type IncidentResolved struct {
	Text string `json:"text,omitempty"`

	Override string `json:"override,omitempty"` // reason for what is left open
}

func (*IncidentResolved) need(*Room, *Event) Power { return PowerAll }

func (b *IncidentResolved) free() []*string { return []*string{&b.Text, &b.Override} }

func (b *IncidentResolved) check(r *Room, e *Event) error {
	if r.Status != Open {
		return Refuse(Conflict, "the incident is already %s", string(r.Status))
	}
	if err := longText("text", b.Text+b.Override, true); err != nil {
		return err
	}
	return b.mustAnswer(r, e)
}

func (b *IncidentResolved) apply(r *Room, e *Event) {
	r.endDone(e.RecordedAt)
	r.answerPoints(r.OpenPoints(e.RecordedAt), b.Override, true, e)
	r.addFollowups(e)
	r.enterStatus(Resolved, b.Text+b.Override, e)
	r.reach(MilestoneResolved, e.At, e)
	r.stand(StartDeclared, "the resolution", e)
	r.begin(StartResolved, e.RecordedAt, e)
	if r.Plan.Phase("monitoring") != nil {
		r.enterPhase("monitoring", e, false)
	}
}

func (b *IncidentResolved) line(r *Room, e *Event) Safe {
	s, points := Lit("the incident is over"), r.OpenPoints(e.RecordedAt)
	if w := answeredWords(points); !w.IsEmpty() {
		s = Safef("%s; left open, each with a reason: %s", s, w)
	}
	if left := unansweredOf(points); b.Override != "" && len(left) > 0 {
		return Safef("%s; reason for all open points: %s; left open: %s", s, Clean(b.Override), PointGroups(left))
	}
	if stale := r.StaleItems(); len(stale) > 0 {
		s = Safef("%s, with work left: %s", s, r.staleWords(stale))
	}
	return because(s, b.Text+b.Override)
}

// IncidentReopened records that the incident was not over, or returned.
type IncidentReopened struct {
	Reason string `json:"reason"`
}

func (*IncidentReopened) need(*Room, *Event) Power { return PowerAll }

func (b *IncidentReopened) free() []*string { return []*string{&b.Reason} }

func (b *IncidentReopened) check(r *Room, _ *Event) error {
	if r.Status == Open {
		return Refuse(Conflict, "the incident is open")
	}
	return longText("reason", b.Reason, false)
}

func (b *IncidentReopened) apply(r *Room, e *Event) {
	closed := r.Status == Closed
	r.endAnswers("", e.RecordedAt)
	r.enterStatus(Open, b.Reason, e)
	r.Milestones = without(r.Milestones, MilestoneResolved, MilestoneClosed)
	r.stand(StartResolved, "the reopening", e)
	r.begin(StartDeclared, e.RecordedAt, e)
	r.begin(StartSeverity, e.RecordedAt, e)
	r.begin(StartAlert, r.AlertAt(), e)
	if n := len(r.Levels); closed && n > 0 {
		r.Levels = push(r.Levels,
			LevelSpan{Severity: r.Severity, Criterion: r.Criterion, Reason: b.Reason, From: e.RecordedAt, By: e.By})
	}
	for i := len(r.Phases) - 1; i >= 0; i-- {
		if p := r.Phases[i].Phase; p != "monitoring" && p != "review" {
			r.enterPhase(p, e, false)
			break
		}
	}
}

func (b *IncidentReopened) line(*Room, *Event) Safe { return Clean(b.Reason) }

// IncidentClosed ends the work. It is refused while something is open, unless it has
// a reason to override that.
type IncidentClosed struct {
	Override string `json:"override,omitempty"` // reason for closing it with open work
}

func (*IncidentClosed) need(*Room, *Event) Power { return PowerAuthority }

func (b *IncidentClosed) free() []*string { return []*string{&b.Override} }

func (b *IncidentClosed) check(r *Room, e *Event) error {
	if r.Status == Closed {
		return Refuse(Conflict, "the incident is already closed")
	}
	if strings.TrimSpace(b.Override) == "" {
		if err := r.mayClose(e.RecordedAt); err != nil {
			return err
		}
	}
	return longText("reason", b.Override, true)
}

func (b *IncidentClosed) apply(r *Room, e *Event) {
	r.endDone(e.RecordedAt)
	r.answerPoints(r.pointsToClose(e.RecordedAt), b.Override, true, e)
	r.enterStatus(Closed, b.Override, e)
	r.reach(MilestoneClosed, e.At, e)
	for _, start := range []string{StartDeclared, StartAlert, StartSeverity} {
		r.stand(start, byClosing, e)
	}
	for i, c := range r.Clocks { // a clock of AtLeast stops when the room is closed
		if d := r.Plan.Clock(c.ID); d != nil && d.AtLeast > 0 {
			r.standOne(i, byClosing, e)
		}
	}
	r.leavePhases(e.RecordedAt, "")
	r.endLevel(e.RecordedAt)
}

func (b *IncidentClosed) line(r *Room, e *Event) Safe {
	own := answeredWords(r.pointsToClose(e.RecordedAt))
	switch {
	case b.Override == "" && own.IsEmpty():
		return Lit("everything is done")
	case b.Override == "":
		return Safef("left open, each with a reason: %s", own)
	}
	left := r.unfinished(e.RecordedAt)
	if r.Plan.AnswerOpen {
		left = PointGroups(unansweredOf(r.pointsToClose(e.RecordedAt)))
	}
	s := Safef("reason for all open points: %s; left open: %s", b.Override, left)
	if !own.IsEmpty() {
		return Safef("left open, each with a reason: %s; %s", own, s)
	}
	return s
}

// mayClose refuses to close the room while something is open without a reason.
func (r *Room) mayClose(now time.Time) error {
	if r.Plan.AnswerOpen {
		return refuseOpen("close", unansweredOf(r.pointsToClose(now)))
	}
	if left := r.unfinished(now); left.Len() > 0 {
		if parts := r.UnwrittenSections(); len(parts) > 0 && len(r.reviewMissing()) > 0 {
			left = Safef("%s; write the review with :review %s TEXT", left, strings.Join(parts, "|"))
		}
		return Refuse(Conflict, "not everything is done; finish it, or give a reason with :close override REASON "+
			"(still open: %s)", left)
	}
	return nil
}

// unfinished lists what has to be done before the room can be closed.
func (r *Room) unfinished(now time.Time) Safe {
	if r.Plan.AnswerOpen {
		return JoinSafe(Lit("; "), textsOf(unansweredOf(r.pointsToClose(now)))...)
	}
	var left []Safe
	if r.Status == Open {
		left = append(left, Lit("the incident is not resolved"))
	}
	open := 0
	for i := range r.Items {
		if !r.Settled(&r.Items[i]) {
			open++
		}
	}
	if open > 0 {
		left = append(left, Safef("%d checklist items are open", open))
	}
	if stale := r.StaleItems(); r.Rules >= 2 && len(stale) > 0 {
		left = append(left, r.staleWords(stale))
	}
	for _, v := range r.ClockViews(now) {
		runs := v.State == ClockRunning || v.State == ClockWarning || v.State == ClockSnoozed || v.State == ClockOverdue
		switch {
		case runs && v.Def.AtLeast > 0:
			left = append(left, Safef("%s runs for another %s", v.Def.Label, Took(v.Remaining)))
		case runs && v.Def.Every == 0:
			left = append(left, Safef("%s is not met", v.Def.Label))
		}
	}
	for _, f := range r.Followups {
		if f.IsOpen() && (f.Owner == "" || f.Due == "") {
			left = append(left, Safef("follow-up %d has no owner or no due date", f.N))
		}
	}
	if r.Rules >= 2 {
		left = append(left, r.reviewMissing()...)
		left = append(left, r.vacantMandatory()...)
	}
	return JoinSafe(Lit("; "), left...)
}

// staleWords lists the items that have to be done again.
func (r *Room) staleWords(stale []*Item) Safe {
	n := make([]string, len(stale))
	for i, it := range stale {
		n[i] = strconv.Itoa(it.N)
	}
	if len(n) == 1 {
		return Safef("item %s is stale: %s", n[0], r.StaleWhy(stale[0]))
	}
	return Safef("items %s are stale: %s", strings.Join(n, ", "), r.StaleWhy(stale[0]))
}

// reviewed reports whether the incident is resolved and the plan requires a review.
func (r *Room) reviewed() bool {
	return r.Status != Open &&
		slices.ContainsFunc(r.Plan.Clocks, func(d ClockDef) bool { return d.MetBy == MilestoneReviewed })
}

// reviewMissing returns what the review lacks after the incident was resolved, if
// the plan requires one.
func (r *Room) reviewMissing() []Safe {
	if !r.reviewed() {
		return nil
	}
	return r.ReviewLeft()
}

// neverHeld returns the mandatory roles that nobody ever held.
func (r *Room) neverHeld() []*RoleDef {
	var out []*RoleDef
	for i := range r.Plan.Roles {
		d := &r.Plan.Roles[i]
		if d.Mandatory && !slices.ContainsFunc(r.Roles, func(a Assignment) bool { return a.Role == d.ID }) {
			out = append(out, d)
		}
	}
	return out
}

// vacantMandatory describes the mandatory roles that nobody ever held.
func (r *Room) vacantMandatory() []Safe {
	var out []Safe
	for _, d := range r.neverHeld() {
		out = append(out, Safef("nobody was %s", d.Label))
	}
	return out
}
