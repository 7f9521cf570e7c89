package logcopy

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"warroom/feed/vault"
	"warroom/model"
)

// Whole reads a copy from its first message on, without holding it, as far as
// the mark says that it was whole. It returns [ErrDamaged] where it is not, with
// how far it is.
func Whole(ctx context.Context, dir, room string, box *vault.Box) (Tip, error) {
	k, err := markOf(ctx, dir, room, box)
	if k == nil {
		return Tip{}, err
	}
	return k.tip(), err
}

// errEnough ends reading where the rest is another's.
var errEnough = errors.New("enough")

// markOf reads the file up to where the mark was, and returns a mark of what is
// good before that.
func markOf(ctx context.Context, dir, room string, box *vault.Box) (*mark, error) {
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

// Mend reads the copy from its first message on: damage before the mark is seen
// in no other way. From the first message that does not check on, it is put into
// a file of its own; aside says so for people, and is empty where all is whole.
func (c *Copy) Mend(ctx context.Context, now time.Time) (aside model.Safe, err error) {
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
