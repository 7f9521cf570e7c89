package feed

import (
	"context"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// A process that hosts for others keeps the rooms open that move, so that its
// machine has a copy of their logs although nobody sits in them there.
const (
	archiveEvery = 2 * time.Second  // how often it looks which rooms moved
	archiveIdle  = 10 * time.Minute // after how long without a message a room is closed again
	archiveMany  = 64               // rooms at once: their folded state is in memory
)

// archive opens the rooms that move, until the process ends.
func (h *house) archive() {
	defer h.wg.Done()
	moved := make(chan string, 256)
	subs, err := h.w.subscribeLane("*", laneLive, func(m *nats.Msg) {
		if strings.HasSuffix(last(m.Header, hdrStream), sealEnd) {
			return // said of the log, and no part of it
		}
		if short, _, _, _, ok := parseLane(m.Subject); ok && checkShort(short) == nil {
			select {
			case moved <- short:
			default: // it moves again, or was open already
			}
		}
	})
	if err != nil {
		h.o.Logf(model.Safef("rooms that nobody has open here are not copied: %s", err))
		return
	}
	defer subs.Unsubscribe()
	open := map[string]time.Time{}
	defer func() {
		for short := range open {
			h.putBack(short)
		}
	}()
	t := time.NewTicker(archiveEvery)
	defer t.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case short := <-moved:
			h.keepOpen(open, short)
		case <-t.C:
			for short, at := range open {
				if h.o.Now().Sub(at) > archiveIdle {
					h.putBack(short)
					delete(open, short)
				}
			}
		}
	}
}

// keepOpen opens a room that moved, or notes that it moved again.
func (h *house) keepOpen(open map[string]time.Time, short string) {
	_, is := open[short]
	if !h.hosting() && !h.o.Steward || !is && len(open) >= archiveMany {
		return
	}
	if !is {
		ctx, cancel := context.WithTimeout(h.ctx, sweepFor)
		defer cancel()
		if _, err := h.follow(ctx, short); err != nil {
			return // the next message tries again
		}
	}
	open[short] = h.o.Now()
}

// putBack closes a room that was kept open.
func (h *house) putBack(short string) {
	if err := h.unfollow(short); err != nil {
		h.o.Logf(model.Sentence(err))
	}
}
