package feed

import (
	"path/filepath"

	"warroom/model"
)

// HasCommand reports whether a person has the right command on this hub itself,
// not only in a room: by an invitation, or by the key that they write with, which
// lies on this machine with those of its own people or of guests with that right.
func (f *Feed) HasCommand(handle, key string) bool {
	if !model.ValidHandle(handle) || f.h.struck.has(handle, "") {
		return false
	}
	if key != "" && filepath.Base(key) == key {
		own := filepath.Join(f.h.keys.dir, handle, key+keyEnd)
		if exists(own) || exists(own+retiredEnd) {
			return true
		}
		if p := (&pen{handle: handle}); p.asGuest(f.h.keys, key) != "" {
			return p.right == model.Command
		}
	}
	if f.h.hub == nil {
		return false
	}
	p, err := f.h.hub.Book().Read()
	if err != nil {
		return false
	}
	l, ok := p.Login(handle)
	return ok && l.Right == model.Command
}
