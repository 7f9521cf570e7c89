package feed

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"warroom/model"
)

// pen is with what a person writes in this process: a handle and the key that
// is held for it.
type pen struct {
	handle, via string
	fixed       bool        // the hub's own key, or one that was put away: never retired
	right       model.Right // of a guest: this process lets them in with it; "": they knock
	door        string      // of a guest: how they are known
	name, job   string      // of a guest: the person, as their door says
	dir         string      // of a guest: where their keys lie below the keys
	away        bool        // of a guest: what they left is sent, they are not let in

	mu  sync.Mutex
	key *key
	old *key     // put away, see renew: vouches for the new one where it may
	at  []string // addresses a guest comes from now, one for each connection
}

// from is where a guest comes from now: their addresses, "" where none is known.
func (p *pen) from() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.Compact(slices.Sorted(slices.Values(p.at)))
	if n := len(at); n > mostPlaces {
		return strings.Join(at[:mostPlaces], ", ") + ", ..."
	}
	return strings.Join(at, ", ")
}

// mostPlaces is how many addresses of one guest are shown.
const mostPlaces = 3

// before returns the key that was put away, nil where none was.
func (p *pen) before() *key {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.old
}

// release lets other processes have the keys.
func (p *pen) release() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.old == nil {
		return p.key.release()
	}
	return errors.Join(p.key.release(), p.old.release())
}

// hold returns the key that the pen has now.
func (p *pen) hold() *key {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.key
}

func (p *pen) who() model.Actor {
	return model.Actor{Handle: p.handle, Key: p.hold().text, Via: p.via}
}

// renew puts a key away that somebody else writes with too, and goes on with a
// new one. The drafts that wait move to it; they are not signed yet. Locks are
// taken in the order house, pen, desk, follower everywhere.
func (p *pen) renew(h *house, old *key) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.key != old {
		return nil // another room's desk was faster
	}
	k, err := makeKey(filepath.Dir(old.path))
	if err != nil {
		return err
	}
	from, to := filepath.Join(h.o.Data, "outbox", old.text), filepath.Join(h.o.Data, "outbox", k.text)
	var desks []*desk
	for id, d := range h.desks {
		if id.p == p {
			d.mu.Lock()
			defer d.mu.Unlock()
			desks = append(desks, d)
		}
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("move outbox: %w", err)
	}
	p.key = k
	for _, d := range desks {
		if err := d.box.moved(outboxPath(h.o.Data, k.text, d.f.room), old.text); err != nil {
			return fmt.Errorf("move outbox: %w", err)
		}
		d.f.seatAt(k.text, d)
	}
	h.o.Logf(model.Safef("the key %s of %s is used somewhere else too, perhaps in a copy of %s; it was put away, and this terminal goes on with another", old.text, p.handle, h.o.Data))
	if p.old != nil {
		err = p.old.release()
	}
	p.old = old
	return errors.Join(err, old.retire())
}
