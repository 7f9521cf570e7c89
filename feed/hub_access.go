package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/nats-io/nats.go"

	"warroom/feed/access"
	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/replica"
	"warroom/feed/roomindex"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
	"warroom/model/signing"
)

// errRestoreByLogin is the answer to a login that records that a log was restored.
var errRestoreByLogin = model.Refuse(model.Forbidden,
	"only the process that restored a log can record that; run warroom doctor --repair where the hub is")

// errBridgeByLogin is the answer to a login that records what a bridge did or received.
var errBridgeByLogin = model.Refuse(model.Forbidden,
	"only the process that runs the bridges can record what they sent and received; write a note instead")

// Storing implements [hubapi.Policy]. It enforces a restriction that a login sends before
// the message is stored, so that nobody else receives what follows. If the log refuses
// the message, after restores the access that the log names. It refuses what only the
// hub's own process writes, see [writer.Reserved].
func (s *hubService) Storing(handle, short, key, sig string, payload []byte) (after func(), err error) {
	switch writer.ReservedFor(payload) {
	case writer.ForRestore:
		return nil, errRestoreByLogin
	case writer.ForBridges:
		return nil, errBridgeByLogin
	}
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
		s.client.o.Logf(model.Safef("the access list of %s does not match its log: %s", short, model.Sentence(err)))
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

// cosignWindow is how many stored notes before the hub's newest one are searched for the
// checkpoint that a login cosigns.
const cosignWindow = 256

// hubPolicy implements [hubapi.Policy] for the hub service.
type hubPolicy struct{ *hubService }

// Cosigns implements [hubapi.Policy].
func (s hubPolicy) Cosigns(handle, short, key string, note []byte) (bool, error) {
	// The room is read only for what has the form of a note.
	if _, err := signing.PinText(note); err != nil || subjects.CheckShort(short) != nil {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(s.client.ctx, access.Timeout)
	defer cancel()
	r, err := s.client.rooms.RoomAt(ctx, short, 0)
	if err != nil {
		return false, err
	}
	n, err := signing.OpenNote(note, r.ID, nil)
	if err != nil || len(n.Seen) != 1 || n.Seen[0].Handle != handle || n.Seen[0].Key != key {
		return false, nil
	}
	// Its text and one signature, and nothing else.
	if lines, ok := bytes.CutPrefix(note, []byte(n.Point.Text()+"\n")); !ok || bytes.Count(lines, []byte("\n")) != 1 {
		return false, nil
	}
	if m, ok := r.Member(key); !ok || m.Revoked || m.Handle != handle {
		return false, nil
	}
	return s.hubSigned(ctx, r, short, n.Point)
}

// hubSigned reports whether the hub signed a checkpoint of a room. It searches the hub's
// newest note, and then those before it.
func (s hubPolicy) hubSigned(ctx context.Context, r *model.Room, short string, p signing.Checkpoint) (bool, error) {
	hubs := replica.HubKeys(r)
	signed := func(raw []byte) bool {
		n, err := signing.OpenNote(raw, r.ID, hubs)
		return err == nil && len(n.By) > 0 && n.Point.Text() == p.Text()
	}
	stream := short + subjects.CheckpointsEnd
	for _, k := range hubs {
		subject := subjects.Of(short, subjects.Checkpoints, subjects.HubHandle, k)
		newest, err := s.client.conn.ReadRaw(ctx, stream, jetlog.Query{LastFor: subject})
		switch {
		case errors.Is(err, jetlog.ErrNothing), errors.Is(err, nats.ErrNoResponders):
			continue
		case err != nil:
			return false, err
		case signed(newest.Data):
			return true, nil
		}
		found := false
		err = s.client.conn.Pages(ctx, stream, subject, max(newest.Seq, cosignWindow)-cosignWindow+1,
			func(rec jetlog.Record) error {
				found = found || signed(rec.Data)
				return ctx.Err()
			})
		if found || err != nil {
			return found, err
		}
	}
	return false, nil
}
