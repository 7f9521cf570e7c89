package jetlog

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// MaxNote is the largest note in bytes that the stream accepts. maxNotesPerKey is how
// many notes of one key it keeps, the newest, so that no key can push out the notes of
// others.
const (
	MaxNote        = 16 << 10
	maxNotesPerKey = 5000
)

// MakeCheckpointStream creates the stream for the checkpoints of a room.
func MakeCheckpointStream(ctx context.Context, c *Conn, short string) error {
	ctx, cancel := c.Alive(ctx, DefaultTimeout)
	defer cancel()
	cfg := jetstream.StreamConfig{
		Name: subjects.Stream(short) + subjects.CheckpointsEnd, Description: "warroom " + short + ", checkpoints",
		Subjects: []string{subjects.All(short, subjects.Checkpoints)},
		Storage:  jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
		MaxMsgsPerSubject: maxNotesPerKey,
		Replicas:          1, AllowDirect: true, DenyPurge: true, MaxMsgSize: MaxNote,
	}
	s, err := c.JS.Stream(ctx, subjects.Stream(short))
	if err != nil {
		return RequestError(err)
	}
	cfg.Replicas = s.CachedInfo().Config.Replicas
	hubapi.AccessOf(s.CachedInfo().Config).Set(&cfg, short, subjects.Checkpoints)
	_, err = c.JS.CreateStream(ctx, cfg)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return nil // made by another version
	}
	return RequestError(err)
}

// StoreCheckpoint publishes a note of one key in the checkpoint stream of a room.
func StoreCheckpoint(ctx context.Context, c *Conn, short, handle, key string, note []byte) error {
	m := nats.NewMsg(subjects.Of(short, subjects.Checkpoints, handle, key))
	m.Data = note
	_, _, err := c.Publish(ctx, m)
	return err
}

// exportNotes is the maximum number of checkpoints in a record. The newest are kept.
const exportNotes = 1000

// Checkpoints returns the checkpoints of a room, oldest first: one note per checkpoint,
// with all its signatures. It skips messages that are not notes of this room, which any
// publisher could have stored.
func Checkpoints(ctx context.Context, c *Conn, short string, r *model.Room) ([][]byte, error) {
	at := map[string]int{}
	var out [][]byte
	err := c.Pages(ctx, short+subjects.CheckpointsEnd, "", 1, func(rec Record) error {
		n, err := signing.OpenNote(rec.Data, r.ID, KeysOf(r))
		if err != nil || len(n.By) == 0 &&
			!slices.ContainsFunc(n.Seen, func(s signing.Cosignature) bool { return IsMember(r, s) }) {
			return ctx.Err()
		}
		text := n.Point.Text()
		if i, ok := at[text]; ok {
			out[i] = signing.Join(out[i], rec.Data)
			return ctx.Err()
		}
		at[text] = len(out)
		out = append(out, bytes.Clone(rec.Data))
		return ctx.Err()
	})
	// there is no such stream, or this login may not read it
	if errors.Is(err, nats.ErrNoResponders) || model.CodeOf(err) == model.NotFound {
		err = nil
	}
	return out[max(0, len(out)-exportNotes):], err
}

// IsMember reports whether a cosignature is by a member of the room other than the hub, which
// is not independent of itself.
func IsMember(r *model.Room, s signing.Cosignature) bool {
	m, ok := r.Member(s.Key)
	return ok && !m.Hub && m.Handle == s.Handle
}

// KeysOf returns all keys that were ever admitted to a room.
func KeysOf(r *model.Room) (out []string) {
	for k := range r.Members {
		out = append(out, k)
	}
	return out
}
