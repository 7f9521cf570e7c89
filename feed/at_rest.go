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
		return model.Safef("plain in %s, readable by your user alone; at_rest in the configuration encrypts it",
			f.client.o.Data), true
	case f.client.hub == nil:
		return model.Safef("encrypted in %s; how the server keeps its own store is for who runs it to say",
				f.client.o.Data),
			true
	case f.client.hub.Plain():
		return model.Safef("the hub's store in %s is plain until the process that hosts it now has ended and "+
			"another one with at_rest hosts", f.client.o.Data), false
	}
	return model.Safef("encrypted in %s", f.client.o.Data), true
}
