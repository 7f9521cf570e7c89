package feed

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"warroom/model"
)

// Guest says who comes in by another door of this process than its own
// terminal: an SSH connection.
type Guest struct {
	Handle string
	Via    string      // ssh
	Dir    string      // where their keys lie below the keys of this data directory: "ssh/<fingerprint>"
	Right  model.Right // what the door lets them do in rooms that do not know their key yet
	Door   string      // how they are known, for the record: "ssh SHA256:..."
}

// Guest returns a feed for somebody else over the connection and the folded
// rooms of this one. They never knock: this process, which has seen who they
// are, lets their key in with their right. Closing it leaves their rooms.
func (f *Feed) Guest(ctx context.Context, g Guest) (*Feed, error) {
	if err := checkHandle(g.Handle); err != nil {
		return nil, err
	}
	if !g.Right.Valid() || !filepath.IsLocal(g.Dir) || strings.Contains(g.Dir, "..") {
		return nil, model.Refuse(model.Internal, "feed.Guest needs a right and a directory of keys")
	}
	k, err := f.h.keys.take(ctx, g.Dir, g.Via)
	if err != nil {
		return nil, err
	}
	p := &pen{handle: g.Handle, via: g.Via, right: g.Right, door: g.Door, key: k}
	return &Feed{h: f.h, pen: p, guest: true}, nil
}

// introduce lets a guest's key in: by the hub's own key where this process
// hosts, else by the key of whose process it is.
func (h *house) introduce(ctx context.Context, d *desk) error {
	act := model.Act{Body: &model.KeyAdmitted{Key: d.p.hold().text, Handle: d.p.handle, Right: d.p.right, Door: d.p.door}}
	by := h.pen
	if s := h.steward.Load(); s != nil && !s.porter() {
		if m, ok := d.f.view().room.Member(s.pen.hold().text); ok && m.Hub {
			by = s.pen
		}
	}
	o, err := h.sit(ctx, by, d.f.short)
	if err != nil {
		return err
	}
	if _, err = o.append(ctx, act); model.CodeOf(err) == model.Conflict {
		err = nil // let in by another connection of theirs
	}
	return errors.Join(err, h.rise(o))
}

// leave closes what a guest has open and lets their key go.
func (h *house) leave(p *pen) error {
	h.mu.Lock()
	var gone []*desk
	for id, d := range h.desks {
		if id.p == p {
			delete(h.desks, id)
			gone = append(gone, d)
		}
	}
	h.mu.Unlock()
	var errs []error
	for _, d := range gone {
		errs = append(errs, d.close(), h.unfollow(d.f.short))
	}
	return errors.Join(append(errs, p.release())...)
}
