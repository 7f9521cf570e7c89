package feed

import (
	"bytes"
	"context"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
	"warroom/model/seal"
)

// hdrAsked stands at a checkpoint for which somebody waits: terminals cosign it at
// once.
const hdrAsked = "Warroom-Asked"

// How an export waits for those who have cosigned a moment ago. Who is gone since
// costs it that long, and no more.
const (
	askedLong  = 5 * time.Second
	askedSince = time.Hour
)

// witnessed says as the hub where the log ends, and returns the notes with those of
// the terminals that stand for it. An export is made without them too: what keeps it
// from being said is told.
func (f *Feed) witnessed(ctx context.Context, short string, r *model.Room, p seal.Checkpoint, note []byte, notes [][]byte, hub *key) [][]byte {
	fresh, missing := f.standFor(r, p, notes)
	notes = withNote(notes, note)
	if !fresh && (len(missing) == 0 || f.pen.isGuest()) { // a guest does not get to fill the stream
		return notes
	}
	came := make(chan *nats.Msg, 64)
	subs, err := f.h.w.subscribeLane(short, laneLive, func(m *nats.Msg) {
		select {
		case came <- m:
		default: // the export is made without it
		}
	})
	if err == nil {
		defer subs.Unsubscribe()
		if err = f.h.w.sealStream(ctx, short); err == nil {
			err = f.h.w.askFor(ctx, short, hub, note)
		}
	}
	if err != nil {
		f.h.o.Logf(model.Safef("nobody was asked to cosign the export of %s: %s", short, model.Sentence(err)))
		return notes
	}
	late := time.NewTimer(askedLong)
	defer late.Stop()
	for len(missing) > 0 {
		select {
		case m := <-came:
			if n, ok := cosigned(m, r, p); ok && last(m.Header, hdrStream) == streamOf(short)+sealEnd {
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

// standFor says whether the hub has not signed a checkpoint yet, and who of those
// who cosigned a moment ago has not cosigned it.
func (f *Feed) standFor(r *model.Room, p seal.Checkpoint, notes [][]byte) (fresh bool, missing map[string]bool) {
	fresh, missing = true, map[string]bool{}
	there, since := map[string]bool{}, f.h.o.Now().Add(-askedSince)
	for _, raw := range notes {
		n, err := seal.OpenNote(raw, r.ID, hubKeys(r))
		if err != nil {
			continue
		}
		this := n.Point.Text() == p.Text()
		fresh = fresh && !(this && len(n.By) > 0)
		for _, s := range n.Seen {
			switch {
			case !member(r, s):
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
	return fresh, missing
}

// cosigned returns a note in which people of the room stand for a checkpoint.
func cosigned(m *nats.Msg, r *model.Room, p seal.Checkpoint) (seal.Note, bool) {
	if len(m.Data) > maxNote {
		return seal.Note{}, false
	}
	n, err := seal.OpenNote(m.Data, r.ID, keysOf(r))
	if err != nil || n.Point.Text() != p.Text() || len(n.Seen) == 0 {
		return n, false
	}
	for _, s := range n.Seen {
		if !member(r, s) {
			return n, false
		}
	}
	return n, true
}

// askFor publishes a checkpoint for which somebody waits.
func (w *wire) askFor(ctx context.Context, short string, hub *key, note []byte) error {
	m := nats.NewMsg(lane(short, laneSeal, hubHandle, hub.text))
	m.Data = note
	m.Header.Set(hdrAsked, "1")
	_, _, err := w.publish(ctx, m)
	return err
}
