package sshd

// The server stands at a way by which people come in; whoever strikes them from
// the hub has it told. Which rooms they see is the rooms' to say.

// Restrict does nothing here: each guest is shown what the rooms let them see.
func (s *Server) Restrict(string, []string) {}

// Strike ends the connections of a person who was struck, and returns how many
// there were. That they are not let in again is said by Options.Struck.
func (s *Server) Strike(handle string) (ended int) {
	for _, c := range s.which(true) {
		if c.grant.who.Handle != handle || c.ctx.Err() != nil {
			continue
		}
		if err := s.ring.stands(c.grant); err != nil {
			c.end(err)
			ended++
		}
	}
	return ended
}

// Lift does nothing here: each login is looked at anew.
func (s *Server) Lift(string) {}
