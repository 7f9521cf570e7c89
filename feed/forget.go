package feed

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"warroom/feed/logcopy"
	"warroom/model"
)

// lookPause is the time between two rooms that are looked at for redactions, so
// that a start costs a hub little.
const lookPause = 50 * time.Millisecond

// dropRedacted opens every room once of which this machine's copy still has what
// was redacted: the terminals here were closed at that moment. The room's follower
// does the rest. Rooms without a copy here have nothing to drop.
func (h *house) dropRedacted() {
	if dirs, err := os.ReadDir(filepath.Dir(recordDir(h.o.Data, "x"))); err != nil || len(dirs) == 0 {
		return
	}
	names, err := h.shorts(h.ctx)
	if err != nil {
		return // the next start does
	}
	t := time.NewTicker(lookPause)
	defer t.Stop()
	for _, short := range names {
		if seqs := h.keptRedacted(short); len(seqs) > 0 {
			h.dropIn(short, seqs)
		}
		select {
		case <-t.C:
		case <-h.ctx.Done():
			return
		}
	}
}

// dropIn opens a room until its copy has dropped what was redacted.
func (h *house) dropIn(short string, seqs []uint64) {
	f, err := h.follow(h.ctx, short)
	if err != nil {
		return
	}
	defer h.putBack(short)
	ctx, cancel := context.WithTimeout(h.ctx, graveFor)
	defer cancel()
	if f.known(ctx) != nil {
		return
	}
	for _, seq := range seqs {
		_ = f.underground(ctx, seq) // it says why in the log, and the next start tries again
	}
}

// keptRedacted returns the messages of a room that were redacted and that this
// machine's copy still has.
func (h *house) keptRedacted(short string) (seqs []uint64) {
	stones, err := h.w.stones(h.ctx, short)
	if err != nil || len(stones) == 0 {
		return nil
	}
	_, first, err := h.first(h.ctx, short)
	if err != nil {
		return nil
	}
	dir := recordDir(h.o.Data, first.Room)
	if !exists(dir) {
		return nil
	}
	for seq := range stones {
		kept := false
		err := logcopy.Read(dir, first.Room, h.copyBox(), seq, func(m *logcopy.Message) error {
			kept = m.Seq == seq && !m.Gone
			return errFound
		})
		if kept && (err == nil || errors.Is(err, errFound)) {
			seqs = append(seqs, seq)
		}
	}
	return seqs
}

// sealer seals what terminals keep in the data directory, nil where all is plain.
func (h *house) sealer() model.Sealer {
	if b := h.safe.Box(statePurpose); b != nil {
		return b
	}
	return nil
}
