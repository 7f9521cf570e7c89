package sshd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/lineterm"
	"warroom/ui/screen"
)

// Exit codes of a session that did not end with a command.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errBroken is the message for a client whose session failed because of a defect.
var errBroken = model.Refuse(model.Internal,
	"this session failed because of an internal error; the room is not affected: log in again")

// run executes the client's request, sends the final message and closes the channel.
func (s *session) run(text string) {
	code, err := s.perform(text)
	if bye := s.farewell(); bye != nil {
		err, code = bye, exitFailed
	}
	// A client that does not read must not block this.
	late := time.AfterFunc(shutdownTimeout, func() { _ = s.c.nc.Close() })
	defer late.Stop()
	if s.out != nil {
		s.out.end()
	}
	if err != nil {
		s.print(model.Sentence(err))
	}
	// Both fail if the client is gone.
	_, _ = s.ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{uint32(code)}))
	_ = s.ch.Close()
}

// print writes one message to the client.
func (s *session) print(text model.Safe) {
	if s.pty {
		_, _ = fmt.Fprintf(s.ch, "warroom: %s\r\n", text)
		return
	}
	_, _ = fmt.Fprintf(s.ch.Stderr(), "warroom: %s\n", text)
}

// perform executes the request and returns the exit code, and an error for the client. Its
// frame and those below it stay on the stack as long as the session lasts, so they are
// kept small.
func (s *session) perform(text string) (code int, err error) {
	defer s.recover(&code, &err)
	o, code, err := s.order(text)
	if err != nil {
		return code, err
	}
	hub, leave, err := s.c.s.guests.enter(s.ctx, s.c.grant.who, s.c.nc.RemoteAddr(), s.c.cost)
	if err != nil {
		return exitFailed, err
	}
	defer leave()
	if o.room, err = model.ShortOf(s.ctx, hub.List, o.room); err != nil {
		return exitFailed, err
	}
	if o.args == nil && s.pty {
		code, err = s.screen(hub, o)
		if !errors.Is(err, screen.ErrNoScreen) {
			return code, err
		}
	}
	return s.plain(hub, o), nil
}

// recover is deferred: it makes a panic the end of the session.
func (s *session) recover(code *int, err *error) {
	if p := recover(); p != nil {
		s.c.s.o.Log(model.Safef("the session of %s failed: %s\n%s", s.c.grant.who.Handle, fmt.Sprint(p),
			model.Clean(string(debug.Stack()))))
		*code, *err = exitFailed, errBroken
	}
}

// order returns what the client asks for, or the exit code and error of a refusal.
func (s *session) order(text string) (o order, code int, err error) {
	if s.c.deny != nil {
		return o, exitFailed, s.c.deny
	}
	if s.c.grant.command != "" {
		text = s.c.grant.command
	}
	if o, err = parseOrder(text, s.c.s.o.Handler.Commands()); err != nil {
		return o, exitUsage, err
	}
	if err := s.c.cost.request(); err != nil {
		return o, exitFailed, err
	}
	return o, exitDone, nil
}

// screen runs the full screen.
func (s *session) screen(hub *restrictedHub, o order) (int, error) {
	scr, run, err := s.newScreen(hub, o)
	if err != nil {
		return exitFailed, err
	}
	if o.room != "" { // errors are reported before the screen starts
		if err := hub.reserve(s.ctx, o.room); err != nil {
			return exitFailed, err
		}
		defer hub.release()
	}
	defer s.terminal.watch(s.c.s.o.Limits.Idle, s.end)()
	err = run()
	scr.Fini()
	s.wg.Go(func() { <-scr.Done() }) // when the channel is closed
	return s.screenEnded(scr, err)
}

// newScreen returns a screen on the client's terminal, and a function that shows rooms on
// it.
func (s *session) newScreen(hub *restrictedHub, o order) (scr *screen.Screen, run func() error, err error) {
	opts := s.c.s.o.Handler.Screen(hub, s.visit(o))
	opts.Shared = s.c.s.shared
	scr, err = screen.New(s.size.to,
		screen.Options{Term: s.env["TERM"], Colors: opts.Colors, ASCII: opts.ASCII, Table: s.c.s.table})
	if err != nil {
		return nil, nil, err
	}
	return scr, ui.Prepare(s.ctx, scr, opts), nil
}

// screenEnded returns the exit code of a session whose screen has ended with an error or
// nil, and an error for the client.
func (s *session) screenEnded(scr *screen.Screen, err error) (int, error) {
	switch {
	case errors.Is(scr.Err(), screen.ErrStuck):
		s.c.s.o.Log(model.Safef("%s stopped accepting output and was disconnected", s.c.grant.who.Handle))
		return exitFailed, nil
	case err != nil:
		s.c.s.o.Log(model.Safef("the session of %s failed: %s", s.c.grant.who.Handle, model.Clean(err.Error())))
		return exitFailed, errBroken
	}
	return exitDone, nil
}

// plain runs the line-based mode.
func (s *session) plain(hub Hub, o order) int {
	v := s.visit(o)
	if s.pty {
		defer s.terminal.watch(s.c.s.o.Limits.Idle, s.end)()
		t := lineterm.New(struct {
			io.Reader
			io.Writer
		}{s.terminal, s.drained(s.terminal)}, func() { s.end(errGone) }, s.size.to.Size)
		s.wg.Go(t.Run)
		defer context.AfterFunc(s.ctx, func() { t.End(errGone) })()
		v.Stdin, v.Stdout, v.Stderr, v.Size = t, t, t, s.size.to.Size
	} else {
		in := newInput(s.ch, s.wg.Go)
		defer context.AfterFunc(s.ctx, in.end)()
		s.out = &pipe{w: s.drained(s.ch)}
		v.Stdin, v.Stdout, v.Stderr = in, s.out, &pipe{w: s.drained(s.ch.Stderr()), over: true}
	}
	defer s.notifySlow()()
	if o.args != nil {
		return s.c.s.o.Handler.Command(s.ctx, hub, v)
	}
	return s.c.s.o.Handler.Plain(s.ctx, hub, v)
}

// notifySlow tells the client once that its input is slowed down, until stop is called. A
// full screen shows that itself, see restrictedRoomSession.
func (s *session) notifySlow() (stop func()) {
	over := make(chan struct{})
	s.wg.Go(func() {
		select {
		case <-s.c.slowed:
			s.print(s.c.cost.slowSentence())
		case <-over:
		}
	})
	return func() { close(over) }
}
