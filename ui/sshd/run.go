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
	"warroom/ui/screen"
)

// Exit codes of a session that no command has ended.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errBroken is what a client is told when its session failed by our fault.
var errBroken = model.Refuse(model.Internal, "this session failed, which is our fault; the room goes on: log in again")

// run does what the client asked for, parts from it and closes the channel.
func (s *session) run(text string) {
	code, err := s.perform(text)
	if bye := s.farewell(); bye != nil {
		err, code = bye, exitFailed
	}
	// A client that takes nothing must not keep us here.
	late := time.AfterFunc(partTime, func() { _ = s.c.nc.Close() })
	defer late.Stop()
	if s.out != nil {
		s.out.end()
	}
	if err != nil {
		s.say(model.Sentence(err))
	}
	// Both fail where the client is gone.
	_, _ = s.ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{uint32(code)}))
	_ = s.ch.Close()
}

// say tells the client one sentence.
func (s *session) say(text model.Safe) {
	if s.pty {
		_, _ = fmt.Fprintf(s.ch, "warroom: %s\r\n", text)
		return
	}
	_, _ = fmt.Fprintf(s.ch.Stderr(), "warroom: %s\n", text)
}

// perform returns the exit code, and what the client has to be told.
func (s *session) perform(text string) (code int, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.c.s.o.Log(model.Safef("the session of %s failed: %s\n%s", s.c.grant.who.Handle, fmt.Sprint(p), model.Clean(string(debug.Stack()))))
			code, err = exitFailed, errBroken
		}
	}()
	if s.c.deny != nil {
		return exitFailed, s.c.deny
	}
	if s.c.grant.command != "" {
		text = s.c.grant.command
	}
	o, err := parseOrder(text, s.c.s.o.Face.Commands())
	if err != nil {
		return exitUsage, err
	}
	cost := s.c.cost
	if err := cost.request(); err != nil {
		return exitFailed, err
	}
	hub, leave, err := s.c.s.guests.enter(s.ctx, s.c.grant.who, s.c.nc.RemoteAddr(), cost)
	if err != nil {
		return exitFailed, err
	}
	defer leave()
	if o.args == nil && s.pty {
		code, err = s.screen(hub, o)
		if !errors.Is(err, screen.ErrNoScreen) {
			return code, err
		}
	}
	return s.plain(hub, o), nil
}

// screen shows the rooms in full.
func (s *session) screen(hub *restrictedHub, o order) (int, error) {
	face := s.c.s.o.Face.Screen(hub, s.visit(o))
	face.Shared = s.c.s.shared
	scr, err := screen.New(s.size.to, screen.Options{Term: s.env["TERM"], Colors: face.Colors, ASCII: face.ASCII, Table: s.c.s.table})
	if err != nil {
		return exitFailed, err
	}
	if o.room != "" { // what is wrong with it is said before the screen is taken
		if err := hub.reserve(s.ctx, o.room); err != nil {
			return exitFailed, err
		}
		defer hub.release()
	}
	defer s.wire.watch(s.c.s.o.Limits.Idle, s.end)()
	err = ui.Run(s.ctx, scr, face)
	scr.Fini()
	s.wg.Go(func() { <-scr.Done() }) // when the channel is closed
	switch {
	case errors.Is(scr.Err(), screen.ErrStuck):
		s.c.s.o.Log(model.Safef("%s takes no output any more and was cut off", s.c.grant.who.Handle))
		return exitFailed, nil
	case err != nil:
		s.c.s.o.Log(model.Safef("the session of %s failed: %s", s.c.grant.who.Handle, model.Clean(err.Error())))
		return exitFailed, errBroken
	}
	return exitDone, nil
}

// plain talks to the client in lines.
func (s *session) plain(hub Hub, o order) int {
	v := s.visit(o)
	if s.pty {
		defer s.wire.watch(s.c.s.o.Limits.Idle, s.end)()
		t := newTTY(struct {
			io.Reader
			io.Writer
		}{s.wire, s.drained(s.wire)}, func() { s.end(errGone) })
		s.wg.Go(t.run)
		defer context.AfterFunc(s.ctx, func() { t.end(errGone) })()
		v.Stdin, v.Stdout, v.Stderr = t, t, t
	} else {
		in := newInput(s.ch, s.wg.Go)
		defer context.AfterFunc(s.ctx, in.end)()
		s.out = &pipe{w: s.drained(s.ch)}
		v.Stdin, v.Stdout, v.Stderr = in, s.out, &pipe{w: s.drained(s.ch.Stderr()), over: true}
	}
	if o.args != nil {
		return s.c.s.o.Face.Command(s.ctx, hub, v)
	}
	return s.c.s.o.Face.Plain(s.ctx, hub, v)
}
