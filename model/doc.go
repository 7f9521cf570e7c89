// Package model defines an incident room: its state is the fold of its events, and
// nothing else.
//
// An [Event] is one signed message of the log. [Apply] returns the [Room] that
// results from a room and an event; it is a pure function that never fails. [Parse]
// turns a line that a person typed into an [Act], and [Decide] reports whether the
// act is allowed. Every reader repeats that check at the event's position in the
// log. A [Plan] is the playbook of a room; it is stored in the log. [Safe] is the
// only type of text that may be shown.
//
// A room has entries, which people type, with amendments and retractions; roles,
// which are assumed, renounced or handed off; a checklist of items; clocks, each
// with a start event; asks, which are due now; and follow-ups, which come after the
// incident.
//
// The package does no I/O, starts no goroutines, and uses neither the current time
// nor randomness. The interfaces in port.go are implemented by package feed and used
// by package ui.
package model
