package sweep

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"warroom/feed/atomicfile"
	"warroom/feed/jetlog"
	"warroom/feed/mirror"
	"warroom/feed/replica"
	"warroom/feed/roomstore"
)

// lookPause is the pause between two rooms that are searched for redactions, to keep the
// load of a start low.
const lookPause = 50 * time.Millisecond

// dropRedacted opens each room whose replica on this machine still has a redacted text,
// because no terminal here was open at that time. The room's follower removes the text.
func (c *Sweeper) dropRedacted() {
	if dirs, err := os.ReadDir(filepath.Dir(roomstore.Dir(c.Store.Data, "x"))); err != nil || len(dirs) == 0 {
		return
	}
	names, err := c.Shorts(c.Ctx)
	if err != nil {
		return // the next start retries
	}
	t := time.NewTicker(lookPause)
	defer t.Stop()
	for _, short := range names {
		if seqs := c.redactedInCopy(short); len(seqs) > 0 {
			c.dropIn(short, seqs)
		}
		select {
		case <-t.C:
		case <-c.Ctx.Done():
			return
		}
	}
}

// dropIn opens a room until the replica has dropped what was redacted.
func (c *Sweeper) dropIn(short string, seqs []uint64) {
	f, err := c.Rooms.Follow(c.Ctx, short)
	if err != nil {
		return
	}
	defer c.putBack(short)
	ctx, cancel := context.WithTimeout(c.Ctx, replica.EraseTimeout)
	defer cancel()
	if f.AwaitTip(ctx) != nil {
		return
	}
	for _, seq := range seqs {
		_ = f.Deletions.WaitErased(ctx, seq) // it logs an error, and the next start retries
	}
}

// redactedInCopy returns the sequences of redacted messages that this machine's replica
// still has.
func (c *Sweeper) redactedInCopy(short string) (seqs []uint64) {
	tombstones, err := jetlog.Tombstones(c.Ctx, c.Conn, short)
	if err != nil || len(tombstones) == 0 {
		return nil
	}
	_, first, err := c.First(c.Ctx, short)
	if err != nil {
		return nil
	}
	dir := roomstore.Dir(c.Store.Data, first.Room)
	if !atomicfile.Exists(dir) {
		return nil
	}
	for seq := range tombstones {
		stored := false
		err := mirror.Read(dir, first.Room, c.Store.CopyBox(), seq, func(m *mirror.Message) error {
			stored = m.Seq == seq && !m.Gone
			return replica.ErrFound
		})
		if stored && (err == nil || errors.Is(err, replica.ErrFound)) {
			seqs = append(seqs, seq)
		}
	}
	return seqs
}
