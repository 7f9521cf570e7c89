package mirror

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"warroom/feed/atrest"
	"warroom/model"
)

// Whole reads a copy from its first message on, without locking it, up to the length that
// the mark states as valid. If a message is invalid, it returns [ErrDamaged] and the end of
// the valid part.
func Whole(ctx context.Context, dir, room string, box *atrest.Box) (Tip, error) {
	k, err := markOf(ctx, dir, room, box)
	if k == nil {
		return Tip{}, err
	}
	return k.tip(), err
}

// errEnough ends reading at the limit.
var errEnough = errors.New("enough")

// markOf reads the file up to the length of the mark, and returns a mark of its valid part.
func markOf(ctx context.Context, dir, room string, box *atrest.Box) (*mark, error) {
	f, c, size, err := at(filepath.Join(dir, logFile), room, box)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	until := int64(0)
	if known := c.loadMark(dir, size); known != nil {
		until = known.End
	}
	return scanTo(ctx, f, c, until)
}

// scanTo reads a file from its beginning up to an offset.
func scanTo(ctx context.Context, f *os.File, c cover, until int64) (*mark, error) {
	k := c.begin()
	err := scanWith(f, k, func() error {
		if k.End >= until {
			return errEnough
		}
		return ctx.Err()
	})
	switch {
	case errors.Is(err, errEnough):
		return k, nil
	case errors.Is(err, errFrame), err == nil && k.End < until:
		return k, ErrDamaged
	}
	return k, err
}

// Repair reads the copy from its first message on, because damage before the mark is not
// detected otherwise. From the first invalid message on, the rest is moved to a separate
// file; aside describes that for people, and is empty if nothing is damaged.
func (c *Copy) Repair(ctx context.Context, now time.Time) (aside model.Safe, err error) {
	f, err := os.Open(filepath.Join(c.dir, logFile))
	if err != nil {
		return aside, err
	}
	defer f.Close()
	k, err := scanTo(ctx, f, c.at.cover, c.at.End)
	if !errors.Is(err, ErrDamaged) {
		return aside, err
	}
	c.at, c.marked, c.synced = k, 0, 0
	if err := os.Remove(filepath.Join(c.dir, markFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return aside, err
	}
	return c.cut(now)
}
