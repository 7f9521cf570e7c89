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

// The files of who may come in over the network, in the hub's directory.
const (
	bookFile = "people.json"
	bookLock = "people.lock"
	bookSeen = "people.seen" // hash of the book that is in force
)

// Login is one person's way to the hub over the network. There is one a handle.
type Login struct {
	Handle string      `json:"handle"`
	Right  model.Right `json:"right"`
	Rooms  []string    `json:"rooms,omitempty"` // short ids; none: every room that is not restricted
	Name   string      `json:"name,omitempty"`
	Job    string      `json:"job,omitempty"`
	Key    string      `json:"key"` // public NATS key; its seed is in the invitation alone
	Made   time.Time   `json:"made"`
	Until  time.Time   `json:"until,omitzero"` // zero: until it is struck
}

// Page is what a [Book] says.
type Page struct {
	Logins     []Login             `json:"logins,omitempty"`
	Struck     []string            `json:"struck,omitempty"`     // handles that never come in again
	Restricted map[string][]string `json:"restricted,omitempty"` // short id: who may know of it
	Barred     map[string][]string `json:"barred,omitempty"`     // short id: whose keys the room revoked
	Address    string              `json:"address,omitempty"`    // where the hub was listened to the last time
}

// Login returns the login of a handle.
func (p *Page) Login(handle string) (Login, bool) {
	i := slices.IndexFunc(p.Logins, func(l Login) bool { return l.Handle == handle })
	if i < 0 {
		return Login{}, false
	}
	return p.Logins[i], true
}

// Sees says whether somebody may know of a room: a handle over the network.
func (p *Page) Sees(handle, short string) bool {
	if names, ok := p.Restricted[short]; ok && !slices.Contains(names, handle) {
		return false
	}
	l, ok := p.Login(handle)
	return ok && l.Right != Intake && (len(l.Rooms) == 0 || slices.Contains(l.Rooms, short))
}

// barredFrom returns the rooms that revoked the keys of a handle, sorted.
func (p *Page) barredFrom(handle string) (out []string) {
	for short, handles := range p.Barred {
		if slices.Contains(handles, handle) {
			out = append(out, short)
		}
	}
	slices.Sort(out)
	return out
}

// byKey returns the login that a NATS key belongs to.
func (p *Page) byKey(key string) (Login, bool) {
	i := slices.IndexFunc(p.Logins, func(l Login) bool { return l.Key == key })
	if i < 0 || key == "" || slices.Contains(p.Struck, p.Logins[i].Handle) {
		return Login{}, false
	}
	return p.Logins[i], true
}

// Book is the file of who may come in over the network. Every process of this
// user may write into it; the process that hosts looks at it again and again.
type Book struct {
	dir string
	now func() time.Time
}

// OpenBook returns the book of a hub's directory, which is made where it is
// missing.
func OpenBook(dir string, now func() time.Time) (*Book, error) {
	dir, err := OwnDir(dir)
	if err != nil {
		return nil, err
	}
	return &Book{dir: dir, now: now}, nil
}

// Read returns what the book says now.
func (b *Book) Read() (*Page, error) {
	path, p := filepath.Join(b.dir, bookFile), new(Page)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, refuseDisk(err, "read", path)
	}
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, model.Refuse(model.Internal,
			"%s is damaged (%s), so nobody is let in over the network; restore it from a copy, or move it away and invite everybody again", path, err)
	}
	return p, nil
}

// bookWait is how long another process may be writing.
const bookWait = 10 * time.Second

// change rewrites the book, one process after the other.
func (b *Book) change(fn func(*Page) error) error {
	l := flock.New(filepath.Join(b.dir, bookLock), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), bookWait)
	defer cancel()
	if ok, err := l.TryLockContext(ctx, pollEvery); !ok || err != nil {
		return model.Refuse(model.Internal, "another process holds %s; end it and try again", l.Path())
	}
	defer func() { _ = l.Close() }() // nothing is lost with it
	p, err := b.Read()
	if err != nil {
		return err
	}
	was, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := fn(p); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(p, "", "  ")
	if err != nil || string(raw) == string(was) {
		return err
	}
	return writeFile(filepath.Join(b.dir, bookFile), append(raw, '\n'))
}

