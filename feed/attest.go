package feed

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/mod/sumdb/tlog"

	"warroom/feed/logcopy"
	"warroom/model"
	sealed "warroom/model/record"
	"warroom/model/seal"
)

// When something is said of a room's log.
const (
	sealEvery   = 30 * time.Second // by the hub, where the log moved
	cosignEvery = time.Minute      // by a terminal, unless it weighs something,
	askedEvery  = time.Second      // or somebody waits for it
	rootsKept   = 4096             // how far back a terminal knows the roots that it computed
)

// attest is what a copyist says of the log that it copies: as the hub, where the
// hub's key is on this machine, and otherwise as a witness of what the hub says.
type attest struct {
	tree  *seal.Tree           // of the copy
	roots map[uint64]tlog.Hash // the newest, by size
	times timesOf              // when its messages were recorded, where this signs as the hub

	began bool
	size  uint64    // of the newest checkpoint of ours
	at    time.Time // and when
	state string    // of what moved the room then
	told  string

	heard atomic.Pointer[heard]
}

// heard is the hub's newest checkpoint.
type heard struct {
	raw   []byte
	asked bool // somebody waits for cosignatures
}

// from begins where the copy is, if it is not there already.
func (a *attest) from(c *logcopy.Copy) {
	if t := c.Tip(); a.tree == nil || a.tree.Size() != t.Size {
		a.tree, a.roots = c.Tree(), map[uint64]tlog.Hash{t.Size: t.Root}
	}
}

// put appends to the copy and keeps the roots on the way.
func (c *copyist) put(ms ...logcopy.Message) error {
	a := &c.says
	a.from(c.c)
	if err := c.c.Append(ms...); err != nil {
		a.tree = nil
		return err
	}
	for i := range ms {
		a.times.follow(&ms[i])
		if !ms[i].IsLeaf() {
			continue
		}
		a.tree.Add(ms[i].Leaf())
		a.roots[a.tree.Size()] = a.tree.Root()
		if a.tree.Size() > rootsKept {
			delete(a.roots, a.tree.Size()-rootsKept)
		}
	}
	return nil
}

// hearSeal takes in a live message of the stream of checkpoints; false where it
// is of another stream.
func (c *copyist) hearSeal(m *nats.Msg) bool {
	if last(m.Header, hdrStream) != streamOf(c.f.short)+sealEnd {
		return false
	}
	if len(m.Data) <= maxNote {
		c.f.heed(m.Data, c.f.h.o.Now())
	}
	if handle := strings.Split(last(m.Header, hdrSubject), "."); len(handle) == 5 && handle[3] == hubHandle && len(m.Data) <= maxNote {
		c.says.heard.Store(&heard{m.Data, last(m.Header, hdrAsked) != ""})
		ring(c.bell)
	}
	return true
}

// attest says what there is to say. What keeps it from being said is told once.
func (c *copyist) attest(ctx context.Context) {
	err := error(nil)
	switch k, err2 := c.f.h.sealKey(); {
	case err2 != nil:
		err = err2
	case k != nil:
		err = c.seal(ctx, k)
	default:
		err = c.cosign(ctx)
	}
	if err == nil || ctx.Err() != nil || errors.Is(err, errBroken) || errors.Is(err, errSilence) || c.f.h.Link().State == model.Offline {
		return
	}
	if s := model.Safef("the log of %s is not sealed: %s", c.f.short, model.Sentence(err)); s.String() != c.says.told {
		c.says.told = s.String()
		c.f.h.o.Logf(s)
	}
}

// sealKey is the key that speaks for the hub, where this machine has it.
func (h *house) sealKey() (*key, error) {
	if s := h.steward.Load(); s != nil && !s.porter() {
		return s.pen.hold(), nil
	}
	if h.hub == nil {
		return nil, nil
	}
	return h.hubKeyFile()
}

// weighty is what of a room is sealed at once when it changes.
func weighty(r *model.Room) string {
	s := fmt.Sprint(r.Severity, r.Status)
	for _, a := range r.Roles {
		s += fmt.Sprint(a.Role, a.Person, a.Until.IsZero())
	}
	return s
}

// seal says as the hub how long the log is and what its root is.
func (c *copyist) seal(ctx context.Context, k *key) error {
	a, h, short := &c.says, c.f.h, c.f.short
	r, t, now := c.f.view().room, c.c.Tip(), h.o.Now()
	if m, ok := r.Member(k.text); !ok || !m.Hub || m.Struck {
		return nil // of another hub
	}
	if !a.began {
		if err := c.begin(ctx, k, r); err != nil {
			return err
		}
	}
	if t.Size == a.size || now.Sub(a.at) < sealEvery && weighty(r) == a.state {
		return nil
	}
	if a.size == 0 {
		if err := h.w.sealStream(ctx, short); err != nil {
			return err
		}
	}
	p := seal.Checkpoint{Room: c.f.room, Size: t.Size, Root: t.Root}
	note, err := p.Sign(k.priv)
	if times, lost := c.recordedTimes(t); err == nil && lost == nil { // a damaged copy is mended elsewhere
		note, err = p.SignTimes(k.priv, times)
	}
	if err == nil {
		err = h.w.note(ctx, short, hubHandle, k.text, note)
	}
	if err == nil {
		a.size, a.at, a.state = t.Size, now, weighty(r)
	}
	return err
}

