package hubapi

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"warroom/model"
)

// Limit bounds what one login does: so many at once, and so many a second.
type Limit struct {
	Burst     int
	PerSecond float64
}

// Limits are the bounds of one login.
type Limits struct {
	Questions Limit // reads of logs, tips, lists and everything else that is answered
	Messages  Limit // stored messages
	Bytes     Limit // bytes of stored messages
	Notes     Limit // stored cosignatures; they are messages too
	Presence  Limit // presence messages
	Knocks    Limit // requests to be admitted; a key repeats its own
	Joins     Limit // keys admitted
	Rooms     Limit // rooms made
}

// DefaultLimits are far above what people do, and bound what a stolen login does.
func DefaultLimits() Limits {
	return Limits{
		Questions: Limit{Burst: 2000, PerSecond: 500},
		Messages:  Limit{Burst: 4000, PerSecond: 500},
		Bytes:     Limit{Burst: 128 << 20, PerSecond: 32 << 20},
		Notes:     Limit{Burst: 300, PerSecond: 2},
		Presence:  Limit{Burst: 100, PerSecond: 20},
		Knocks:    Limit{Burst: 200, PerSecond: 10},
		Joins:     Limit{Burst: 40, PerSecond: 0.1},
		Rooms:     Limit{Burst: 10, PerSecond: 10.0 / 3600},
	}
}

// kind names what is limited, in the words of the sentence that a person reads.
type kind string

const (
	questions kind = "questions to the hub"
	messages  kind = "messages"
	volume    kind = "bytes"
	notes     kind = "cosignatures"
	presence  kind = "presence messages"
	knocks    kind = "requests to be admitted"
	joins     kind = "keys to admit"
	rooms     kind = "new rooms"
)

// of returns the limit of a kind.
func (l Limits) of(k kind) Limit {
	switch k {
	case questions:
		return l.Questions
	case messages:
		return l.Messages
	case volume:
		return l.Bytes
	case notes:
		return l.Notes
	case presence:
		return l.Presence
	case knocks:
		return l.Knocks
	case joins:
		return l.Joins
	}
	return l.Rooms
}

// maxLogins is how many logins have a limiter of their own. An embedded hub and a
// server's configuration have far fewer.
const maxLogins = 100_000

// limiter counts what each login does, and reports to the operator once a minute
// who was refused how often.
type limiter struct {
	limits Limits
	now    func() time.Time
	logf   func(model.Safe)

	mu      sync.Mutex
	of      map[string]map[kind]*rate.Limiter // by handle
	refused map[string]map[kind]int           // since the last report
}

func newLimiter(l Limits, now func() time.Time, logf func(model.Safe)) *limiter {
	return &limiter{limits: l, now: now, logf: logf, of: map[string]map[kind]*rate.Limiter{}, refused: map[string]map[kind]int{}}
}

// allow reports whether a login may do n more of a kind now.
func (l *limiter) allow(handle string, k kind, n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.of[handle]
	if own == nil {
		if len(l.of) >= maxLogins {
			return false
		}
		own = map[kind]*rate.Limiter{}
		l.of[handle] = own
	}
	now := l.now()
	if own[k] == nil {
		x := l.limits.of(k)
		own[k] = rate.NewLimiter(rate.Limit(x.PerSecond), x.Burst)
	}
	if own[k].AllowN(now, n) {
		return true
	}
	if l.refused[handle] == nil {
		l.refused[handle] = map[kind]int{}
	}
	l.refused[handle][k]++
	return false
}

// reportEvery is the time between two reports to the operator.
const reportEvery = time.Minute

// report logs one line about everybody who was refused since the last one.
func (l *limiter) report() {
	l.mu.Lock()
	var parts []string
	for handle, kinds := range l.refused {
		for k, n := range kinds {
			parts = append(parts, fmt.Sprintf("%s %d times (%s)", handle, n, k))
		}
	}
	clear(l.refused)
	l.mu.Unlock()
	if len(parts) == 0 {
		return
	}
	slices.Sort(parts)
	more := ""
	if n := len(parts) - 10; n > 0 {
		parts, more = parts[:10], fmt.Sprintf(", and %d more", n)
	}
	l.logf(model.Safef("logins over their limit in the last minute: %s%s; revoke a login that is not a person's mistake: warroom revoke HANDLE", strings.Join(parts, ", "), more))
}

// sentence is what a login is answered that is over its limit.
func (k kind) sentence(handle string) string {
	return fmt.Sprintf("%s sent too many %s; wait a moment, it is tried again", handle, k)
}
