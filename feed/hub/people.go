package hub

import "github.com/nats-io/nats-server/v2/server"

// Book is the book of who may come in over the network.
func (h *Hub) Book() *Book { return &Book{dir: h.o.Dir, now: h.o.Now} }

// Address is where this process is listened to over the network; "" where it is
// not.
func (h *Hub) Address() string {
	x := h.current()
	if x == nil || x.net == nil {
		return ""
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.address
}

// Ready lets people in over the network: the book says now who may see which
// room. Until then whoever comes waits a little.
func (h *Hub) Ready() {
	if h.net != nil {
		h.net.gate.once.Do(func() { close(h.net.gate.ready) })
	}
}

// Restrict writes down that a room is denied to all logins but those of some
// handles; to none where nobody is named.
func (h *Hub) Restrict(short string, handles []string) error {
	err := h.Book().Restrict(short, handles)
	h.reread()
	return err
}

// Bar denies a room to the logins of some handles, whose keys it revoked, at once.
func (h *Hub) Bar(short string, handles []string) error {
	err := h.Book().Bar(short, handles)
	h.reread()
	return err
}

// Strike ends a handle's login and its connections, at once and for good. It
// returns how many connections of this process's server those were.
func (h *Hub) Strike(handle string) (ended int, err error) {
	err = h.Book().Strike(handle)
	return h.reread(), err
}

// From returns the address from which a connection of a handle came over the
// network, by the server's number for it; "" where there is none.
func (h *Hub) From(handle, conn string) string {
	if h.net == nil {
		return ""
	}
	return h.net.gate.from(handle, conn)
}

// Interest returns how many subscriptions there are to exactly one subject, where this process hosts; 0 elsewhere.
func (h *Hub) Interest(subject string) int {
	srv := h.Server()
	if srv == nil {
		return 0
	}
	s, err := srv.Subsz(&server.SubszOptions{Subscriptions: true, Test: subject, Limit: maxInterest})
	if err != nil {
		return 0
	}
	n := 0
	for _, sub := range s.Subs {
		if sub.Subject == subject { // no wildcard of somebody who only watches
			n++
		}
	}
	return n
}

// maxInterest bounds how many subscriptions are counted.
const maxInterest = 4096

// reread makes the gate look at the book now, where it is in this process.
func (h *Hub) reread() (ended int) {
	if x := h.current(); x != nil && x.net != nil {
		srv, _ := x.server()
		return x.net.gate.look(srv)
	}
	return 0
}
