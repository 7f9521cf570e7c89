package writer

import (
	"context"
	"time"

	"warroom/feed/keyring"
	"warroom/feed/subjects"
	"warroom/model"
)

// IsInteractive reports whether a person uses the writer for a longer time. One-shot
// commands and wall displays do not, nor does the hub: they are not shown as present, and
// are admitted only when they write.
func (d *Writer) IsInteractive() bool {
	return d.Identity.Via != "cli" && d.Identity.Via != "wall" && d.Identity.Handle != subjects.HubHandle
}

// ComeIn gets the writer's key admitted before the person writes. An error is ignored,
// because Submit tries again and returns it.
func (d *Writer) ComeIn(ctx context.Context) {
	if d.Follower.AwaitSettled(ctx) == nil {
		_ = d.Admission.Await(ctx) // see above
	}
}

// lastWait is how long FlushOnClose waits.
const lastWait = 2 * time.Second

// FlushOnClose waits until the last drafts are stored, if the hub is connected, so that a
// person who writes and leaves need not come back. Drafts that are not stored by then
// stay in the outbox.
func (d *Writer) FlushOnClose() {
	if d.Unsent() == 0 || d.Shut() != nil || d.env.Link().State != model.Live {
		return
	}
	ctx, cancel := context.WithTimeout(d.env.Ctx, lastWait)
	defer cancel()
	_ = d.Empty(ctx) // see above
}

// typist is a session of this writer's person.
type typist interface {
	// Typing reports whether the person is typing.
	Typing() bool
}

// AddSession adds a session. changed receives a value when the waiting drafts change.
func (d *Writer) AddSession(s typist, changed chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watchers[changed] = true
	d.sessions = append(d.sessions, s)
}

// RemoveSession removes a session; last reports whether it was the last one.
func (d *Writer) RemoveSession(s typist, changed chan struct{}) (last bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.watchers, changed)
	for i, o := range d.sessions {
		if o == s {
			d.sessions = append(d.sessions[:i:i], d.sessions[i+1:]...)
			break
		}
	}
	return len(d.sessions) == 0
}

// Presence returns the writer's identity, whether the person is in the room, and whether
// they are typing.
func (d *Writer) Presence() (who *keyring.Identity, here, typing bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.sessions {
		typing = typing || s.Typing()
	}
	return d.Identity, d.IsInteractive() && len(d.sessions) > 0 && !d.LacksAccess(), typing
}
