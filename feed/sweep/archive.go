package sweep

import (
	"context"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
)

// A process that hosts for others follows the active rooms, so that its machine has
// replicas of their logs even if nobody has them open there.
const (
	archiveEvery = 2 * time.Second  // how often it checks for active rooms
	archiveIdle  = 10 * time.Minute // a room is closed after this time without a message
	archiveMany  = 64               // maximum number of open rooms, as their folded state is in memory
)

// Archive follows the active rooms until the process ends.
func (c *Sweeper) Archive() {
	moved := make(chan string, 256)
	subs, err := c.Conn.SubscribeRoom("*", subjects.Live, func(m *nats.Msg) {
		if strings.HasSuffix(jetlog.LastHeader(m.Header, jetlog.StreamHeader), subjects.CheckpointsEnd) {
			return // a checkpoint, not part of the log
		}
		if short, _, _, _, ok := subjects.Parse(m.Subject); ok && subjects.CheckShort(short) == nil {
			select {
			case moved <- short:
			default: // the room is already open, or the next message opens it
			}
		}
	})
	if err != nil {
		c.Logf(model.Safef("rooms that nobody has open here are not copied: %s", err))
		return
	}
	defer subs.Unsubscribe()
	open := map[string]time.Time{}
	defer func() {
		for short := range open {
			c.putBack(short)
		}
	}()
	t := time.NewTicker(archiveEvery)
	defer t.Stop()
	for {
		select {
		case <-c.Ctx.Done():
			return
		case short := <-moved:
			c.holdOpen(open, short)
		case <-t.C:
			for short, at := range open {
				if c.Now().Sub(at) > archiveIdle {
					c.putBack(short)
					delete(open, short)
				}
			}
		}
	}
}

// holdOpen opens an active room, or updates the time of its last activity.
func (c *Sweeper) holdOpen(open map[string]time.Time, short string) {
	_, is := open[short]
	if !c.Hosting() && !c.HubService || !is && len(open) >= archiveMany {
		return
	}
	if !is {
		ctx, cancel := context.WithTimeout(c.Ctx, sweepFor)
		defer cancel()
		if _, err := c.Rooms.Follow(ctx, short); err != nil {
			return // the next message retries
		}
	}
	open[short] = c.Now()
}

// putBack releases a room.
func (c *Sweeper) putBack(short string) {
	if err := c.Rooms.Unfollow(short); err != nil {
		c.Logf(model.Sentence(err))
	}
}
