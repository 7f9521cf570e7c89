package feed

import (
	"context"
	"encoding/json"

	"warroom/feed/access"
	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/roomindex"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
	"warroom/model/signing"
)

// Storing implements [hubapi.Policy]. It enforces a restriction that a login sends before
// the message is stored, so that nobody else receives what follows. If the log refuses
// the message, after restores the access that the log names.
func (s *hubService) Storing(handle, short, key, sig string, payload []byte) (after func(), err error) {
	_, b := writer.Restriction(payload)
	if b == nil || subjects.CheckShort(short) != nil {
		return nil, nil
	}
	if err := s.api.Allow(hubapi.VerbAccess, handle); err != nil {
		return nil, err
	}
	e, fault := signing.Examine(handle, key, sig, payload).Event()
	if fault != "" {
		return nil, nil // it will have no effect
	}
	ctx, cancel := context.WithTimeout(s.client.ctx, access.Timeout)
	defer cancel()
	r, err := s.client.rooms.RoomAt(ctx, short, 0)
	if err != nil {
		return nil, err
	}
	if model.Decide(r, model.Actor{Handle: handle, Key: e.Key, Via: e.Via}, model.Act{At: e.At, Body: b},
		s.client.o.Now()) != nil || e.Room != r.ID {
		return nil, nil // it will have no effect
	}
	return func() { s.followLog(short) },
		s.client.access.SetAccess(ctx, short, hubapi.NewAccess(b.Named(r, handle), nil), true)
}

// followLog sets the access of a room to the people whom its log names.
func (s *hubService) followLog(short string) {
	ctx, cancel := context.WithTimeout(s.client.ctx, access.Timeout)
	defer cancel()
	if err := s.client.access.EnforceRoom(ctx, short, 0, true); err != nil && ctx.Err() == nil {
		s.client.o.Logf(model.Safef("who may see %s is not what its log says: %s", short, model.Sentence(err)))
	}
}

// accessOf blocks until a change of access is enforced, and answers the login that made
// it.
func (s *hubService) accessOf(ctx context.Context, handle string, data []byte) hubAnswer {
	var ask writer.AccessChange
	if json.Unmarshal(data, &ask) != nil || subjects.CheckShort(ask.Room) != nil {
		return refusing(jetlog.Hidden(ask.Room))
	}
	if visible, err := s.sees(ctx, handle, ask.Room); err != nil {
		return refusing(err)
	} else if !visible {
		return refusing(jetlog.Hidden(ask.Room))
	}
	if d := s.client.access.EnforceHere(ctx, writer.AccessChange{Room: ask.Room, Settled: true}); !d.Error.IsEmpty() {
		return hubAnswer{Answer: roomindex.Answer{Why: model.Unreachable, Text: d.Error.String()}}
	}
	return hubAnswer{}
}

// answerAccess answers access changes of the owner's other processes until ctx ends.
func (s *hubService) answerAccess(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-s.access:
			var ask writer.AccessChange
			if json.Unmarshal(m.Data, &ask) != nil || ask.Room != "" && subjects.CheckShort(ask.Room) != nil {
				continue
			}
			if raw, err := json.Marshal(s.client.access.EnforceHere(ctx, ask)); err == nil {
				_ = m.Respond(raw) // the sender retries
			}
		}
	}
}
