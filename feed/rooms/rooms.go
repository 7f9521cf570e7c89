// Package rooms opens the rooms of a process. A room has one follower, and each identity
// has one writer in it, however many sessions use them. The last session to leave closes
// them.
package rooms

import (
	"context"
	"errors"
	"sync"

	"warroom/feed/keyring"
	"warroom/feed/replica"
	"warroom/feed/wake"
	"warroom/feed/writer"
	"warroom/model"
)

// opening is a room that is open, or being opened.
type opening struct {
	refs int // guarded by Set.mu
	done chan struct{}
	mu   sync.Mutex
	f    *replica.Follower
	err  error
}

// room returns the follower, or nil while the room is being opened.
func (o *opening) room() *replica.Follower {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.f
}

// writerKey identifies a writer.
type writerKey struct {
	identity *keyring.Identity
	short    string
}

// Set is the set of open rooms and writers of a process.
type Set struct {
	env *writer.Env
	via string // origin of the owner of this process

	mu      sync.Mutex
	rooms   map[string]*opening
	writers map[writerKey]*openWriter
	works   map[string]bool // outboxes of rooms that are being declared
}

// openWriter is a writer with its number of users.
type openWriter struct {
	*writer.Writer
	refs    int
	closing chan struct{} // set when closing begins, closed when it ends
}

// NewSet returns an empty set. via is the origin of the owner of this process.
func NewSet(env *writer.Env, via string) *Set {
	return &Set{env: env, via: via, rooms: map[string]*opening{}, writers: map[writerKey]*openWriter{},
		works: map[string]bool{}}
}

// get returns the follower of an open room, or nil.
func (c *Set) get(short string) *replica.Follower {
	c.mu.Lock()
	op := c.rooms[short]
	c.mu.Unlock()
	if op == nil {
		return nil
	}
	return op.room()
}

// ErrClosed is returned while the process is closing.
var ErrClosed = errors.New("this terminal is closing")

// Follow returns the follower of a room, and opens the room if it is not open. Each call
// must be followed by a call of Unfollow. It returns [model.Unreachable] if ctx ends
// first.
func (c *Set) Follow(ctx context.Context, short string) (*replica.Follower, error) {
	c.mu.Lock()
	if c.env.Ctx.Err() != nil {
		c.mu.Unlock()
		return nil, ErrClosed
	}
	op := c.rooms[short]
	if op == nil {
		op = &opening{done: make(chan struct{})}
		c.rooms[short] = op
		go c.openRoom(short, op)
	}
	op.refs++
	c.mu.Unlock()
	select {
	case <-op.done:
	case <-ctx.Done():
		return nil, errors.Join(model.Refuse(model.Unreachable, "the room %s could not be opened in time (%s)", short,
			ctx.Err()), c.Unfollow(short))
	}
	if op.err != nil {
		return nil, errors.Join(op.err, c.Unfollow(short))
	}
	return op.f, nil
}

// openRoom opens the follower of a room.
func (c *Set) openRoom(short string, op *opening) {
	f, err := replica.Open(c.env.Ctx, c.env.Env, short)
	op.mu.Lock()
	op.f, op.err = f, err
	op.mu.Unlock()
	close(op.done)
}

// Unfollow releases a follower. The last release closes it.
func (c *Set) Unfollow(short string) error {
	c.mu.Lock()
	op := c.rooms[short]
	if op == nil {
		c.mu.Unlock()
		return nil
	}
	op.refs--
	if op.refs > 0 {
		c.mu.Unlock()
		return nil
	}
	delete(c.rooms, short)
	c.mu.Unlock()
	<-op.done
	if op.f == nil {
		return nil
	}
	return op.f.Close()
}

// IsOpen reports whether a room is open, or being opened.
func (c *Set) IsOpen(short string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rooms[short] != nil
}

