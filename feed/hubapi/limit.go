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

// Limit is the rate limit of a token bucket.
type Limit struct {
	Burst     int
	PerSecond float64
}

// Limits are the limits per login.
type Limits struct {
	Questions    Limit // reads of logs, tips, lists and all other requests
	Messages     Limit // stored messages
	Bytes        Limit // bytes of stored messages
	Notes        Limit // stored cosignatures, which count as Messages too
	Presence     Limit // presence messages
	JoinRequests Limit // join requests; terminals repeat them
	Joins        Limit // keys admitted
	Rooms        Limit // rooms created

	Strays     Limit // messages of keys that the room has not admitted, which count as Messages too
	StrayBytes Limit // their bytes
	Lookups    Limit // lookups of admitted keys, for a login without budget for strays
}

// DefaultLimits returns limits that people do not reach, and that bound what a stolen login
// can do.
func DefaultLimits() Limits {
	return Limits{
		Questions:    Limit{Burst: 2000, PerSecond: 500},
		Messages:     Limit{Burst: 4000, PerSecond: 500},
		Bytes:        Limit{Burst: 128 << 20, PerSecond: 32 << 20},
		Notes:        Limit{Burst: 300, PerSecond: 2},
		Presence:     Limit{Burst: 100, PerSecond: 20},
		JoinRequests: Limit{Burst: 200, PerSecond: 10},
		Joins:        Limit{Burst: 40, PerSecond: 0.1},
		Rooms:        Limit{Burst: 10, PerSecond: 10.0 / 3600},

		Strays:     Limit{Burst: 100, PerSecond: 100.0 / 86400},
		StrayBytes: Limit{Burst: 1 << 20, PerSecond: (1 << 20) / 86400.0},
		Lookups:    Limit{Burst: 10, PerSecond: 0.1},
	}
}

// kind names what is limited, as in the sentence for a person.
type kind string

const (
	questions    kind = "requests to the hub"
	messages     kind = "messages"
	volume       kind = "bytes"
	notes        kind = "cosignatures"
	presence     kind = "presence messages"
	joinRequests kind = "requests to be admitted"
	joins        kind = "keys to admit"
	rooms        kind = "new rooms"

	strays     kind = "messages under keys that the room has not admitted"
	strayBytes kind = "bytes under keys that the room has not admitted"
	lookups    kind = "messages under new keys"
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
	case joinRequests:
		return l.JoinRequests
	case joins:
		return l.Joins
	case strays:
		return l.Strays
	case strayBytes:
		return l.StrayBytes
	case lookups:
		return l.Lookups
	}
	return l.Rooms
}

// maxLogins is the max number of logins with their own limiter. Embedded hubs and server
// configurations have far fewer.
const maxLogins = 100_000

// limiter counts what each login does, and logs once a minute which logins were refused how
// often.
type limiter struct {
	limits Limits
	now    func() time.Time
	logf   func(model.Safe)

	mu      sync.Mutex
	of      map[string]map[kind]*rate.Limiter // by handle
	refused map[string]map[kind]int           // by handle, since the last report
}

func newLimiter(l Limits, now func() time.Time, logf func(model.Safe)) *limiter {
	return &limiter{limits: l, now: now, logf: logf, of: map[string]map[kind]*rate.Limiter{},
		refused: map[string]map[kind]int{}}
}

// allow takes n of a kind from a login's budget, and reports whether it was available.
func (l *limiter) allow(handle string, k kind, n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.own(handle, k)
	if own == nil {
		return false
	}
	if own.AllowN(l.now(), n) {
		return true
	}
	if l.refused[handle] == nil {
		l.refused[handle] = map[kind]int{}
	}
	l.refused[handle][k]++
	return false
}

// left is like allow, but takes nothing.
func (l *limiter) left(handle string, k kind, n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.own(handle, k)
	return own != nil && own.TokensAt(l.now()) >= float64(n)
}

// own returns the limiter of a login for a kind, or nil if there are too many logins. The
// caller must hold mu.
func (l *limiter) own(handle string, k kind) *rate.Limiter {
	own := l.of[handle]
	if own == nil {
		if len(l.of) >= maxLogins {
			return nil
		}
		own = map[kind]*rate.Limiter{}
		l.of[handle] = own
	}
	if own[k] == nil {
		x := l.limits.of(k)
		own[k] = rate.NewLimiter(rate.Limit(x.PerSecond), x.Burst)
	}
	return own[k]
}

// reportEvery is the interval of reports to the operator.
const reportEvery = time.Minute

// report logs one line about all logins that were refused since the last report.
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
	l.logf(model.Safef("logins over their limit in the last minute: %s%s; if it is not a mistake, revoke the "+
		"login: warroom revoke HANDLE", strings.Join(parts, ", "), more))
}

// sentence returns the answer to a login that is over its limit. It announces a retry only
// for requests that a terminal repeats automatically.
func (l *limiter) sentence(handle string, k kind) string {
	switch k {
	case messages, volume, notes, lookups:
		return fmt.Sprintf("%s sent too many %s; warroom tries again in a moment", handle, k)
	case strays:
		return fmt.Sprintf("%s sent too many %s: %d messages of %s together are the limit of a day; "+
			"ask to be admitted first", handle, k, l.limits.Strays.Burst, model.Bytes(int64(l.limits.StrayBytes.Burst)))
	case presence:
		return fmt.Sprintf("others may not see that %s is here: %s sent too many %s, %d a second are the limit; "+
			"close some terminals", handle, handle, k, int(l.limits.Presence.PerSecond))
	}
	return fmt.Sprintf("%s sent too many %s; wait a moment and try again", handle, k)
}
