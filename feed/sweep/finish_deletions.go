package sweep

import (
	"context"
	"slices"
	"time"

	"warroom/feed/jetlog"
	"warroom/feed/replica"
	"warroom/feed/subjects"
	"warroom/model"
)

// finishDeletions opens each room with a redacted message that was not deleted because a
// process ended too early. The room's redactor deletes it.
func (c *Sweeper) finishDeletions() {
	names, err := c.Shorts(c.Ctx)
	if err != nil {
		return // the next host retries
	}
	for _, short := range names {
		if c.Ctx.Err() != nil || !c.hasUnfinishedDeletion(short) {
			continue
		}
		if f, err := c.Rooms.Follow(c.Ctx, short); err == nil {
			ctx, cancel := context.WithTimeout(c.Ctx, replica.EraseTimeout)
			_ = f.AwaitTip(ctx)
			// the redactor logs an error
			_ = f.AwaitTrue(ctx, func() bool { return len(f.Deletions.PendingDeletes(f.View().Room)) == 0 })
			cancel()
			c.putBack(short)
		}
	}
}

// hasUnfinishedDeletion reports whether a room still has a redacted message. It reports
// false if that cannot be determined.
func (c *Sweeper) hasUnfinishedDeletion(short string) bool {
	there := func(seq uint64) bool {
		_, err := c.Conn.ReadRaw(c.Ctx, short, jetlog.Query{Seq: seq})
		return err == nil
	}
	tombstones, err := jetlog.Tombstones(c.Ctx, c.Conn, short)
	if err != nil {
		return false
	}
	for seq := range tombstones {
		if there(seq) {
			return true
		}
	}
	last, err := c.Conn.ReadRaw(c.Ctx, short, jetlog.Query{LastFor: subjects.All(short, subjects.Log)})
	if err != nil || c.Now().Sub(last.At) > deletionScanAge {
		return false
	}
	r, err := c.Rooms.Glance(c.Ctx, short)
	return err == nil && slices.ContainsFunc(r.Redactions, func(d model.Redaction) bool {
		_, known := tombstones[d.Seq]
		return !known && there(d.Seq)
	})
}

// deletionScanAge is the age of the newest entry up to which a room is read as a whole.
// That finds a redaction whose tombstone is missing because of a crash. The redactions of
// older rooms are completed when somebody opens them.
const deletionScanAge = 48 * time.Hour
