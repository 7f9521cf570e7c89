package feed

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/atomicfile"
	"warroom/feed/evidence"
	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/logreader"
	"warroom/feed/mirror"
	"warroom/feed/repair"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/model"
	sealed "warroom/model/bundle"
	"warroom/model/signing"
)

var _ sealed.Store = (*Feed)(nil)

// Record returns the log of a room as it is stored, with its checkpoints.
func (f *Feed) Record(ctx context.Context, short string) (sealed.Evidence, error) {
	var ev sealed.Evidence
	if err := subjects.CheckShort(short); err != nil {
		return ev, err
	}
	if _, err := f.client.access.NewFilter(ctx, f.identity, short); err != nil {
		return ev, err
	}
	r := logreader.New(f.client.conn, short)
	r.AsStored = true
	r.Each = func(uint64, *model.Event) error { return ctx.Err() }
	r.OnAccepted = func(c jetlog.Record) { ev.Messages = append(ev.Messages, toExport(c)) }
	if err := r.ToTip(ctx); err != nil {
		return ev, f.client.env.Unreachable(err)
	}
	var err error
	ev.Messages = sealed.Without(ev.Messages)
	if ev.Notes, err = jetlog.Checkpoints(ctx, f.client.conn, short,
		sealed.Verify(ev, sealed.VerifyOptions{}).Room); err != nil {
		return ev, f.client.env.Unreachable(err)
	}
	if _, first, err := f.client.env.First(ctx, short); err == nil {
		if k, err := f.client.store.Known(first.Room); err == nil && k != nil && k.Short == short &&
			k.Where == f.client.o.Server {
			ev.KnownCheckpoint = []byte(k.Point.Text())
		}
	}
	return ev, nil
}

// toExport returns a record without the short id that the room has on this hub.
func toExport(c jetlog.Record) sealed.Message {
	_, subject, _ := strings.Cut(strings.TrimPrefix(c.Subject, subjects.Root), ".")
	return sealed.Message{Seq: c.Seq, At: c.At, Subject: subject, Sig: c.Sig, Data: c.Data}
}

// Export writes the record of a room as a bag. It is signed with the hub's key on the
// hub's machine, otherwise with the key of this feed. agent names the program for
// bag-info.txt.
func (f *Feed) Export(ctx context.Context, short, agent string, w io.Writer) error {
	return exportWith(ctx, f, short, agent, w, func(x *sealed.Export, v *sealed.Verdict) (lost []string, err error) {
		x.Blobs, lost, err = evidence.Export(ctx, f.evidenceStore, short, v.Room)
		return lost, err
	})
}

