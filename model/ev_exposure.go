package model

import (
	"slices"
	"strings"
	"time"
)

// KindExposureAssessed is the kind of an assessment of whether personal data leaked.
const KindExposureAssessed Kind = "exposure.assessed"

var _ = register(bodyOf[ExposureAssessed](KindExposureAssessed))

// The levels of exposure.
const (
	ExposureNone      = "none"
	ExposureSuspected = "suspected"
	ExposureConfirmed = "confirmed"
)

// Exposure is the result of all assessments so far. What an assessment leaves out
// stays as it was.
type Exposure struct {
	Level      string    `json:"level"`
	Subjects   string    `json:"subjects,omitempty"`   // number of people, as written: "~1200"
	Regimes    []string  `json:"regimes,omitempty"`    // empty: all regimes that the plan has clocks for
	Categories []string  `json:"categories,omitempty"` // categories of data
	Aware      time.Time `json:"aware,omitzero"`       // earliest awareness, from which the legal clocks count
	Why        string    `json:"why,omitempty"`
	By         string    `json:"by"`
	At         time.Time `json:"at"` // recorded
	Seq        uint64    `json:"seq,omitempty"`
}

// AwareClaim is a time of awareness of an exposure, with who reported it.
type AwareClaim struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Seq    uint64    `json:"seq"`
	Reason string    `json:"reason,omitempty"`
}

// awareClaim returns the earliest claim of awareness.
func (r *Room) awareClaim() AwareClaim {
	if len(r.Awareness) == 0 {
		return AwareClaim{}
	}
	return slices.MinFunc(r.Awareness, func(a, b AwareClaim) int { return a.At.Compare(b.At) })
}

// awareSince returns the earliest awareness, or the zero time if there is none.
func (r *Room) awareSince() time.Time { return r.awareClaim().At }

// claimAware adds a claim of awareness.
func (r *Room) claimAware(at time.Time, reason string, e *Event) {
	r.Awareness = push(r.Awareness, AwareClaim{At: at.UTC(), By: e.By, Seq: e.Seq, Reason: reason})
}

// countFromAwareness applies the earliest awareness to the exposure and to every
// clock that counts from it.
func (r *Room) countFromAwareness(reason string, e *Event) {
	aware := r.awareSince()
	for i, c := range r.Clocks {
		if d := r.Plan.Clock(c.ID); d != nil && d.Start == StartExposure && c.N > 0 &&
			(c.Waived == "" || r.startCounts(&c)) && !c.countsFrom().Equal(aware) {
			r.move(i, aware, reason, e)
		}
	}
	if r.Exposure != nil && !r.Exposure.Aware.IsZero() {
		x := *r.Exposure
		x.Aware = aware
		r.Exposure = &x
	}
}

// Concerns reports whether the exposure was assessed for a regime.
func (x *Exposure) Concerns(regime string) bool {
	return len(x.Regimes) == 0 || slices.ContainsFunc(x.Regimes, func(g string) bool {
		return strings.EqualFold(g,
			regime)
	})
}

// ExposureAssessed records whether personal data leaked. If that is suspected or
// confirmed, it starts the legal clocks, which count from awareness.
type ExposureAssessed struct {
	Level    string     `json:"level"`
	Subjects string     `json:"subjects,omitempty"`
	Regimes  []string   `json:"regimes,omitempty"` // empty: as before; at first, all that the plan has clocks for
	Aware    *time.Time `json:"aware,omitempty"`
	Why      string     `json:"why,omitempty"`

	Categories []string `json:"categories,omitempty"` // categories of data
}

func (*ExposureAssessed) need(*Room, *Event) Power { return PowerExposure }

func (b *ExposureAssessed) free() []*string {
	out := []*string{&b.Why}
	for i := range b.Categories {
		out = append(out, &b.Categories[i])
	}
	return out
}

