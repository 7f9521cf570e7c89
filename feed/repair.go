package feed

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/logcopy"
	"warroom/model"
	"warroom/model/seal"
)

var _ model.Mender = (*Feed)(nil)

// Ailing returns the rooms that are held on the hub.
func (f *Feed) Ailing(ctx context.Context) ([]model.Ailing, error) {
	names, err := f.h.shorts(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, k := range f.h.allKnown() { // a room that is being rebuilt is in no list
		if k.Where == f.h.o.Server {
			names = append(names, k.Short)
		}
	}
	var out []model.Ailing
	for _, s := range names {
		if seen[s] {
			continue
		}
		seen[s] = true
		if _, _, err := f.h.w.tip(ctx, s); err != nil {
			continue // gone since, or not to be seen by this login
		}
		if held := f.h.w.standing(s).held; !held.IsEmpty() {
			out = append(out, model.Ailing{Short: s, Why: held})
		}
	}
	return out, nil
}

// Repair restores a room from the copy of its log in this data directory: the
// same bytes in the same order, and behind them what only the broken store has.
// What was there is kept under another name, and an event says what happened.
// A room of a hub that is gone for good is restored on this one.
func (f *Feed) Repair(ctx context.Context, short string) (model.Repaired, error) {
	if f.h.hub == nil {
		return model.Repaired{}, model.Refuse(model.Forbidden, "the log of %s lies on the server at %s, where only those who run it can restore it; to host the room here, from this terminal's copy, run the repair without --server", short, f.h.w.where)
	}
	done, err := f.h.mendLock()
	if err != nil {
		return model.Repaired{}, err
	}
	defer done()
	m, err := f.choose(ctx, short)
	if err == nil {
		err = m.run(ctx)
	}
	if err != nil {
		return model.Repaired{}, err
	}
	return m.done, nil
}

// mendLock makes sure that one process at a time stores a log again.
func (h *house) mendLock() (done func(), err error) {
	l := flock.New(filepath.Join(h.o.Data, "hub", "mend.lock"), flock.SetPermissions(0o600))
	if ok, err := l.TryLock(); err != nil || !ok {
		return nil, model.Refuse(model.Conflict, "another repair or import is under way in %s; wait until it is done", h.o.Data)
	}
	return func() { _ = l.Close() }, nil // whoever comes next would say so
}

// mending is one repair.
type mending struct {
	h      *house
	k      *known
	dir    string // of the copy
	pen    *pen   // who says that the log was restored
	room   *model.Room
	chain  *seal.Chain
	tree   *seal.Tree
	last   uint64            // sequence of the copy's last message
	found  model.Safe        // what the store has
	extra  []logcopy.Message // what only the store has
	stones []seal.Stone      // what was redacted, and must not come back
	done   model.Repaired
}

// choose finds the room of that name or id that is to be repaired: of this hub,
// or where that one is whole, of another hub.
func (f *Feed) choose(ctx context.Context, name string) (*mending, error) {
	all, err := f.h.knownAs(name)
	for _, k := range all {
		var m *mending
		if m, err = f.mending(ctx, k); err == nil || !errors.Is(err, errWhole) {
			return m, err
		}
	}
	return nil, err
}

// errWhole means that a room needs no repair.
var errWhole = errors.New("it is whole")

// mending finds out what there is to repair from, and whether this person may.
func (f *Feed) mending(ctx context.Context, k *known) (*mending, error) {
	m := &mending{h: f.h, k: k, dir: recordDir(f.h.o.Data, k.Room), room: model.NewRoom(), chain: new(seal.Chain), tree: new(seal.Tree)}
	m.done = model.Repaired{Short: k.Short, Copy: m.dir}
	if err := m.fold(ctx); err != nil {
		return nil, err
	}
	if err := m.look(ctx); err != nil {
		return nil, err
	}
	pen, err := f.h.commandPen(f.pen, m.room)
	m.pen = pen
	return m, err
}

// knownAs returns what is known of the rooms of that name or id: of this hub
// first, then of others.
func (h *house) knownAs(name string) (all []*known, err error) {
	for _, k := range h.allKnown() {
		if k.Short != name && k.Room != name {
			continue
		}
		if k.Where == "" {
			all = append([]*known{k}, all...)
		} else {
			all = append(all, k)
		}
	}
	if all == nil {
		err = model.Refuse(model.NotFound, "nothing is kept of a room %s in %s; run the repair on a machine where somebody had it open", name, filepath.Join(h.o.Data, "record"))
	}
	return all, err
}

// fold reads the copy. A copy that is damaged further on is good up to there.
func (m *mending) fold(ctx context.Context) error {
	err := logcopy.Read(m.dir, m.k.Room, m.k.box, 1, func(c *logcopy.Message) error {
		m.last = c.Seq
		if c.IsLeaf() {
			m.tree.Add(c.Leaf())
			e := recordFrom(c).next(m.chain)
			m.room = model.Apply(m.room, e)
			m.meet(e)
		}
		return ctx.Err()
	})
	switch {
	case errors.Is(err, logcopy.ErrDamaged):
		m.h.o.Logf(model.Safef("the copy in %s is damaged behind entry %d; what the store has goes on from there", m.dir, m.last))
	case err != nil:
		return model.Refuse(model.Internal, "the copy of %s in %s cannot be read: %s", m.k.Short, m.dir, err)
	}
	if m.room.ID != m.k.Room {
		return model.Refuse(model.Internal, "the copy in %s does not begin with the room %s; nothing was changed", m.dir, m.k.Room)
	}
	return nil
}

// look compares the hub's store with the copy. It fails where nothing is to be
// repaired.
func (m *mending) look(ctx context.Context) error {
	w := m.h.w
	_, first, err := m.h.first(ctx, m.k.Short)
	if err == nil && first.Room != m.k.Room { // on this hub the name is another room's
		n, err := m.h.highest(ctx)
		m.done.Short = numbered(n + 1)
		m.found = model.Lit("nothing: the room was on another hub")
		return err
	}
	if m.k.Where != "" && model.CodeOf(err) == model.NotFound {
		m.found = model.Lit("nothing: the room was on another hub")
		return nil
	}
	if m.found, err = w.differs(ctx, m.k, m.dir, true); err != nil {
		return m.h.unreachable(err)
	}
	if m.found.IsEmpty() {
		if err := w.release(ctx, m.k.Short); err != nil {
			return m.h.unreachable(err)
		}
		return errors.Join(model.Refuse(model.Conflict, "the log of %s is whole: %s, and so does the hub's store; there is nothing to repair", m.k.Short, m.k.words()), errWhole)
	}
	return m.gather(ctx)
}

// gather finds what only the store has and the copy does not.
func (m *mending) gather(ctx context.Context) error {
	var at []logcopy.Message // the copy's page
	same := func(r record) (bool, error) {
		if r.seq > m.last {
			return false, nil
		}
		if len(at) == 0 || r.seq < at[0].Seq || r.seq > at[len(at)-1].Seq {
			at = at[:0]
			err := logcopy.Read(m.dir, m.k.Room, m.k.box, r.seq, func(c *logcopy.Message) error {
				if at = append(at, *c); len(at) == pageSize || c.Seq == m.last {
					return errFound
				}
				return nil
			})
			if err != nil && !errors.Is(err, errFound) {
				return false, err
			}
		}
		return at[r.seq-at[0].Seq].Leaf() == messageLeaf(r), nil
	}
	goesOn := m.last + 1
	stones, err := m.h.w.stones(ctx, m.k.Short)
	if err != nil && model.CodeOf(err) != model.NotFound {
		return err
	}
	err = m.h.w.pages(ctx, m.k.Short, "", 1, func(r record) error {
		if ok, err := same(r); ok || err != nil {
			return err
		}
		for s, ok := stones[goesOn]; ok && goesOn < r.seq; s, ok = stones[goesOn] {
			m.add(instead(m.k.Short, s), true)
			goesOn++
		}
		r.at = m.h.w.recorded(m.k.Short, r)
		m.add(r, r.seq == goesOn)
		if r.seq == goesOn {
			goesOn++
		}
		return ctx.Err()
	})
	if model.CodeOf(err) == model.NotFound {
		return nil
	}
	return err
}

// add takes a message of the store in: where it goes on from the copy without a
// gap whatever it is, else where it checks there.
func (m *mending) add(r record, goesOn bool) {
	c := messageOf(r)
	c.Seq = m.last + uint64(len(m.extra)) + 1
	if c.IsLeaf() {
		e := recordFrom(&c).next(m.chain)
		if e.Fault != "" && !goesOn {
			return
		}
		m.room = model.Apply(m.room, e)
		m.meet(e)
		m.tree.Add(c.Leaf())
	} else if !goesOn {
		return
	}
	m.extra = append(m.extra, c)
}

// meet keeps what a redaction stands for that counts.
func (m *mending) meet(e *model.Event) {
	if s, ok := seal.StoneOf(e); ok {
		if d := m.room.Redaction(s.Seq); d != nil && d.Place == e.Seq {
			m.stones = append(m.stones, s)
		}
	}
}

// commandPen returns a pen that may say that the log was restored: this
// process's own, or one with another key of this person in the data directory.
func (h *house) commandPen(own *pen, r *model.Room) (*pen, error) {
	may := func(k string) bool {
		m, ok := r.Member(k)
		return ok && m.Right == model.Command && !m.Struck && !m.Hub && m.Handle == own.handle
	}
	if may(own.hold().text) {
		return own, nil
	}
	for k := range r.Members {
		if !may(k) {
			continue
		}
		if held, err := holdKey(filepath.Join(h.keys.dir, own.handle, k+keyEnd)); held != nil && err == nil {
			return &pen{handle: own.handle, via: own.via, fixed: true, key: held}, nil
		}
	}
	if hub, err := h.hubKeyFile(); err == nil {
		if m, ok := r.Member(hub.text); ok && m.Hub && !m.Struck {
			return own, nil // the hub lets it in, as it does with everybody on this machine
		}
	}
	return nil, model.Refuse(model.Forbidden, "no free key of %s in %s has the right command in %s, and only such a key may say that the log was restored; close what else %s has open, or run the repair as somebody who has it (--as)", own.handle, h.keys.dir, r.Title, own.handle)
}

// hubKeyFile reads the hub's key without holding it: whoever hosts does.
func (h *house) hubKeyFile() (*key, error) {
	k := &key{path: filepath.Join(h.o.Data, "hub", hubKeyName)}
	return k, k.load()
}

// run puts the broken store away, builds the new one, and says so in the log.
func (m *mending) run(ctx context.Context) error {
	defer m.letGo()
	hub, err := m.h.hubKeyFile()
	if err != nil {
		return err
	}
	short := m.done.Short
	if short == m.k.Short {
		if m.done.Aside, err = m.h.putAway(ctx, short); err != nil {
			return err
		}
	}
	if err := m.build(ctx, hub); err != nil {
		return err
	}
	m.done.Entries, m.done.More = m.last+uint64(len(m.extra)), len(m.extra)
	return m.say(ctx, hub)
}

// letGo lets the key of a pen go that was taken for the repair.
func (m *mending) letGo() {
	if m.pen != m.h.pen && m.pen.fixed {
		_ = m.pen.release() // the process ends soon, or never had it before
	}
}

// say publishes the event.
func (m *mending) say(ctx context.Context, hub *key) error {
	act := model.Act{Body: &model.LogResumed{
		Known: m.k.words().String(), Found: m.found.String(), Size: m.tree.Size(), Root: m.tree.Root().String(),
		LastSeq: m.done.Entries, HubKey: hub.text, Aside: filepath.Base(m.done.Aside),
	}}
	if m.done.Aside == "" {
		act.Body.(*model.LogResumed).Aside = ""
	}
	d, err := m.h.sit(ctx, m.pen, m.done.Short)
	if err != nil {
		return err
	}
	ring(d.f.poke) // where it was open here, held
	err = d.f.until(ctx, func() bool { return d.f.view().held.IsEmpty() && !d.f.anew.Load() })
	if err == nil {
		var r model.Receipt
		r, err = d.append(ctx, act)
		m.done.Seq = r.Seq
	}
	if err == nil { // what was known before is not what is there
		err = writeKept(m.h.o.Data, kept{Room: m.k.Room, Short: m.done.Short, At: m.h.o.Now()},
			logcopy.Tip{Seq: m.done.Entries, Size: m.tree.Size(), Root: m.tree.Root()}, hub)
	}
	return errors.Join(err, m.h.rise(d))
}

// putAway keeps the files of a room's stream under another name and takes the
// stream off the hub.
func (h *house) putAway(ctx context.Context, short string) (aside string, err error) {
	_, err = h.w.js.Stream(ctx, streamOf(short))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return h.clearBroken(ctx, h.w, short)
	}
	if err != nil {
		return "", h.unreachable(said(err))
	}
	aside = h.asideName(short)
	if err := linkTree(streamDir(h.o.Data, short), aside); err != nil {
		return "", model.Refuse(model.Internal, "the broken store of %s cannot be kept in %s (%s); nothing was changed", short, aside, err)
	}
	if err := h.w.js.DeleteStream(ctx, streamOf(short)); err != nil {
		return "", h.unreachable(said(err))
	}
	return aside, nil
}
