package replica

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

	"warroom/feed/atomicfile"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/mirror"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/model"
	sealed "warroom/model/bundle"
	"warroom/model/signing"
)

// How often checkpoints and cosignatures are published.
const (
	sealEvery   = 30 * time.Second // by the hub, if the log has new entries
	cosignEvery = time.Minute      // by a terminal,
	askedEvery  = time.Second      // unless the room changed or somebody waits for it
	maxRoots    = 4096             // how many computed roots a terminal remembers
)

// attest signs checkpoints of the log that a mirror copies, if this machine has the hub's
// key. Otherwise it cosigns the hub's checkpoints.
type attest struct {
	tree  *signing.Tree        // of the replica
	roots map[uint64]tlog.Hash // the newest roots, by size
	times timesOf              // for the checkpoints of the hub

	began      bool
	size       uint64    // size of our newest checkpoint or cosignature
	at         time.Time // its time
	state      string    // result of weighty at that time
	lastLogged string

	hubCheckpoint atomic.Pointer[hubCheckpoint]
}

// hubCheckpoint is the hub's newest checkpoint.
type hubCheckpoint struct {
	raw   []byte
	asked bool // somebody waits for cosignatures
}

// from initializes the tree from the replica, unless it is up to date.
func (a *attest) from(c *mirror.Copy) {
	if t := c.Tip(); a.tree == nil || a.tree.Size() != t.Size {
		a.tree, a.roots = c.Tree(), map[uint64]tlog.Hash{t.Size: t.Root}
	}
}

// put appends messages to the replica and records the roots after each.
func (c *Mirror) put(ms ...mirror.Message) error {
	a := &c.attestation
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
		if a.tree.Size() > maxRoots {
			delete(a.roots, a.tree.Size()-maxRoots)
		}
	}
	return nil
}

// handleCheckpoint processes a live message of the checkpoint stream. It reports false
// for a message of another stream.
func (c *Mirror) handleCheckpoint(m *nats.Msg) bool {
	if jetlog.LastHeader(m.Header, jetlog.StreamHeader) != subjects.Stream(c.f.Short)+subjects.CheckpointsEnd {
		return false
	}
	if len(m.Data) <= jetlog.MaxNote {
		c.f.Copy.observeCheckpoint(m.Data, c.f.env.Now())
	}
	if handle := strings.Split(jetlog.LastHeader(m.Header, jetlog.SubjectHeader), "."); len(handle) == 5 &&
		handle[3] == subjects.HubHandle &&
		len(m.Data) <= jetlog.MaxNote {
		c.attestation.hubCheckpoint.Store(&hubCheckpoint{raw: m.Data,
			asked: jetlog.LastHeader(m.Header, AskedHeader) != ""})
		wake.Notify(c.wake)
	}
	return true
}

// attest publishes a checkpoint or cosignature, if one is due. It logs an error once.
func (c *Mirror) attest(ctx context.Context) {
	err := error(nil)
	switch k, err2 := c.f.env.HubKey(); {
	case err2 != nil:
		err = err2
	case k != nil:
		err = c.seal(ctx, k)
	default:
		err = c.cosign(ctx)
	}
	if err == nil || ctx.Err() != nil || errors.Is(err, jetlog.ErrBroken) || errors.Is(err, jetlog.ErrSilence) ||
		c.f.env.Link().State == model.Offline {
		return
	}
	if s := model.Safef("the log of %s is not sealed: %s", c.f.Short,
		model.Sentence(err)); s.String() != c.attestation.lastLogged {
		c.attestation.lastLogged = s.String()
		c.f.env.Logf(s)
	}
}

// weighty returns the state of a room whose change is signed at once.
func weighty(r *model.Room) string {
	s := fmt.Sprint(r.Severity, r.Status)
	for _, a := range r.Roles {
		s += fmt.Sprint(a.Role, a.Person, a.Until.IsZero())
	}
	return s
}

// seal publishes a checkpoint of the replica, signed with the hub's key.
func (c *Mirror) seal(ctx context.Context, k *keyring.Key) error {
	a, env, short := &c.attestation, c.f.env, c.f.Short
	r, t, now := c.f.View().Room, c.c.Tip(), env.Now()
	if m, ok := r.Member(k.Text); !ok || !m.Hub || m.Revoked {
		return nil // the room belongs to another hub
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
		if err := jetlog.MakeCheckpointStream(ctx, env.Conn, short); err != nil {
			return err
		}
	}
	p := signing.Checkpoint{Room: c.f.Room, Size: t.Size, Root: t.Root}
	note, err := p.Sign(k.Private)
	if times, lost := c.recordedTimes(t); err == nil && lost == nil { // a damaged replica is repaired elsewhere
		note, err = p.SignTimes(k.Private, times)
	}
	if err == nil {
		err = jetlog.StoreCheckpoint(ctx, env.Conn, short, subjects.HubHandle, k.Text, note)
	}
	if err == nil {
		a.size, a.at, a.state = t.Size, now, weighty(r)
	}
	return err
}

