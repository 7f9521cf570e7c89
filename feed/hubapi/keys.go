package hubapi

import (
	"sync"

	"github.com/nats-io/nats.go"
)

// maxKeys is the max number of admitted keys in the cache.
const maxKeys = 100_000

// keyCache caches the keys that rooms have admitted. A key stays admitted, so entries do
// not expire; a missing entry has to be looked up.
type keyCache struct {
	mu sync.Mutex
	in map[string]bool
}

// has reports whether a key is known to be admitted in a room as one of the handle's. An
// empty key stands for any.
func (c *keyCache) has(handle, room, key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.in[room+" "+handle+" "+key]
}

// add adds the keys of a room: handles by key.
func (c *keyCache) add(room string, keys map[string]string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.in == nil || len(c.in)+2*len(keys) > maxKeys {
		c.in = map[string]bool{}
	}
	for key, handle := range keys {
		c.in[room+" "+handle+" "+key] = true
		c.in[room+" "+handle+" "] = true
	}
}

// Admitted records that a room has admitted a key of the handle.
func (s *Service) Admitted(handle, room, key string) {
	s.keys.add(room, map[string]string{key: handle})
}

// takesKey reports whether a message may be stored, judging by its key. Messages of keys
// that the room has not admitted are limited to a few per day and login, because readers
// show them and they are never deleted. Evidence has no key in its subject: its author must
// have any key in the room.
func (s *Service) takesKey(m *nats.Msg, handle, short, subjectKind, key string) bool {
	if subjectKind == SubjectBlob {
		key = ""
	}
	if s.keys.has(handle, short, key) {
		return true
	}
	left := s.limit.left(handle, strays, 1) && s.limit.left(handle, strayBytes, len(m.Data))
	if !left && !s.limit.allow(handle, lookups, 1) {
		s.refuse(m, limited, s.limit.sentence(handle, lookups))
		return false
	}
	keys, err := s.cfg.Policy.Keys(short)
	if err != nil {
		s.refuse(m, unavailable, "the room cannot be read; warroom tries again")
		return false
	}
	s.keys.add(short, keys)
	if s.keys.has(handle, short, key) {
		return true
	}
	if s.limit.allow(handle, strays, 1) && s.limit.allow(handle, strayBytes, len(m.Data)) {
		return true
	}
	s.refuse(m, forbidden, s.limit.sentence(handle, strays))
	return false
}
