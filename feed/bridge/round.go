package bridge

import (
	"cmp"
	"context"
	"slices"
	"time"

	"warroom/model"
)

// enter opens the rooms with activity that have something to do. A closed room with nothing
// left to deliver costs nothing.
func (r *Runner) enter(ctx context.Context) {
	r.mu.Lock()
	pendingRooms := r.pendingRooms
	r.pendingRooms = map[string]bool{}
	for short := range r.rooms { // opened after it was marked
		delete(pendingRooms, short)
	}
	r.mu.Unlock()
	for short := range pendingRooms {
		if ctx.Err() != nil {
			return
		}
		if err := r.open(ctx, short); err != nil && ctx.Err() == nil && model.CodeOf(err) != model.NotFound {
			r.o.Logf(model.Safef("the bridges cannot open %s yet: %s", short, model.Sentence(err)))
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
	hubRoom, err := r.o.Hub.Open(ctx, short)
	if err != nil {
		return err
	}
	over, stop := context.WithCancel(r.ctx)
	p := &roomBridge{short: short, hubRoom: hubRoom, stop: stop, going: map[string]context.CancelFunc{},
		hold: map[string]time.Time{}, retry: map[string]bool{}}
	r.mu.Lock()
	r.rooms[short] = p
	r.mu.Unlock()
	r.wg.Go(func() {
		for {
			select {
			case <-over.Done():
				return
			case <-hubRoom.Changed():
				r.notify()
			}
		}
	})
	return nil
}

// outside reports whether a room never sends anything: a drill, or the lobby, which is not
// an incident.
func outside(room *model.Room) bool { return room.Drill || room.Lobby }

// concerns reports whether a room has to be open here: it is not closed, or has undelivered
// duties. A drill never does.
func (r *Runner) concerns(room *model.Room) bool {
	switch {
	case outside(room):
		return false
	case room.ID == "" || room.Plan == nil || room.Status != model.Closed: // empty: it is being declared
		return true
	}
	return len(r.undone(room, room.RecordedAt, "")) > 0
}

// undone returns the duties of a room that are not done, from the point of view of a key.
func (r *Runner) undone(room *model.Room, now time.Time, key string) []todo {
	if room.ID == "" || outside(room) || room.Plan == nil {
		return nil
	}
	prev := make(map[string]model.Delivery, len(room.Deliveries))
	for _, d := range room.Deliveries {
		prev[d.Duty] = d
	}
	var out []todo
	for _, l := range r.queues {
		away := outages(room, l.b.Name())
		for _, d := range l.b.Duties(room) {
			if prev[d.Key].State == model.DeliveryCut && r.isCut(room, l.b.Name()) {
				continue // recorded once; continues when the channel is trusted again
			}
			if t, ok := ahead(d, prev, now, key, away); ok {
				t.l = l
				out = append(out, t)
			}
		}
	}
	return out
}

// ahead reports whether a duty is still to be done, or to be given up, and from when on.
// Away are the times in which its bridge did not get through.
func ahead(d Duty, prev map[string]model.Delivery, now time.Time, key string, away []stretch) (todo, bool) {
	w, begun := prev[d.Key]
	t := todo{Duty: d, due: d.Since, tries: w.Attempt, begun: begun && !w.Over()}
	switch {
	case begun && w.State == model.DeliverySent:
		return t, false
	case begun && w.State == model.DeliveryGivenUp && !d.Since.After(w.At):
		return t, false // and nobody asked for it since
	}
	switch own := w.Key == key; {
	case !begun || w.Over():
	case w.State == model.DeliveryFailed && own:
		t.due, t.failed = w.Next, true
	case w.State == model.DeliverySending && own: // the attempt is our own key's, and its process is dead
		t.due = w.At
	default:
		t.due = maxTime(w.At, w.Next).Add(model.DeliveryLease)
	}
	return t, !t.over(now) || t.begun || !begun && missed(d, away)
}

// over reports whether it is too late for a duty.
func (t todo) over(now time.Time) bool { return !t.Until.IsZero() && now.After(t.Until) }

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// round starts all duties that are due and allowed. It returns when to look again, and
// whether deliveries are running or could be.
func (r *Runner) round(ctx context.Context) (wait time.Duration, busy bool) {
	wait = listEvery
	sooner := func(d time.Duration) { wait = min(wait, max(d, 10*time.Millisecond)) }
	var due []ready
	recompute := r.cutsChanged()
	r.retryRenewed()
	for _, p := range r.roomBridges() {
		now := p.hubRoom.Now()
		room := p.hubRoom.Room()
		if room != p.seen || recompute {
			if p.seen != nil && !p.seen.IsRestricted() && room.IsRestricted() {
				p.endAll() // what is on its way is in the words of a room that was not
			}
			p.seen, p.left = room, r.undone(room, now, p.hubRoom.Key())
			r.endCut(p)
		}
		if p.idle() && (outside(room) || room.Status == model.Closed && len(p.left) == 0) {
			r.leave(p)
			continue
		}
		if !p.hubRoom.Writes() {
			sooner(idleFor)
			continue
		}
		r.showCuts(ctx, p, room)
		waits, early := ordered(room, p.left, now)
		for _, t := range p.left {
			at, going := p.when(t, early[t.Key])
			switch {
			case going:
				busy = true
			case waits[t.Key]: // the end of the earlier one wakes the runner
			case t.over(now) && !t.begun && !missed(t.Duty, outages(room, t.l.b.Name())): // nobody misses it
			case now.Before(at):
				sooner(at.Sub(now))
			case t.WhenUnattended && !t.over(now) && p.hubRoom.Attended():
				sooner(unattendedInterval)
			default:
				t.late = t.over(now)
				due = append(due, ready{p: p, t: t, room: room})
			}
		}
	}
	slices.SortStableFunc(due, func(a, b ready) int {
		return cmp.Or(cmp.Compare(a.t.tries, b.t.tries), urgentFirst(a.t, b.t), a.t.Since.Compare(b.t.Since))
	})
	for _, d := range due {
		retryIn, ok := d.t.l.take(r.o.Now(), d.t.Urgent)
		if !ok {
			sooner(retryIn)
			busy = busy || d.t.l.well()
			continue
		}
		busy = true
		delete(d.p.retry, d.t.Key)
		r.begin(ctx, d)
	}
	return wait, busy
}

// ready is a duty that is due.
type ready struct {
	p    *roomBridge
	t    todo
	room *model.Room // the state from which the duty was computed
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
func (r *Runner) leave(p *roomBridge) {
	r.mu.Lock()
	delete(r.rooms, p.short)
	r.mu.Unlock()
	p.stop()
	p.hubRoom.Close()
}

// when returns from when on a duty may be tried, and whether it is being delivered.
func (p *roomBridge) when(t todo, early bool) (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if early || p.retry[t.Key] {
		return p.hold[t.Key], p.going[t.Key] != nil
	}
	return maxTime(t.due, p.hold[t.Key]), p.going[t.Key] != nil
}

// endAll ends all running deliveries.
func (p *roomBridge) endAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, end := range p.going {
		end()
	}
}

func (p *roomBridge) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.going) == 0
}

// take admits one more delivery, or returns when to ask again. While a bridge fails, one
// delivery at a time tests whether it works again. Urgent duties do not wait for others.
func (l *deliveryQueue) take(now time.Time, urgent bool) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch limit := l.together; {
	case now.Before(l.paused) && !urgent:
		return l.paused.Sub(now), false
	case l.going >= limit || l.fails > 0 && l.going > 0 && !urgent:
		return listEvery, false // the end of a delivery wakes the runner
	case !l.pace.AllowN(now, 1):
		return 100 * time.Millisecond, false
	}
	l.going++
	return 0, true
}

// well reports whether the last delivery of the bridge succeeded.
func (l *deliveryQueue) well() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fails == 0
}
