package feed

import (
	"path/filepath"
)

// Settled says whether the room of a seat was read to its end once.
func (s *Seat) Settled() bool {
	select {
	case <-s.d.f.begun:
		return true
	default:
		return false
	}
}

// Boxed returns the ids that are in the outboxes of a data directory.
func Boxed(data string) (map[string]bool, error) {
	paths, err := filepath.Glob(filepath.Join(escapeGlob(data), "outbox", "*", "*"+boxEnd))
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, p := range paths {
		o, _, err := readOutbox(p, nil)
		if err != nil {
			return nil, err
		}
		for _, s := range o.line {
			ids[s.Draft.ID] = true
		}
	}
	return ids, nil
}
