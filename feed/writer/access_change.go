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

// ReservedFor returns who alone may write an entry, besides the right to write in its room, or
// "" if there is no such restriction.
func ReservedFor(payload []byte) Reserved {
	e, err := model.DecodeEvent(payload)
	if err != nil {
		return "" // it will have no effect
	}
	b, err := e.DecodeBody()
	if err != nil {
		return ""
	}
	switch x := b.(type) {
	case *model.LogResumed:
		return ForRestore
	case *model.DeliveryRecorded:
		return ForBridges
	case *model.PageAnswered:
		if x.Bridge != "" {
			return ForBridges
		}
	case *model.Entry:
		if x.Over != "" {
			return ForBridges
		}
	}
	return ""
}

// Reserved is who alone writes some entries.
type Reserved string

// The processes that alone write some entries.
const (
	ForRestore Reserved = "restore" // the one that restored the log: it replaces the hub's key in the room
	ForBridges Reserved = "bridges" // the one that runs the bridges: it determines what they send, and where
)

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