// begin finds what was sealed before.
func (c *copyist) begin(ctx context.Context, k *key, r *model.Room) error {
	a := &c.says
	was, err := c.f.h.w.lastFor(ctx, c.f.short+sealEnd, lane(c.f.short, laneSeal, hubHandle, k.text))
	switch {
	case errors.Is(err, errNothing), errors.Is(err, nats.ErrNoResponders):
		err = nil
	case err == nil:
		if n, err := seal.OpenNote(was.data, c.f.room, []string{k.text}); err == nil && len(n.By) > 0 {
			a.size, a.at, a.state = n.Point.Size, was.at, weighty(r)
		}
	}
	a.began = err == nil
	return err
}

// cosign stands for what the hub said where this terminal computed the same, and
// raises the alarm where it did not.
func (c *copyist) cosign(ctx context.Context) error {
	a, h := &c.says, c.f.h
	r, k, now := c.f.view().room, h.pen.hold(), h.o.Now()
	if !a.began {
		if err := c.ask(ctx, r); err != nil {
			return err
		}
	}
	said := a.heard.Load()
	if said == nil {
		return nil
	}
	a.from(c.c)
	n, err := seal.OpenNote(said.raw, c.f.room, hubKeys(r))
	if err != nil || len(n.By) == 0 {
		a.heard.CompareAndSwap(said, nil)
		return nil // anybody may have said it
	}
	root, known := a.roots[n.Point.Size]
	switch m, ok := r.Member(k.text); {
	case !known:
		if n.Point.Size <= c.c.Tip().Size {
			a.heard.CompareAndSwap(said, nil) // before this terminal came
		}
		return nil
	case root != n.Point.Root:
		return c.twoRoots(said.raw, n.Point, root)
	case !ok || m.Struck:
		return nil
	case now.Sub(a.at) < a.rest(r, said):
		return nil // in a while
	case r.RecordedAt.After(now.Add(sealed.ClockSlack)):
		return model.Refuse(model.Conflict, "this machine's clock is at %s and the hub's newest entry at %s; nothing is cosigned until they agree", model.Stamp(now), model.Stamp(r.RecordedAt))
	}
	err = h.w.note(ctx, c.f.short, h.pen.handle, k.text, n.Point.Cosign(h.pen.handle, k.priv, now))
	if err == nil {
		a.at, a.state = now, weighty(r)
		a.heard.CompareAndSwap(said, nil)
	}
	return err
}

// rest is how long a terminal waits after it has cosigned something.
func (a *attest) rest(r *model.Room, said *heard) time.Duration {
	switch {
	case r.Status == model.Closed:
		return 0
	case said.asked || weighty(r) != a.state:
		return askedEvery
	}
	return cosignEvery
}

// ask finds what the hub said before this terminal came.
func (c *copyist) ask(ctx context.Context, r *model.Room) error {
	for _, k := range hubKeys(r) {
		was, err := c.f.h.w.lastFor(ctx, c.f.short+sealEnd, lane(c.f.short, laneSeal, hubHandle, k))
		switch {
		case err == nil:
			c.says.heard.CompareAndSwap(nil, &heard{raw: was.data})
		case errors.Is(err, errNothing), errors.Is(err, nats.ErrNoResponders), model.CodeOf(err) == model.NotFound: // none, or not for this login
		default:
			return err
		}
	}
	c.says.began = true
	return nil
}

// twoRoots is told that the hub signed another log than this terminal has. It
// keeps what the hub said.
func (c *copyist) twoRoots(note []byte, p seal.Checkpoint, own tlog.Hash) error {
	path := filepath.Join(recordDir(c.f.h.o.Data, c.f.room), "checkpoint.other")
	err := replace(path, note)
	c.f.alarm(model.Safef("the hub signed another log than this terminal has: root %.8s instead of %.8s over the first %d entries; there are two records, and nothing is cosigned any more; what the hub signed is in %s, export both and compare",
		p.Root, own, p.Size, path))
	return err
}

// hubKeys are the keys that ever spoke for a room's hub.
func hubKeys(r *model.Room) (out []string) {
	for k, m := range r.Members {
		if m.Hub {
			out = append(out, k)
		}
	}
	return out
}
