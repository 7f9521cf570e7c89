package sshd

import "warroom/model/stats"

// Stats returns the number of connected people and of refused logins.
func (s *Server) Stats() stats.SSH {
	in := len(s.which(true))
	s.limiter.mu.Lock()
	defer s.limiter.mu.Unlock()
	return stats.SSH{Sessions: in, Refused: s.limiter.refused}
}
