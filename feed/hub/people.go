package hub

import "github.com/nats-io/nats-server/v2/server"

// UserStore returns the accounts that may connect over the network.
func (h *Hub) UserStore() *UserStore { return &UserStore{dir: h.o.Dir, now: h.o.Now} }

// Address returns the network address on which this process listens, or "".
func (h *Hub) Address() string {
	x := h.current()
	if x == nil || x.net == nil {
		return ""
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.address
}

// Ready lets logins connect: the accounts have the current access to each room.
// Until then, clients are kept waiting.
func (h *Hub) Ready() {
	if h.net != nil {
		h.net.authenticator.once.Do(func() { close(h.net.authenticator.ready) })
	}
}

// Restrict denies a room to all logins except those of some handles. Without handles, it is
// denied to all.
func (h *Hub) Restrict(short string, handles []string) error {
	err := h.UserStore().Restrict(short, handles)
	h.reread()
	return err
}

// RevokeInRoom denies a room to the logins of handles whose keys it revoked, at once.
func (h *Hub) RevokeInRoom(short string, handles []string) error {
	err := h.UserStore().RevokeInRoom(short, handles)
	h.reread()
	return err
}

// Revoke ends a handle's login and its connections, at once and permanently. It returns the
// number of connections to this process's server that ended.
func (h *Hub) Revoke(handle string) (ended int, err error) {
	err = h.UserStore().Revoke(handle)
	return h.reread(), err
}

// From returns the network address of a connection of a handle, by the server's number for
// it, or "".
func (h *Hub) From(handle, conn string) string {
	if h.net == nil {
		return ""
	}
	return h.net.authenticator.from(handle, conn)
}

// Interest returns the number of subscriptions to exactly one subject if this process
// hosts, and else 0.
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
		if sub.Subject == subject { // not a wildcard of a login that only watches
			n++
		}
	}
	return n
}

// maxInterest limits how many subscriptions are examined.
const maxInterest = 4096

// reread makes the authenticator of this process read the accounts now.
func (h *Hub) reread() (ended int) {
	if x := h.current(); x != nil && x.net != nil {
		srv, _ := x.server()
		return x.net.authenticator.look(srv)
	}
	return 0
}
