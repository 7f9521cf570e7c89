package feed

import (
	"path/filepath"

	"warroom/model"
)

// HasCommand reports whether a person has the right "command" on this hub as a whole, not
// only in one room: by an invitation, or by a key of this machine's own users, or by the
// key of a guest with that right.
func (f *Feed) HasCommand(handle, key string) bool {
	if !model.ValidHandle(handle) || f.client.revoked.Has(handle, "") {
		return false
	}
	if key != "" && filepath.Base(key) == key {
		if f.client.keys.Made(handle, key) {
			return true
		}
		if path, right := f.client.keys.GuestKey(handle, key); path != "" {
			return right == model.Command
		}
	}
	if f.client.hub == nil {
		return false
	}
	p, err := f.client.hub.UserStore().Read()
	if err != nil {
		return false
	}
	l, ok := p.Login(handle)
	return ok && l.Right == model.Command
}
