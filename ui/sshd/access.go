package sshd

// The server is a port that enforces access: it is notified when somebody is revoked on the
// hub. Which rooms a guest may see is decided by the hub.

// Restrict does nothing, because the hub decides which rooms each guest may see.
func (s *Server) Restrict(string, []string) {}

// Revoke ends the connections of a revoked person, and those with a revoked key under any
// name, and returns how many there were. Options.AccessRevoked prevents new ones.
func (s *Server) Revoke(string) (ended int) {
	for _, c := range s.which(true) {
		if c.ctx.Err() != nil {
			continue
		}
		if err := s.keyring.stands(c.grant); err != nil {
			c.end(err)
			ended++
		}
	}
	return ended
}

// Lift does nothing, because each login is checked anyway.
func (s *Server) Lift(string) {}
