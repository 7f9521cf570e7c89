package keyring

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"warroom/model"
)

// Identity is a handle and the key that this process holds for it.
type Identity struct {
	Handle, Via string
	Fixed       bool        // the hub's own key or a retired one: never renewed
	Right       model.Right // of a guest: the right this process admits them with; if "", send join requests
	Origin      string      // of a guest: how they were authenticated
	Name, Job   string      // of a guest: the person, as reported by their origin
	Dir         string      // of a guest: directory of their keys below the keys
	Away        bool        // of a guest who is not connected: their outbox is sent, but they are not admitted

	mu  sync.Mutex
	key *Key
	old *Key     // retired key, see Renew; it introduces the new one if the room lets it
	at  []string // addresses of a guest, one for each connection
}

// Addresses returns the addresses of a guest, comma separated, or "" if there are none.
func (p *Identity) Addresses() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.Compact(slices.Sorted(slices.Values(p.at)))
	if n := len(at); n > maxShownAddresses {
		return strings.Join(at[:maxShownAddresses], ", ") + ", ..."
	}
	return strings.Join(at, ", ")
}

// maxShownAddresses is the maximum number of addresses shown for one guest.
const maxShownAddresses = 3

// Previous returns the key that Renew retired, or nil.
func (p *Identity) Previous() *Key {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.old
}

// Release releases the locks of the keys.
func (p *Identity) Release() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.old == nil {
		return p.key.Release()
	}
	return errors.Join(p.key.Release(), p.old.Release())
}

// NewIdentity returns an identity that writes with a key.
func NewIdentity(handle, via string, k *Key) *Identity {
	return &Identity{Handle: handle, Via: via, key: k}
}

// FixedTo returns the same identity with a key that is never renewed.
func (p *Identity) FixedTo(k *Key) *Identity {
	return &Identity{Handle: p.Handle, Via: p.Via, Fixed: true, key: k}
}

// ComesFrom adds an address of a guest until gone is called.
func (p *Identity) ComesFrom(addr string) (gone func()) {
	set := func(fn func(at []string) []string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.at = fn(p.at)
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

// Renew retires a key that cannot be used any more and creates a new one. It does nothing
// if old is not the present key. move is called before the new key is in use, to move the
// drafts that are not signed; moved is called after.
func (p *Identity) Renew(old *Key, move, moved func(k *Key) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.key != old {
		return nil // another room's writer has renewed it
	}
	k, err := makeKey(filepath.Dir(old.Path))
	if err != nil {
		return err
	}
	if err := move(k); err != nil {
		return err
	}
	p.key = k
	if err := moved(k); err != nil {
		return err
	}
	if p.old != nil {
		err = p.old.Release()
	}
	p.old = old
	return errors.Join(err, old.retire())
}

// Key returns the present key.
func (p *Identity) Key() *Key {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.key
}

// Actor returns the actor that the identity writes as.
func (p *Identity) Actor() model.Actor {
	return model.Actor{Handle: p.Handle, Key: p.Key().Text, Via: p.Via}
}

// IsGuest reports whether the identity belongs to a person who uses this process over a
// connection of their own. Access checks apply to guests.
func (p *Identity) IsGuest() bool { return p.Right != "" }
