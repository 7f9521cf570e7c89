package feed

import (
	"context"

	"warroom/model"
	"warroom/model/seal"
)

// newest checks the page that a person sees first, where a room is shown from a
// snapshot: whether its entries lie in the log, signed, as the snapshot has them.
// Whether their authors may write, and what the log says before, is for the check
// of all of it. What cannot be read now is read there again.
func (f *follower) newest(ctx context.Context, s snapshot) {
	first := max(s.Seq, pageSize) - pageSize + 1
	_, err := f.h.w.read(ctx, f.short, "", first, int(s.Seq-first+1), func(r record) error {
		h, k, event := author(r.subject)
		if !event || r.seq > s.Seq {
			return ctx.Err()
		}
		e, fault := seal.Examine(h, k, r.sig, r.data).Alone()
		if l := s.room.Line(r.seq); l != nil && !sameLine(l, e, fault) {
			f.alarm(model.Safef("entry %d is not what this terminal's snapshot shows; the log is read anew: somebody changed one of the two", r.seq))
		}
		return ctx.Err()
	})
	if err == nil {
		f.change(func(v *shared) { v.proof.First = first })
	}
}

// sameLine says whether a line of a snapshot is the one of an event.
func sameLine(l *model.Line, e *model.Event, fault string) bool {
	if fault != "" {
		return l.Fault // shown as such
	}
	if l.ID != e.ID || l.Kind != e.Kind || l.By != e.By || l.Key != e.Key {
		return false
	}
	b, err := e.DecodeBody()
	entry, ok := b.(*model.Entry)
	return err != nil || !ok || l.Text == model.Clean(entry.Text)
}
