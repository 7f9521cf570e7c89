package sshd

import (
	"net/netip"

	"warroom/model"
)

// outsiders counts refused connections and logins, for one line in the log.
type outsiders struct {
	failed int        // logins
	turned int        // connections that were too many, or made room for others
	who    model.Safe // the last login that failed
	by     map[netip.Addr]int
}

// from counts the address of one of them.
func (o *outsiders) from(a netip.Addr) {
	if o.by == nil {
		o.by = map[netip.Addr]int{}
	}
	if _, ok := o.by[a]; ok || len(o.by) < maxCallers {
		o.by[a]++
	}
}

// line returns the line for the log.
func (o *outsiders) line() model.Safe {
	var worst netip.Addr
	for a, n := range o.by {
		if n > o.by[worst] || n == o.by[worst] && a.Less(worst) {
			worst = a
		}
	}
	s := model.Safef("%d logins failed and %d connections over the limit were closed, from %d addresses, most of them "+
		"(%d) from %s",
		o.failed, o.turned, len(o.by), o.by[worst], worst)
	if len(o.by) == 1 {
		s = model.Safef("%d logins failed and %d connections over the limit were closed, from %s", o.failed, o.turned,
			worst)
	}
	if o.failed > 0 {
		s = model.Safef("%s; the last login that failed: %s", s, o.who)
	}
	return s
}
