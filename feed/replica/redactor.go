package replica

import (
	"context"
	"errors"
	"os"
	"time"

	"warroom/feed/backoff"

	"warroom/feed/jetlog"
	"warroom/feed/mirror"
	"warroom/feed/roomstore"
	"warroom/model"
	"warroom/model/signing"
)

// A redaction is an event of the log and takes effect when it is folded. Then every
// process with permission to delete does the following: it stores a copy of the redaction
// on the tombstones subject, where a reader of the gap finds it, and deletes and
// overwrites the message. Each step is idempotent, and the next process that opens the
// room completes what a crash interrupted.

// The pause before the redactor checks again.
const (
	minDeleteBackoff = 250 * time.Millisecond
	maxDeleteBackoff = 30 * time.Second
)

// runRedactor deletes redacted messages, or waits until another process has deleted them,
// until ctx ends.
func (rd *Redactor) runRedactor(ctx context.Context) {
	f := rd.f
	defer f.wg.Done()
	pause := backoff.New(minDeleteBackoff, maxDeleteBackoff)
	for {
		var retry <-chan time.Time
		left, err := rd.deleteRedacted(ctx)
		rd.complain(ctx, err)
		if left || err != nil {
			retry = pause.After()
			pause.Grow()
		}
		select {
		case <-ctx.Done():
			return
		case <-f.Deletions.wake:
			pause.Reset()
		case <-retry:
		}
	}
}

// complain logs why a message is not deleted, once per reason.
func (rd *Redactor) complain(ctx context.Context, err error) {
	f := rd.f
	problem := ""
	if err != nil {
		problem = model.Sentence(err).String()
	}
	f.mu.Lock()
	prev := f.Deletions.lastProblem
	f.Deletions.lastProblem = problem
	f.mu.Unlock()
	if problem != "" && problem != prev && ctx.Err() == nil && f.env.Link().State != model.Offline {
		f.env.Logf(model.Safef("the redacted messages of %s are not deleted from its log: %s", f.Short, err))
	}
}

// deleteRedacted deletes the messages that are not deleted yet. left reports whether some
// remain.
func (rd *Redactor) deleteRedacted(ctx context.Context) (left bool, err error) {
	f := rd.f
	todo := rd.PendingDeletes(f.View().Room)
	if len(todo) == 0 || !f.View().Held.IsEmpty() {
		return false, nil
	}
	var there map[uint64]signing.Tombstone
	if f.env.mayDelete() {
		if there, err = jetlog.Tombstones(ctx, f.env.Conn, f.Short); err != nil {
			return true, err
		}
	}
	var errs []error
	for _, s := range todo {
		_, hasTombstone := there[s.Seq]
		gone, err := f.env.deleteOne(ctx, f.Short, s, hasTombstone)
		if gone {
			rd.markDeleted(s.Seq)
		}
		left = left || !gone
		errs = append(errs, err)
	}
	return left, errors.Join(errs...)
}

// PendingDeletes returns the tombstones of redacted messages that may not be deleted yet.
func (rd *Redactor) PendingDeletes(r *model.Room) (out []signing.Tombstone) {
	f := rd.f
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.Log.StandFor(r)
	for _, d := range r.Redactions {
		if s, ok := all[d.Seq]; ok && !f.Deletions.done[d.Seq] {
			out = append(out, s)
		}
	}
	return out
}

// markDeleted records that a message is gone, and notifies the watchers.
func (rd *Redactor) markDeleted(seq uint64) {
	f := rd.f
	f.mu.Lock()
	f.Deletions.done[seq] = true
	f.mu.Unlock()
	f.NotifyWatchers()
}

// EraseTimeout is how long a redaction waits for the deletion.
const EraseTimeout = 10 * time.Second

// WaitErased blocks until a redacted message is deleted from the log and from this
// machine's replica. It returns [model.Queued] after EraseTimeout, or when ctx ends.
func (rd *Redactor) WaitErased(ctx context.Context, seq uint64) error {
	f := rd.f
	late, cancel := context.WithTimeout(ctx, EraseTimeout)
	defer cancel()
	for {
		f.mu.Lock()
		done, wiped, why := f.Deletions.done[seq], f.Deletions.wiped[seq], f.Deletions.lastProblem
		boxes := f.Deletions.boxes
		f.mu.Unlock()
		r := f.View().Room
		if done && boxes == len(r.Redactions) && (wiped || rd.wipedElsewhere(seq)) && !r.Stale() {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
			continue
		case <-late.Done():
		}
		switch {
		case done:
			return model.Refuse(model.Queued,
				"entry %d is redacted and gone from the hub's log; this machine's own copy is still being rewritten",
				seq)
		case why != "":
			return model.Refuse(model.Queued,
				"entry %d is redacted, and its text is not deleted from the hub's log yet: %s", seq, why)
		}
		return model.Refuse(model.Queued,
			"entry %d is redacted; its text is deleted from the hub as soon as a process with that permission "+
				"opens the room", seq)
	}
}

// wipedElsewhere reports whether another process has removed the text of a message from
// the replica.
func (rd *Redactor) wipedElsewhere(seq uint64) bool {
	f := rd.f
	gone := true
	err := mirror.Read(roomstore.Dir(f.env.Store.Data, f.Room), f.Room, f.env.Store.CopyBox(), seq,
		func(m *mirror.Message) error {
			gone = m.Gone || m.Seq != seq
			return ErrFound
		})
	return gone && (err == nil || errors.Is(err, ErrFound) || errors.Is(err, os.ErrNotExist))
}
