package sshd

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/ui/screen"
)

// session is one channel: a terminal or a command.
type session struct {
	c   *conn
	ch  ssh.Channel
	ctx context.Context
	end context.CancelCauseFunc
	wg  sync.WaitGroup // goroutines of the session
	out *pipe          // of a session without a terminal; if nil, none yet

	// Before the session runs, these belong to the goroutine of the requests. Afterwards
	// they do not change.
	began    bool
	pty      bool
	env      map[string]string
	terminal *terminalChannel
	size     *resizer
}

const (
	maxEnv      = 64   // bytes of a value that a client sets
	largestSide = 4096 // of a terminal; the screen has its own limit
)

// accepted are the variables that a client may set for its session.
var accepted = map[string]bool{"LANG": true, "LC_ALL": true, "LC_CTYPE": true, "COLORTERM": true, "NO_COLOR": true,
	"COLORFGBG": true, "WARROOM_THEME": true}

func newSession(c *conn, ch ssh.Channel) *session {
	s := &session{c: c, ch: ch, env: map[string]string{}}
	s.ctx, s.end = context.WithCancelCause(c.ctx)
	return s
}

// handle handles a request of the channel. A panic ends the session, not the connection.
func (s *session) handle(r *ssh.Request) {
	sound := false
	defer func() {
		if !sound {
			s.end(errGone)
			_ = s.ch.Close()
		}
	}()
	defer s.c.s.survive("a session")
	ok := s.c.talks() && s.request(r)
	_ = r.Reply(ok, nil)    // a closed channel ends the session
	if ok && ends(r.Type) { // after the answer, which needs an open channel
		s.end(errGone)
	}
	if ok && (r.Type == "shell" || r.Type == "exec") {
		text := execText(r)
		s.c.runs.Add(1)
		s.wg.Go(func() {
			defer s.c.release(&s.c.runs)
			s.run(text)
		})
	}
	sound = true
}

// close ends a session whose channel is closed.
func (s *session) close() {
	s.end(errGone)
	if s.size != nil {
		s.size.stop()
	}
}

// request reports whether a request is accepted. Everything else is refused: forwarding,
// agents, X11, subsystems.
func (s *session) request(r *ssh.Request) bool {
	switch r.Type {
	case "pty-req":
		return s.wantPTY(r.Payload)
	case "env":
		return s.setEnv(r.Payload)
	case "window-change":
		return s.resize(r.Payload)
	case "shell", "exec":
		if s.began || r.Type == "exec" && !wellFormed(r.Payload) {
			return false
		}
		s.began = true
		return true
	case "signal":
		return endSignal(r.Payload)
	}
	return ends(r.Type)
}

// ends reports whether an accepted request ends the session: a signal, or that the client
// does not read any more, as in tail | head.
func ends(request string) bool { return request == "signal" || request == "eow@openssh.com" }

// wantPTY handles a request for a terminal.
func (s *session) wantPTY(p []byte) bool {
	var m struct {
		Term                 string
		Cols, Rows, Wpx, Hpx uint32
		Modes                string
	}
	if s.began || s.pty || s.c.grant.noPTY || ssh.Unmarshal(p, &m) != nil {
		return false
	}
	s.pty = true
	s.env["TERM"] = m.Term
	if len(m.Term) > maxEnv {
		s.env["TERM"] = "unknown"
	}
	s.terminal = &terminalChannel{Channel: s.ch, cut: s.c.nc.Close}
	s.size = newResizer(screen.NewRemote(s.terminal, side(m.Cols), side(m.Rows)))
	return true
}

// side limits one dimension of a terminal.
func side(n uint32) int { return int(min(n, largestSide)) }

func (s *session) setEnv(p []byte) bool {
	var m struct{ Name, Value string }
	if s.began || ssh.Unmarshal(p, &m) != nil || !accepted[m.Name] || len(m.Value) > maxEnv {
		return false
	}
	for _, b := range []byte(m.Value) {
		if b < ' ' || b > '~' {
			return false
		}
	}
	s.env[m.Name] = m.Value
	return true
}

func (s *session) resize(p []byte) bool {
	var m struct{ Cols, Rows, Wpx, Hpx uint32 }
	if s.size == nil || ssh.Unmarshal(p, &m) != nil {
		return false
	}
	s.size.set(side(m.Cols), side(m.Rows))
	return true
}

// endSignal reports whether a signal ends a session.
func endSignal(p []byte) bool {
	var m struct{ Name string }
	return ssh.Unmarshal(p, &m) == nil && slices.Contains([]string{"INT", "TERM", "HUP", "QUIT", "KILL"}, m.Name)
}

func wellFormed(p []byte) bool {
	var m struct{ Command string }
	return ssh.Unmarshal(p, &m) == nil
}

// execText returns the command of a request, "" for a shell.
func execText(r *ssh.Request) string {
	var m struct{ Command string }
	if r.Type == "exec" {
		_ = ssh.Unmarshal(r.Payload, &m) // it was checked when the request was accepted
	}
	return m.Command
}

// visit returns the session as passed to a handler, without input and output.
func (s *session) visit(o order) Visit {
	return Visit{Who: s.c.grant.who, Getenv: func(k string) string { return s.env[k] }, PTY: s.pty, Room: o.room,
		Args: o.args}
}

// farewell returns the message for a session that was ended, or nil if nobody ended it.
func (s *session) farewell() error {
	if err := context.Cause(s.ctx); model.CodeOf(err) != model.Internal {
		return err
	}
	return nil
}
