package writer

import (
	"context"

	"warroom/feed/keyring"
	"warroom/feed/replica"
	"warroom/model"
)

// Env is what the writers of one process share: the environment of its followers, and
// functions of the rest of the process.
type Env struct {
	*replica.Env
	Ctx        context.Context // ends with the process
	LoginRight model.Right     // right of this process's invitation; if "", it has none

	// reports whether the hub has no room for another line
	Full        func() bool
	CheckAccess func(p *keyring.Identity, r *model.Room, short string) error      // error without access to a room
	Renew       func(p *keyring.Identity, old *keyring.Key, why model.Safe) error // replaces a key
	Introduce   func(ctx context.Context, d *Writer) error                        // admits a guest's key
	// waits until a change of access is enforced
	Enforce func(ctx context.Context, c AccessChange) error
	// AdmitAs appends the admission of a key with another identity of this process. It is
	// not an error if the key was admitted already.
	AdmitAs func(ctx context.Context, p *keyring.Identity, short string, a model.Act) error
}