// begin reads the newest checkpoint that was published before.
func (c *Mirror) begin(ctx context.Context, k *keyring.Key, r *model.Room) error {
	a := &c.attestation
	prev, err := c.f.env.Conn.LastFor(ctx, c.f.Short+subjects.CheckpointsEnd,
		subjects.Of(c.f.Short, subjects.Checkpoints, subjects.HubHandle, k.Text))
	switch {
	case errors.Is(err, jetlog.ErrNothing), errors.Is(err, nats.ErrNoResponders):
		err = nil
	case err == nil:
		if n, err := signing.OpenNote(prev.Data, c.f.Room, []string{k.Text}); err == nil && len(n.By) > 0 {
			a.size, a.at, a.state = n.Point.Size, prev.At, weighty(r)
		}
	}
	a.began = err == nil
	return err
}

// cosign cosigns the hub's newest checkpoint if this terminal has computed the same root,
// and raises an alarm if it has computed another.
func (c *Mirror) cosign(ctx context.Context) error {
	a, env := &c.attestation, c.f.env
	r, k, now := c.f.View().Room, env.Identity().Key(), env.Now()
	if !a.began {
		if err := c.ask(ctx, r); err != nil {
			return err
		}
	}
	latest := a.hubCheckpoint.Load()
	if latest == nil {
		return nil
	}
	a.from(c.c)
	n, err := signing.OpenNote(latest.raw, c.f.Room, HubKeys(r))
	if err != nil || len(n.By) == 0 {
		a.hubCheckpoint.CompareAndSwap(latest, nil)
		return nil // anybody may have published it
	}
	root, known := a.roots[n.Point.Size]
	switch m, ok := r.Member(k.Text); {
	case !known:
		if n.Point.Size <= c.c.Tip().Size {
			a.hubCheckpoint.CompareAndSwap(latest, nil) // older than the roots that this terminal has computed
		}
		return nil
	case root != n.Point.Root:
		return c.twoRoots(latest.raw, n.Point, root)
	case !ok || m.Revoked:
		return nil
	case now.Sub(a.at) < a.cosignDelay(r, latest):
		return nil // later
	case r.RecordedAt.After(now.Add(sealed.ClockSlack)):
		return model.Refuse(model.Conflict,
			"this machine's clock is at %s and the hub's newest entry at %s; nothing is cosigned until they agree",
			model.FormatTime(now), model.FormatTime(r.RecordedAt))
	}
	err = jetlog.StoreCheckpoint(ctx, env.Conn, c.f.Short, env.Identity().Handle, k.Text,
		n.Point.Cosign(env.Identity().Handle, k.Private, now))
	if err == nil {
		a.at, a.state = now, weighty(r)
		a.hubCheckpoint.CompareAndSwap(latest, nil)
	}
	return err
}

// cosignDelay returns the minimum time between cosignatures of a terminal.
func (a *attest) cosignDelay(r *model.Room, latest *hubCheckpoint) time.Duration {
	switch {
	case r.Status == model.Closed:
		return 0
	case latest.asked || weighty(r) != a.state:
		return askedEvery
	}
	return cosignEvery
}

// ask reads the newest checkpoint of the hub from before this terminal connected.
func (c *Mirror) ask(ctx context.Context, r *model.Room) error {
	for _, k := range HubKeys(r) {
		prev, err := c.f.env.Conn.LastFor(ctx, c.f.Short+subjects.CheckpointsEnd,
			subjects.Of(c.f.Short, subjects.Checkpoints, subjects.HubHandle, k))
		switch {
		case err == nil:
			c.attestation.hubCheckpoint.CompareAndSwap(nil, &hubCheckpoint{raw: prev.Data})
		// there is none, or this login may not read it
		case errors.Is(err, jetlog.ErrNothing), errors.Is(err, nats.ErrNoResponders),
			model.CodeOf(err) == model.NotFound:
		default:
			return err
		}
	}
	c.attestation.began = true
	return nil
}

// twoRoots handles a checkpoint of the hub with another root than this terminal's. It
// saves the checkpoint and raises an alarm.
func (c *Mirror) twoRoots(note []byte, p signing.Checkpoint, own tlog.Hash) error {
	path := filepath.Join(roomstore.Dir(c.f.env.Store.Data, c.f.Room), "checkpoint.other")
	err := atomicfile.Replace(path, note)
	c.f.alarm(model.Safef("the hub signed a log other than this terminal's: root %.8s instead of %.8s over the "+
		"first %d entries; there are two records, and nothing is cosigned any more; the hub's checkpoint is in %s; "+
		"export both and compare",
		p.Root, own, p.Size, path))
	return err
}

// HubKeys returns all keys that were ever admitted as the hub's.
func HubKeys(r *model.Room) (out []string) {
	for k, m := range r.Members {
		if m.Hub {
			out = append(out, k)
		}
	}
	return out
}
