package report

import (
	"strings"
	"time"

	"warroom/model"
)

// Span is the duration of a severity, a phase or a status.
type Span struct {
	ID     string     `json:"id"`
	Label  model.Safe `json:"label"`
	Reason model.Safe `json:"reason"`
	By     model.Safe `json:"by"`
	From   time.Time  `json:"from"`
	Until  *time.Time `json:"until"`   // null: it has not ended
	Done   *time.Time `json:"done_at"` // of a status: when it took effect, according to By
	Entry  uint64     `json:"entry"`   // of a status
	TookS  int64      `json:"took_s"`

	Resumed bool `json:"resumed,omitempty"` // of a severity: in effect again, in a reopened room
}

func spanOf(id string, label, reason model.Safe, by string, from, until, now time.Time) Span {
	s := Span{ID: id, Label: label, Reason: reason, By: model.CleanLine(by), From: from, Until: maybe(until)}
	if until.IsZero() {
		until = now
	}
	s.TookS = seconds(until.Sub(from))
	return s
}

// levelsOf returns the history of severities.
func levelsOf(r *model.Room, now time.Time) []Span {
	out := make([]Span, 0, len(r.Levels))
	for _, l := range r.Levels {
		label, why := model.CleanLine(l.Severity), criterionOf(r, l.Severity, l.Criterion)
		if s := r.Plan.Severity(l.Severity); s != nil && s.Label != "" {
			label = model.Safef("%s %s", s.ID, s.Label)
		}
		if reason := model.CleanLine(strings.TrimSpace(l.Reason)); !reason.IsEmpty() {
			if r.Resumed(l) {
				reason = model.Safef("as before, reopened: %s", reason)
			}
			why = joined("; ", why, reason)
		}
		s := spanOf(l.Severity, label, why, l.By, l.From, l.Until, now)
		s.Resumed = r.Resumed(l)
		out = append(out, s)
	}
	return out
}

// worstOf returns the worst severity that the room had.
func worstOf(r *model.Room) string {
	worst, rank := r.Severity, -1
	for _, l := range r.Levels {
		if s := r.Plan.Severity(l.Severity); s != nil && (rank < 0 || s.Rank < rank) {
			worst, rank = l.Severity, s.Rank
		}
	}
	return worst
}

func phasesOf(r *model.Room, now time.Time) []Span {
	out := make([]Span, 0, len(r.Phases))
	same := 0 // phases before that began at the same time
	for i, p := range r.Phases {
		if same++; i == 0 || !r.Phases[i-1].From.Equal(p.From) {
			same = 0
		}
		out = append(out, spanOf(p.Phase, phaseWords(r, p.Phase), begunBy(r, p.From, same), p.By, p.From, p.Until, now))
	}
	return out
}

// begunBy describes the resolution or reopening that began a phase, the n-th of those that
// began at a time. It is empty if a person entered the phase.
func begunBy(r *model.Room, from time.Time, n int) model.Safe {
	var why []model.Safe
	for _, s := range r.States[min(1, len(r.States)):] {
		switch {
		case !s.From.Equal(from):
		case s.Status == model.Resolved:
			why = append(why, model.Lit("the resolution"))
		case s.Status == model.Open:
			why = append(why, model.Lit("the reopening"))
		}
	}
	if len(why) == 0 {
		return model.Safe{}
	}
	return why[min(n, len(why)-1)]
}

// statusesOf returns the statuses of the incident: each resolution, each reopening.
func statusesOf(r *model.Room, now time.Time) []Span {
	out := make([]Span, 0, len(r.States))
	for _, p := range r.States {
		s := spanOf(string(p.Status), model.CleanLine(string(p.Status)), model.CleanLine(p.Reason), p.By, p.From,
			p.Until, now)
		s.Done, s.Entry = maybe(p.At), p.Seq
		out = append(out, s)
	}
	return out
}

// closedAt returns when closing the room was recorded, or zero if it is open.
func closedAt(r *model.Room) time.Time {
	if n := len(r.States); r.Status == model.Closed && n > 0 {
		return r.States[n-1].From
	}
	return time.Time{}
}