// Attach returns the writer of an identity in a room, and opens both if necessary. Each
// call must be followed by a call of Detach.
func (c *Set) Attach(ctx context.Context, p *keyring.Identity, short string) (*writer.Writer, error) {
	f, err := c.Follow(ctx, short)
	if err != nil {
		return nil, err
	}
	d, made, err := c.writerFor(p, f)
	if !made {
		err = errors.Join(err, c.Unfollow(short)) // the writer holds the follower already, or there is no writer
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// writerFor returns the writer of an identity in an open room, and whether it is new. It
// waits for a writer that is being closed: two writers would share one outbox file, and
// the first to close would delete it under the second.
func (c *Set) writerFor(p *keyring.Identity, f *replica.Follower) (d *writer.Writer, made bool, err error) {
	id := writerKey{identity: p, short: f.Short}
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.writers[id] != nil && c.writers[id].closing != nil {
		closing := c.writers[id].closing
		c.mu.Unlock()
		<-closing
		c.mu.Lock()
	}
	if d := c.writers[id]; d != nil {
		d.refs++
		return d.Writer, false, nil
	}
	d, err = writer.Open(c.env.Ctx, c.env, p, f)
	if err != nil {
		return nil, false, err
	}
	c.writers[id] = &openWriter{Writer: d, refs: 1}
	return d, true, nil
}

// AdmitAs appends the admission of a key with an identity of this process. It is not an
// error if the key was admitted already.
func (c *Set) AdmitAs(ctx context.Context, p *keyring.Identity, short string, a model.Act) error {
	d, err := c.Attach(ctx, p, short)
	if err != nil {
		return err
	}
	if _, err = d.Append(ctx, a); model.CodeOf(err) == model.Conflict {
		err = nil
	}
	return errors.Join(err, c.Detach(d))
}

// Detach releases a writer. The last release closes it and leaves the room.
func (c *Set) Detach(d *writer.Writer) error {
	c.mu.Lock()
	o := c.writers[writerKey{identity: d.Identity, short: d.Follower.Short}]
	if o == nil || o.Writer != d || o.closing != nil { // closed by Close or Leave
		c.mu.Unlock()
		return nil
	}
	if o.refs--; o.refs > 0 {
		c.mu.Unlock()
		return nil
	}
	o.closing = make(chan struct{})
	c.mu.Unlock()
	return errors.Join(c.retire(o), c.Unfollow(d.Follower.Short))
}

// retire closes a writer that is marked as closing, and removes it from the table. It
// stays in the table until its outbox is closed, so that Renew finds it.
func (c *Set) retire(o *openWriter) error {
	err := o.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if id := (writerKey{identity: o.Identity, short: o.Follower.Short}); c.writers[id] == o {
		delete(c.writers, id)
	}
	close(o.closing)
	return err
}

// beginClosing marks the matching writers as closing and returns them. It waits for those
// that another goroutine is closing.
func (c *Set) beginClosing(match func(writerKey) bool) (marked []*openWriter) {
	c.mu.Lock()
	var others []chan struct{}
	for id, o := range c.writers {
		switch {
		case !match(id):
		case o.closing != nil:
			others = append(others, o.closing)
		default:
			o.closing = make(chan struct{})
			marked = append(marked, o)
		}
	}
	c.mu.Unlock()
	for _, closing := range others {
		<-closing
	}
	return marked
}

// Close closes the remaining writers and rooms when the process ends.
func (c *Set) Close() error {
	var errs []error
	for _, o := range c.beginClosing(func(writerKey) bool { return true }) {
		errs = append(errs, c.retire(o))
	}
	c.mu.Lock()
	rooms := c.rooms
	c.rooms = map[string]*opening{}
	c.mu.Unlock()
	for _, op := range rooms {
		<-op.done
		if op.f != nil {
			errs = append(errs, op.f.Close())
		}
	}
	return errors.Join(errs...)
}

// Busy keeps the sweeper from an outbox until the returned function is called.
func (c *Set) Busy(path string) func() {
	set := func(v bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.works[path] = v
	}
	set(true)
	return func() { set(false) }
}

// IsBusy reports whether Busy keeps the sweeper from an outbox.
func (c *Set) IsBusy(path string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.works[path]
}

// Leave closes the writers of a guest and releases their key.
func (c *Set) Leave(p *keyring.Identity) error {
	var errs []error
	for _, o := range c.beginClosing(func(id writerKey) bool { return id.identity == p }) {
		errs = append(errs, c.retire(o), c.Unfollow(o.Follower.Short))
	}
	return errors.Join(append(errs, p.Release())...)
}

// IdentityOf returns the identity of a key of this data directory: that of this process,
// or one that holds the key until done is called. It returns nil if another process holds
// the key.
func (c *Set) IdentityOf(handle, keyText string) (p *keyring.Identity, done func() error, err error) {
	if keyText == c.env.Identity().Key().Text {
		return c.env.Identity(), func() error { return nil }, nil
	}
	if p, err = c.env.Keys.IdentityOf(handle, c.via, keyText); p == nil || err != nil {
		return nil, nil, err
	}
	return p, p.Release, nil
}

// Wake notifies the open rooms that the link has changed and, if it is live, makes the
// writers retry.
func (c *Set) Wake(live bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, op := range c.rooms {
		if f := op.room(); f != nil {
			f.NotifyWatchers()
			if live {
				wake.Notify(f.Poke)
			}
		}
	}
	if !live {
		return
	}
	for _, d := range c.writers {
		d.Wake()
	}
}
