package sshd

import (
	"io"
	"net"
	"net/netip"
	"reflect"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
)

// Words exports words.
var Words = words

// Patient returns a connection with a deadline for writes.
func Patient(c net.Conn, clock model.Clock, limit time.Duration) net.Conn {
	return &patient{Conn: c, clock: clock, limit: limit}
}

// Args returns how a client's command is parsed.
func Args(s string, commands []string) ([]string, error) {
	o, err := parseOrder(s, commands)
	return o.args, err
}

// Allows reports whether from= allows an address.
func Allows(from, addr string) (bool, error) {
	o, err := parseOrigin(from)
	if err != nil {
		return false, err
	}
	return o.allows(netip.MustParseAddr(addr)), nil
}

// Guard exports loginLimiter.
type Guard = loginLimiter

// NewGuard returns a loginLimiter with default limits filled in.
func NewGuard(l Limits, c model.Clock) *Guard { return newLoginLimiter(l.withDefaults(), c) }

// Methods of loginLimiter.
var (
	Admit  = (*loginLimiter).admit
	Done   = (*loginLimiter).done
	Slow   = (*loginLimiter).slow
	Failed = (*loginLimiter).failed
	Counts = (*loginLimiter).counts
	Came   = (*loginLimiter).came
	Forget = (*loginLimiter).forget
	Known  = func(g *loginLimiter) int { return len(g.from) }

	MakeRoom = (*loginLimiter).makeRoom
	Halves   = (*loginLimiter).halves
)

// Revoked parses a revocation list, and looks up a key. The error is the first invalid
// line.
func Revoked(list []byte, k ssh.PublicKey) error {
	r, messages := parseRevoked("list", list)
	r.has(k)
	if len(messages) > 0 {
		return &model.Error{Code: model.Invalid, Message: messages[0]}
	}
	return nil
}

// NewPipe returns a pipe.
func NewPipe(w io.Writer) *pipe { return &pipe{w: w} }

// EndPipe exports pipe.end.
var EndPipe = (*pipe).end

// What a guest can call on a hub and a session, and what checks these calls.
var (
	HubType                   = reflect.TypeFor[Hub]()
	RoomSessionType           = reflect.TypeFor[model.RoomSession]()
	RestrictedHubType         = reflect.TypeFor[*restrictedHub]()
	RestrictedRoomSessionType = reflect.TypeFor[*restrictedRoomSession]()
)

// Restrict returns a hub as a guest may use it.
func Restrict(h Hub, w Who) Hub {
	m := meters{clock: fixedClock{}, limits: Limits{}.withDefaults(), by: map[string]*meter{}}
	return &restrictedHub{hub: h, who: w, cost: m.of(w)}
}

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Unix(1e9, 0) }

// Algorithms exports algorithms.
var Algorithms = algorithms

// Meters exports meters.
type Meters = meters

// NewMeters returns meters with default limits filled in.
func NewMeters(l Limits, c model.Clock) *Meters {
	return &meters{clock: c, limits: l.withDefaults(), by: map[string]*meter{}}
}

// Of, Counts, Request and Take export the methods of meters and meter.
func (m *meters) Of(w Who) *meter      { return m.of(w) }
func (m *meters) Counts() []model.Safe { return m.counts() }
func (m *meter) Request() error        { return m.request() }
func (m *meter) Take(n int)            { m.take(n) }
