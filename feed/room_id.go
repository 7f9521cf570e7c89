package feed

import "sync"

// maxNewIDs is how many ids of new rooms are remembered. The index has the older ones.
const maxNewIDs = 10_000

// newRoomIDs are the ids of rooms that logins declare: copies, checkpoints and outboxes are
// kept by id, so it has to be new. Its methods are safe for concurrent use.
type newRoomIDs struct {
	mu sync.Mutex
	at map[string]string // short ids
}

// claim reserves an id for a room with a short id. It reports false if another has it.
func (n *newRoomIDs) claim(room, short string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if at := n.at[room]; at != "" {
		return at == short
	}
	if n.at == nil || len(n.at) >= maxNewIDs {
		n.at = map[string]string{}
	}
	n.at[room] = short
	return true
}

// release ends the reservation of an id whose room was not made: its author may try the next
// short id.
func (n *newRoomIDs) release(room string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.at, room)
}
