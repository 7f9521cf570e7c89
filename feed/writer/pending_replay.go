package writer

import (
	"os"

	"warroom/feed/atomicfile"
	"warroom/feed/mirror"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
)

// Messages of a key that were in a lost log have to be published again. They stay on disk
// until they are, so that neither the end of this process nor another process with the
// key loses them.

// LoadReplay loads the messages that a key has to publish again.
func (d *Writer) LoadReplay(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.pendingReplay) > 0 {
		return // the file is removed after all of them are published
	}
	if d.pendingReplay = d.env.Store.ReadReplay(d.Follower.Room, key); len(d.pendingReplay) > 0 {
		d.wakePublisher()
	}
}

// hasPendingReplay reports whether there are messages to publish again.
func (d *Writer) hasPendingReplay() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.pendingReplay) > 0
}

// finishReplay removes the first message to publish again, and the file after the last
// one.
func (d *Writer) finishReplay(m mirror.Message) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pendingReplay = d.pendingReplay[1:]
	d.needsResync.Store(true)
	if len(d.pendingReplay) > 0 {
		return nil
	}
	_, key, _ := subjects.Author(m.Subject)
	err := os.Remove(roomstore.ReplayPath(d.env.Store.Data, d.Follower.Room, key))
	d.show()
	return atomicfile.Except(err, os.ErrNotExist)
}
