package feed

import (
	"path/filepath"

	"warroom/feed/atomicfile"
	"warroom/feed/outbox"
)

// Settled reports whether the room of a session was read to its end once.
func (s *RoomSession) Settled() bool {
	select {
	case <-s.writer.Follower.Begun:
		return true
	default:
		return false
	}
}

// Boxed returns the ids in the outboxes of a data directory.
func Boxed(data string) (map[string]bool, error) {
	paths, err := filepath.Glob(filepath.Join(atomicfile.EscapeGlob(data), "outbox", "*", "*"+outbox.End))
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, p := range paths {
		o, _, err := outbox.Read(p, nil)
		if err != nil {
			return nil, err
		}
		for _, s := range o.Drafts {
			ids[s.Draft.ID] = true
		}
	}
	return ids, nil
}
