package hub

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

// Restrict denies a room to all logins but those of some handles, at once; to
// none where nobody is named. Connections that may do something else than before
// are ended and come again. A process that does not host writes it down, and the
// host does it within a second.
func (h *Hub) Restrict(short string, handles []string) error {
	err := h.Book().Restrict(short, handles)
	h.reread()
	return err
}

// Strike ends a handle's login and its connections, at once and for good. It
// returns how many connections of this process's server those were.
func (h *Hub) Strike(handle string) (ended int, err error) {
	err = h.Book().Strike(handle)
	return h.reread(), err
}

// reread makes the gate look at the book now, where it is in this process.
func (h *Hub) reread() (ended int) {
	if x := h.current(); x != nil && x.net != nil {
		srv, _ := x.server()
		return x.net.gate.look(srv)
	}
	return 0
}
