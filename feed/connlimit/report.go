package connlimit

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Report is what was closed or refused since the last report.
type Report struct {
	Evicted    int // pending connections closed in favour of others
	Refused    int // connections above the rate or the maximum
	Late       int // connections that did not log in by the deadline
	Failed     int // failed logins
	From       int // addresses that these came from
	TopAddress netip.Addr
	TopCount   int // number of these from TopAddress
}

// String returns one line for the operator. It has nothing that a client chose except its
// address.
func (r Report) String() string {
	var parts []string
	for _, p := range []struct {
		n    int
		text string
	}{
		{r.Failed, "failed logins"}, {r.Late, "connections that never logged in"},
		{r.Evicted, "connections without a login closed to make room"}, {r.Refused, "connections refused, too many"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.text))
		}
	}
	from := fmt.Sprintf("from %d addresses, most of them (%d) from %s", r.From, r.TopCount, r.TopAddress)
	if r.From == 1 {
		from = fmt.Sprintf("from %s", r.TopAddress)
	}
	return strings.Join(parts, ", ") + " " + from
}

// tally counts for the next report.
type tally struct {
	evicted, refused, late, failed int
	by                             map[netip.Addr]int
}

// note counts something for the next report. The first one waits an interval too, so that
// an attack is one line from its first minute on.
func (l *Listener) note(by *address, count func(*tally)) {
	count(&l.seen)
	if l.seen.by == nil {
		l.seen.by = map[netip.Addr]int{}
	}
	if _, ok := l.seen.by[by.ip]; ok || len(l.seen.by) < maxAddresses {
		l.seen.by[by.ip]++
	}
	if l.report == nil {
		l.report = time.AfterFunc(l.o.Every, l.Flush)
	}
}

// Flush reports what was not reported yet. It runs in each interval, and may be called when
// the listener is closed.
func (l *Listener) Flush() {
	l.mu.Lock()
	t := l.seen
	l.seen = tally{}
	if l.report != nil {
		l.report.Stop()
		l.report = nil
	}
	l.mu.Unlock()
	if l.o.Report == nil || t.by == nil {
		return
	}
	r := Report{Evicted: t.evicted, Refused: t.refused, Late: t.late, Failed: t.failed, From: len(t.by)}
	for ip, n := range t.by {
		if n > r.TopCount || n == r.TopCount && ip.Less(r.TopAddress) {
			r.TopAddress, r.TopCount = ip, n
		}
	}
	l.reports.Lock()
	defer l.reports.Unlock()
	l.o.Report(r)
}
