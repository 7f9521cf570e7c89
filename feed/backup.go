package feed

import (
	"context"
	"errors"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/backup"
	"warroom/feed/evidence"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/subjects"
	"warroom/model"
	sealed "warroom/model/bundle"
)

var _ backup.Hub = Backups{}

// Backups adapts a Feed to [backup.Hub]. Its methods return [model.Forbidden] for guests
// and for a process that does not run the hub of its own data directory.
type Backups struct{ *Feed }

// mayBackUp returns [model.Forbidden] unless this process runs the embedded hub for its
// owner.
func (all Backups) mayBackUp() error {
	f := all.Feed
	if f.guest || f.identity.IsGuest() || f.client.hub == nil {
		return model.Refuse(model.Forbidden,
			"back up and restore on the hub's own machine, without --server")
	}
	return nil
}

// HubKey implements [backup.Hub].
func (all Backups) HubKey() (string, error) {
	f := all.Feed
	if err := all.mayBackUp(); err != nil {
		return "", err
	}
	k, err := keyring.ReadHub(f.client.o.Data)
	if err != nil {
		return "", err
	}
	return k.Text, nil
}

// StateOf implements [backup.Hub].
func (all Backups) StateOf(ctx context.Context, short string) (backup.State, error) {
	f := all.Feed
	var s backup.State
	if err := all.mayBackUp(); err != nil {
		return s, err
	}
	if err := subjects.CheckShort(short); err != nil {
		return s, err
	}
	tip, first, err := f.client.env.First(ctx, short)
	if err != nil {
		return s, err
	}
	if held := f.client.conn.State(short).Held; !held.IsEmpty() {
		return s, &model.Error{Code: model.Conflict, Message: held}
	}
	s.Room, s.Seq = first.Room, tip
	switch r, err := jetlog.ReadOrTombstone(ctx, f.client.conn, short, tip); {
	case err == nil:
		s.Leaf = jetlog.Leaf(r).String()
	case !errors.Is(err, jetlog.ErrNothing):
		return s, f.client.env.Unreachable(err)
	}
	switch b, err := f.client.conn.JS.Stream(ctx, subjects.Stream(short)+subjects.BlobEnd); {
	case err == nil:
		s.Evidence, s.Messages = b.CachedInfo().State.LastSeq, b.CachedInfo().State.Msgs
	case !errors.Is(err, jetstream.ErrStreamNotFound):
		return s, f.client.env.Unreachable(jetlog.RequestError(err))
	}
	return s, nil
}

// StoredEvidence implements [backup.Hub].
func (all Backups) StoredEvidence(ctx context.Context, short string, fn func(backup.Chunk) error) error {
	f := all.Feed
	if err := all.mayBackUp(); err != nil {
		return err
	}
	var failed error
	err := f.client.conn.Pages(ctx, short+subjects.BlobEnd, "", 1, func(r jetlog.Record) error {
		_, subject, _ := strings.Cut(strings.TrimPrefix(r.Subject, subjects.Root), ".")
		if failed = ctx.Err(); failed == nil {
			failed = fn(backup.Chunk{Subject: subject, Data: r.Data})
		}
		return failed
	})
	if err != nil && failed == nil {
		return f.client.env.Unreachable(err)
	}
	return err
}

// Restore implements [backup.Hub].
func (all Backups) Restore(ctx context.Context, b *sealed.Bag, short string,
	stored func(put func(backup.Chunk) error) error) (*model.Room, error) {
	f := all.Feed
	if err := all.mayBackUp(); err != nil {
		return nil, err
	}
	if err := subjects.CheckShort(short); err != nil {
		return nil, err
	}
	if _, _, err := f.client.conn.Tip(ctx, short); model.CodeOf(err) != model.NotFound {
		return nil, isThere(short)
	}
	_, err := importRecord(ctx, f, b, &destination{short: short, evidence: func(ctx context.Context) error {
		return all.putEvidence(ctx, short, stored)
	}})
	if err != nil {
		return nil, err
	}
	return f.client.env.FoldToTip(ctx, short)
}

// putEvidence stores the messages that each yields in the evidence stream of a room. It
// makes the stream before the first message. It returns [model.Invalid] for a message
// with another subject.
func (all Backups) putEvidence(ctx context.Context, short string, each func(put func(backup.Chunk) error) error) error {
	f := all.Feed
	made := false
	return each(func(c backup.Chunk) error {
		if !made {
			if err := evidence.MakeStream(ctx, f.evidenceStore, short); err != nil {
				return err
			}
			made = true
		}
		m := nats.NewMsg(subjects.Root + short + "." + c.Subject)
		if !strings.HasPrefix(c.Subject, subjects.Blob+".") {
			return model.Refuse(model.Invalid, "the backup of %s has a message that is not evidence", short)
		}
		m.Data = c.Data
		if _, _, err := f.client.conn.Publish(ctx, m); err != nil {
			return model.Refuse(model.Internal, "the evidence of %s could not be stored: %s", short, err)
		}
		return nil
	})
}
