package httpin

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"warroom/model"
)

// failure is why a request or a connection failed.
type failure string

// The failures that are counted.
const (
	failProof  failure = "without a valid proof"
	failReplay failure = "received before"
	failSlow   failure = "too slow or too many at once"
	failRate   failure = "over the rate limit of a sender"
	failConns  failure = "connections closed to make room"
	failOther  failure = "not valid HTTP, or for a path that does not exist"
)

// The limits of the log of failures.
const (
	tallyEvery = time.Minute
	tallyAddrs = 1000
	tallyNamed = 3
)

// tally counts failures and logs them as one line per interval.
type tally struct {
	logf  func(model.Safe)
	every time.Duration

	mu    sync.Mutex
	why   map[failure]int
	addrs map[string]int
	timer *time.Timer

	proofs uint64 // requests without a valid proof, since the process began
}

func newTally(logf func(model.Safe), every time.Duration) *tally {
	if logf == nil {
		logf = func(model.Safe) {}
	}
	if every <= 0 {
		every = tallyEvery
	}
	return &tally{logf: logf, every: every}
}

// add counts one failure.
func (t *tally) add(why failure, addr string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if why == failProof {
		t.proofs++
	}
	if t.why == nil {
		t.why, t.addrs = map[failure]int{}, map[string]int{}
	}
	t.why[why]++
	if _, ok := t.addrs[addr]; ok || len(t.addrs) < tallyAddrs {
		t.addrs[addr]++
	}
	if t.timer == nil {
		t.timer = time.AfterFunc(t.every, t.flush)
	}
}

// flush logs what was counted.
func (t *tally) flush() {
	t.mu.Lock()
	why, addrs := t.why, t.addrs
	t.why, t.addrs = nil, nil
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	t.mu.Unlock()
	if len(why) == 0 {
		return
	}
	n := 0
	var parts []string
	for _, w := range byCount(why) {
		n += why[w]
		parts = append(parts, model.Safef("%d %s", why[w], string(w)).String())
	}
	from := byCount(addrs)
	more := ""
	if len(from) > tallyNamed {
		more = model.Safef(" and %d more", len(from)-tallyNamed).String()
		from = from[:tallyNamed]
	}
	t.logf(model.Safef("HTTP: failures in the last %s: %d, from %s%s: %s",
		t.every.String(), n, strings.Join(from, ", "), more, strings.Join(parts, "; ")))
}

// byCount returns the keys, the most frequent first.
func byCount[K cmp.Ordered](m map[K]int) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b K) int { return cmp.Or(m[b]-m[a], cmp.Compare(a, b)) })
	return out
}

// Write implements io.Writer for the log of net/http about broken connections: they are
// counted, not logged.
func (t *tally) Write(p []byte) (int, error) {
	t.add(failOther, "unknown")
	return len(p), nil
}
