package sshd

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"warroom/model"
)

// meters count the requests of each login, over all its connections.
type meters struct {
	clock  model.Clock
	limits Limits

	mu sync.Mutex
	by map[string]*meter // by handle and key

	next time.Time // when counts may return lines again
}

// meter counts the requests of one login.
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
	slow    time.Time     // until then it counts as slowed down
}

// of returns the meter of a login. A login that returns soon gets its previous meter.
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

// refuse counts a refused request.
func (m *meter) refuse() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused++
}

// request counts a request, and refuses it if there are too many.
func (m *meter) request() error {
	if m.requests.AllowN(m.clock.Now(), 1) {
		return nil
	}
	m.refuse()
	return model.Refuse(model.Conflict,
		"too many requests from this login (limit: %d a second); wait a moment and try again",
		m.limits.Requests)
}

// declare counts a declared room.
func (m *meter) declare() error {
	if err := m.request(); err != nil {
		return err
	}
	if m.rooms.AllowN(m.clock.Now(), 1) {
		return nil
	}
	m.refuse()
	return model.Refuse(model.Conflict, "this login has declared too many rooms (limit: %d an hour); use"+
		" one of them, or ask somebody else to declare", m.limits.Rooms)
}

// maxSlow is the max delay of one read.
const maxSlow = time.Second

// slowFor is how long a login counts as slowed down.
const slowFor = 5 * time.Second

// slowness returns the message for a person whose login is slowed down; empty if it is not.
func (m *meter) slowness() model.Safe {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.clock.Now().Before(m.slow) {
		return model.Safe{}
	}
	return m.slowSentence()
}

func (m *meter) slowSentence() model.Safe {
	return model.Safef("this login sends more than its limit of %s a second: its "+
		"input is processed more slowly, and nothing is lost", model.Bytes(int64(m.limits.Bytes)))
}

// take counts bytes that a login sent. If there are too many, it blocks the reader, and
// returns for how long.
func (m *meter) take(n int) (slowed time.Duration) {
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
		m.slow = now.Add(d + slowFor)
		m.mu.Unlock()
		t := time.NewTimer(d)
		<-t.C
		slowed += d
	}
	return slowed
}

// counts returns one line for each login that was limited since the last lines, at most
// once a minute, and forgets logins that have been inactive for a long time.
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
			lines = append(lines, model.Safef("%d requests of %s were refused (limit of a login: %d a second)",
				one.refused, one.name, m.limits.Requests))
		}
		if one.slowed > 0 {
			lines = append(lines, model.Safef("%s was slowed down by %s (limit of a login: %s a second)",
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
