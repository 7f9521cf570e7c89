package model

import "context"

// Ailing is a room whose log is held because it is not the one that was known.
type Ailing struct {
	Short string
	Why   Safe // one sentence: what is in the store, what was known, what to do
}

// Repaired says what the repair of a room's log did.
type Repaired struct {
	Short   string // its name now
	Entries uint64 // messages that were restored
	More    int    // of them, those that only the broken store had
	Seq     uint64 // of the event that says so
	Copy    string // directory of the copy it was restored from
	Aside   string // where the broken store is now; "" where there was none
}

// Mender repairs rooms whose log is held.
type Mender interface {
	// Ailing returns the rooms that are held on the hub.
	Ailing(ctx context.Context) ([]Ailing, error)
	// Repair restores a room from the copy of its log in this data directory.
	Repair(ctx context.Context, short string) (Repaired, error)
}
