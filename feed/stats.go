package feed

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"warroom/feed/atomicfile"
	"warroom/feed/hub"
	"warroom/feed/hubapi"
	"warroom/feed/outbox"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/stats"
)

// Stats returns a sample of this process and its hub, or an empty one for a guest.
func (f *Feed) Stats(ctx context.Context) stats.Hub {
	if f.guest || f.identity.IsGuest() {
		return stats.Hub{}
	}
	c := f.client
	l := c.Link()
	s := stats.Hub{Live: l.State == model.Live, Hosting: l.Hosting, Full: c.status.full(), Moved: l.Moved,
		Outbox: outboxStats(c), DiskFree: -1}
	if n, ok := hub.FreeBytes(c.o.Data); ok {
		s.DiskFree = n
	}
	if c.hub != nil {
		s.Logins, s.RefusedLogins = c.hub.Logins()
	}
	tips := streamStats(ctx, c, &s)
	countRooms(ctx, c, &s)
	for short, fo := range c.rooms.Open() {
		s.RedactionsPending += len(fo.Deletions.PendingDeletes(fo.View().Room))
		if next := fo.View().Next; next > 0 && tips[short] >= next {
			s.Lag = max(s.Lag, tips[short]-next+1)
		}
	}
	return s
}

// statsTimeout is how long the hub may take to list its streams.
const statsTimeout = 20 * time.Second

// outboxStats counts the waiting lines of everybody who writes in this data directory.
func outboxStats(c *client) (out stats.Outbox) {
	boxes, err := filepath.Glob(filepath.Join(atomicfile.EscapeGlob(c.o.Data), "outbox", "*", "*"+outbox.End))
	if err != nil {
		return out // the pattern is invalid; that does not happen
	}
	for _, path := range boxes {
		o, _, err := c.store.ReadOutbox(path)
		if err != nil {
			continue // removed meanwhile
		}
		out.Lines += o.Unsent()
		for _, d := range o.Drafts {
			if made := d.Draft.Made; d.State != model.Refused && (out.Oldest.IsZero() || made.Before(out.Oldest)) {
				out.Oldest = made
			}
		}
	}
	return out
}

// streamStats adds up the streams of the hub, and returns the last sequence of each room.
// If the login may not list the streams, it returns an empty map.
func streamStats(ctx context.Context, c *client, s *stats.Hub) map[string]uint64 {
	tips, kinds := map[string]uint64{}, map[string]*stats.Stream{}
	for _, k := range []string{stats.KindLog, stats.KindCheckpoints, stats.KindEvidence, stats.KindOther} {
		kinds[k] = &stats.Stream{Kind: k}
	}
	if c.conn.ByHub.Load() {
		s.Truncated = true
		return tips
	}
	ctx, cancel := context.WithTimeout(ctx, statsTimeout)
	defer cancel()
	list := c.conn.JS.ListStreams(ctx)
	for i := range list.Info() {
		k, short := kindOf(i.Config.Name)
		of := kinds[k]
		of.Count, of.Messages, of.Bytes = of.Count+1, of.Messages+i.State.Msgs, of.Bytes+i.State.Bytes
		if k != stats.KindLog {
			continue
		}
		tips[short] = i.State.LastSeq
		if i.Config.Metadata[hubapi.MetaHeld] != "" {
			s.Rooms.Held++
		}
	}
	s.Truncated = list.Err() != nil
	for _, k := range []string{stats.KindLog, stats.KindCheckpoints, stats.KindEvidence, stats.KindOther} {
		s.Streams = append(s.Streams, *kinds[k])
	}
	return tips
}

// kindOf returns the kind of a stream and the short id of its room.
func kindOf(name string) (kind, short string) {
	short, ours := strings.CutPrefix(name, subjects.StreamRoot)
	if of, ok := strings.CutSuffix(short, subjects.CheckpointsEnd); ours && ok {
		return stats.KindCheckpoints, of
	}
	if of, ok := strings.CutSuffix(short, subjects.BlobEnd); ours && ok {
		return stats.KindEvidence, of
	}
	if ours && subjects.CheckShort(short) == nil {
		return stats.KindLog, short
	}
	return stats.KindOther, ""
}

// countRooms counts rooms and what is overdue in them. In a drill nothing is overdue.
func countRooms(ctx context.Context, c *client, s *stats.Hub) {
	if c.conn.ByHub.Load() {
		return
	}
	rows, _, err := rowsFor(ctx, c, c.identity, -1)
	if err != nil {
		s.Truncated = true
		return
	}
	now := c.o.Now()
	for _, row := range rows {
		if row.Room.Status == model.Closed {
			s.Rooms.Closed++
			continue
		}
		s.Rooms.Open++
		if row.Room.Drill {
			continue
		}
		for _, v := range row.Room.ClockViews(now) {
			if v.State == model.ClockOverdue {
				s.Rooms.ClocksOverdue++
			}
		}
	}
}
