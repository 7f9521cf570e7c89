package hub

// Logins returns how many connections of logins are in over the network, and how many
// were refused since this process began.
func (h *Hub) Logins() (connected int, refused uint64) {
	if h.net == nil {
		return 0, 0
	}
	srv, g := h.Server(), h.net.authenticator
	g.mu.Lock()
	defer g.mu.Unlock()
	for id := range g.in {
		if srv != nil && srv.GetClient(id) != nil {
			connected++
		}
	}
	return connected, g.refused
}
