package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nkeys"

	"warroom/feed/hubapi"
	"warroom/model"
)

// The files of the accounts, in the hub's directory.
const (
	usersFile        = "people.json"
	usersLockFile    = "people.lock"
	usersAppliedFile = "people.seen" // hash of the accounts that are in force
)

// Login is one person's access to the hub over the network. There is one per handle.
type Login struct {
	Handle string      `json:"handle"`
	Right  model.Right `json:"right"`
	Rooms  []string    `json:"rooms,omitempty"` // short ids; if none, every room that is not restricted
	Name   string      `json:"name,omitempty"`
	Job    string      `json:"job,omitempty"`
	Key    string      `json:"key"` // public NATS key; only the invitation has its seed
	Made   time.Time   `json:"made"`
	Until  time.Time   `json:"until,omitzero"` // zero: until it is revoked
}

// Accounts is the content of a [UserStore].
type Accounts struct {
	Logins      []Login             `json:"logins,omitempty"`
	Revoked     []string            `json:"struck,omitempty"`     // handles that may never connect again
	Restricted  map[string][]string `json:"restricted,omitempty"` // by short id: the handles that may see the room
	RoomRevoked map[string][]string `json:"barred,omitempty"`     // by short id: handles whose keys it revoked
	Address     string              `json:"address,omitempty"`    // where the hub last listened
}

// Login returns the login of a handle.
func (p *Accounts) Login(handle string) (Login, bool) {
	i := slices.IndexFunc(p.Logins, func(l Login) bool { return l.Handle == handle })
	if i < 0 {
		return Login{}, false
	}
	return p.Logins[i], true
}

// Sees reports whether a handle may see a room over the network.
func (p *Accounts) Sees(handle, short string) bool {
	if names, ok := p.Restricted[short]; ok && !slices.Contains(names, handle) {
		return false
	}
	l, ok := p.Login(handle)
	return ok && l.Right != Intake && (len(l.Rooms) == 0 || slices.Contains(l.Rooms, short))
}

// revokedRooms returns the rooms that revoked the keys of a handle, sorted.
func (p *Accounts) revokedRooms(handle string) (out []string) {
	for short, handles := range p.RoomRevoked {
		if slices.Contains(handles, handle) {
			out = append(out, short)
		}
	}
	slices.Sort(out)
	return out
}

// byKey returns the login of a NATS key.
func (p *Accounts) byKey(key string) (Login, bool) {
	i := slices.IndexFunc(p.Logins, func(l Login) bool { return l.Key == key })
	if i < 0 || key == "" || slices.Contains(p.Revoked, p.Logins[i].Handle) {
		return Login{}, false
	}
	return p.Logins[i], true
}

// UserStore is the file with the accounts that may connect over the network. Every process
// of this user may change it; the process that hosts polls it.
type UserStore struct {
	dir string
	now func() time.Time
}

// OpenUserStore returns the accounts of a hub's directory, which it creates if necessary.
func OpenUserStore(dir string, now func() time.Time) (*UserStore, error) {
	dir, err := OwnDir(dir)
	if err != nil {
		return nil, err
	}
	return &UserStore{dir: dir, now: now}, nil
}

// Read returns the current accounts.
func (b *UserStore) Read() (*Accounts, error) {
	path, p := filepath.Join(b.dir, usersFile), new(Accounts)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, refuseDisk(err, "read", path)
	}
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, model.Refuse(model.Internal,
			"%s is damaged (%s), so nobody can connect over the network; restore it from a copy, or move it "+
				"away and "+
				"invite everybody again", path, err)
	}
	return p, nil
}

// usersLockTimeout is how long to wait for another process that writes.
const usersLockTimeout = 10 * time.Second

// change applies fn to the accounts under a lock that excludes other processes.
func (b *UserStore) change(fn func(*Accounts) error) error {
	l := flock.New(filepath.Join(b.dir, usersLockFile), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), usersLockTimeout)
	defer cancel()
	if ok, err := l.TryLockContext(ctx, pollEvery); !ok || err != nil {
		return model.Refuse(model.Internal, "another process holds %s; end it and try again", l.Path())
	}
	defer func() { _ = l.Close() }() // nothing can be lost
	p, err := b.Read()
	if err != nil {
		return err
	}
	prev, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := fn(p); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(p, "", "  ")
	if err != nil || string(raw) == string(prev) {
		return err
	}
	return writeFile(filepath.Join(b.dir, usersFile), append(raw, '\n'))
}

