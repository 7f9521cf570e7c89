package recount

import (
	"time"

	"warroom/model"
)

// close returns the outcome of a tally at a time.
func (c *counting) close(t *tally, now time.Time) Clock {
	out := Clock{ID: t.id}
	for _, r := range t.runs {
		v := t.verdict(r, now)
		out.Runs = append(out.Runs, v)
		out.OnTime, out.Late, out.Missed, t.byWord = out.OnTime+r.ok, out.Late+r.bad, out.Missed+r.nothing,
			t.byWord+r.word
	}
	if len(t.runs) == 0 {
		out.Verdict = c.never(t)
		return out
	}
	out.Verdict = out.Runs[len(out.Runs)-1]
	for _, bad := range []model.Verdict{model.VerdictRecordedLate, model.VerdictMissed} {
		for i, v := range out.Runs {
			if v == bad {
				out.Verdict = bad
				if r := t.runs[i]; r.outcome == "met" && t.every == 0 {
					out.LateS = int64(r.rec.Sub(r.dueThatCounts()) / time.Second)
				}
			}
		}
	}
	if t.every > 0 && out.Verdict != model.VerdictMissed && out.Verdict != model.VerdictRecordedLate &&
		out.OnTime > 0 {
		out.Verdict = model.VerdictMet
		if t.away {
			out.Verdict = model.VerdictPartly
		}
	}
	return out
}

func (r *stint) dueThatCounts() time.Time {
	if r.missed && r.firstDue.Before(r.due) {
		return r.firstDue
	}
	return r.due
}

// verdict returns the verdict of one run.
func (t *tally) verdict(r *stint, now time.Time) model.Verdict {
	if t.every > 0 {
		if r.outcome == "" && !now.Before(r.due) {
			r.nothing += 1 + int(now.Sub(r.due)/t.every)
		}
		switch {
		case r.nothing > 0 || r.bad > r.word:
			return model.VerdictMissed
		case r.bad > 0:
			return model.VerdictRecordedLate
		case r.ok > 0:
			return model.VerdictMet
		}
	}
	due := r.dueThatCounts()
	switch {
	case r.outcome == "met" && !r.rec.After(due):
		return model.VerdictMet
	case r.outcome == "met" && !r.done.After(due):
		return model.VerdictRecordedLate
	case r.outcome == "met", r.missed && t.every == 0, r.byClosing && t.least > 0, r.outcome == "" && t.after > 0 &&
		!now.Before(r.due):
		return model.VerdictMissed
	case r.outcome == "" && t.least > 0 && !now.Before(r.due):
		return model.VerdictMet
	}
	return map[string]model.Verdict{"": model.VerdictRunning, "stopped": model.VerdictStopped,
		"waived": model.VerdictWaived}[r.outcome]
}

// never returns the verdict of a clock without a run.
func (c *counting) never(t *tally) model.Verdict {
	switch {
	case c.duplicate:
		return model.VerdictNotNeeded
	case t.start == "exposure" && c.level == "none":
		return model.VerdictNotNeeded
	case t.start == "exposure":
		return model.VerdictNotAssessed
	case t.start == "severity":
		return model.VerdictNotNeeded
	}
	return model.VerdictNotStarted
}
