package bridge

import (
	"cmp"
	"context"
	"slices"
	"time"

	"warroom/model"
)

// enter opens the rooms that were heard of and have something to do: a closed
// room with nothing left to deliver costs nothing.
func (r *Runner) enter(ctx context.Context) {
	r.mu.Lock()
	heard := r.heard
	r.heard = map[string]bool{}
	r.mu.Unlock()
	for short := range heard {
		if ctx.Err() != nil {
			return
		}
		if err := r.open(ctx, short); err != nil && ctx.Err() == nil && model.CodeOf(err) != model.NotFound {
			r.o.Logf(model.Safef("%s is not served by bridges yet: %s", short, model.Sentence(err)))
		}
	}
}

func (r *Runner) open(ctx context.Context, short string) error {
	ctx, cancel := context.WithTimeout(ctx, openFor)
	defer cancel()
	room, err := r.o.Hub.Glance(ctx, short)
	if err == nil && outside(room) {
		r.mu.Lock()
		r.never[short] = true
		r.mu.Unlock()
	}
	if err != nil || !r.concerns(room) {
		return err
	}
	office, err := r.o.Hub.Open(ctx, short)
	if err != nil {
		return err
	}
	over, stop := context.WithCancel(r.ctx)
	p := &place{short: short, office: office, stop: stop, going: map[string]context.CancelFunc{}, hold: map[string]time.Time{}}
	r.mu.Lock()
	r.rooms[short] = p
	r.mu.Unlock()
	r.wg.Go(func() {
		for {
			select {
			case <-over.Done():
				return
			case <-office.Bell():
				r.ring()
			}
		}
	})
	return nil
}

// outside says whether nothing ever leaves a room: a drill, and the lobby, which
// is no incident.
func outside(room *model.Room) bool { return room.Drill || room.Lobby }

// concerns says whether a room has to be open here: it lives, or something of it
// did not go out. A drill never does.
func (r *Runner) concerns(room *model.Room) bool {
	switch {
	case outside(room):
		return false
	case room.ID == "" || room.Plan == nil || room.Status != model.Closed: // the first: it is being declared
		return true
	}
	return len(r.undone(room, room.RecordedAt, "")) > 0
}

// undone are the duties of a room that are not done, for who writes with a key.
func (r *Runner) undone(room *model.Room, now time.Time, key string) []todo {
	if room.ID == "" || outside(room) || room.Plan == nil {
		return nil
	}
	was := make(map[string]model.Delivery, len(room.Deliveries))
	for _, d := range room.Deliveries {
		was[d.Duty] = d
	}
	var out []todo
	for _, l := range r.lanes {
		for _, d := range l.b.Duties(room) {
			if was[d.Key].State == model.DeliveryCut && r.isCut(room, l.b.Name()) {
				continue // said once; it goes on when the channel is trusted again
			}
			if t, ok := ahead(d, was, now, key); ok {
				t.l = l
				out = append(out, t)
			}
		}
	}
	return out
}

// ahead says whether a duty is still to be done, and from when on.
func ahead(d Duty, was map[string]model.Delivery, now time.Time, key string) (todo, bool) {
	w, begun := was[d.Key]
	t := todo{Duty: d, due: d.Since, tries: w.Attempt, begun: begun && !w.Over()}
	switch {
	case begun && w.State == model.DeliverySent:
		return t, false
	case begun && w.State == model.DeliveryGivenUp && !d.Since.After(w.At):
		return t, false // and nobody has asked for it since
	}
	switch mine := w.Key == key; {
	case !begun || w.Over():
	case w.State == model.DeliveryFailed && mine:
		t.due = w.Next
	case w.State == model.DeliverySending && mine: // who had it is dead: this key is ours
		t.due = w.At
	default:
		t.due = maxTime(w.At, w.Next).Add(model.DeliveryLease)
	}
	return t, d.Until.IsZero() || !now.After(d.Until) || t.begun
}

// over says whether it is too late for a duty.
func (t todo) over(now time.Time) bool { return !t.Until.IsZero() && now.After(t.Until) }

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// round starts whatever is due and may go. It says when to look again, and
// whether anything is on its way or could be.
func (r *Runner) round(ctx context.Context) (wait time.Duration, busy bool) {
	wait = listEvery
	sooner := func(d time.Duration) { wait = min(wait, max(d, 10*time.Millisecond)) }
	var due []ready
	anew := r.cutsChanged()
	for _, p := range r.places() {
		now := p.office.Now()
		room := p.office.Room()
		if room != p.seen || anew {
			p.seen, p.left = room, r.undone(room, now, p.office.Key())
			r.endCut(p)
		}
		if p.idle() && (outside(room) || room.Status == model.Closed && len(p.left) == 0) {
			r.leave(p)
			continue
		}
		if !p.office.Writes() {
			sooner(idleFor)
			continue
		}
		r.showCuts(ctx, p, room)
		for _, t := range p.left {
			at, going := p.when(t)
			switch {
			case going:
				busy = true
			case t.over(now) && !t.begun: // nobody misses it
			case now.Before(at):
				sooner(at.Sub(now))
			case t.Alone && !t.over(now) && p.office.Attended():
				sooner(aloneEvery)
			default:
				t.late = t.over(now)
				due = append(due, ready{p, t})
			}
		}
	}
	slices.SortStableFunc(due, func(a, b ready) int {
		return cmp.Or(cmp.Compare(a.t.tries, b.t.tries), urgentFirst(a.t, b.t), a.t.Since.Compare(b.t.Since))
	})
	for _, d := range due {
		again, ok := d.t.l.take(r.o.Now(), d.t.Urgent)
		if !ok {
			sooner(again)
			busy = busy || d.t.l.well()
			continue
		}
		busy = true
		r.begin(ctx, d)
	}
	return wait, busy
}

// ready is a duty that is due.
type ready struct {
	p *place
	t todo
}

func urgentFirst(a, b todo) int {
	switch {
	case a.Urgent == b.Urgent:
		return 0
	case a.Urgent:
		return -1
	}
	return 1
}

// leave closes a room that has nothing left to do.
func (r *Runner) leave(p *place) {
	r.mu.Lock()
	delete(r.rooms, p.short)
	r.mu.Unlock()
	p.stop()
	p.office.Close()
}

// when is from when on a duty may go, and whether it is on its way.
func (p *place) when(t todo) (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maxTime(t.due, p.hold[t.Key]), p.going[t.Key] != nil
}

func (p *place) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.going) == 0
}

// take lets one more delivery on the way, or says when to ask again. While a
// bridge fails, one at a time shows whether it works again; what is urgent does not
// wait for what is not.
func (l *lane) take(now time.Time, urgent bool) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch most := l.together; {
	case now.Before(l.paused) && !urgent:
		return l.paused.Sub(now), false
	case l.going >= most || l.fails > 0 && l.going > 0 && !urgent:
		return listEvery, false // who ends rings
	case !l.pace.AllowN(now, 1):
		return 100 * time.Millisecond, false
	}
	l.going++
	return 0, true
}

// well says whether the bridge did not fail the last time.
func (l *lane) well() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fails == 0
}