// Invite gives a handle a new login, replacing an earlier one, and returns its seed. It
// sets Key and Made of l.
func (b *UserStore) Invite(l Login) (seed string, err error) {
	if !model.ValidHandle(l.Handle) || l.Handle == "hub" || !validRight(l.Right) {
		return "", model.Refuse(model.Invalid,
			"an invitation needs a handle from a-z 0-9 _ - and one of the rights watch, write, command and intake")
	}
	if l.Right == Intake && hubapi.Reserved(l.Handle) {
		return "", model.Refuse(model.Invalid, "%s is reserved for the hub; use another handle for a tool",
			l.Handle)
	}
	now := b.now().UTC().Truncate(time.Second)
	if !l.Until.IsZero() && !l.Until.After(now) {
		return "", model.Refuse(model.Invalid, "an invitation cannot end in the past (%s)",
			l.Until.Format(time.RFC3339))
	}
	pair, err := nkeys.CreateUser()
	if err != nil {
		return "", err
	}
	raw, err := pair.Seed()
	if err != nil {
		return "", err
	}
	if l.Key, err = pair.PublicKey(); err != nil {
		return "", err
	}
	l.Made = now
	return string(raw), b.change(func(p *Accounts) error {
		if slices.Contains(p.Revoked, l.Handle) {
			return model.Refuse(model.Forbidden,
				"%s was revoked on this hub and cannot be invited again; use another handle, or lift that "+
					"first", l.Handle)
		}
		p.Logins = append(slices.DeleteFunc(p.Logins, func(o Login) bool { return o.Handle == l.Handle }), l)
		return nil
	})
}

// sum returns a hash of the accounts, or "" if there are none.
func (b *UserStore) sum() string {
	raw, err := os.ReadFile(filepath.Join(b.dir, usersFile))
	if err != nil {
		return ""
	}
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:])
}

// Confirm waits until the process that accepts logins enforces the current accounts. If no
// process does, it returns at once. The error is [model.Unreachable] if that process does
// not confirm before ctx ends.
func (b *UserStore) Confirm(ctx context.Context) error {
	c, err := readCard(b.dir)
	if err != nil || !c.Port {
		return nil
	}
	want := b.sum()
	t := time.NewTicker(pollEvery)
	defer t.Stop()
	for {
		raw, err := os.ReadFile(filepath.Join(b.dir, usersAppliedFile))
		if err == nil && (string(raw) == want || string(raw) == b.sum()) || !b.hosted() {
			return nil
		}
		select {
		case <-ctx.Done():
			return model.Refuse(model.Unreachable,
				"it is saved, but the warroom process %d, which accepts logins, has not confirmed it yet; see "+
					"`warroom doctor`", c.PID)
		case <-t.C:
		}
	}
}

// hosted reports whether a process hosts the hub of this directory.
func (b *UserStore) hosted() bool {
	l := flock.New(filepath.Join(b.dir, lockFile))
	ok, err := l.TryLock()
	if err != nil {
		return true
	}
	if ok {
		_ = l.Unlock()
	}
	return !ok
}

// Revoke ends the login of a handle permanently.
func (b *UserStore) Revoke(handle string) error {
	return b.change(func(p *Accounts) error {
		p.Logins = slices.DeleteFunc(p.Logins, func(l Login) bool { return l.Handle == handle })
		if !slices.Contains(p.Revoked, handle) {
			p.Revoked = append(p.Revoked, handle)
		}
		return nil
	})
}

// Pardon lets a handle be invited again. Its old invitation stays invalid.
func (b *UserStore) Pardon(handle string) error {
	return b.change(func(p *Accounts) error {
		p.Revoked = slices.DeleteFunc(p.Revoked, func(h string) bool { return h == handle })
		return nil
	})
}

// Restrict denies a room to every login except those of some handles. Without handles, it
// is denied to all.
func (b *UserStore) Restrict(short string, handles []string) error {
	return b.change(func(p *Accounts) error {
		if p.Restricted == nil {
			p.Restricted = map[string][]string{}
		}
		if p.Restricted[short] = slices.Clone(handles); len(handles) == 0 {
			delete(p.Restricted, short)
		}
		return nil
	})
}

// RevokeInRoom denies a room to the logins of handles whose keys it revoked. Without
// handles, it is denied to nobody.
func (b *UserStore) RevokeInRoom(short string, handles []string) error {
	return b.change(func(p *Accounts) error {
		if p.RoomRevoked == nil {
			p.RoomRevoked = map[string][]string{}
		}
		if p.RoomRevoked[short] = slices.Clone(handles); len(handles) == 0 {
			delete(p.RoomRevoked, short)
		}
		return nil
	})
}

// listens records the address on which the hub listens, for invitations.
func (b *UserStore) listens(address string) error {
	return b.change(func(p *Accounts) error {
		p.Address = address
		return nil
	})
}
