// Package recount computes the clocks of a log, for comparison in tests: with an
// independent implementation of the rules, from the bytes of the events, without the fold.
package recount

import (
	"encoding/json"
	"time"

	"warroom/model"
)

// Clock is the outcome of one clock of the shipped plan, computed from the bytes of a log's
// events, without the fold.
type Clock struct {
	ID      string
	Verdict model.Verdict
	Runs    []model.Verdict
	OnTime  int
	Late    int
	Missed  int
	LateS   int64 // of a deadline that was met, as recorded
}

// tally is the state of one clock.
type tally struct {
	id, start string
	after     time.Duration
	every     time.Duration
	least     time.Duration
	audience  string
	law       bool
	runs      []*stint
	waived    bool
	byWord    int
	away      bool // waived or snoozed at the moment
}

// stint is one run of a clock.
type stint struct {
	from, due  time.Time
	end        time.Time
	outcome    string // "", met, stopped, waived
	rec, done  time.Time
	missed     bool
	firstDue   time.Time // the due time that was missed before it was postponed
	ok, bad    int
	nothing    int
	word       int
	byClosing  bool
	bySeverity bool
}

// body has the members of events that Of needs.
type body struct {
	Severity, To, Audience, Clock, Name, Level, Item, Part, Relation string
	SeverityOnly                                                     bool `json:"severity_only"`
	Aware, Start, Detected                                           *time.Time
	For                                                              string
	Regimes                                                          []string
}

// counting is the state of Of.
type counting struct {
	tallies   map[string]*tally
	order     []string
	severity  string
	status    string
	declared  time.Time
	aware     time.Time
	level     string
	regimes   map[string]bool
	allLaw    bool
	sections  map[string]bool
	duplicate bool
	now       time.Time // of the current event
}

// Of computes the clocks of a log with the shipped plan "security".
func Of(log []*model.Event, now time.Time) []Clock {
	c := &counting{tallies: map[string]*tally{}, regimes: map[string]bool{}, sections: map[string]bool{},
		status: "open"}
	for _, t := range []*tally{
		{id: "validate", start: "alert", after: 15 * time.Minute}, {id: "update", start: "declared",
			every: 15 * time.Minute, audience: "responders"},
		{id: "executives", start: "severity", after: 30 * time.Minute, audience: "executives"}, {id: "legal",
			start: "severity", after: 30 * time.Minute, audience: "legal"},
		{id: "watch", start: "resolved", least: 24 * time.Hour}, {id: "review", start: "resolved",
			after: 48 * time.Hour},
		{id: "gdpr", start: "exposure", after: 72 * time.Hour, law: true}, {id: "kvkk", start: "exposure",
			after: 72 * time.Hour, law: true},
	} {
		c.tallies[t.id], c.order = t, append(c.order, t.id)
	}
	for _, e := range log {
		var b body
		_ = json.Unmarshal(e.Body, &b) // fields of another type do not count
		c.now = e.RecordedAt
		c.event(e, &b)
	}
	var out []Clock
	for _, id := range c.order {
		out = append(out, c.close(c.tallies[id], now))
	}
	return out
}

// open returns the current run of a tally, or nil.
func (t *tally) open() *stint {
	if n := len(t.runs); n > 0 && t.runs[n-1].outcome == "" {
		return t.runs[n-1]
	}
	return nil
}

func (t *tally) length() time.Duration { return t.after + t.every + t.least }

func (t *tally) begin(from time.Time) {
	t.runs = append(t.runs, &stint{from: from, due: from.Add(t.length())})
}

// overdue counts what was missed when a run is postponed or ended at a time.
func (t *tally) overdue(r *stint, at time.Time) {
	if t.least > 0 || !at.After(r.due) {
		return
	}
	if t.every > 0 {
		r.nothing += 1 + int(at.Sub(r.due)/t.every)
	} else if !r.missed {
		r.missed, r.firstDue = true, r.due
	}
}

func (c *counting) stop(t *tally, closing, severity bool) {
	r := t.open()
	if r == nil {
		return
	}
	if t.least > 0 && !c.now.Before(r.due) {
		r.outcome, r.end, r.rec, r.done = "met", r.due, r.due, r.due
		return
	}
	t.overdue(r, c.now)
	r.outcome, r.end, r.byClosing, r.bySeverity = "stopped", c.now, closing, severity
}

func (c *counting) met(t *tally, r *stint, e *model.Event) {
	if t.every == 0 {
		r.outcome, r.end, r.rec, r.done = "met", c.now, c.now, e.At
		return
	}
	if late := c.now.Sub(r.due); late > 0 {
		r.bad++
		r.nothing += int(late / t.every)
		if !e.At.After(r.due) {
			r.word++
		}
	} else {
		r.ok++
	}
	r.due = c.now.Add(t.every)
}

// restart begins the clocks that a status or a severity starts and that are not running.
func (c *counting) restart(start string, from time.Time) {
	for _, id := range c.order {
		t := c.tallies[id]
		if t.start != start || t.open() != nil || t.waived || c.duplicate ||
			start == "severity" && c.severity != "SEV-1" {
			continue
		}
		at := from
		if n := len(t.runs); n > 0 && t.every == 0 {
			if t.runs[n-1].outcome == "met" {
				continue
			}
			if start == "severity" || start == "alert" {
				at = t.runs[n-1].from
			}
		}
		t.begin(at)
	}
}

