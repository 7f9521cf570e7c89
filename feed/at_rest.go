package feed

import (
	"warroom/model"
)

// Sealer returns the sealer that encrypts the other files of the data directory, or nil
// if they are not encrypted.
func (f *Feed) Sealer() model.Sealer { return f.client.store.Sealer() }

// AtRest describes how the data directory is stored. ok is false while the store of the
// embedded hub does not have the encryption that the options ask for.
func (f *Feed) AtRest() (is model.Safe, ok bool) {
	switch {
	case !f.client.store.Encrypted():
		return model.Safef("not encrypted, in %s, readable only by your user; at_rest in the configuration encrypts it",
			f.client.o.Data), true
	case f.client.hub == nil:
		return model.Safef("encrypted in %s; ask the server's administrator how its store is protected",
				f.client.o.Data),
			true
	case f.client.hub.Plain():
		return model.Safef("the hub's store in %s stays unencrypted until a process with at_rest takes over "+
			"hosting it", f.client.o.Data), false
	}
	return model.Safef("encrypted in %s", f.client.o.Data), true
}
