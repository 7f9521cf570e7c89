// Package jsonform has the JSON output of the commands: rooms, their status, clocks,
// evidence, indicators and events. Its fields are an interface for other programs: fields
// may be added, but existing ones do not change.
package jsonform
