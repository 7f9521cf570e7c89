package feed

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/logcopy"
	"warroom/model"
	sealed "warroom/model/record"
	"warroom/model/seal"
)

var _ sealed.Keeper = (*Feed)(nil)

// Record returns the log of a room as it is stored, and what was said of it.
func (f *Feed) Record(ctx context.Context, short string) (sealed.Evidence, error) {
	var ev sealed.Evidence
	if err := checkShort(short); err != nil {
		return ev, err
	}
	if _, err := f.gate(ctx, short); err != nil {
		return ev, err
	}
	r := newReader(f.h.w, short)
	r.asStored = true
	r.each = func(uint64, *model.Event) error { return ctx.Err() }
	r.heard = func(c record) { ev.Messages = append(ev.Messages, outward(c)) }
	if err := r.toTip(ctx); err != nil {
		return ev, f.h.unreachable(err)
	}
	var err error
	ev.Messages = sealed.Without(ev.Messages)
	if ev.Notes, err = f.h.w.notes(ctx, short, sealed.Verify(ev, sealed.Wish{}).Room); err != nil {
		return ev, f.h.unreachable(err)
	}
	if _, first, err := f.h.first(ctx, short); err == nil {
		if k, err := f.h.knowledge(first.Room); err == nil && k != nil && k.Short == short && k.Where == f.h.o.Server {
			ev.Kept = []byte(k.point.Text())
		}
	}
	return ev, nil
}

// outward is a record without the name that its room has on this hub.
func outward(c record) sealed.Message {
	_, lane, _ := strings.Cut(strings.TrimPrefix(c.subject, root), ".")
	return sealed.Message{Seq: c.seq, At: c.at, Lane: lane, Sig: c.sig, Data: c.data}
}

// Export writes the record of a room as a bag. On this machine's hub the hub
// signs it, on a server whoever exports it.
func (f *Feed) Export(ctx context.Context, short, agent string, w io.Writer) error {
	return f.exportWith(ctx, short, agent, w, func(x *sealed.Export, v *sealed.Verdict) (lost []string, err error) {
		x.Blobs, lost, err = f.exportBlobs(ctx, short, v.Room)
		return lost, err
	})
}

