package sshd

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"warroom/model"
)

// meters count what each login asks for, over all its connections.
type meters struct {
	clock  model.Clock
	limits Limits

	mu sync.Mutex
	by map[string]*meter // by handle and key

	next time.Time // when counts may have lines again
}

// meter counts what one login asks for.
type meter struct {
	name     model.Safe
	clock    model.Clock
	limits   Limits
	requests *rate.Limiter
	rooms    *rate.Limiter
	bytes    *rate.Limiter

	mu      sync.Mutex
	last    time.Time
	refused int           // requests since the last report
	slowed  time.Duration // since the last report
}

// of returns the meter of a login. A login that comes back soon gets the one it
// had.
func (m *meters) of(w Who) *meter {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := w.Handle + " " + w.Key
	one := m.by[id]
	if one == nil {
		l := m.limits
		one = &meter{name: model.Safef("%s (%s)", w.Handle, w.Key), clock: m.clock, limits: l,
			requests: rate.NewLimiter(rate.Limit(l.Requests), 10*l.Requests),
			rooms:    rate.NewLimiter(rate.Limit(float64(l.Rooms)/time.Hour.Seconds()), l.Rooms),
			bytes:    rate.NewLimiter(rate.Limit(l.Bytes), 2*l.Bytes)}
		m.by[id] = one
	}
	one.touch(m.clock.Now())
	return one
}

func (m *meter) touch(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = now
}

// refuse counts a request that was refused.
func (m *meter) refuse() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused++
}

// request counts a request, and refuses it when there are too many.
func (m *meter) request() error {
	if m.requests.AllowN(m.clock.Now(), 1) {
		return nil
	}
	m.refuse()
	return model.Refuse(model.Conflict, "too many requests from this login, %d a second are the limit; wait a moment and try again",
		m.limits.Requests)
}

// declare counts a room that is declared.
func (m *meter) declare() error {
	if err := m.request(); err != nil {
		return err
	}
	if m.rooms.AllowN(m.clock.Now(), 1) {
		return nil
	}
	m.refuse()
	return model.Refuse(model.Conflict, "this login has declared too many rooms, %d an hour are the limit; "+
		"use one of them, or ask somebody else to declare", m.limits.Rooms)
}

// maxSlow bounds how long one read is held back.
const maxSlow = time.Second

// take counts bytes that a login sent, and holds the reader back when there are
// too many.
func (m *meter) take(n int) {
	now := m.clock.Now()
	for n > 0 {
		part := min(n, m.limits.Bytes)
		n -= part
		d := min(m.bytes.ReserveN(now, part).DelayFrom(now), maxSlow)
		if d <= 0 {
			continue
		}
		m.mu.Lock()
		m.slowed += d
		m.mu.Unlock()
		t := time.NewTimer(d)
		<-t.C
	}
}

// counts returns one line for each login that was limited since the last lines,
// once a minute at most, and forgets those not seen for long.
func (m *meters) counts() (lines []model.Safe) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock.Now()
	if now.Before(m.next) {
		return nil
	}
	for id, one := range m.by {
		one.mu.Lock()
		if one.refused > 0 {
			lines = append(lines, model.Safef("%d requests of %s were refused, %d a second are the limit of a login",
				one.refused, one.name, m.limits.Requests))
		}
		if one.slowed > 0 {
			lines = append(lines, model.Safef("%s was slowed down by %s, %s a second are the limit of a login",
				one.name, one.slowed.Round(time.Millisecond), model.Bytes(int64(m.limits.Bytes))))
		}
		one.refused, one.slowed = 0, 0
		if now.Sub(one.last) > time.Hour {
			delete(m.by, id)
		}
		one.mu.Unlock()
	}
	if len(lines) > 0 {
		m.next = now.Add(reportEvery)
	}
	return lines
}