// ExportSubset writes the part of a record that a profile selects.
func (f *Feed) ExportSubset(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error {
	x, _, err := newExport(ctx, f, short, agent)
	if err != nil {
		return err
	}
	return x.WriteSubset(w, p)
}

// ExportEntry writes one entry with the proof that it is in the log.
func (f *Feed) ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error {
	x, _, err := newExport(ctx, f, short, agent)
	if err != nil {
		return err
	}
	return x.WriteEntry(w, seq)
}

// newExport reads and verifies the log of a room and selects the signing key. It returns
// [sealed.Tampered] if the log cannot be read as a room.
func newExport(ctx context.Context, f *Feed, short, agent string) (*sealed.Export, *sealed.Verdict, error) {
	ev, err := f.Record(ctx, short)
	if err != nil {
		return nil, nil, err
	}
	v := sealed.Verify(ev, sealed.VerifyOptions{})
	if v.Room.ID == "" {
		return nil, nil,
			sealed.Tampered{Safe: model.Safef("the log of %s does not verify: %s; nothing was written", short,
				v.Bad[0])}
	}
	if v.Cut {
		return nil, nil,
			model.Refuse(model.Conflict,
				"a newer warroom removed something from the log of %s in a way that this one does not support; "+
					"install a newer warroom to export it", short)
	}
	who, k := f.identity.Handle, f.identity.Key()
	hub, err := f.client.sealKey()
	if err != nil {
		return nil, nil, err
	}
	if hub != nil {
		who, k = subjects.HubHandle, hub
	}
	if _, ok := v.Room.Member(k.Text); ok {
		p := signing.Checkpoint{Room: v.Room.ID, Size: v.Size, Root: v.Root}
		note, err := p.SignTimes(k.Private, v.Times)
		if err != nil {
			return nil, nil, err
		}
		if hub != nil && v.Sound() {
			ev.Notes = witnessed(ctx, f, short, v.Room, p, note, ev.Notes, hub)
		} else {
			ev.Notes = withNote(ev.Notes, note)
		}
	} else if hub == nil {
		return nil, nil,
			model.Refuse(model.Forbidden,
				"the key of %s is not admitted to %s, so nobody could check who signed the export; write something in "+
					"the room first", who, short)
	}
	return &sealed.Export{Short: short, Made: f.client.o.Now(), Agent: agent, Messages: ev.Messages, Notes: ev.Notes,
		Principal: who, Key: k.Private}, v, nil
}

// withNote adds a note, or merges its signatures into the note with the same text.
func withNote(all [][]byte, n []byte) [][]byte {
	for i, have := range all {
		if joined := signing.Join(have, n); len(joined) != len(have) || bytes.Equal(have, n) {
			all[i] = joined
			return all
		}
	}
	return append(all, n)
}

// Import creates a room from a record: the same messages with the same times under a new
// short id, which it returns. It returns [sealed.Tampered] if the record does not verify,
// [model.Conflict] if the room exists or this machine knows another log of it. After an
// error it removes what it stored.
func (f *Feed) Import(ctx context.Context, b *sealed.Bag) (string, error) {
	return importRecord(ctx, f, b, nil)
}

// destination is the short id and the evidence of a record that is restored from a
// backup.
type destination struct {
	short    string
	evidence func(context.Context) error // stores its evidence
}

// isThere returns the error for restoring a room over an existing one.
func isThere(short string) error {
	return model.Refuse(model.Conflict, "there is already a room %s; restore into an empty data directory", short)
}

// importRecord creates a room from a record, under the short id of to or, if to is nil,
// under the next free one with the evidence in the record.
func importRecord(ctx context.Context, f *Feed, b *sealed.Bag, to *destination) (string, error) {
	client := f.client
	if client.hub == nil {
		return "", model.Refuse(model.Forbidden,
			"an export can be imported only on the machine of a hub, and %s is a server: import it here, without "+
				"--server",
			client.conn.Where)
	}
	if err := checkWhole(b); err != nil {
		return "", err
	}
	done, err := client.repair.LockRepair()
	if err != nil {
		return "", err
	}
	defer done()
	v := sealed.Verify(b.Evidence(), sealed.VerifyOptions{})
	if err := checkVerdict(v); err != nil {
		return "", err
	}
	if err := client.verifyImport(ctx, v, b); err != nil {
		return "", err
	}
	hub, err := keyring.ReadHub(client.o.Data)
	if err != nil {
		return "", err
	}
	tree := new(signing.Tree)
	_ = fromExport(b, "x", func(c *mirror.Message) error { // fn returns no error
		if c.IsLeaf() {
			tree.Add(c.Leaf())
		}
		return nil
	})
	short, err := client.restore(ctx, b, tree, hub, v.Room, to)
	if err != nil {
		return "", err
	}
	if err := client.storeNotes(ctx, short, b, hub); err != nil {
		return "", errors.Join(err, client.conn.JS.DeleteStream(ctx, subjects.Stream(short)),
			evidence.DropStream(ctx, f.evidenceStore, short))
	}
	if err := atomicfile.MakePrivateDir(roomstore.Dir(client.o.Data, v.Room.ID)); err != nil {
		return short, err
	}
	last := b.Messages[len(b.Messages)-1].Seq
	return short, roomstore.WriteCheckpoint(client.o.Data, roomstore.SavedCheckpoint{Room: v.Room.ID, Short: short,
		At: client.o.Now()},
		mirror.Tip{Seq: last, Size: tree.Size(), Root: tree.Root()}, hub)
}

// checkWhole returns an error for an export that is not of a whole record.
func checkWhole(b *sealed.Bag) error {
	if b.Partial {
		return model.Refuse(model.Invalid,
			"this is a partial export, made for the profile that its bag-info.txt names; only a whole record can be "+
				"imported")
	}
	if b.SingleEntry {
		return model.Refuse(model.Invalid, "this is the export of one entry; only a whole record can be imported")
	}
	return nil
}

// checkVerdict returns an error for a record that cannot be imported, because it does not
// verify or is not of this version.
func checkVerdict(v *sealed.Verdict) error {
	if !v.Sound() {
		return sealed.Tampered{Safe: model.Safef("the export does not verify: %s; nothing was imported", v.Bad[0])}
	}
	if v.Cut {
		return model.Refuse(model.Conflict,
			"a newer warroom removed something from this record in a way that this one does not support; install a "+
				"newer warroom to import it; nothing was imported")
	}
	if v.Unbound {
		return model.Refuse(model.Conflict,
			"another version of warroom made the state and the report of this export, so they cannot be compared, and "+
				"the key that signed them is not a key of the room; export it again with this version; nothing was "+
				"imported")
	}
	return nil
}

// storeNotes stores the checkpoints of a record.
func (c *client) storeNotes(ctx context.Context, short string, b *sealed.Bag, hub *keyring.Key) error {
	if len(b.Notes) == 0 {
		return nil
	}
	if err := jetlog.MakeCheckpointStream(ctx, c.conn, short); err != nil {
		return err
	}
	for _, n := range b.Notes {
		if err := jetlog.StoreCheckpoint(ctx, c.conn, short, subjects.HubHandle, hub.Text, n); err != nil {
			return model.Refuse(model.Internal, "the export was not imported: its checkpoints cannot be stored: %s",
				err)
		}
	}
	return nil
}

// verifyImport returns [model.Conflict] if the room is on this hub, or if this machine
// knows another log of it, and [model.Invalid] if its id cannot be one.
func (c *client) verifyImport(ctx context.Context, v *sealed.Verdict, b *sealed.Bag) error {
	if !model.ValidRoomID(v.Room.ID) {
		return model.Refuse(model.Invalid, "the room of this record has the id %q, which is not an id that a hub "+
			"assigns", v.Room.ID)
	}
	names, err := c.shorts(ctx)
	if err != nil {
		return err
	}
	for _, s := range names {
		if _, first, err := c.env.First(ctx, s); err == nil && first.Room == v.Room.ID {
			return model.Refuse(model.Conflict,
				"the room of this export is on this hub already, as %s; to compare them: warroom verify %s --pin FILE",
				s, s)
		}
	}
	k, err := c.store.Known(v.Room.ID)
	if k == nil || err != nil {
		return err
	}
	ev := b.Evidence()
	ev.KnownCheckpoint = []byte(signing.Checkpoint{Room: k.Room, Size: k.Point.Size, Root: k.Point.Root}.Text())
	if v := sealed.Verify(ev, sealed.VerifyOptions{}); !v.Sound() {
		return model.Refuse(model.Conflict,
			"this machine has a checkpoint of another log of this room, in %s: %s; nothing was imported",
			roomstore.Dir(c.o.Data, k.Room), v.Bad[0])
	}
	return nil
}

// fromExport calls fn for the messages of a record in the form that a hub stores.
// Redacted messages are replaced by their tombstones.
func fromExport(b *sealed.Bag, short string, fn func(*mirror.Message) error) error {
	tombstones := sealed.Tombstones(b.Messages)
	for i, next := 0, uint64(1); i < len(b.Messages); next++ {
		m := &b.Messages[i]
		if s, ok := tombstones[next]; ok && next < m.Seq {
			c := mirror.Instead(&s, subjects.Of(short, subjects.Log, s.Handle, s.Key))
			if err := fn(&c); err != nil {
				return err
			}
			continue
		}
		i++
		if err := fn(&mirror.Message{Seq: m.Seq, At: m.At, Subject: subjects.Root + short + "." + m.Subject,
			Sig:  m.Sig,
			Data: m.Data}); err != nil {
			return err
		}
	}
	return nil
}

// restore stores a record under the short id of to or, if to is nil, under the next free
// one.
func (c *client) restore(ctx context.Context, b *sealed.Bag, tree *signing.Tree, hub *keyring.Key, r *model.Room,
	to *destination) (string, error) {
	n, err := c.highest(ctx)
	if err != nil {
		return "", err
	}
	for {
		n++
		short := subjects.NewShort(n, r.IsRestricted())
		if to != nil {
			short = to.short
		}
		m := &repair.Restore{Client: c.repair, Short: short, Hub: hub, Tree: tree,
			Why:  model.Safef("%s is being imported; wait a moment", short),
			Each: func(fn func(*mirror.Message) error) error { return fromExport(b, short, fn) },
			Before: func(ctx context.Context) error {
				return evidence.Import(ctx, newFeed(c, c.identity, false, false).evidenceStore, short, r, b)
			}}
		if to != nil {
			m.Before = to.evidence
		}
		free, err := unfinished(ctx, c.conn, short, m.Why)
		if err == nil && !free {
			if to != nil {
				return "", isThere(short)
			}
			continue
		}
		if err == nil {
			err = m.Run(ctx)
		}
		switch {
		case err == nil:
			return short, nil
		case errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) && to != nil:
			return "", isThere(short)
		case errors.Is(err, jetstream.ErrStreamNameAlreadyInUse): // declared just now
			continue
		}
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), jetlog.DefaultTimeout)
		defer cancel()
		if lost := c.conn.JS.DeleteStream(clean, subjects.Stream(short)); lost != nil &&
			!errors.Is(lost, jetstream.ErrStreamNotFound) {
			err = errors.Join(err, lost)
		}
		err = errors.Join(err, evidence.DropStream(clean, newFeed(c, c.identity, false, false).evidenceStore, short))
		return "", model.Refuse(model.Internal, "the export was not imported: %s; the part that was stored is removed",
			model.Sentence(err))
	}
}

// unfinished reports whether a short id is free. It first deletes what an interrupted
// import left there.
func unfinished(ctx context.Context, c *jetlog.Conn, short string, why model.Safe) (free bool, err error) {
	s, err := c.JS.Stream(ctx, subjects.Stream(short))
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return true, nil
	case err != nil:
		return false, jetlog.RequestError(err)
	case s.CachedInfo().Config.Metadata[hubapi.MetaHeld] != why.String():
		return false, nil
	}
	return true, jetlog.RequestError(c.JS.DeleteStream(ctx, subjects.Stream(short)))
}
