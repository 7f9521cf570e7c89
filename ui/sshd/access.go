package sshd

// The server is a port that enforces access: it is notified when somebody is revoked on the
// hub. Which rooms a guest may see is decided by the hub.

// Restrict does nothing, because the hub decides which rooms each guest may see.
func (s *Server) Restrict(string, []string) {}

// Revoke ends the connections of a revoked person, and those with a revoked key under any
// name, and returns how many there were, including those that the regular check of the keys
// ended first. Options.AccessRevoked prevents new ones.
func (s *Server) Revoke(string) (ended int) {
	s.evict()
	return int(s.evicted.Swap(0))
}

// evict ends the connections whose keys are not valid any more, and counts those of revoked
// people until Revoke returns their number.
func (s *Server) evict() {
	for _, c := range s.which(true) {
		err := s.keyring.stands(c.grant)
		if err == nil || c.evicted.Swap(true) || c.ctx.Err() != nil {
			continue
		}
		if s.keyring.isRevoked(c.grant) {
			s.evicted.Add(1)
		}
		c.end(err)
	}
}

// Lift does nothing, because each login is checked anyway.
func (s *Server) Lift(string) {}
