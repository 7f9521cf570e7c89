package sshd

import (
	"io"
	"net/netip"
	"reflect"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
)

// Words is words.
var Words = words

// Args is what a client's command is taken for.
func Args(s string, commands []string) ([]string, error) {
	o, err := parseOrder(s, commands)
	return o.args, err
}

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
	Done   = (*guard).done
	Slow   = (*guard).slow
	Failed = (*guard).failed
	Counts = (*guard).counts
	Came   = (*guard).came
	Forget = (*guard).forget
	Known  = func(g *guard) int { return len(g.from) }

	MakeRoom = (*guard).makeRoom
	Halves   = (*guard).halves
)

// Revoked reads a list of what is revoked, and looks a key up in it. The error is
// the first line that is wrong.
func Revoked(list []byte, k ssh.PublicKey) error {
	r, said := parseRevoked("list", list)
	r.has(k)
	if len(said) > 0 {
		return &model.Error{Code: model.Invalid, Message: said[0]}
	}
	return nil
}

// NewPipe makes a pipe.
func NewPipe(w io.Writer) *pipe { return &pipe{w: w} }

// EndPipe is the end of a pipe.
var EndPipe = (*pipe).end

// What a guest reaches of a hub and of a seat, and what stands before it.
var (
	HubType            = reflect.TypeFor[Hub]()
	SeatType           = reflect.TypeFor[Seat]()
	RestrictedHubType  = reflect.TypeFor[*restrictedHub]()
	RestrictedSeatType = reflect.TypeFor[*restrictedSeat]()
)

// Restrict returns a hub as a guest has it.
func Restrict(h Hub, w Who) Hub {
	m := meters{clock: fixedClock{}, limits: Limits{}.withDefaults(), by: map[string]*meter{}}
	return &restrictedHub{hub: h, who: w, cost: m.of(w)}
}

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Unix(1e9, 0) }

// Algorithms is algorithms.
var Algorithms = algorithms

// Meters are meters.
type Meters = meters

// NewMeters makes meters with the defaults filled in.
func NewMeters(l Limits, c model.Clock) *Meters {
	return &meters{clock: c, limits: l.withDefaults(), by: map[string]*meter{}}
}

// Of is of, Counts counts, Request request and Take take.
func (m *meters) Of(w Who) *meter      { return m.of(w) }
func (m *meters) Counts() []model.Safe { return m.counts() }
func (m *meter) Request() error        { return m.request() }
func (m *meter) Take(n int)            { m.take(n) }
