package feed

import (
	"context"
	"errors"

	"warroom/model"
)

// maxNewIDs is how many ids of new rooms are remembered. The index has the older ones.
const maxNewIDs = 10_000

// claimID reserves the id of a room that a login declares under a short id. It returns
// [model.Conflict] if another room on this hub has the id, or this machine knows another room
// under it: copies, checkpoints and outboxes are kept by id.
func (s *hubService) claimID(ctx context.Context, room, short string) error {
	other, err := s.shortOf(ctx, room, short)
	if err != nil {
		return err
	}
	known, err := s.client.store.Known(room)
	if err != nil || known != nil && known.Short != short {
		other = "another room"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.newIDs[room]; other != "" || at != "" && at != short {
		return model.Refuse(model.Invalid, "the id of a new room has to be new, and there is a room with the id %s",
			room)
	}
	if s.newIDs == nil || len(s.newIDs) >= maxNewIDs {
		s.newIDs = map[string]string{}
	}
	s.newIDs[room] = short
	return nil
}

// releaseID ends a reservation if the room was certainly not made: its author may try the
// next short id.
func (s *hubService) releaseID(room string, err error) {
	if err == nil || model.CodeOf(err) == model.Queued && !errors.Is(err, errTaken) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.newIDs, room)
}

// shortOf returns the short id under which this hub has a room, other than the given one, or
// "" if it has none.
func (s *hubService) shortOf(ctx context.Context, room, but string) (string, error) {
	if s.index != nil {
		if err := s.index.Settled(ctx); err != nil {
			return "", err
		}
		for _, r := range s.index.Rows.All() {
			if r.Room.ID == room && r.Short != but {
				return r.Short, nil
			}
		}
		return "", nil
	}
	shorts, err := s.client.shorts(ctx)
	if err != nil {
		return "", err
	}
	for _, short := range shorts {
		if _, first, err := s.client.env.First(ctx, short); err == nil && first.Room == room && short != but {
			return short, nil
		}
	}
	return "", nil
}
