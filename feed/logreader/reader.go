// Package logreader reads the log of one room in order, each sequence once, and verifies
// each message: its signature, that it follows the previous message of its author, and
// that each gap has a tombstone.
package logreader

import (
	"context"
	"errors"
	"sync"

	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// Reader reads and verifies the log of one room.
type Reader struct {
	conn  *jetlog.Conn
	Short string
	Next  uint64 // next sequence to read

	// Each is called for each message, with a nil event if the message is not an event.
	Each func(seq uint64, e *model.Event) error
	// OnAccepted is called for each message that was accepted, as it is stored. It may be
	// nil.
	OnAccepted func(jetlog.Record)
	// AsStored turns verification off, for a caller that verifies the messages itself.
	// Each is then called with nil.
	AsStored bool
	// OnMissing is called for a sequence without a message or tombstone.
	OnMissing func(seq uint64)

	KnownRoot    *KnownRoot       // root to compare the log with; if nil, none
	OnDifference func(*KnownRoot) // called if the log has another root

	tombstones map[uint64]signing.Tombstone // tombstones as of the last request
	Newer      bool                         // a tombstone has a newer format: later gaps are not reported
	Instead    map[uint64]signing.Tombstone // tombstones of messages that may not be deleted yet

	mu    sync.Mutex
	chain signing.Chain
	met   map[uint64]signing.Tombstone // tombstones in redactions, by the redaction's sequence
}

// New returns a reader at the beginning of the log.
func New(conn *jetlog.Conn, short string) *Reader {
	return &Reader{conn: conn, Short: short, Next: 1, OnMissing: func(uint64) {}}
}

// Check decodes and verifies the record of the next sequence. It returns nil if the
// record is not an event.
func (r *Reader) Check(c jetlog.Record) *model.Event {
	if _, _, event := subjects.Author(c.Subject); !event || r.AsStored {
		return nil
	}
	c.At = r.conn.Recorded(r.Short, c)
	r.mu.Lock()
	defer r.mu.Unlock()
	e := c.Next(&r.chain)
	r.meet(e)
	return e
}

// Chain returns the chains of all keys at the present position. Reading on changes them.
func (r *Reader) Chain() *signing.Chain { return &r.chain }

// Met returns the tombstones in the redactions that were read, by the sequence of the
// redaction.
func (r *Reader) Met() map[uint64]signing.Tombstone { return r.met }

// Continue sets the position of the reader to that of another reader.
func (r *Reader) Continue(chain signing.Chain, next uint64, met map[uint64]signing.Tombstone) {
	r.mu.Lock()
	r.chain, r.Next = chain, next
	r.mu.Unlock()
	r.also(met)
}

// Link returns the present end of a key's chain.
func (r *Reader) Link(key string) signing.Link {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.chain.Keys[key]
}

// Fill reads up to tip, which must come from the leader.
func (r *Reader) Fill(ctx context.Context, tip uint64) error {
	for r.Next <= tip {
		prev := r.Next
		_, err := r.conn.Read(ctx, r.Short, "", r.Next, jetlog.PageSize,
			func(c jetlog.Record) error { return r.take(ctx, c) })
		if err != nil && !errors.Is(err, jetlog.ErrNothing) {
			return err
		}
		if r.Next == prev { // a gap, a replica that lags, or headers that cannot be parsed
			if err := r.one(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// take passes a record on, after the records before it that the answer left out.
func (r *Reader) take(ctx context.Context, c jetlog.Record) error {
	for r.Next < c.Seq {
		if err := r.one(ctx); err != nil {
			return err
		}
	}
	if c.Seq < r.Next {
		return nil
	}
	return r.Pass(c)
}

// Pass verifies the record of the next sequence and calls Each.
func (r *Reader) Pass(c jetlog.Record) error {
	r.Next = c.Seq + 1
	if s, ok := r.Instead[c.Seq]; ok && c.Tombstone == nil && s.Is(c.Sig, c.Data) {
		c = jetlog.TombstoneRecord(r.Short, s)
	}
	r.Accept(c)
	e := r.Check(c)
	if k := r.KnownRoot; k != nil {
		differs, more := k.compare(c, e)
		if differs {
			r.OnDifference(k)
		}
		if !more {
			r.KnownRoot = nil
		}
	}
	return r.Each(c.Seq, e)
}

// Accept calls OnAccepted, if it is set.
func (r *Reader) Accept(c jetlog.Record) {
	if r.OnAccepted != nil {
		c.At = r.conn.Recorded(r.Short, c)
		r.OnAccepted(c)
	}
}

// one reads the next sequence from the leader.
func (r *Reader) one(ctx context.Context) error {
	c, err := r.conn.ReadRaw(ctx, r.Short, jetlog.Query{Seq: r.Next})
	there := true
	if errors.Is(err, jetlog.ErrNothing) {
		c, there, err = r.hole(ctx, r.Next)
	}
	if err != nil {
		return err
	}
	if !there {
		if r.Newer, err = jetlog.NewerGone(ctx, r.conn, r.Short, r.Next); err != nil {
			return err
		}
		if r.Newer {
			r.mu.Lock()
			r.chain.Unknown()
			r.mu.Unlock()
		}
		r.OnMissing(r.Next)
		r.Next++
		return nil
	}
	if c.Tombstone != nil && r.AsStored {
		r.Next++ // nothing is stored there
		return nil
	}
	return r.Pass(c)
}

// ToTip reads to the present end of the log.
func (r *Reader) ToTip(ctx context.Context) error {
	tip, _, err := r.conn.Tip(ctx, r.Short)
	if err != nil {
		return err
	}
	return r.Fill(ctx, tip)
}
