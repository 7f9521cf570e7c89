package feed

import (
	"context"
	"errors"
	"maps"

	"warroom/feed/logcopy"
	"warroom/model"
	"warroom/model/seal"
)

// A message whose text was redacted is not in the log any more: its place is a
// hole. What stands there for it, its stone, is in the redaction, which is an
// event of the log, and lies once more, as it is, on the lane of what is gone: so
// a reader who meets the hole finds it without reading on.

// instead is a record of what stands for a message.
func instead(short string, s seal.Stone) record {
	return record{seq: s.Seq, at: s.At, subject: lane(short, laneLog, s.Handle, s.Key), stone: &s}
}

// recordFrom is what a copy has as the log had it.
func recordFrom(m *logcopy.Message) record {
	r := record{seq: m.Seq, at: m.At, subject: m.Subject, sig: m.Sig, data: m.Data}
	if m.Gone {
		handle, key, _ := author(m.Subject)
		r.stone, r.data = &seal.Stone{Seq: m.Seq, At: m.At, Handle: handle, Key: key, Leaf: m.Was, Rest: m.Data, Void: m.Void}, nil
	}
	return r
}

// stones reads what stands for the messages that are gone from a room's log, by
// their sequence. It asks the leader, who wrote it before the message went.
func (w *wire) stones(ctx context.Context, short string) (map[uint64]seal.Stone, error) {
	out := map[uint64]seal.Stone{}
	for from := uint64(1); ; {
		r, err := w.probe(ctx, short, query{Seq: from, NextFor: lanes(short, laneGone)})
		if errors.Is(err, errNothing) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		from = r.seq + 1
		if s, ok := seal.ReadTwin(r.sig, r.data); ok {
			if _, twice := out[s.Seq]; !twice {
				out[s.Seq] = s
			}
		}
	}
}

// newerGone reports whether a message behind a hole says, in a form that this program
// does not know, that something was taken out of the log.
func (w *wire) newerGone(ctx context.Context, short string, hole uint64) (bool, error) {
	for from := hole + 1; ; {
		r, err := w.probe(ctx, short, query{Seq: from, NextFor: lanes(short, laneGone)})
		if errors.Is(err, errNothing) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if _, _, ok := seal.ReadNewer(r.sig, r.data); ok {
			return true, nil
		}
		from = r.seq + 1
	}
}

// gone finds what stands for a message that a room's log does not have any more.
func (w *wire) gone(ctx context.Context, short string, seq uint64) (seal.Stone, bool, error) {
	all, err := w.stones(ctx, short)
	s, ok := all[seq]
	return s, ok, err
}

// fewer returns the record of a sequence that the log may have lost by a
// redaction. The error is errNothing where nothing says why it is not there.
func (w *wire) fewer(ctx context.Context, short string, seq uint64) (record, error) {
	r, err := w.probe(ctx, short, query{Seq: seq})
	if !errors.Is(err, errNothing) {
		return r, err
	}
	s, ok, err := w.gone(ctx, short, seq)
	switch {
	case err != nil:
		return record{}, err
	case !ok:
		return record{}, errNothing
	}
	return instead(short, s), nil
}

// buriedAfter says whether something was taken out of a room behind a sequence.
func (w *wire) buriedAfter(ctx context.Context, short string, seq uint64) (bool, error) {
	_, err := w.probe(ctx, short, query{Seq: seq + 1, NextFor: lanes(short, laneGone)})
	if errors.Is(err, errNothing) {
		return false, nil
	}
	return err == nil, err
}

// hole looks for what stands where the log has nothing.
func (r *reader) hole(ctx context.Context, seq uint64) (record, bool, error) {
	if s, ok := r.stones[seq]; ok {
		return instead(r.short, s), true, nil
	}
	all, err := r.w.stones(ctx, r.short)
	if err != nil {
		return record{}, false, err
	}
	r.stones = all
	s, ok := all[seq]
	return instead(r.short, s), ok, nil
}

// meet keeps what a redaction says that was read.
func (r *reader) meet(e *model.Event) {
	if s, ok := seal.StoneOf(e); ok {
		if r.met == nil {
			r.met = map[uint64]seal.Stone{}
		}
		r.met[s.Place] = s
	}
}

// standFor are the stones of the redactions that count in a room, by the sequence
// of what they stand for, as far as this reader met them.
func (r *reader) standFor(room *model.Room) map[uint64]seal.Stone {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[uint64]seal.Stone{}
	for _, d := range room.Redactions {
		if s, ok := r.met[d.Place]; ok && s.Seq == d.Seq {
			out[d.Seq] = s
		}
	}
	return out
}

// also takes over what another reader met.
func (r *reader) also(met map[uint64]seal.Stone) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.met == nil {
		r.met = map[uint64]seal.Stone{}
	}
	maps.Copy(r.met, met)
}
