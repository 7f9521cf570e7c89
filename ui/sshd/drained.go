package sshd

import (
	"io"
	"time"

	"warroom/model"
)

// drained is output that a client must read: a client that reads packets and leaves its
// output unread is disconnected.
type drained struct {
	w     io.Writer
	limit time.Duration
	stuck func()
}

// drained returns a writer to the client that closes the connection when a write takes too
// long.
func (s *session) drained(w io.Writer) io.Writer {
	return &drained{w: w, limit: s.c.s.o.Limits.Unread, stuck: func() {
		s.c.s.o.Log(model.Safef("%s stopped accepting output and was disconnected", s.c.grant.who.Handle))
		_ = s.c.nc.Close()
	}}
}

// Write writes, or fails when the connection was closed.
func (d *drained) Write(b []byte) (int, error) {
	late := time.AfterFunc(d.limit, d.stuck)
	defer late.Stop()
	return d.w.Write(b)
}
