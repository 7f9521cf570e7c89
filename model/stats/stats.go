// Package stats defines the metrics of a process that serves a hub. They do not name
// a room or a person, and every list in them is bounded.
package stats

import "time"

// Hub is a sample of all metrics.
type Hub struct {
	Live    bool // connected to the hub
	Hosting bool // this process hosts the hub
	Full    bool // the hub's disk is full, so that nothing is stored
	Lag     uint64
	Moved   int // how often another process took over hosting the hub

	Outbox Outbox
	Rooms  Rooms

	Logins        int    // connections of logins over the network
	RefusedLogins uint64 // refused logins since the process started
	RefusedPosts  uint64 // HTTP requests without valid credentials

	RedactionsPending int // redacted messages that are not deleted yet

	DiskFree  int64 // bytes that this user may still write; negative: unknown
	Streams   []Stream
	Bridges   []Bridge
	Truncated bool // the hub did not answer all requests, so numbers are missing
}

// Outbox counts drafts on this machine that are not stored yet.
type Outbox struct {
	Lines  int
	Oldest time.Time // zero: there are none
}

// Rooms counts the rooms of the hub, without the lobby.
type Rooms struct {
	Open, Closed  int
	ClocksOverdue int // in open rooms that are not drills
	Held          int // rooms whose log differs from the known one
}

// Stream sums up all streams of one kind.
type Stream struct {
	Kind     string // log, checkpoints, evidence or other
	Count    int
	Messages uint64
	Bytes    uint64
}

// The kinds of streams.
const (
	KindLog         = "log"
	KindCheckpoints = "checkpoints"
	KindEvidence    = "evidence"
	KindOther       = "other"
)

// Bridge has the metrics of one configured bridge.
type Bridge struct {
	Name      string
	Delivered uint64 // since the process started
	Failed    uint64
	InARow    int // failures since the last delivery
}

// SSH has the metrics of the SSH server.
type SSH struct {
	Sessions int    // authenticated connections
	Refused  uint64 // refused connections and logins
}
