package feed

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"

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
	Name   string      // the person, as the door knows them
	Job    string
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
	if err := f.h.struck.refuse(g.Handle); err != nil {
		return nil, err
	}
	k, err := f.h.keys.take(ctx, g.Dir, g.Via)
	if err != nil {
		return nil, err
	}
	p := &pen{handle: g.Handle, via: g.Via, right: g.Right, door: g.Door, name: g.Name, job: g.Job, dir: g.Dir, key: k}
	return &Feed{h: f.h, pen: p, guest: true}, nil
}

// At notes that a guest comes from an address, until the function it returns is
// called. People in their rooms see it.
func (f *Feed) At(addr string) (gone func()) {
	set := func(fn func(at []string) []string) {
		f.pen.mu.Lock()
		defer f.pen.mu.Unlock()
		f.pen.at = fn(f.pen.at)
	}
	set(func(at []string) []string { return append(at, addr) })
	return sync.OnceFunc(func() {
		set(func(at []string) []string {
			if i := slices.Index(at, addr); i >= 0 {
				return slices.Delete(at, i, i+1)
			}
			return at
		})
	})
}

// introduce lets a guest's key in, with the right that the room allows this
// person: by the hub's own key where this process hosts, else by the key of whose
// process it is.
func (h *house) introduce(ctx context.Context, d *desk) error {
	if err := h.struck.refuse(d.p.handle); err != nil {
		return err
	}
	r, err := h.roomAt(ctx, d.f.short, 0) // what the room says of them may have changed in this moment
	if err != nil {
		return err
	}
	if err := h.bars(d.p, r, d.f.short); err != nil {
		return err
	}
	if _, ok := r.Member(d.p.hold().text); ok {
		return nil // another connection of theirs was faster
	}
	if err := tooManyKeys(r, d.p.handle, d.f.short); err != nil {
		return err
	}
	right, err := r.RightOf(d.p.handle, d.p.right)
	if err != nil {
		return err
	}
	act := model.Act{Body: &model.KeyAdmitted{Key: d.p.hold().text, Handle: d.p.handle, Right: right, Door: d.p.door, Name: d.p.name, Job: d.p.job}}
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
