package bridge

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"warroom/feed/backoff"
	"warroom/model"
)

// begin starts the delivery of a duty.
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
			d.p.hold[d.t.Key] = d.p.hubRoom.Now().Add(hold)
		}
		d.p.mu.Unlock()
		r.notify()
	})
}

// attempt tries a duty once. It returns how long to leave it alone if the log does not
// determine that.
func (r *Runner) attempt(ctx context.Context, d ready) (hold time.Duration) {
	name, room := d.t.l.b.Name(), d.p.hubRoom.Room()
	w, begun := room.Delivery(d.t.Key)
	record := &model.DeliveryRecorded{Duty: d.t.Key, Bridge: name, What: short(d.t.What, 200), Attempt: w.Attempt + 1}
	switch {
	case ctx.Err() != nil || begun && w.State == model.DeliverySent:
		return 0
	case r.isCut(room, name):
		record.State, record.Attempt, record.Detail = model.DeliveryCut, w.Attempt, r.cutWords(room, name)
		return r.recordDelivery(ctx, d.p, record)
	case d.t.late || w.Attempt >= maxTries:
		record.State, record.Attempt, record.Detail = model.DeliveryGivenUp, w.Attempt, "too late to deliver it now"
		return r.recordDelivery(ctx, d.p, record)
	}
	if ours := w.State == model.DeliveryFailed && w.Key == d.p.hubRoom.Key(); !ours {
		record.State = model.DeliverySending
		if hold = r.recordDelivery(ctx, d.p, record); hold > 0 {
			return hold
		}
	}
	room = d.p.hubRoom.Room()
	duty, ok := d.duty(room)
	if !ok {
		return r.obsolete(ctx, d, record)
	}
	once, cancel := context.WithTimeout(ctx, deliverFor)
	defer cancel()
	res, err := d.t.l.b.Deliver(once,
		Job{Duty: duty, Short: d.p.short, Room: room, Attempt: record.Attempt,
			MaybeDelivered: begun && !w.Over()})
	if err != nil && ctx.Err() != nil && !r.isCut(d.p.hubRoom.Room(), name) {
		if _, ok := d.duty(d.p.hubRoom.Room()); !ok && r.ctx.Err() == nil {
			return r.obsolete(context.WithoutCancel(ctx), d, record)
		}
		return r.interrupted(d, record, err)
	}
	r.judge(d, record, res, err)
	hold = r.recordDelivery(context.WithoutCancel(ctx), d.p, record)
	r.awaitSecret(d.t.l, err)
	return hold
}

// duty returns the duty as it is in a room: what was to be sent when it became due may have
// changed since.
func (d ready) duty(room *model.Room) (Duty, bool) {
	if room == d.room {
		return d.t.Duty, true
	}
	for _, x := range d.t.l.b.Duties(room) {
		if x.Key == d.t.Key {
			return x, true
		}
	}
	return Duty{}, false
}

// obsolete records that a duty that was begun is none any more.
func (r *Runner) obsolete(ctx context.Context, d ready, record *model.DeliveryRecorded) time.Duration {
	record.State, record.Detail = model.DeliveryGivenUp, "it is not to be sent any more, as the room has changed"
	return r.recordDelivery(ctx, d.p, record)
}

// endingTimeout is the time that a process has at its end to record deliveries that failed.
const endingTimeout = 250 * time.Millisecond

// interrupted writes that this process ends before a service answered: the next one, or one
// with the same key, tries it at once.
func (r *Runner) interrupted(d ready, record *model.DeliveryRecorded, err error) time.Duration {
	if r.ctx.Err() == nil {
		return 0 // only this attempt was ended
	}
	record.State, record.Detail = model.DeliveryFailed, reason(err)
	if errors.Is(err, context.Canceled) {
		record.Detail = "this process ended before " + record.Bridge + " answered"
	}
	next := d.p.hubRoom.Now().UTC().Truncate(time.Millisecond)
	record.Next = &next
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), endingTimeout)
	defer cancel()
	return r.recordDelivery(ctx, d.p, record)
}

// judge turns the answer of the service into the record for the room.
func (r *Runner) judge(d ready, record *model.DeliveryRecorded, res Result, err error) {
	l, now := d.t.l, r.o.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		l.fails, l.paused, l.sent = 0, time.Time{}, l.sent+1
		record.State, record.Ref, record.Detail, record.Link = model.DeliverySent, short(res.Ref, 180),
			short(res.Detail, 180),
			model.LinkOr(res.Link, "")
	case r.isCut(d.p.hubRoom.Room(), l.b.Name()):
		record.State, record.Detail = model.DeliveryCut, r.cutWords(d.p.hubRoom.Room(), l.b.Name())
	case IsNever(err):
		l.failed++
		record.State, record.Detail = model.DeliveryGivenUp, reason(err)
	default:
		l.fails++
		l.failed++
		wait := backoff.Nth(r.o.Base, longestWait, max(l.fails, record.Attempt))
		if d.t.Urgent {
			wait = min(backoff.Nth(r.o.Base, longestWait, record.Attempt), urgentWait)
		}
		wait = max(wait, waitOf(err))
		l.paused = now.Add(wait)
		next := d.p.hubRoom.Now().Add(wait).UTC().Truncate(time.Millisecond)
		record.State, record.Detail, record.Next = model.DeliveryFailed, reason(err), &next
	}
}

// recordDelivery writes the outcome of a duty into the room. If another process was faster,
// or the log cannot be reached, it returns how long to leave the duty alone.
func (r *Runner) recordDelivery(ctx context.Context, p *roomBridge, b *model.DeliveryRecorded) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, appendTimeout)
	defer cancel()
	_, err := p.hubRoom.Append(ctx, model.Act{Body: b})
	switch code := model.CodeOf(err); {
	case err == nil:
		return 0
	case code == model.Conflict || code == model.Forbidden || ctx.Err() != nil:
		return 5 * time.Second
	case code == model.Queued:
		return model.DeliveryLease // it is in the outbox, and will be in the log
	}
	r.o.Logf(model.Safef("%s: the result of %s could not be recorded: %s", p.short, b.Duty, model.Sentence(err)))
	return 10 * time.Second
}

// reason formats an error of a service.
func reason(err error) string { return short(err.Error(), 180) }

// short returns a text of a service or of a plan as one line of which the log accepts every
// character, truncated at a rune boundary.
func short(s string, n int) string {
	s = strings.TrimSpace(model.CleanLine(s).String())
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}
