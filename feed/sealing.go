package feed

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/model"
	"warroom/model/seal"
)

// sealEnd is what the name of the stream of checkpoints has behind that of the
// room's. Checkpoints and cosignatures are no leaves of the log.
const sealEnd = "_SEAL"

// maxNote is the largest note that the stream takes, mostNotes how many of one key
// it keeps: the newest, which say what the older ones did. Nobody can crowd out
// what somebody else said.
const (
	maxNote   = 16 << 10
	mostNotes = 5000
)

// sealStream makes the stream for what is said of a room's log.
func (w *wire) sealStream(ctx context.Context, short string) error {
	ctx, cancel := w.alive(ctx, patience)
	defer cancel()
	c := jetstream.StreamConfig{
		Name: streamOf(short) + sealEnd, Description: "warroom " + short + ", checkpoints", Subjects: []string{lanes(short, laneSeal)},
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld, MaxMsgsPerSubject: mostNotes,
		Replicas: 1, AllowDirect: true, DenyPurge: true, MaxMsgSize: maxNote,
	}
	s, err := w.js.Stream(ctx, streamOf(short))
	if err != nil {
		return said(err)
	}
	c.Replicas = s.CachedInfo().Config.Replicas
	hubapi.AccessOf(s.CachedInfo().Config).Set(&c, short, laneSeal)
	_, err = w.js.CreateStream(ctx, c)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return nil // of another version
	}
	return said(err)
}

// note publishes what a key says of a room's log.
func (w *wire) note(ctx context.Context, short, handle, key string, note []byte) error {
	m := nats.NewMsg(lane(short, laneSeal, handle, key))
	m.Data = note
	_, _, err := w.publish(ctx, m)
	return err
}

// exportNotes is how many checkpoints a record has at most: the newest.
const exportNotes = 1000

// notes returns what was said of a room's log, oldest first, one note for every
// checkpoint with all signatures under it. What is no note of this room is left
// out: anybody who may publish could have put it there.
func (w *wire) notes(ctx context.Context, short string, r *model.Room) ([][]byte, error) {
	at := map[string]int{}
	var out [][]byte
	err := w.pages(ctx, short+sealEnd, "", 1, func(c record) error {
		n, err := seal.OpenNote(c.data, r.ID, keysOf(r))
		if err != nil || len(n.By) == 0 && !slices.ContainsFunc(n.Seen, func(s seal.Cosignature) bool { return member(r, s) }) {
			return ctx.Err()
		}
		text := n.Point.Text()
		if i, ok := at[text]; ok {
			out[i] = seal.Join(out[i], c.data)
			return ctx.Err()
		}
		at[text] = len(out)
		out = append(out, bytes.Clone(c.data))
		return ctx.Err()
	})
	if errors.Is(err, nats.ErrNoResponders) || model.CodeOf(err) == model.NotFound { // there is none, or not for this login
		err = nil
	}
	return out[max(0, len(out)-exportNotes):], err
}

// member says whether a cosignature is of a key of the room.
func member(r *model.Room, s seal.Cosignature) bool {
	m, ok := r.Member(s.Key)
	return ok && m.Handle == s.Handle
}

// keysOf are all keys that were ever let into a room.
func keysOf(r *model.Room) (out []string) {
	for k := range r.Members {
		out = append(out, k)
	}
	return out
}
