package httpin

import (
	"errors"
	"sync"
	"time"
)

// errReplay means that a signed request was received before.
var errReplay = errors.New("this request was received before: " +
	"each signature is taken once; sign it again to send it again")

// replayFor is how long signatures without a time are remembered at least; those
// with a time are good for twice the skew.
const replayFor = 6 * time.Hour

// maxReplays is how many signatures are remembered. Only a sender that has proven
// itself adds one.
const maxReplays = 200_000

// replays are the signatures that were taken, in two generations: the older one
// is forgotten when the newer one is full or old enough.
type replays struct {
	mu       sync.Mutex
	now, old map[string]struct{}
	since    time.Time
}

// first reports whether a signature comes for the first time, and remembers it.
func (p *replays) first(sum string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == nil || len(p.now) >= maxReplays/2 || now.Sub(p.since) > replayFor {
		p.old, p.now, p.since = p.now, map[string]struct{}{}, now
	}
	_, isNew := p.now[sum]
	_, isOld := p.old[sum]
	if isNew || isOld {
		return false
	}
	p.now[sum] = struct{}{}
	return true
}

// forget lets a signature be taken once more: its request was not carried out.
func (p *replays) forget(sum string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.now, sum)
	delete(p.old, sum)
}
