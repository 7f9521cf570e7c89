// Package model is what an incident is: a room is the fold of its events, and
// nothing else is state.
//
// An [Event] is one signed message of the log; [Apply] makes the next [Room]
// from a room and an event, purely and without failing. [Parse] reads what a
// person types into an [Act], [Decide] says whether it may be; every reader
// makes the same check again at the event's place in the log. A [Plan] is the
// playbook that a room is run by: it lies in the log itself. [Safe] is the only
// text that may be shown.
//
// The words: a room has entries (typed by people), amendments, retractions,
// roles that are assumed, renounced or handed off, a checklist of items, clocks
// with a start event, asks for now and follow-ups for after.
//
// There is no I/O here, no goroutine, no time.Now and nothing at random. The
// ports (port.go) are what package feed brings and package ui uses.
package model
