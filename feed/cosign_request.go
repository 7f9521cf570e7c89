package feed

import (
	"bytes"
	"context"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/replica"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// An export waits askedLong for the terminals that cosigned a checkpoint within
// askedSince.
const (
	askedLong  = 5 * time.Second
	askedSince = time.Hour
)

// witnessed publishes a checkpoint of the hub, asks the terminals that cosigned recently
// to cosign it, and returns the notes with the signatures that arrive within askedLong.
// It returns the notes it has if some do not arrive, and logs an error.
func witnessed(ctx context.Context, f *Feed, short string, r *model.Room, p signing.Checkpoint, note []byte,
	notes [][]byte, hub *keyring.Key) [][]byte {
	unsigned, missing := cosigners(f, r, p, notes)
	notes = withNote(notes, note)
	if !unsigned && (len(missing) == 0 || f.identity.IsGuest()) { // a guest must not fill the stream
		return notes
	}
	came := make(chan *nats.Msg, 64)
	subs, err := f.client.conn.SubscribeRoom(short, subjects.Live, func(m *nats.Msg) {
		select {
		case came <- m:
		default: // full: the export goes without it
		}
	})
	if err == nil {
		defer subs.Unsubscribe()
		if err = jetlog.MakeCheckpointStream(ctx, f.client.conn, short); err == nil {
			err = askForCosignatures(ctx, f.client.conn, short, hub, note)
		}
	}
	if err != nil {
		f.client.o.Logf(model.Safef("nobody could be asked to cosign the export of %s: %s", short, model.Sentence(err)))
		return notes
	}
	late := time.NewTimer(askedLong)
	defer late.Stop()
	for len(missing) > 0 {
		select {
		case m := <-came:
			if n, ok := cosigned(m, r, p); ok &&
				jetlog.LastHeader(m.Header, jetlog.StreamHeader) == subjects.Stream(short)+
					subjects.CheckpointsEnd {
				for _, s := range n.Seen {
					delete(missing, s.Handle)
				}
				notes = withNote(notes, bytes.Clone(m.Data))
			}
		case <-late.C:
			return notes
		case <-ctx.Done():
			return notes
		}
	}
	return notes
}

// cosigners returns whether p still lacks the hub's signature, and the people who
// cosigned within askedSince but have not cosigned p.
func cosigners(f *Feed, r *model.Room, p signing.Checkpoint, notes [][]byte) (unsigned bool, missing map[string]bool) {
	unsigned, missing = true, map[string]bool{}
	there, since := map[string]bool{}, f.client.o.Now().Add(-askedSince)
	for _, raw := range notes {
		n, err := signing.OpenNote(raw, r.ID, replica.HubKeys(r))
		if err != nil {
			continue
		}
		this := n.Point.Text() == p.Text()
		unsigned = unsigned && !(this && len(n.By) > 0)
		for _, s := range n.Seen {
			switch {
			case !jetlog.IsMember(r, s):
			case this:
				there[s.Handle] = true
			case s.At.After(since):
				missing[s.Handle] = true
			}
		}
	}
	for handle := range there {
		delete(missing, handle)
	}
	return unsigned, missing
}

// cosigned decodes a note for the checkpoint p. It reports false unless the note is
// signed, and only by members of the room.
func cosigned(m *nats.Msg, r *model.Room, p signing.Checkpoint) (signing.Note, bool) {
	if len(m.Data) > jetlog.MaxNote {
		return signing.Note{}, false
	}
	n, err := signing.OpenNote(m.Data, r.ID, jetlog.KeysOf(r))
	if err != nil || n.Point.Text() != p.Text() || len(n.Seen) == 0 {
		return n, false
	}
	for _, s := range n.Seen {
		if !jetlog.IsMember(r, s) {
			return n, false
		}
	}
	return n, true
}

// askForCosignatures publishes a checkpoint with a header that asks terminals to cosign
// it at once.
func askForCosignatures(ctx context.Context, c *jetlog.Conn, short string, hub *keyring.Key, note []byte) error {
	m := nats.NewMsg(subjects.Of(short, subjects.Checkpoints, subjects.HubHandle, hub.Text))
	m.Data = note
	m.Header.Set(replica.AskedHeader, "1")
	_, _, err := c.Publish(ctx, m)
	return err
}
