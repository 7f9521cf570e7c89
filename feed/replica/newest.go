package replica

import (
	"context"

	"warroom/feed/jetlog"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// compareNewest checks the newest page of a room that is shown from a snapshot: whether
// its entries are in the log, signed, as the snapshot has them. The recheck of the whole
// log checks whether their authors may write. A message that cannot be read now is left
// to the recheck.
func compareNewest(ctx context.Context, f *Follower, s roomstore.Snapshot) {
	first := max(s.Seq, jetlog.PageSize) - jetlog.PageSize + 1
	_, err := f.env.Conn.Read(ctx, f.Short, "", first, int(s.Seq-first+1), func(r jetlog.Record) error {
		h, k, event := subjects.Author(r.Subject)
		if !event || r.Seq > s.Seq {
			return ctx.Err()
		}
		e, fault := signing.Examine(h, k, r.Sig, r.Data).Event()
		if l := s.Folded.Line(r.Seq); l != nil && !sameLine(l, e, fault) {
			f.alarm(model.Safef("entry %d is not what this terminal's snapshot shows; the log is read again: "+
				"somebody changed one of the two", r.Seq))
		}
		return ctx.Err()
	})
	if err == nil {
		f.change(func(v *View) { v.Proof.First = first })
	}
}

// sameLine reports whether a line of a snapshot is the line of an event.
func sameLine(l *model.Line, e *model.Event, fault string) bool {
	if fault != "" {
		return l.Fault // it is shown as a fault
	}
	if l.ID != e.ID || l.Kind != e.Kind || l.By != e.By || l.Key != e.Key {
		return false
	}
	b, err := e.DecodeBody()
	entry, ok := b.(*model.Entry)
	return err != nil || !ok || l.Text == model.Clean(entry.Text)
}
