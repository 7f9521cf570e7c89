package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds about what went out, and what it was about.
const (
	KindUpdateSent       Kind = "update.sent"
	KindNoticeGiven      Kind = "notice.given"
	KindExposureAssessed Kind = "exposure.assessed"
)

var _ = register(
	func() Body { return new(UpdateSent) }, func() Body { return new(NoticeGiven) }, func() Body { return new(ExposureAssessed) },
)

// LastUpdate is the newest update to one audience.
type LastUpdate struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Seq      uint64    `json:"seq"`
	Count    int       `json:"count"`
	Severity string    `json:"severity"` // as it stood then
}

// Dispatch is one update as it was sent, for what carries it to its audience.
type Dispatch struct {
	ID         string    `json:"id"`
	N          int       `json:"n"` // of its audience, from 1
	Seq        uint64    `json:"seq"`
	Audience   string    `json:"audience"`
	Conditions string    `json:"conditions"`
	Actions    string    `json:"actions,omitempty"`
	Needs      string    `json:"needs,omitempty"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	RecordedAt time.Time `json:"recorded_at"`
	Severity   string    `json:"severity"` // as it stood then
}

// Notice is that somebody was told.
type Notice struct {
	Audience string    `json:"audience"`
	Who      string    `json:"who"`
	How      string    `json:"how,omitempty"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Seq      uint64    `json:"seq"`
}

// UpdateSent is an update to an audience: conditions, actions, needs.
type UpdateSent struct {
	Audience   string `json:"audience"`
	Conditions string `json:"conditions"`
	Actions    string `json:"actions,omitempty"`
	Needs      string `json:"needs,omitempty"`
}

// Kind names the kind.
func (*UpdateSent) Kind() Kind               { return KindUpdateSent }
func (*UpdateSent) need(*Room, *Event) Power { return PowerUpdates }

func (b *UpdateSent) free() []*string { return []*string{&b.Conditions, &b.Actions, &b.Needs} }

func (b *UpdateSent) check(r *Room, _ *Event) error {
	if r.Plan.Audience(b.Audience) == nil {
		return Refuse(NotFound, "the plan knows no audience %s; it has: %s", b.Audience, r.Plan.audienceIDs())
	}
	if err := longText("update", b.Conditions, false); err != nil {
		return err
	}
	return longText("update", b.Actions+b.Needs, true)
}

func (b *UpdateSent) apply(r *Room, e *Event) {
	id := r.Plan.Audience(b.Audience).ID
	r.Updates = with(r.Updates, id, LastUpdate{At: e.At, By: e.By, Seq: e.Seq, Count: r.Updates[id].Count + 1, Severity: r.Severity})
	r.Dispatches = push(r.Dispatches, Dispatch{ID: e.ID, N: r.Updates[id].Count, Seq: e.Seq, Audience: id, Conditions: b.Conditions, Actions: b.Actions, Needs: b.Needs,
		By: e.By, At: e.At, RecordedAt: e.RecordedAt, Severity: r.Severity})
	r.meetAudience(id, e)
}

// meetAudience meets the clocks of the plan, not of law, that run for an
// audience.
func (r *Room) meetAudience(id string, e *Event) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		if d != nil && d.Audience == id && !d.Law && !c.StartedAt.IsZero() && c.StoodAt.IsZero() && c.MetAt.IsZero() && c.Waived == "" {
			r.meet(i, e)
		}
	}
}

func (b *UpdateSent) line(r *Room, _ *Event) Safe {
	s := Safef("to %s: %s", r.Plan.Audience(b.Audience).Label, Clean(b.Conditions))
	if b.Actions != "" {
		s = Safef("%s | actions: %s", s, Clean(b.Actions))
	}
	if b.Needs != "" {
		s = Safef("%s | needs: %s", s, Clean(b.Needs))
	}
	return s
}

// NoticeGiven says who was told, and how.
type NoticeGiven struct {
	Audience string `json:"audience"`
	Clock    string `json:"clock,omitempty"` // the clock of law that it meets
	Who      string `json:"who"`
	How      string `json:"how,omitempty"`
}

// Kind names the kind.
func (*NoticeGiven) Kind() Kind { return KindNoticeGiven }

func (b *NoticeGiven) free() []*string { return []*string{&b.Who, &b.How} }

func (b *NoticeGiven) need(r *Room, e *Event) Power {
	if r.Has(e.By, e.Key, PowerExposure) && b.Clock != "" {
		return PowerExposure
	}
	return PowerUpdates
}

func (b *NoticeGiven) check(r *Room, _ *Event) error {
	if r.Plan.Audience(b.Audience) == nil {
		return Refuse(NotFound, "the plan knows no audience %s; it has: %s", b.Audience, r.Plan.audienceIDs())
	}
	if b.Clock != "" && r.Plan.Clock(b.Clock) == nil {
		return Refuse(NotFound, "the plan knows no clock %s; it has: %s", b.Clock, r.Plan.clockIDs())
	}
	if err := oneLine("name of who was told", b.Who, 200); err != nil {
		return err
	}
	return longText("way", b.How, true)
}

