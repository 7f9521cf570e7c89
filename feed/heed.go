package feed

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
	"warroom/model/seal"
)

// heed takes in what was said of the log, to be shown: what the hub signed, and
// who cosigned it. Anybody may have published it, so only what is signed with a
// key of the room counts. Whether it is true of this log is for the copyist to say.
func (f *follower) heed(raw []byte, at time.Time) {
	r := f.view().room
	n, err := seal.OpenNote(raw, f.room, hubKeys(r))
	if err != nil {
		return
	}
	f.change(func(s *shared) {
		is := &s.proof.Sealed
		if len(n.By) > 0 && n.Point.Size >= is.Size && n.Point.Text() != is.Text {
			is.Text, is.Size, is.At, is.Key, is.Seen = n.Point.Text(), n.Point.Size, at, n.By[0], ""
		}
		for _, c := range n.Seen {
			if member(r, c) {
				seenBy(is, n.Point, c)
			}
		}
	})
}

// seenBy notes a cosignature.
func seenBy(is *model.Sealed, p seal.Checkpoint, c seal.Cosignature) {
	if p.Text() == is.Text {
		is.Seen = with(is.Seen, c.Handle)
	}
	switch {
	case p.Size > is.Upto:
		is.Upto, is.By, is.Last = p.Size, c.Handle, c.At
	case p.Size == is.Upto:
		is.By = with(is.By, c.Handle)
	}
}

// with is a list of handles with one more.
func with(all, handle string) string {
	list := strings.FieldsFunc(all, func(r rune) bool { return r == ',' || r == ' ' })
	if !slices.Contains(list, handle) {
		list = append(list, handle)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// heedSince is how many notes before the hub's newest one are looked at for
// cosignatures.
const heedSince = 64

// recall takes in what was said before this process came. It returns whether that
// needs not be tried again.
func (f *follower) recall(ctx context.Context) bool {
	v := f.view()
	if v.room.ID == "" || f.h.Link().State == model.Offline {
		return false
	}
	var newest uint64
	for _, k := range hubKeys(v.room) {
		was, err := f.h.w.lastFor(ctx, f.short+sealEnd, lane(f.short, laneSeal, hubHandle, k))
		switch {
		case err == nil:
			newest = max(newest, was.seq)
		case errors.Is(err, errNothing), errors.Is(err, nats.ErrNoResponders), model.CodeOf(err) == model.NotFound: // none, or not for this login
		default:
			return false
		}
	}
	if newest == 0 {
		return true
	}
	err := f.h.w.pages(ctx, f.short+sealEnd, "", max(newest, heedSince)-heedSince+1, func(r record) error {
		f.heed(r.data, r.at)
		return ctx.Err()
	})
	return err == nil
}