// Holder is a person who held a role for some time.
type Holder struct {
	Role   string     `json:"role"`
	Label  model.Safe `json:"label"`
	Person model.Safe `json:"person"` // with name, job and purpose
	Handle model.Safe `json:"handle"`
	By     model.Safe `json:"by"` // who recorded it
	From   time.Time  `json:"from"`
	Until  *time.Time `json:"until"` // null: still holds it
	TookS  int64      `json:"took_s"`

	// Unconfirmed is set if the holder assumed the role and nobody confirmed it. Withheld
	// then lists the powers of the role that the holder did not have.
	Unconfirmed bool       `json:"unconfirmed,omitempty"`
	Withheld    model.Safe `json:"withheld,omitzero"`
	ConfirmedBy model.Safe `json:"confirmed_by,omitzero"` // who confirmed it later
	SecondBy    model.Safe `json:"second_by,omitzero"`    // who agreed that they took it
}

// rolesOf returns who held which role, in the order of the plan's roles and then by time.
func rolesOf(r *model.Room, now time.Time) []Holder {
	out := []Holder{}
	if r.Plan == nil {
		return out
	}
	for _, d := range r.Plan.Roles {
		for _, a := range r.Roles {
			if a.Role != d.ID {
				continue
			}
			h := Holder{Role: d.ID, Label: model.CleanLine(d.Label), Person: a.Who(), Handle: model.CleanLine(a.Person),
				By: model.CleanLine(a.By), From: a.From, Until: maybe(a.Until),
				Unconfirmed: a.Unconfirmed, Withheld: r.Withheld(a), ConfirmedBy: model.CleanLine(a.ConfirmedBy),
				SecondBy: model.CleanLine(a.SecondBy)}
			until := a.Until
			if until.IsZero() {
				until = now
				if end := closedAt(r); !end.IsZero() { // roles end when the room is closed
					until = end
				}
			}
			h.TookS = seconds(until.Sub(a.From))
			out = append(out, h)
		}
	}
	return out
}

// Milestone is a milestone of the incident with its time.
type Milestone struct {
	ID       string     `json:"id"`
	Name     model.Safe `json:"name"`
	At       *time.Time `json:"at"`          // according to By; null: not known
	Recorded *time.Time `json:"recorded_at"` // when that was recorded
	By       model.Safe `json:"by"`
	Entry    uint64     `json:"entry"`
	NA       bool       `json:"not_applicable"`
	Reason   model.Safe `json:"reason"`
	Claim    *time.Time `json:"claimed_at,omitempty"` // of the declaration: another time that somebody gave
	Until    *time.Time `json:"until"`                // of a range: it was between At and this
}

func milestonesOf(r *model.Room) []Milestone {
	out := make([]Milestone, 0, len(model.MilestoneNames))
	for _, id := range model.MilestoneNames {
		m, ok := r.Milestones[id]
		row := Milestone{ID: id, Name: model.MilestoneWords(id), At: maybe(r.MilestoneAt(id)),
			By: model.CleanLine(m.By), Entry: m.Seq, NA: m.NA, Reason: model.CleanLine(m.Reason)}
		if ok {
			row.Recorded = maybe(m.RecordedAt)
		}
		row.Until = maybe(m.Until)
		if !ok {
			row.Reason = undone(r, id)
		}
		if s := r.UndoneIn(m.Seq); ok && !s.IsEmpty() {
			row.Reason = s
		}
		if id == model.MilestoneDeclared && ok && !m.At.Equal(r.DeclaredAt) {
			row.Claim = maybe(m.At)
		}
		out = append(out, row)
	}
	return out
}

// undone states that an incident was reopened after it was resolved or closed.
func undone(r *model.Room, id string) model.Safe {
	for i := len(r.States) - 1; i >= 0; i-- {
		if s := r.States[i]; string(s.Status) == id {
			return model.Safef("it was %s in entry %d and reopened later", id, s.Seq)
		}
	}
	return model.Safe{}
}

// Odd is a pair of milestones in an impossible order, a notice and the start of its clock, or
// two times of an asset, an impact, an indicator or an item.
type Odd struct {
	First string     `json:"first"`
	Then  string     `json:"then"`
	Words model.Safe `json:"words"`

	do model.Safe // what corrects it; if empty, nothing does any more
}

