package logreader

import (
	"context"
	"maps"

	"warroom/feed/jetlog"
	"warroom/model"
	"warroom/model/signing"
)

// hole returns the tombstone for a gap in the log, if there is one.
func (r *Reader) hole(ctx context.Context, seq uint64) (jetlog.Record, bool, error) {
	if s, ok := r.tombstones[seq]; ok {
		return jetlog.TombstoneRecord(r.Short, s), true, nil
	}
	all, err := jetlog.Tombstones(ctx, r.conn, r.Short)
	if err != nil {
		return jetlog.Record{}, false, err
	}
	r.tombstones = all
	s, ok := all[seq]
	return jetlog.TombstoneRecord(r.Short, s), ok, nil
}

// meet stores the tombstone in a redaction.
func (r *Reader) meet(e *model.Event) {
	if s, ok := signing.TombstoneOf(e); ok {
		if r.met == nil {
			r.met = map[uint64]signing.Tombstone{}
		}
		r.met[s.RedactionSeq] = s
	}
}

// StandFor returns the tombstones of the redactions that have effect in a room, by the
// sequence of the redacted message. It knows only those that this reader has read.
func (r *Reader) StandFor(room *model.Room) map[uint64]signing.Tombstone {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[uint64]signing.Tombstone{}
	for _, d := range room.Redactions {
		if s, ok := r.met[d.RedactionSeq]; ok && s.Seq == d.Seq {
			out[d.Seq] = s
		}
	}
	return out
}

// also adds the tombstones that another reader has read.
func (r *Reader) also(met map[uint64]signing.Tombstone) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.met == nil {
		r.met = map[uint64]signing.Tombstone{}
	}
	maps.Copy(r.met, met)
}
