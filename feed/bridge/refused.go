package bridge

import (
	"errors"
	"time"

	"warroom/model"
)

// refusal is an error of a service that did not take a secret.
type refusal struct {
	error
	from   *Source
	secret model.Secret
}

func (r refusal) Unwrap() error { return r.error }

// Refused marks an error as caused by a secret: the service refused it, or it could not
// be read. As soon as its source has another secret, the delivery is retried, even before
// its delay is over.
func Refused(from *Source, secret model.Secret, err error) error {
	if from == nil || err == nil {
		return err
	}
	return refusal{error: err, from: from, secret: secret}
}

// Intervals of reading the source of a refused secret: reading may prompt a person
const (
	lookEvery     = 2 * time.Second
	lookSlowEvery = time.Minute
)

// awaitSecret reads the source of a refused secret until it has another one, and then
// retries the deliveries that wait for it.
func (r *Runner) awaitSecret(l *deliveryQueue, err error) {
	var x refusal
	if !errors.As(err, &x) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.awaiting {
		return
	}
	l.awaiting = true
	every := x.from.look(r.o.Look)
	r.wg.Go(func() {
		renewed := r.watchSecret(l, x, every)
		l.mu.Lock()
		l.awaiting = false
		if renewed {
			l.renewed, l.fails, l.paused = true, 0, time.Time{}
		}
		l.mu.Unlock()
		r.notify()
	})
}

// watchSecret reports whether a source has another secret, or whether nothing waits for
// it any longer.
func (r *Runner) watchSecret(l *deliveryQueue, x refusal, every time.Duration) (renewed bool) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-r.ctx.Done():
			return false
		case <-t.C:
		}
		if l.well() {
			return false
		}
		if _, other, err := x.from.Renew(r.ctx, x.secret); err == nil && other {
			return true
		}
	}
}

// takeRenewed reports whether a bridge has a new secret since the last call.
func (l *deliveryQueue) takeRenewed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	is := l.renewed
	l.renewed = false
	return is
}

// retryRenewed retries the failed deliveries of bridges that have a new secret.
func (r *Runner) retryRenewed() {
	for _, l := range r.queues {
		if !l.takeRenewed() {
			continue
		}
		for _, p := range r.roomBridges() {
			key := p.hubRoom.Key()
			for _, d := range p.hubRoom.Room().Deliveries {
				if d.Bridge == l.b.Name() && d.State == model.DeliveryFailed && d.Key == key {
					p.retry[d.Duty] = true
				}
			}
		}
	}
}

// stretch is a time in which a bridge could not deliver in a room.
type stretch struct{ from, to time.Time }

// outages are the times in which a bridge could not deliver in a room.
func outages(room *model.Room, name string) (out []stretch) {
	for _, d := range room.Deliveries {
		switch {
		case d.Bridge != name:
		case d.State == model.DeliveryFailed:
			to := d.At
			if d.Next.After(to) {
				to = d.Next
			}
			out = append(out, stretch{from: d.Begun, to: to})
		case d.Attempt > 1 && (d.State == model.DeliverySent || d.State == model.DeliveryGivenUp):
			out = append(out, stretch{from: d.Begun, to: d.At})
		}
	}
	return out
}

// missed reports whether a duty would have been delivered in its time if the bridge had
// been able to deliver.
func missed(d Duty, all []stretch) bool {
	for _, s := range all {
		if !s.from.After(d.Until) && !s.to.Before(d.Since) {
			return true
		}
	}
	return false
}