func (b *NoticeGiven) apply(r *Room, e *Event) {
	id := r.Plan.Audience(b.Audience).ID
	r.Notices = push(r.Notices, Notice{Audience: id, Who: b.Who, How: b.How, At: e.At, By: e.By, Seq: e.Seq})
	if i := r.clockIndex(b.Clock); i >= 0 {
		if r.Clocks[i].MetAt.IsZero() && r.Clocks[i].Waived == "" {
			r.meet(i, e)
		}
		return
	}
	r.meetAudience(id, e)
}

func (b *NoticeGiven) line(r *Room, _ *Event) Safe {
	s := Safef("%s: %s", r.Plan.Audience(b.Audience).Label, b.Who)
	if d := r.Plan.Clock(b.Clock); d != nil {
		s = Safef("%s: %s", d.Label, b.Who)
	}
	if b.How != "" {
		s = Safef("%s, %s", s, b.How)
	}
	return s
}

// The levels of exposure.
const (
	ExposureNone      = "none"
	ExposureSuspected = "suspected"
	ExposureConfirmed = "confirmed"
)

// Exposure is whether data of people got out.
type Exposure struct {
	Level    string    `json:"level"`
	Subjects string    `json:"subjects,omitempty"` // how many people, as told: "~1200"
	Regimes  []string  `json:"regimes,omitempty"`
	Aware    time.Time `json:"aware,omitzero"` // when it was known, which starts the clocks of law
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// ExposureAssessed says whether data of people got out. Suspected or confirmed
// starts the clocks of law from awareness.
type ExposureAssessed struct {
	Level    string     `json:"level"`
	Subjects string     `json:"subjects,omitempty"`
	Regimes  []string   `json:"regimes,omitempty"` // none: all that the plan has clocks for
	Aware    *time.Time `json:"aware,omitempty"`
	Why      string     `json:"why,omitempty"`
}

// Kind names the kind.
func (*ExposureAssessed) Kind() Kind               { return KindExposureAssessed }
func (*ExposureAssessed) need(*Room, *Event) Power { return PowerExposure }

func (b *ExposureAssessed) free() []*string { return []*string{&b.Why} }

func (b *ExposureAssessed) check(r *Room, e *Event) error {
	if !slices.Contains([]string{ExposureNone, ExposureSuspected, ExposureConfirmed}, b.Level) {
		return Refuse(Invalid, "exposure is none, suspected or confirmed, not %s", b.Level)
	}
	if b.Aware != nil && b.Aware.After(e.RecordedAt.Add(Skew)) {
		return Refuse(Invalid, "%s is in the future", Stamp(*b.Aware))
	}
	for _, g := range b.Regimes {
		if !slices.ContainsFunc(r.Plan.Clocks, func(d ClockDef) bool { return d.Regime == g }) {
			return Refuse(NotFound, "the plan has no clock for %s", g)
		}
	}
	return longText("reason", b.Why+b.Subjects, true)
}

func (b *ExposureAssessed) apply(r *Room, e *Event) {
	x := &Exposure{Level: b.Level, Subjects: b.Subjects, Regimes: b.Regimes, By: e.By, At: e.RecordedAt}
	yes := b.Level != ExposureNone
	for _, c := range r.Plan.Conditions {
		if c.Exposure {
			r.Answers = with(r.Answers, c.ID, Answer{Yes: yes, By: e.By, At: e.RecordedAt, Why: b.Why})
		}
	}
	if yes {
		x.Aware = e.RecordedAt
		if b.Aware != nil {
			x.Aware = b.Aware.UTC()
		}
		r.beginLaw(x)
	}
	r.Exposure = x
}

// beginLaw starts the clocks of law that do not run yet, and moves those that
// run to an awareness that was earlier than the one known before. A later one
// moves nothing: the first awareness counts.
func (r *Room) beginLaw(x *Exposure) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		if d == nil || d.Start != StartExposure || c.Waived != "" || !c.MetAt.IsZero() || len(x.Regimes) > 0 && !slices.Contains(x.Regimes, d.Regime) {
			continue
		}
		if c.StartedAt.IsZero() || x.Aware.Before(c.From) {
			r.start(i, x.Aware)
		}
	}
}

// lawRuns names the clocks of law that run.
func (r *Room) lawRuns() string {
	var out []string
	for _, c := range r.Clocks {
		if d := r.Plan.Clock(c.ID); d != nil && d.Law && !c.StartedAt.IsZero() && c.MetAt.IsZero() && c.Waived == "" && c.StoodAt.IsZero() {
			out = append(out, d.Label)
		}
	}
	return strings.Join(out, ", ")
}

func (b *ExposureAssessed) line(r *Room, _ *Event) Safe {
	s := Safef("%s", b.Level)
	if on := r.lawRuns(); b.Level == ExposureNone && on != "" {
		s = Safef("%s; %s runs on until it is waived with a reason", s, on)
	}
	if b.Subjects != "" {
		s = Safef("%s, %s people", s, b.Subjects)
	}
	if len(b.Regimes) > 0 {
		s = Safef("%s, %s", s, strings.Join(b.Regimes, " "))
	}
	if b.Aware != nil {
		s = Safef("%s, aware since %s", s, Stamp(*b.Aware))
	}
	return because(s, b.Why)
}