// Invite gives a handle a login in place of the one that it had, and returns
// the seed that proves it. Key and Made of l are set here.
func (b *Book) Invite(l Login) (seed string, err error) {
	if !model.ValidHandle(l.Handle) || l.Handle == "hub" || !validRight(l.Right) {
		return "", model.Refuse(model.Invalid, "an invitation needs a handle of a-z 0-9 _ - and a right of watch, write, command and intake")
	}
	if l.Right == Intake && hubapi.Reserved(l.Handle) {
		return "", model.Refuse(model.Invalid, "%s is a word of the hub's own subjects; take another handle for a tool", l.Handle)
	}
	now := b.now().UTC().Truncate(time.Second)
	if !l.Until.IsZero() && !l.Until.After(now) {
		return "", model.Refuse(model.Invalid, "an invitation cannot end in the past (%s)", l.Until.Format(time.RFC3339))
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
	return string(raw), b.change(func(p *Page) error {
		if slices.Contains(p.Struck, l.Handle) {
			return model.Refuse(model.Forbidden, "%s was struck on this hub and is not invited again; take another handle, or lift that first", l.Handle)
		}
		p.Logins = append(slices.DeleteFunc(p.Logins, func(o Login) bool { return o.Handle == l.Handle }), l)
		return nil
	})
}

// sum is a hash of the book, "" where there is none.
func (b *Book) sum() string {
	raw, err := os.ReadFile(filepath.Join(b.dir, bookFile))
	if err != nil {
		return ""
	}
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:])
}

// Confirm waits until the process that lets logins in enforces the book as it is now.
// Where none does so, it returns at once. The error is [model.Unreachable] where that
// process does not confirm it before ctx ends.
func (b *Book) Confirm(ctx context.Context) error {
	c, err := readCard(b.dir)
	if err != nil || !c.Port {
		return nil
	}
	want := b.sum()
	t := time.NewTicker(pollEvery)
	defer t.Stop()
	for {
		raw, err := os.ReadFile(filepath.Join(b.dir, bookSeen))
		if err == nil && (string(raw) == want || string(raw) == b.sum()) || !b.hosted() {
			return nil
		}
		select {
		case <-ctx.Done():
			return model.Refuse(model.Unreachable, "it is written down, and the warroom process %d, which lets logins in, did not confirm it yet; see `warroom doctor`", c.PID)
		case <-t.C:
		}
	}
}

// hosted reports whether a process hosts the hub of this directory.
func (b *Book) hosted() bool {
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

// Strike ends the login of a handle for good.
func (b *Book) Strike(handle string) error {
	return b.change(func(p *Page) error {
		p.Logins = slices.DeleteFunc(p.Logins, func(l Login) bool { return l.Handle == handle })
		if !slices.Contains(p.Struck, handle) {
			p.Struck = append(p.Struck, handle)
		}
		return nil
	})
}

// Pardon lets a handle be invited again. Its old invitation stays dead.
func (b *Book) Pardon(handle string) error {
	return b.change(func(p *Page) error {
		p.Struck = slices.DeleteFunc(p.Struck, func(h string) bool { return h == handle })
		return nil
	})
}

// Restrict denies a room to every login but those of some handles; to none
// where nobody is named.
func (b *Book) Restrict(short string, handles []string) error {
	return b.change(func(p *Page) error {
		if p.Restricted == nil {
			p.Restricted = map[string][]string{}
		}
		if p.Restricted[short] = slices.Clone(handles); len(handles) == 0 {
			delete(p.Restricted, short)
		}
		return nil
	})
}

// Bar denies a room to the logins of some handles, whose keys it revoked; of nobody
// where none is named.
func (b *Book) Bar(short string, handles []string) error {
	return b.change(func(p *Page) error {
		if p.Barred == nil {
			p.Barred = map[string][]string{}
		}
		if p.Barred[short] = slices.Clone(handles); len(handles) == 0 {
			delete(p.Barred, short)
		}
		return nil
	})
}

// listens notes where the hub is listened to, for invitations.
func (b *Book) listens(address string) error {
	return b.change(func(p *Page) error {
		p.Address = address
		return nil
	})
}