// ExportPart writes the part of a record that a profile shows.
func (f *Feed) ExportPart(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error {
	x, _, err := f.export(ctx, short, agent)
	if err != nil {
		return err
	}
	return x.WritePart(w, p)
}

// ExportEntry writes the proof of one entry alone.
func (f *Feed) ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error {
	x, _, err := f.export(ctx, short, agent)
	if err != nil {
		return err
	}
	return x.WriteEntry(w, seq)
}

// export gathers what is handed on, and who signs.
func (f *Feed) export(ctx context.Context, short, agent string) (*sealed.Export, *sealed.Verdict, error) {
	ev, err := f.Record(ctx, short)
	if err != nil {
		return nil, nil, err
	}
	v := sealed.Verify(ev, sealed.Wish{})
	if v.Room.ID == "" {
		return nil, nil, sealed.Tampered{Safe: model.Safef("the log of %s does not check: %s; nothing was written", short, v.Bad[0])}
	}
	if v.Cut {
		return nil, nil, model.Refuse(model.Conflict, "a newer warroom took something out of the log of %s, and this one cannot tell what; install a newer warroom to export it", short)
	}
	who, k := f.pen.handle, f.pen.hold()
	hub, err := f.h.sealKey()
	if err != nil {
		return nil, nil, err
	}
	if hub != nil {
		who, k = hubHandle, hub
	}
	if _, ok := v.Room.Member(k.text); ok {
		p := seal.Checkpoint{Room: v.Room.ID, Size: v.Size, Root: v.Root}
		note, err := p.SignTimes(k.priv, v.Times)
		if err != nil {
			return nil, nil, err
		}
		if hub != nil && v.Sound() {
			ev.Notes = f.witnessed(ctx, short, v.Room, p, note, ev.Notes, hub)
		} else {
			ev.Notes = withNote(ev.Notes, note)
		}
	} else if hub == nil {
		return nil, nil, model.Refuse(model.Forbidden, "the key of %s is not let into %s, so nobody could tell who handed its record on; write something there first", who, short)
	}
	return &sealed.Export{Short: short, Made: f.h.o.Now(), Agent: agent, Messages: ev.Messages, Notes: ev.Notes, Principal: who, Key: k.priv}, v, nil
}

// withNote adds a note, under the one with the same text where there is one.
func withNote(all [][]byte, n []byte) [][]byte {
	for i, have := range all {
		if joined := seal.Join(have, n); len(joined) != len(have) || bytes.Equal(have, n) {
			all[i] = joined
			return all
		}
	}
	return append(all, n)
}

// Import makes a room of a record: the same bytes with the same times under a new
// short id, which it returns. A record that does not check is refused, and
// nothing is left of one that could not be stored as a whole.
func (f *Feed) Import(ctx context.Context, b *sealed.Bag) (string, error) {
	h := f.h
	if h.hub == nil {
		return "", model.Refuse(model.Forbidden, "a record is imported on the machine of a hub; %s is a server: import it here, without --server", h.w.where)
	}
	if b.Part {
		return "", model.Refuse(model.Invalid, "this is a part of a record, made for the profile that its bag-info.txt names; a room is made of a whole one")
	}
	if b.Alone {
		return "", model.Refuse(model.Invalid, "this is the proof of one entry alone; a room is made of a whole record")
	}
	done, err := h.mendLock()
	if err != nil {
		return "", err
	}
	defer done()
	v := sealed.Verify(b.Evidence(), sealed.Wish{})
	if !v.Sound() {
		return "", sealed.Tampered{Safe: model.Safef("the record does not check: %s; nothing was imported", v.Bad[0])}
	}
	if v.Cut {
		return "", model.Refuse(model.Conflict, "a newer warroom took something out of this record, and this one cannot tell what; install a newer warroom to import it; nothing was imported")
	}
	if err := h.strange(ctx, v, b); err != nil {
		return "", err
	}
	hub, err := h.hubKeyFile()
	if err != nil {
		return "", err
	}
	tree := new(seal.Tree)
	_ = inward(b, "x", func(c *logcopy.Message) error { // it has no errors
		if c.IsLeaf() {
			tree.Add(c.Leaf())
		}
		return nil
	})
	short, err := h.restore(ctx, b, tree, hub, v.Room)
	if err != nil {
		return "", err
	}
	if err := h.keepNotes(ctx, short, b, hub); err != nil {
		return "", errors.Join(err, h.w.js.DeleteStream(ctx, streamOf(short)), h.dropBlobs(ctx, short))
	}
	if err := privateDir(recordDir(h.o.Data, v.Room.ID)); err != nil {
		return short, err
	}
	last := b.Messages[len(b.Messages)-1].Seq
	return short, writeKept(h.o.Data, kept{Room: v.Room.ID, Short: short, At: h.o.Now()}, logcopy.Tip{Seq: last, Size: tree.Size(), Root: tree.Root()}, hub)
}

// keepNotes stores what was said of the log of a record.
func (h *house) keepNotes(ctx context.Context, short string, b *sealed.Bag, hub *key) error {
	if len(b.Notes) == 0 {
		return nil
	}
	if err := h.w.sealStream(ctx, short); err != nil {
		return err
	}
	for _, n := range b.Notes {
		if err := h.w.note(ctx, short, hubHandle, hub.text, n); err != nil {
			return model.Refuse(model.Internal, "the record was not imported: its checkpoints cannot be stored: %s", err)
		}
	}
	return nil
}

// strange refuses a room that is here already, or was here with another log.
func (h *house) strange(ctx context.Context, v *sealed.Verdict, b *sealed.Bag) error {
	names, err := h.shorts(ctx)
	if err != nil {
		return err
	}
	for _, s := range names {
		if _, first, err := h.first(ctx, s); err == nil && first.Room == v.Room.ID {
			return model.Refuse(model.Conflict, "the room of this record is on this hub already, as %s; to compare both: warroom verify %s --pin FILE", s, s)
		}
	}
	k, err := h.knowledge(v.Room.ID)
	if k == nil || err != nil {
		return err
	}
	ev := b.Evidence()
	ev.Kept = []byte(seal.Checkpoint{Room: k.Room, Size: k.point.Size, Root: k.point.Root}.Text())
	if v := sealed.Verify(ev, sealed.Wish{}); !v.Sound() {
		return model.Refuse(model.Conflict, "this machine knows another record of this room, in %s: %s; nothing was imported", recordDir(h.o.Data, k.Room), v.Bad[0])
	}
	return nil
}

// inward calls fn for the messages of a record as a hub has them.
func inward(b *sealed.Bag, short string, fn func(*logcopy.Message) error) error {
	stones := sealed.Stones(b.Messages)
	for i, next := 0, uint64(1); i < len(b.Messages); next++ {
		m := &b.Messages[i]
		if s, ok := stones[next]; ok && next < m.Seq {
			c := logcopy.Instead(&s, lane(short, laneLog, s.Handle, s.Key))
			if err := fn(&c); err != nil {
				return err
			}
			continue
		}
		i++
		if err := fn(&logcopy.Message{Seq: m.Seq, At: m.At, Subject: root + short + "." + m.Lane, Sig: m.Sig, Data: m.Data}); err != nil {
			return err
		}
	}
	return nil
}

// restore stores a record under the next free name.
func (h *house) restore(ctx context.Context, b *sealed.Bag, tree *seal.Tree, hub *key, r *model.Room) (string, error) {
	n, err := h.highest(ctx)
	if err != nil {
		return "", err
	}
	for {
		n++
		short := numbered(n)
		m := &restoring{h: h, short: short, hub: hub, tree: tree, why: model.Safef("%s is being imported; wait a moment", short),
			each:   func(fn func(*logcopy.Message) error) error { return inward(b, short, fn) },
			before: func(ctx context.Context) error { return h.takeBlobs(ctx, short, r, b) }}
		free, err := h.w.unfinished(ctx, short, m.why)
		if err == nil && !free {
			continue
		}
		if err == nil {
			err = m.run(ctx)
		}
		switch {
		case err == nil:
			return short, nil
		case errors.Is(err, jetstream.ErrStreamNameAlreadyInUse): // declared this moment
			continue
		}
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		if lost := h.w.js.DeleteStream(clean, streamOf(short)); lost != nil && !errors.Is(lost, jetstream.ErrStreamNotFound) {
			err = errors.Join(err, lost)
		}
		err = errors.Join(err, h.dropBlobs(clean, short))
		return "", model.Refuse(model.Internal, "the record was not imported: %s; nothing of it was kept", model.Sentence(err))
	}
}

// unfinished says whether a name is free, after it took away what an import left
// there that was killed.
func (w *wire) unfinished(ctx context.Context, short string, why model.Safe) (free bool, err error) {
	s, err := w.js.Stream(ctx, streamOf(short))
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return true, nil
	case err != nil:
		return false, said(err)
	case s.CachedInfo().Config.Metadata[metaHeld] != why.String():
		return false, nil
	}
	return true, said(w.js.DeleteStream(ctx, streamOf(short)))
}
