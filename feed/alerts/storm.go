package alerts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"warroom/model"
)

// origin is what alerts of a storm have in common if they become one event.
type origin struct{ format, source, sender string }

// held is what waits for the end of a window, of one origin.
type held struct {
	groups model.AlertGroups
	n      int
	sum    []byte
}

// hold keeps a reading until the end of the window.
func (l *roomQueue) hold(g *model.AlertGroups, from origin, of string, findings int, now time.Time) {
	if l.held == nil {
		l.held = map[origin]*held{}
	}
	h := l.held[from]
	if h == nil {
		h = new(held)
		l.held[from] = h
	}
	sum := sha256.Sum256(append(h.sum, of...))
	h.sum = sum[:]
	h.n += findings
	g.Keys(func(k []byte) { // the room is about to have another state
		if key := knownKey(g, k); l.known[key] != string(k[8:]) {
			delete(l.known, key)
		}
	})
	h.groups.Merge(g)
	if l.timer == nil {
		l.timer = time.AfterFunc(max(0, l.begun.Add(l.d.o.Window).Sub(now)), l.flush)
	}
}

// merged returns the origin under which alerts are held. So that a sender cannot make a
// storm of sources, those beyond a limit are held as one.
func (l *roomQueue) merged(from origin) origin {
	if l.held[from] == nil && len(l.held) >= allEvents {
		from.source = ""
	}
	return from
}

// flush stores what was held, one event per form and source.
func (l *roomQueue) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeFor)
	defer cancel()
	now := l.d.o.Now()
	for from, h := range l.held {
		all := model.AlertGroups{Sender: from.sender} // held alerts are kept until they are stored
		all.Merge(&h.groups)
		l.note(&all, now)
		if err := l.storeHeldAt(ctx, &all, from, hex.EncodeToString(h.sum)); err != nil {
			l.known = nil
			code, what := model.CodeOf(err), model.Lit("were refused, and are dropped")
			later := code == model.Unreachable || code == model.Internal
			if later {
				what = model.Lit("have not been stored yet")
			}
			l.d.o.Logf(model.Safef("%d findings of %s, received in a storm, %s: %s", h.n, from.format, what,
				model.Sentence(err)))
			if later {
				continue
			}
		}
		delete(l.held, from)
	}
	switch {
	case len(l.held) == 0:
		l.settle()
	case !l.closed:
		l.timer = time.AfterFunc(l.d.o.Window, l.flush)
	}
}

// storeHeld stores what a storm changed, and what it brought. copies has the copies of its
// inputs.
func (l *roomQueue) storeHeld(ctx context.Context, all *model.AlertGroups, from origin, sum string,
	copies *roomQueue) error {
	room, form := l.session.Latest().Room, from.format
	updates := all.Updates(room, form, sum)
	if slices.ContainsFunc(updates, isFound) {
		l.known = nil // see take
	}
	if all.HasUnknown(room) || len(updates) > 0 && !l.isLobby() {
		l.storeHeldRaw(ctx, from, sum, copies)
	}
	for _, u := range updates {
		if _, err := l.store(ctx, u); err != nil {
			return err
		}
	}
	for _, b := range all.Storm(l.session.Latest().Room, form, sum) {
		if _, err := l.store(ctx, b); err != nil {
			return err
		}
	}
	return nil
}
