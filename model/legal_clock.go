package model

// strictRules is the first version of the rules under which only a notice, or a person
// with PowerLaw, ends a legal clock that runs or gives it a later due time; only the
// Commander approves updates, see mayApprove; and a second person may confirm whoever
// took command alone.
const strictRules = 3

// checkLegalClocks refuses an event, whatever its kind, that would end, stop or postpone a
// legal clock that runs, unless its author has PowerLaw. A notice is excepted, as it is
// what the law requires.
func (r *Room) checkLegalClocks(e *Event, b Body) error {
	if r.Rules < strictRules || r.Plan == nil || e.Kind == KindNoticeGiven || !r.legalClockRuns() ||
		r.Has(e.By, e.Key, PowerLaw) {
		return nil
	}
	after, ev := r.alike(), *e
	if ev.Seq == 0 { // it is not recorded yet
		ev.Seq = r.Seq + 1
	}
	b.apply(after, &ev)
	for i := range r.Clocks {
		c := &r.Clocks[i]
		if !r.runsByLaw(c) {
			continue
		}
		n := after.clockIndex(c.ID)
		if n < 0 || !after.runsByLaw(&after.Clocks[n]) || after.Clocks[n].DueAt.After(c.DueAt) {
			return r.lacks(e, PowerLaw)
		}
	}
	return nil
}

// legalClockRuns reports whether any legal clock runs.
func (r *Room) legalClockRuns() bool {
	for i := range r.Clocks {
		if r.runsByLaw(&r.Clocks[i]) {
			return true
		}
	}
	return false
}

// runsByLaw reports whether a run is one of a legal clock, counts and has not ended.
func (r *Room) runsByLaw(c *ClockRun) bool {
	d := r.Plan.Clock(c.ID)
	return d != nil && d.Law && c.Runs() && r.DuplicateOf() == nil
}

// mayMeet reports whether an event other than a notice may meet a clock.
func (r *Room) mayMeet(d *ClockDef, e *Event) bool {
	return !d.Law || r.Rules < strictRules || r.Has(e.By, e.Key, PowerLaw)
}
