package recount

import "time"

// fromAwareness counts every legal clock from the earliest awareness.
func (c *counting) fromAwareness() {
	for _, id := range []string{"gdpr", "kvkk"} {
		c.shift(c.tallies[id], c.aware)
	}
}

// shift applies another start to the newest run of a tally. A later one changes nothing that
// was missed or has ended.
func (c *counting) shift(t *tally, from time.Time) {
	n := len(t.runs)
	if n == 0 || t.runs[n-1].from.Equal(from) {
		return
	}
	r := t.runs[n-1]
	due := from.Add(t.length())
	ended := r.outcome != ""
	switch later := from.After(r.from); {
	case r.from.IsZero() && r.outcome == "met": // before its start was known
		r.from, r.due = from, due
	case r.from.IsZero():
	case later && t.every > 0 && (r.ok+r.bad+r.nothing > 0 || c.now.After(r.due)):
		if due.After(r.due) {
			t.overdue(r, c.now)
		}
		r.due = due
	case later && t.every == 0 && (ended || r.missed || c.now.After(r.due)):
		if !ended {
			t.overdue(r, c.now)
		}
	default:
		r.from, r.due = from, due
		if (r.outcome == "waived" || r.outcome == "stopped") && t.after > 0 && !r.missed && r.end.After(due) {
			r.missed, r.firstDue = true, due
		}
	}
}
