package bridge

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"
	"unicode/utf8"

	"warroom/model"
)

// begin sets a duty on its way.
func (r *Runner) begin(ctx context.Context, d ready) {
	ctx, end := context.WithCancel(ctx)
	d.p.mu.Lock()
	d.p.going[d.t.Key] = end
	d.p.mu.Unlock()
	r.wg.Go(func() {
		defer end()
		hold := r.attempt(ctx, d)
		d.t.l.mu.Lock()
		d.t.l.going--
		d.t.l.mu.Unlock()
		d.p.mu.Lock()
		delete(d.p.going, d.t.Key)
		delete(d.p.hold, d.t.Key)
		if hold > 0 {
			d.p.hold[d.t.Key] = d.p.office.Now().Add(hold)
		}
		d.p.mu.Unlock()
		r.ring()
	})
}

// attempt tries a duty once. It returns how long to let it rest where the log
// does not say so.
func (r *Runner) attempt(ctx context.Context, d ready) (hold time.Duration) {
	name, room := d.t.l.b.Name(), d.p.office.Room()
	w, begun := room.Delivery(d.t.Key)
	say := &model.DeliveryRecorded{Duty: d.t.Key, Bridge: name, What: short(d.t.What, 200), Attempt: w.Attempt + 1}
	switch {
	case ctx.Err() != nil || begun && w.State == model.DeliverySent:
		return 0
	case r.isCut(room, name):
		say.State, say.Attempt, say.Detail = model.DeliveryCut, w.Attempt, r.cutWords(room, name)
		return r.say(ctx, d.p, say)
	case d.t.late || w.Attempt >= mostTries:
		say.State, say.Attempt, say.Detail = model.DeliveryGivenUp, w.Attempt, "it is too late for it now"
		return r.say(ctx, d.p, say)
	}
	if ours := w.State == model.DeliveryFailed && w.Key == d.p.office.Key(); !ours {
		say.State = model.DeliverySending
		if hold = r.say(ctx, d.p, say); hold > 0 {
			return hold
		}
	}
	once, cancel := context.WithTimeout(ctx, deliverFor)
	defer cancel()
	res, err := d.t.l.b.Deliver(once, Job{Duty: d.t.Duty, Short: d.p.short, Room: d.p.office.Room(), Attempt: say.Attempt, Again: begun && !w.Over()})
	if err != nil && ctx.Err() != nil && !r.isCut(d.p.office.Room(), name) {
		return 0 // this process ends: the next one does it
	}
	r.judge(d, say, res, err)
	return r.say(context.WithoutCancel(ctx), d.p, say)
}

// judge makes of what the service answered what is said in the room.
func (r *Runner) judge(d ready, say *model.DeliveryRecorded, res Result, err error) {
	l, now := d.t.l, r.o.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		l.fails, l.paused = 0, time.Time{}
		say.State, say.Ref, say.Detail, say.Link = model.DeliverySent, short(res.Ref, 180), short(res.Detail, 180), model.LinkOr(res.Link, "")
	case r.isCut(d.p.office.Room(), l.b.Name()):
		say.State, say.Detail = model.DeliveryCut, r.cutWords(d.p.office.Room(), l.b.Name())
	case IsNever(err):
		say.State, say.Detail = model.DeliveryGivenUp, reason(err)
	default:
		l.fails++
		wait := backoff(r.o.Base, max(l.fails, say.Attempt))
		if d.t.Urgent {
			wait = min(backoff(r.o.Base, say.Attempt), urgentWait)
		}
		wait = max(wait, waitOf(err))
		l.paused = now.Add(wait)
		next := d.p.office.Now().Add(wait).UTC().Truncate(time.Millisecond)
		say.State, say.Detail, say.Next = model.DeliveryFailed, reason(err), &next
	}
}

// backoff is how long the nth failure waits.
func backoff(base time.Duration, n int) time.Duration {
	d := min(base<<min(max(n-1, 0), 12), longestWait)
	return d/2 + rand.N(d/2+1)
}

// say writes what became of a duty into the room. Where another was faster, or
// the log cannot be reached, it returns how long to keep away from it.
func (r *Runner) say(ctx context.Context, p *place, b *model.DeliveryRecorded) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, sayFor)
	defer cancel()
	_, err := p.office.Append(ctx, model.Act{Body: b})
	switch code := model.CodeOf(err); {
	case err == nil:
		return 0
	case code == model.Conflict || code == model.Forbidden || ctx.Err() != nil:
		return 5 * time.Second
	case code == model.Kept:
		return model.DeliveryLease // it is in the outbox, and will be in the log
	}
	r.o.Logf(model.Safef("%s: what became of %s could not be said: %s", p.short, b.Duty, model.Sentence(err)))
	return 10 * time.Second
}

// reason words an error of a service.
func reason(err error) string { return short(model.CleanLine(err.Error()).String(), 180) }

// short cuts a text at a rune.
func short(s string, n int) string {
	s = strings.TrimSpace(s)
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}
