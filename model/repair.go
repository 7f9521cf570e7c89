package model

import "context"

// DamagedRoom is a room whose log is held because it differs from the log that was
// known.
type DamagedRoom struct {
	Short string
	Why   Safe // one sentence: what the store has, what was known, and what to do
}

// Repaired is the result of repairing a room's log.
type Repaired struct {
	Short   string // its present short id
	Entries uint64 // number of restored messages
	More    int    // of them, messages that only the broken store had
	Seq     uint64 // sequence of the event that records the repair
	Copy    string // directory of the replica it was restored from
	Aside   string // where the broken store was moved to; if "", there was none
}

// Repairer repairs rooms whose log is held.
type Repairer interface {
	// Damaged returns the rooms of the hub whose log is held.
	Damaged(ctx context.Context) ([]DamagedRoom, error)
	// Repair restores a room from the replica in this data directory. It returns an
	// error if there is none, or if it cannot be used.
	Repair(ctx context.Context, short string) (Repaired, error)
}