// oddOf returns the contradictions of the walked log, with those of a resolution or closing
// that a reopening took back.
func (w *walk) oddOf(at model.At) []Odd {
	r := w.room
	out := []Odd{}
	for _, c := range w.undone {
		out = append(out, Odd{First: c.First, Then: c.Then,
			Words: model.Safef("%s, before entry %d reopened the incident", c.Words(at), c.reopened)})
	}
	for _, n := range r.EarlyNotices() {
		out = append(out, Odd{First: n.Clock.ID, Then: "notice", Words: n.Words(at),
			do: model.Safef(":time %d @TIME REASON", n.Seq)})
	}
	for _, c := range r.Contradictions() {
		out = append(out, Odd{First: c.First, Then: c.Then, Words: c.Words(at),
			do: model.Safef(":milestone %s @TIME REASON", c.First)})
	}
	for _, o := range r.OddTimes(at) {
		out = append(out, Odd{First: o.What, Then: o.What, Words: o.Words,
			do: model.Safef(":time %d @TIME REASON", o.Seq)})
	}
	return out
}

// momentWords names a milestone, for use in a sentence about its time.
func momentWords(id string) model.Safe {
	switch id {
	case model.MilestoneFirst:
		return model.Lit("the first malicious action")
	case model.MilestoneCompromise:
		return model.Lit("the initial compromise")
	case model.MilestoneExfiltration:
		return model.Lit("the first data exfiltration")
	case model.MilestoneDetected:
		return model.Lit("the detection")
	case model.MilestoneContained:
		return model.Lit("the containment")
	case model.MilestoneRestored:
		return model.Lit("the restoration")
	}
	return model.CleanLine(id)
}

// Measure is the time between two milestones.
type Measure struct {
	Name  model.Safe `json:"name"`
	From  string     `json:"from"`
	To    string     `json:"to"`
	TookS int64      `json:"took_s"`
}

func measuresOf(r *model.Room) []Measure {
	out := []Measure{}
	for _, m := range r.Measures() {
		out = append(out, Measure{Name: m.Name, From: m.From, To: m.To, TookS: seconds(m.Took)})
	}
	return out
}

// Proposal is a claim to vacant command that a second person had to confirm.
type Proposal struct {
	Role    string     `json:"role"`
	Label   model.Safe `json:"label"`
	Person  model.Safe `json:"person"`
	Entry   uint64     `json:"entry"`
	At      time.Time  `json:"at"`
	Reason  model.Safe `json:"reason"`
	Ended   string     `json:"ended"` // confirmed, withdrawn, lapsed, removed, closed; if "", nobody answered
	EndedAt *time.Time `json:"ended_at"`
	By      model.Safe `json:"by"` // who confirmed or ended it, or who held the role then
}

// proposalsOf returns the last proposal of each person to take command.
func proposalsOf(r *model.Room) []Proposal {
	out := []Proposal{}
	for i := range r.Proposals {
		p := &r.Proposals[i]
		out = append(out, Proposal{Role: p.Role, Label: model.CleanLine(r.Plan.Role(p.Role).Label),
			Person: model.CleanLine(p.Person), Entry: p.Seq, At: p.At, Reason: model.CleanLine(p.Reason),
			Ended: string(p.Ended), EndedAt: maybe(p.EndedAt), By: model.CleanLine(p.By)})
	}
	return out
}

// writeProposals lists who proposed to take command, and what became of it.
func writeProposals(w *writer) {
	var rows [][]string
	for _, p := range w.d.Proposals {
		end := "nobody confirmed it"
		switch model.ProposalEnd(p.Ended) {
		case model.ProposalConfirmed:
			end = "confirmed by " + plain(p.By)
		case model.ProposalWithdrawn:
			end = "withdrawn by " + plain(p.By)
		case model.ProposalLapsed:
			end = "the role went to " + plain(p.By)
		case model.ProposalRemoved:
			end = "its author was removed from the room by " + plain(p.By)
		}
		if p.EndedAt != nil {
			end += ", " + w.at(*p.EndedAt)
		}
		rows = append(rows, []string{entry(p.Entry), w.at(p.At), plain(p.Person), plain(p.Label),
			orDash(plain(p.Reason)), end})
	}
	if len(rows) > 0 {
		w.f("### Proposals\n\nThese were made while nobody held the role; a second person had to confirm each of " +
			"them.\n\n")
		w.table([]string{"Entry", "At", "By", "Role", "Reason", "Outcome"}, rows)
	}
}
