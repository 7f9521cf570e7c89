// Package recount counts the clocks of a log a second time, for tests: by its own
// rules, from the bytes of the events, without the fold.
package recount

import (
	"encoding/json"
	"time"

	"warroom/model"
)

// Clock is what the log has of one clock of the shipped plan, counted from
// the bytes of its events by rules written here a second time: nothing of the
// fold is asked.
type Clock struct {
	ID      string
	Verdict model.Verdict
	Runs    []model.Verdict
	OnTime  int
	Late    int
	Missed  int
	LateS   int64 // of a deadline that was met, by the record
}

// tally is one clock while a log is counted.
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
	away      bool // waived or snoozed for a time
}

// stint is one run while a log is counted.
type stint struct {
	from, due  time.Time
	end        time.Time
	how        string // "", met, stopped, waived
	rec, done  time.Time
	missed     bool
	firstDue   time.Time // that was missed before it was put off
	ok, bad    int
	nothing    int
	word       int
	byClosing  bool
	bySeverity bool
}

// body is what the recount reads of an event.
type body struct {
	Severity, To, Audience, Clock, Name, Level, Item, Part string
	Aware, Start, Detected                                 *time.Time
	For                                                    string
	Regimes                                                []string
}

// counting is a log while it is counted.
type counting struct {
	tallies  map[string]*tally
	order    []string
	severity string
	status   string
	declared time.Time
	aware    time.Time
	level    string
	regimes  map[string]bool
	allLaw   bool
	parts    map[string]bool
	now      time.Time // of the event that is counted
}

// Of counts the clocks of a log by the shipped plan "security".
func Of(log []*model.Event, now time.Time) []Clock {
	c := &counting{tallies: map[string]*tally{}, regimes: map[string]bool{}, parts: map[string]bool{}, status: "open"}
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
		_ = json.Unmarshal(e.Body, &b) // a field of another form is not one that is counted
		c.now = e.RecordedAt
		c.event(e, &b)
	}
	var out []Clock
	for _, id := range c.order {
		out = append(out, c.close(c.tallies[id], now))
	}
	return out
}

// open is the run of a tally that goes on, nil where none does.
func (t *tally) open() *stint {
	if n := len(t.runs); n > 0 && t.runs[n-1].how == "" {
		return t.runs[n-1]
	}
	return nil
}

func (t *tally) length() time.Duration { return t.after + t.every + t.least }

func (t *tally) begin(from time.Time) {
	t.runs = append(t.runs, &stint{from: from, due: from.Add(t.length())})
}

// overdue counts what was missed when a run is put off or ended at a time.
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
		r.how, r.end, r.rec, r.done = "met", r.due, r.due, r.due
		return
	}
	t.overdue(r, c.now)
	r.how, r.end, r.byClosing, r.bySeverity = "stopped", c.now, closing, severity
}

func (c *counting) met(t *tally, r *stint, e *model.Event) {
	if t.every == 0 {
		r.how, r.end, r.rec, r.done = "met", c.now, c.now, e.At
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

// again begins what a status or a severity starts and what is not running.
func (c *counting) again(start string, from time.Time) {
	for _, id := range c.order {
		t := c.tallies[id]
		if t.start != start || t.open() != nil || t.waived || start == "severity" && c.severity != "SEV-1" {
			continue
		}
		at := from
		if n := len(t.runs); n > 0 && t.every == 0 {
			if t.runs[n-1].how == "met" {
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
		c.again("declared", c.declared)
		c.again("severity", c.declared)
		c.again("alert", c.declared)
	case model.KindSeverityChanged:
		c.severity = b.To
		for _, id := range []string{"executives", "legal"} {
			if b.To != "SEV-1" {
				c.stop(c.tallies[id], false, true)
			}
		}
		c.again("severity", c.now)
	case model.KindUpdateSent, model.KindNoticeGiven:
		c.told(e, b)
	case model.KindMilestoneSet, model.KindItemDone:
		if t := c.tallies["validate"]; (b.Name == "validated" || b.Item == "validate") && len(t.runs) > 0 &&
			t.runs[len(t.runs)-1].how != "met" {
			c.met(t, t.runs[len(t.runs)-1], e)
		} else if b.Name == "validated" && len(t.runs) > 0 {
			t.runs[len(t.runs)-1].done = e.At // corrected
		}
	case model.KindReviewWritten:
		c.parts[b.Part] = true
		if t := c.tallies["review"]; len(c.parts) == 4 && c.status != "open" && t.open() != nil {
			c.met(t, t.open(), e)
		}
	case model.KindExposureAssessed:
		c.exposed(b)
	case model.KindClockRetimed: // of law: an earlier awareness
		if b.Start.Before(c.aware) {
			c.aware = *b.Start
		}
		c.fromAwareness()
	case model.KindClockWaived, model.KindClockSnoozed, model.KindClockArmed:
		c.byHand(e, b)
	default:
		c.turn(e)
	}
}

// turn is a change of status.
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
			c.tallies[id].waived = false
			c.tallies[id].begin(c.now)
		}
	case model.KindIncidentReopened:
		c.status = "open"
		stop("resolved", false)
		c.again("declared", c.now)
		c.again("severity", c.now)
		c.again("alert", c.declared)
	case model.KindIncidentClosed:
		c.status = "closed"
		for _, start := range []string{"declared", "alert", "severity"} {
			stop(start, true)
		}
		c.stop(c.tallies["watch"], true, false)
	}
}

// told is an update or a notice.
func (c *counting) told(e *model.Event, b *body) {
	if b.Clock != "" {
		t := c.tallies[b.Clock]
		if n := len(t.runs); n > 0 && t.runs[n-1].how == "" {
			c.met(t, t.runs[n-1], e)
		} else if n == 0 {
			t.runs = append(t.runs, &stint{how: "met", rec: c.now, done: e.At, due: c.now, end: c.now})
		}
		return
	}
	for _, t := range c.tallies {
		n := len(t.runs)
		if t.audience != b.Audience || t.law || n == 0 {
			continue
		}
		if r := t.runs[n-1]; r.how == "" || r.how == "stopped" && r.bySeverity && t.after > 0 {
			c.met(t, r, e)
		}
	}
}

// exposed is an assessment of exposure: the earliest awareness counts for all.
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
		if (c.allLaw || c.regimes[id]) && (n == 0 || t.runs[n-1].how == "waived") {
			t.waived = false
			t.begin(c.aware)
		} else if n > 0 && t.runs[n-1].how != "waived" && !t.runs[n-1].from.Equal(c.aware) {
			t.runs[n-1].from, t.runs[n-1].due = c.aware, c.aware.Add(t.after)
		}
	}
}

// fromAwareness lets every clock of law that is not waived count from the earliest
// awareness.
func (c *counting) fromAwareness() {
	for _, id := range []string{"gdpr", "kvkk"} {
		t := c.tallies[id]
		if n := len(t.runs); n > 0 && t.runs[n-1].how != "waived" {
			t.runs[n-1].from, t.runs[n-1].due = c.aware, c.aware.Add(t.after)
		}
	}
}

// byHand is a clock that somebody waives, snoozes or arms.
func (c *counting) byHand(e *model.Event, b *body) {
	t := c.tallies[b.Clock]
	switch r := t.open(); {
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
		r.how, r.end = "waived", c.now
	}
}
