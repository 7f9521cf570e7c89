package feed

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"warroom/model"
)

// sweepFor is how long a sweep waits for one room.
const sweepFor = 20 * time.Second

// sweepEvery is how often a host looks whether somebody died and left something.
const sweepEvery = 30 * time.Second

// sweep sends what waits in outboxes that nobody holds: when this process has
// started, when it begins to host, and now and then while it does. A one-shot
// command does not, unless it hosts: it would be gone before it is done.
func (h *house) sweep() {
	defer h.wg.Done()
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	finished := false // what was redacted, since this process hosts
	dropped := false  // what this machine's copies had of it
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-h.sweeps:
		case <-t.C:
			if !h.hosting() && h.o.Via != hubHandle {
				continue
			}
		}
		if h.o.Via == "cli" && !h.hosting() {
			continue
		}
		boxes, err := filepath.Glob(filepath.Join(escapeGlob(h.o.Data), "outbox", "*", "*"+boxEnd))
		if err != nil {
			continue // only a bad pattern
		}
		for _, b := range boxes {
			if err := h.sweepBox(b); err != nil && h.ctx.Err() == nil && h.Link().State != model.Offline {
				h.o.Logf(model.Safef("what waits in %s was not sent: %s", b, err))
			}
		}
		h.sweepAllOwed()
		hosts := h.hosting() || h.o.Steward
		if hosts && !finished && h.o.Via != "cli" {
			h.finishGraves()
		}
		finished = hosts
		if !dropped && h.o.Via != "cli" {
			dropped = true
			h.dropRedacted()
		}
	}
}

// sweepAllOwed publishes again what keys owe that nobody holds.
func (h *house) sweepAllOwed() {
	files, err := filepath.Glob(filepath.Join(escapeGlob(h.o.Data), "record", "*", "again", "*"))
	if err != nil {
		return // only a bad pattern
	}
	for _, p := range files {
		if strings.Contains(filepath.Base(p), ".") {
			continue // being written, or put away
		}
		if err := h.sweepOwed(p); err != nil && h.ctx.Err() == nil && h.Link().State != model.Offline {
			h.o.Logf(model.Safef("what is in %s was not sent again: %s", p, err))
		}
	}
}

// sweepBox sends one outbox where its key is free.
func (h *house) sweepBox(path string) error {
	if h.ctx.Err() != nil {
		return nil
	}
	o, _, err := readOutbox(path, h.safe.Box(outboxPurpose)) // whoever opens it sets aside what is damaged
	if err != nil {
		return err
	}
	if o.unsent() == 0 || h.isBusy(path) || checkHandle(o.head.Handle) != nil {
		return nil
	}
	p, done, err := h.penOf(o.head.Handle, filepath.Base(filepath.Dir(path)))
	if p == nil || err != nil {
		return err
	}
	return errors.Join(h.sendAll(p, path, o), done())
}

// penOf returns the pen of a key of this data directory: this process's own, or
// one that holds the key until done is called; nil where somebody else does.
func (h *house) penOf(handle, keyText string) (p *pen, done func() error, err error) {
	if keyText == h.pen.hold().text {
		return h.pen, func() error { return nil }, nil
	}
	p = &pen{handle: handle, via: h.o.Via}
	keyPath := filepath.Join(h.keys.dir, handle, keyText+keyEnd)
	if !exists(keyPath) {
		keyPath = p.asGuest(h.keys, keyText)
	}
	if p.key, err = holdKey(keyPath); p.key == nil || err != nil {
		return nil, nil, err
	}
	return p, p.release, nil
}

// asGuest makes the pen one of a guest who is away, and returns where their key
// is; "" where there is none. Their directory is keys/ssh/FINGERPRINT/HANDLE-RIGHT.
// Nobody has seen who they are this time, so they are let in nowhere: what they
// left goes where the room knows their key.
func (p *pen) asGuest(r keyring, keyText string) string {
	found, err := filepath.Glob(filepath.Join(escapeGlob(r.dir), "ssh", "*", p.handle+"-*", keyText+keyEnd))
	if err != nil || len(found) != 1 {
		return ""
	}
	dir := filepath.Base(filepath.Dir(found[0]))
	p.right, p.away = model.Right(strings.TrimPrefix(dir, p.handle+"-")), true
	if !p.right.Valid() {
		return ""
	}
	return found[0]
}

// sendAll empties an outbox by a desk of its own. A room that was being
// declared when its process died, and is not there, never was; its drafts are
// set aside.
func (h *house) sendAll(p *pen, path string, o *outbox) error {
	ctx, cancel := context.WithTimeout(h.ctx, sweepFor)
	defer cancel()
	room := strings.TrimSuffix(filepath.Base(path), boxEnd)
	var first *model.Event
	err := error(model.Refuse(model.NotFound, "it has no name yet"))
	if o.head.Short != "" {
		_, first, err = h.first(ctx, o.head.Short)
	}
	if err == nil && first.Room != room {
		err = model.Refuse(model.NotFound, "%s is another room on this hub", o.head.Short)
	}
	if model.CodeOf(err) == model.NotFound && o.line[0].Draft.Kind.Begins() {
		return os.Rename(path, path+".never")
	}
	if err != nil {
		return err
	}
	return h.sendOut(p, o.head.Short, room)
}

// sendOut sends what a pen has for a room, by a desk of its own.
func (h *house) sendOut(p *pen, short, room string) error {
	ctx, cancel := context.WithTimeout(h.ctx, sweepFor)
	defer cancel()
	d, err := h.sit(ctx, p, short)
	if err != nil {
		return err
	}
	if d.f.room != room {
		return errors.Join(model.Refuse(model.NotFound, "%s is another room on this hub", short), h.rise(d))
	}
	if p.away {
		if err = d.f.known(ctx); err != nil || !d.inside() {
			return errors.Join(err, h.rise(d))
		}
	}
	return errors.Join(d.empty(ctx), h.rise(d))
}