func (b *ExposureAssessed) check(r *Room, e *Event) error {
	if b.Level == "" {
		return Refuse(Invalid, "state what is known about the exposure: :exposure none, suspected or confirmed")
	}
	if !slices.Contains([]string{ExposureNone, ExposureSuspected, ExposureConfirmed}, b.Level) {
		return Refuse(Invalid, "exposure is none, suspected or confirmed, not %s", b.Level)
	}
	if b.Aware != nil && b.Aware.After(e.RecordedAt.Add(Skew)) {
		return Refuse(Invalid, "%s is in the future", FormatTime(*b.Aware))
	}
	for _, g := range b.Regimes {
		if !slices.ContainsFunc(r.Plan.Clocks, func(d ClockDef) bool { return d.Regime == g }) {
			return Refuse(NotFound, "the plan has no clock for %s", g)
		}
	}
	return longText("reason", b.Why+b.Subjects+strings.Join(b.Categories, ""), true)
}

// ByExposure reports whether the assessment of exposure answers a condition of the plan, so
// that nobody has to say yes to it.
func (r *Room) ByExposure(condition string) bool {
	c := r.Plan.Condition(condition)
	return c != nil && c.Exposure && r.Exposure != nil
}

func (b *ExposureAssessed) apply(r *Room, e *Event) {
	yes := b.Level != ExposureNone
	for _, c := range r.Plan.Conditions {
		if c.Exposure {
			r.Answers = with(r.Answers, c.ID, Answer{Yes: yes, By: e.By, At: e.RecordedAt, Why: b.Why})
		}
	}
	x := r.Exposure.after(b, e)
	if yes {
		at := e.RecordedAt
		if b.Aware != nil {
			at = b.Aware.UTC()
		}
		r.claimAware(at, b.Why, e)
		x.Aware = r.awareSince()
	}
	r.Exposure, r.Assessments = x, push(r.Assessments, *x)
	if yes {
		r.startLaw(x, e)
		r.countFromAwareness("", e)
	}
}

// after returns the exposure after an assessment. x may be nil.
func (x *Exposure) after(b *ExposureAssessed, e *Event) *Exposure {
	n := Exposure{}
	if x != nil {
		n = *x
	}
	n.Level, n.By, n.At, n.Seq = b.Level, e.By, e.RecordedAt, e.Seq
	if b.Subjects != "" {
		n.Subjects = b.Subjects
	}
	if strings.TrimSpace(b.Why) != "" {
		n.Why = b.Why
	}
	if x == nil || len(x.Regimes) > 0 || x.Aware.IsZero() { // otherwise it covers all regimes already
		n.Regimes = union(n.Regimes, b.Regimes)
	}
	n.Categories = union(n.Categories, b.Categories)
	return &n
}

// union returns a followed by the elements of b that a does not have.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// startLaw starts the legal clocks for the regimes of an exposure, including those
// that were waived before it was assessed.
func (r *Room) startLaw(x *Exposure, e *Event) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		if d != nil && d.Start == StartExposure && x.Concerns(d.Regime) && (c.N == 0 || c.Waived != "" &&
			c.MetAt.IsZero()) {
			r.start(i, x.Aware, e)
		}
	}
}

// lawRuns names the running legal clocks.
func (r *Room) lawRuns() string {
	var out []string
	for _, c := range r.Clocks {
		if d := r.Plan.Clock(c.ID); d != nil && d.Law && c.Runs() {
			out = append(out, d.Label)
		}
	}
	return strings.Join(out, ", ")
}

func (b *ExposureAssessed) line(r *Room, _ *Event) Safe {
	s := Safef("%s", b.Level)
	if on := r.lawRuns(); b.Level == ExposureNone && on != "" {
		s = Safef("%s; %s keeps running until it is waived with a reason", s, on)
	}
	if b.Subjects != "" {
		s = Safef("%s, %s people", s, b.Subjects)
	}
	if len(b.Regimes) > 0 {
		s = Safef("%s, %s", s, strings.ToUpper(strings.Join(b.Regimes, ", ")))
	}
	if len(b.Categories) > 0 {
		s = Safef("%s, data: %s", s, strings.Join(b.Categories, ", "))
	}
	if b.Aware != nil {
		s = Safef("%s, aware since %s", s, FormatTime(*b.Aware))
	}
	if earliest := r.awareSince(); b.Level != ExposureNone && !earliest.IsZero() &&
		(b.Aware == nil || earliest.Before(*b.Aware)) {
		s = Safef("%s; the earliest awareness counts, %s", s, FormatTime(earliest))
	}
	if b.Why == "" {
		return s
	}
	return Safef("%s; reason: %s", s, Clean(strings.TrimSpace(b.Why)))
}
