package jetlog

import (
	"context"
	"errors"

	"warroom/feed/mirror"
	"warroom/feed/subjects"
	"warroom/model/signing"
)

// A redacted message is deleted from the log and leaves a gap. Its tombstone is part of
// the redaction, which is an event of the log, and a copy of it is stored on the
// tombstones subject. A reader finds it there without reading ahead.

// TombstoneRecord returns the record for a redacted message.
func TombstoneRecord(short string, s signing.Tombstone) Record {
	return Record{Seq: s.Seq, At: s.At, Subject: subjects.Of(short, subjects.Log, s.Handle, s.Key), Tombstone: &s}
}

// RecordFromCopy returns a message of the local replica as a record of the log.
func RecordFromCopy(m *mirror.Message) Record {
	r := Record{Seq: m.Seq, At: m.At, Subject: m.Subject, Sig: m.Sig, Data: m.Data}
	if m.Gone {
		handle, key, _ := subjects.Author(m.Subject)
		r.Tombstone,
			r.Data = &signing.Tombstone{Seq: m.Seq, At: m.At, Handle: handle, Key: key, Leaf: m.OriginalLeaf,
			Remaining: m.Data,
			Rejected:  m.Rejected}, nil
	}
	return r
}

// Tombstones returns the tombstones of a room by the sequence of the redacted message. It
// reads from the leader, which stores a tombstone before it deletes the message.
func Tombstones(ctx context.Context, c *Conn, short string) (map[uint64]signing.Tombstone, error) {
	out := map[uint64]signing.Tombstone{}
	for from := uint64(1); ; {
		r, err := c.ReadRaw(ctx, short, Query{Seq: from, NextFor: subjects.All(short, subjects.Tombstones)})
		if errors.Is(err, ErrNothing) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		from = r.Seq + 1
		if s, ok := signing.ReadTombstone(r.Sig, r.Data); ok {
			if _, twice := out[s.Seq]; !twice {
				out[s.Seq] = s
			}
		}
	}
}

// NewerGone reports whether a message after a gap is a tombstone in a format of a newer
// version.
func NewerGone(ctx context.Context, c *Conn, short string, hole uint64) (bool, error) {
	for from := hole + 1; ; {
		r, err := c.ReadRaw(ctx, short, Query{Seq: from, NextFor: subjects.All(short, subjects.Tombstones)})
		if errors.Is(err, ErrNothing) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if _, _, ok := signing.ReadNewer(r.Sig, r.Data); ok {
			return true, nil
		}
		from = r.Seq + 1
	}
}

// TombstoneAt returns the tombstone of a sequence, if there is one.
func TombstoneAt(ctx context.Context, c *Conn, short string, seq uint64) (signing.Tombstone, bool, error) {
	all, err := Tombstones(ctx, c, short)
	s, ok := all[seq]
	return s, ok, err
}

// ReadOrTombstone returns the record of a sequence, or the tombstone in its place. It
// returns ErrNothing if there is neither.
func ReadOrTombstone(ctx context.Context, c *Conn, short string, seq uint64) (Record, error) {
	r, err := c.ReadRaw(ctx, short, Query{Seq: seq})
	if !errors.Is(err, ErrNothing) {
		return r, err
	}
	s, ok, err := TombstoneAt(ctx, c, short, seq)
	switch {
	case err != nil:
		return Record{}, err
	case !ok:
		return Record{}, ErrNothing
	}
	return TombstoneRecord(short, s), nil
}

// HasTombstoneAfter reports whether a tombstone was stored after a sequence.
func HasTombstoneAfter(ctx context.Context, c *Conn, short string, seq uint64) (bool, error) {
	_, err := c.ReadRaw(ctx, short, Query{Seq: seq + 1, NextFor: subjects.All(short, subjects.Tombstones)})
	if errors.Is(err, ErrNothing) {
		return false, nil
	}
	return err == nil, err
}
