package sshd

import (
	"net/netip"

	"warroom/model"
)

// Words is words.
var Words = words

// Allows says whether from= lets somebody come from an address.
func Allows(from, addr string) (bool, error) {
	o, err := parseOrigin(from)
	if err != nil {
		return false, err
	}
	return o.allows(netip.MustParseAddr(addr)), nil
}

// Guard is guard.
type Guard = guard

// NewGuard is newGuard with the defaults filled in.
func NewGuard(l Limits, c model.Clock) *Guard { return newGuard(l.withDefaults(), c) }

// Methods of the guard.
var (
	Admit  = (*guard).admit
	Failed = (*guard).failed
	Came   = (*guard).came
	Forget = (*guard).forget
	Known  = func(g *guard) int { return len(g.from) }
)
