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

// Restrict denies a room to all logins but those of some handles, at once:
// connections that may do less than before are ended and come again. A process
// that does not host writes it down, and the host does it within a second.
func (h *Hub) Restrict(short string, handles []string) error {
	if err := h.Book().Restrict(short, handles); err != nil {
		return err
	}
	h.reread()
	return nil
}

// Unrestrict takes back what Restrict has done.
func (h *Hub) Unrestrict(short string) error {
	if err := h.Book().Open(short); err != nil {
		return err
	}
	h.reread()
	return nil
}

// Strike ends a handle's login and its connections, at once and for good. Had
// says whether there was a login.
func (h *Hub) Strike(handle string) (had bool, err error) {
	had, err = h.Book().Strike(handle)
	h.reread()
	return had, err
}

// reread makes the gate look at the book now, where it is in this process.
func (h *Hub) reread() {
	if x := h.current(); x != nil && x.net != nil {
		srv, _ := x.server()
		x.net.gate.look(srv)
	}
}
