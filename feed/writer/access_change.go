package writer

import (
	"context"
	"slices"
	"time"

	"warroom/feed/backoff"

	"warroom/feed/jetlog"
	"warroom/feed/wake"
	"warroom/model"
)

// beforeAccess enforces a restriction before its entry is stored.
func (pb *publisher) beforeAccess(ctx context.Context, l signedDraft) error {
	d := pb.d
	e, b := Restriction(l.Payload)
	if b == nil {
		return nil
	}
	err := d.env.Enforce(ctx, AccessChange{Room: d.Follower.Short, Only: b.Named(d.Follower.View().Room, e.By)})
	return err
}

// Restriction returns the event and body of an entry that restricts a room, or nil for
// any other entry, including one that lifts a restriction.
func Restriction(payload []byte) (*model.Event, *model.RoomRestricted) {
	if !model.MayBeOf(payload, model.KindRoomRestricted) {
		return nil, nil
	}
	e, err := model.DecodeEvent(payload)
	if err != nil || e.Kind != model.KindRoomRestricted {
		return nil, nil
	}
	b, err := e.DecodeBody()
	r, is := b.(*model.RoomRestricted)
	if err != nil || !is || r.Mode == model.RestrictOff {
		return nil, nil
	}
	return e, r
}

// IsRestore reports whether an entry records that a log was restored.
func IsRestore(payload []byte) bool {
	if !model.MayBeOf(payload, model.KindLogResumed) {
		return false
	}
	e, err := model.DecodeEvent(payload)
	return err == nil && e.Kind == model.KindLogResumed
}

// afterAccess waits until a stored change of access is enforced.
func (pb *publisher) afterAccess(ctx context.Context, k model.Kind, seq uint64) {
	d := pb.d
	if !changesAccess(k) {
		return
	}
	for pause := backoff.New(50*time.Millisecond, wake.MaxBackoff); ; pause.Grow() {
		err := d.env.Enforce(ctx, AccessChange{Room: d.Follower.Short, Seq: seq,
			Settled: k == model.KindRoomRestricted})
		if err == nil || ctx.Err() != nil {
			return
		}
		if jetlog.IsDenied(err) || model.CodeOf(err) == model.Forbidden {
			return // the login has lost access by the change
		}
		d.complain(err)
		select {
		case <-ctx.Done():
			return
		case <-pause.After():
		}
	}
}

// changesAccess reports whether an event of a kind may change who may see or write to a
// room.
func changesAccess(k model.Kind) bool {
	return slices.Contains([]model.Kind{model.KindRoomRestricted, model.KindKeyRevoked, model.KindRightChanged}, k)
}

// AccessChange is a request to enforce a change of access.
type AccessChange struct {
	Room string   `json:"room,omitempty"` // empty: only the list of revoked people
	Seq  uint64   `json:"seq,omitempty"`  // fold the room at least up to this entry, which changes the access
	Only []string `json:"only,omitempty"` // before a restriction is stored: the only people who may see the room

	Settled bool `json:"settled,omitempty"` // the restriction was stored or refused
}
