package feed

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/feed/presence"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
)

// The hub service admits keys to rooms.

// minds reports whether the hub service answers a join request. It answers local
// processes of the embedded hub, whose socket only this user can open, and logins. On a
// server without a hub service, it answers other processes of this user on this machine.
func (s *hubService) minds(v presence.Visitor) bool {
	switch {
	case subjects.CheckShort(v.Short) != nil:
		return false
	case v.Right != "":
		return !s.isRoomAdmin()
	case s.client.hub != nil:
		return true
	}
	return v.Key != s.client.identity.Key().Text && s.client.keys.Owns(v.Handle, v.Key) &&
		!s.client.rooms.IsOpen(v.Short)
}

// run answers join requests, one after the other, and relates rooms at intervals.
func (s *hubService) run(ctx context.Context) {
	relate := time.NewTicker(relateEvery)
	defer relate.Stop()
	for {
		select {
		case <-s.due:
			s.relate(ctx)
		case <-relate.C:
			s.relate(ctx)
		case <-ctx.Done():
			return
		case m := <-s.in:
			v, ok := presence.ReadJoinRequest(m)
			if !ok || !s.minds(v) {
				continue
			}
			err := s.mayJoin(v)
			if err == nil {
				err = s.admit(ctx, v)
			}
			if err != nil && ctx.Err() == nil {
				s.refuseJoin(m, v, err)
			}
		}
	}
}

// mayJoin counts the keys that a login asks to have admitted. It returns [model.Queued]
// above the limit.
func (s *hubService) mayJoin(v presence.Visitor) error {
	if s.api == nil || v.Right == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := v.Handle + " " + v.Key + " " + v.Short; s.joined[id] {
		return nil // a repeated request
	} else if err := s.api.Allow(hubapi.VerbJoin, v.Handle); err != nil {
		return err
	} else if s.joined == nil || len(s.joined) > 10_000 {
		s.joined = map[string]bool{id: true}
	} else {
		s.joined[id] = true
	}
	return nil
}

// refuseJoin sends the reason of a refusal to the login. It also logs the reason, unless
// a limit caused it.
func (s *hubService) refuseJoin(m *nats.Msg, v presence.Visitor, err error) {
	if v.Right != "" && hubapi.Answerable(m, v.Handle) {
		_ = hubapi.Refuse(s.client.conn.NC, m, model.Sentence(err)) // the sender retries
	}
	if model.CodeOf(err) != model.Queued {
		s.client.o.Logf(model.Safef("%s was not let into %s: %s", v.Handle, v.Short, err))
	}
}

// admit admits one key to one room, once.
func (s *hubService) admit(ctx context.Context, v presence.Visitor) error {
	ctx, cancel := context.WithTimeout(ctx, writer.JoinTimeout)
	defer cancel()
	d, err := s.client.rooms.Attach(ctx, s.identity, v.Short)
	if err != nil {
		return err
	}
	err = s.letIn(ctx, d, v)
	return errors.Join(err, s.client.rooms.Detach(d))
}

func (s *hubService) letIn(ctx context.Context, d *writer.Writer, v presence.Visitor) error {
	if d.Follower.Room != v.Room {
		return model.Refuse(model.NotFound, "the request was for another room of that name")
	}
	r, err := s.client.rooms.RoomAt(ctx, v.Short, 0) // its access may have changed just now
	if err != nil {
		return err
	}
	if m, ok := r.Member(s.identity.Key().Text); !ok || m.Revoked || m.Right != model.Command ||
		m.Hub == s.isRoomAdmin() {
		return nil // declared on another hub, or not ours to administer: a person has to admit
	}
	if _, ok := r.Member(v.Key); ok || d.Shut() != nil { // if the writer is shut, the sender retries
		return nil
	}
	if err := s.client.revoked.Refuse(v.Handle); err != nil {
		return err
	}
	if err := tooManyKeys(r, v.Handle, d.Follower.Short); err != nil {
		return err
	}
	b, err := s.introduction(r, v)
	if err != nil {
		return err
	}
	switch _, err = d.Append(ctx, model.Act{Body: b}); {
	case model.CodeOf(err) == model.Conflict:
		return nil // admitted by somebody else meanwhile
	case err == nil && s.api != nil:
		s.api.Admitted(v.Handle, v.Short, v.Key)
	}
	return err
}

// maxKeys is how many keys of one person a room accepts, not counting revoked ones: one
// for each terminal that the person uses at a time.
const maxKeys = 32

// introduction returns the entry that admits a key, with the identity and the right that
// its join request proves.
func (s *hubService) introduction(r *model.Room, v presence.Visitor) (*model.KeyAdmitted, error) {
	b := &model.KeyAdmitted{Key: v.Key, Handle: v.Handle, Right: v.Right, Origin: "login"}
	switch {
	case v.Right == "" && s.client.hub != nil:
		b.Right, b.Origin = model.Command, "socket"
	case v.Right == "":
		b.Right, b.Origin = model.Command, "key file"
	case s.client.hub != nil:
		p, err := s.client.hub.UserStore().Read()
		if err != nil {
			return nil, err
		}
		l, ok := p.Login(v.Handle)
		if !ok || l.Right != v.Right || !p.Sees(v.Handle, v.Short) {
			return nil, model.Refuse(model.Forbidden, `%s has no invitation to %s with the right "%s"`,
				v.Handle, v.Short,
				v.Right)
		}
		b.Origin, b.Name, b.Job = "invitation", l.Name, l.Job
	}
	if v.Right != "" && !r.Names(v.Handle) {
		return nil, model.Refuse(model.Forbidden, "%s is restricted and does not name %s", v.Short, v.Handle)
	}
	right, err := r.RightOf(v.Handle, b.Right)
	b.Right = right
	return b, err
}

// tooManyKeys returns [model.Conflict] if a person has maxKeys keys in a room.
func tooManyKeys(r *model.Room, handle, short string) error {
	n := 0
	for _, m := range r.Members {
		if m.Handle == handle && !m.Revoked {
			n++
		}
	}
	if n < maxKeys {
		return nil
	}
	return model.Refuse(model.Conflict,
		`%s already has %d keys in %s; somebody with the right "command" there can revoke them: :strike @%s, then `+
			":right @%s write",
		handle, n, short, handle, handle)
}