func (c *counting) event(e *model.Event, b *body) {
	switch e.Kind {
	case model.KindIncidentDeclared:
		c.declared, c.severity = e.RecordedAt, b.Severity
	case model.KindPlanAdopted:
		c.restart("declared", c.declared)
		c.restart("severity", c.declared)
		c.restart("alert", c.declared)
	case model.KindSeverityChanged:
		c.severity = b.To
		for _, id := range []string{"executives", "legal"} {
			if b.To != "SEV-1" {
				c.stop(c.tallies[id], false, true)
			}
		}
		c.restart("severity", c.now)
	case model.KindUpdateSent, model.KindNoticeGiven:
		c.notified(e, b)
	case model.KindMilestoneSet, model.KindItemDone:
		if b.Name == "detected" {
			c.shift(c.tallies["validate"], e.At)
			return
		}
		if b.SeverityOnly {
			return // the validation stays as it was
		}
		if t := c.tallies["validate"]; (b.Name == "validated" || b.Item == "validate") && len(t.runs) > 0 &&
			t.runs[len(t.runs)-1].outcome != "met" {
			c.met(t, t.runs[len(t.runs)-1], e)
		} else if b.Name == "validated" && len(t.runs) > 0 {
			t.runs[len(t.runs)-1].done = e.At // corrected
		}
	case model.KindReviewWritten:
		c.sections[b.Part] = true
		if t := c.tallies["review"]; len(c.sections) == 4 && c.status != "open" && t.open() != nil {
			c.met(t, t.open(), e)
		}
	case model.KindExposureAssessed:
		c.exposed(b)
	case model.KindClockRetimed:
		if t := c.tallies[b.Clock]; !t.law {
			c.shift(t, *b.Start)
			return
		}
		if b.Start.Before(c.aware) { // an earlier awareness
			c.aware = *b.Start
		}
		c.fromAwareness()
	case model.KindClockWaived, model.KindClockSnoozed, model.KindClockArmed, model.KindClockMet:
		c.byHand(e, b)
	case model.KindIncidentLinked:
		if b.Relation == model.RelationDuplicate {
			c.duplicate = true
			for _, id := range c.order {
				if !c.tallies[id].law {
					c.stop(c.tallies[id], false, false)
				}
			}
		}
	case model.KindIncidentUnlinked:
		if b.Relation == model.RelationDuplicate {
			panic("recount: the end of a duplicate is not counted")
		}
	default:
		c.turn(e)
	}
}

// turn applies a change of status.
func (c *counting) turn(e *model.Event) {
	stop := func(start string, closing bool) {
		for _, id := range c.order {
			if c.tallies[id].start == start {
				c.stop(c.tallies[id], closing, false)
			}
		}
	}
	switch e.Kind {
	case model.KindIncidentResolved:
		c.status = "resolved"
		stop("declared", false)
		for _, id := range []string{"watch", "review"} {
			if c.duplicate {
				continue
			}
			c.stop(c.tallies[id], false, false)
			c.tallies[id].waived = false
			c.tallies[id].begin(c.now)
		}
	case model.KindIncidentReopened:
		c.status = "open"
		stop("resolved", false)
		c.restart("declared", c.now)
		c.restart("severity", c.now)
		c.restart("alert", c.declared)
	case model.KindIncidentClosed:
		c.status = "closed"
		for _, start := range []string{"declared", "alert", "severity"} {
			stop(start, true)
		}
		c.stop(c.tallies["watch"], true, false)
	}
}

// notified applies an update or a notice.
func (c *counting) notified(e *model.Event, b *body) {
	if b.Clock != "" {
		t := c.tallies[b.Clock]
		if n := len(t.runs); n > 0 && t.runs[n-1].outcome == "" {
			c.met(t, t.runs[n-1], e)
		} else if n == 0 {
			t.runs = append(t.runs, &stint{outcome: "met", rec: c.now, done: e.At, due: c.now, end: c.now})
		}
		return
	}
	for _, t := range c.tallies {
		n := len(t.runs)
		if t.audience != b.Audience || t.law || n == 0 {
			continue
		}
		if r := t.runs[n-1]; r.outcome == "" || r.outcome == "stopped" && r.bySeverity && t.after > 0 {
			c.met(t, r, e)
		}
	}
}

// exposed applies an assessment of exposure: the earliest awareness counts for all.
func (c *counting) exposed(b *body) {
	c.level = b.Level
	for _, g := range b.Regimes {
		if !c.allLaw {
			c.regimes[g] = true
		}
	}
	if b.Level == "none" {
		return
	}
	at := c.now
	if b.Aware != nil {
		at = *b.Aware
	}
	if c.aware.IsZero() || at.Before(c.aware) {
		c.aware = at
	}
	if len(c.regimes) == 0 {
		c.allLaw = true
	}
	for _, id := range []string{"gdpr", "kvkk"} {
		t := c.tallies[id]
		n := len(t.runs)
		if (c.allLaw || c.regimes[id]) && (n == 0 || t.runs[n-1].outcome == "waived") {
			t.waived = false
			t.begin(c.aware)
		} else {
			c.shift(t, c.aware)
		}
	}
}

// byHand applies waiving, snoozing and arming of a clock.
func (c *counting) byHand(e *model.Event, b *body) {
	t := c.tallies[b.Clock]
	switch r := t.open(); {
	case e.Kind == model.KindClockMet:
		c.met(t, r, e)
	case e.Kind == model.KindClockArmed:
		t.waived = false
		t.begin(*b.Start)
	case e.Kind == model.KindClockSnoozed:
		d, _ := time.ParseDuration(b.For)
		from := r.due
		if c.now.After(from) {
			from = c.now
		}
		t.overdue(r, c.now)
		r.due, t.away = from.Add(d), true
	default:
		t.waived, t.away = true, true
		if r == nil {
			if n := len(t.runs); n > 0 {
				r = t.runs[n-1]
			} else {
				r = &stint{}
				t.runs = append(t.runs, r)
			}
		} else {
			t.overdue(r, c.now)
		}
		r.outcome, r.end = "waived", c.now
	}
}
