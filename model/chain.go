package model

import (
	"encoding/json"
	"slices"
	"sync/atomic"
)

// chain is an append-only list. Rooms made one after the other share its memory; if
// two rooms are made from the same one, the second copies it.
type chain[T any] struct {
	rows  []T
	owned *atomic.Int64 // number of rows of the shared memory that are in use
}

// push returns the chain with v appended.
func (c chain[T]) push(v T) chain[T] {
	n := int64(len(c.rows))
	if c.owned == nil || !c.owned.CompareAndSwap(n, n+1) {
		c.rows = append(make([]T, 0, 2*n+4), c.rows...)
		c.owned = new(atomic.Int64)
		c.owned.Store(n + 1)
	}
	c.rows = append(c.rows, v)
	return c
}

// with returns a copy of the chain with element i replaced.
func (c chain[T]) with(i int, v T) chain[T] {
	rows := slices.Clone(c.rows)
	rows[i] = v
	return chain[T]{rows: rows}
}

// Rows returns the elements, the oldest first. The slice is shared and must not be
// modified.
func (c chain[T]) Rows() []T { return c.rows }

// IsZero reports whether the chain is empty.
func (c chain[T]) IsZero() bool { return len(c.rows) == 0 }

// MarshalJSON implements json.Marshaler.
func (c chain[T]) MarshalJSON() ([]byte, error) { return json.Marshal(c.rows) }

// UnmarshalJSON implements json.Unmarshaler.
func (c *chain[T]) UnmarshalJSON(b []byte) error {
	c.owned = nil
	return json.Unmarshal(b, &c.rows)
}

// owners has the counters for lists of a room that grow with nearly every event, see
// grown.
type owners struct {
	dispatches, drafts, asks, polls, assets, indicators *atomic.Int64
}

// grown returns s with v appended, and the counter for its memory. It shares memory
// as [chain] does; the counter is kept beside s because s is a field of the stored
// form of a room.
func grown[T any](r *Room, s []T, owned *atomic.Int64, v T) ([]T, *atomic.Int64) {
	c := chain[T]{rows: s, owned: owned}.push(v)
	if len(s) == 0 || &c.rows[0] != &s[0] {
		r.copied.add(&c.rows[0])
	}
	return c.rows, c.owned
}

// copied are the lists that were copied since a room was handed to [ApplyNext]: no other room
// has them, so the next event may write to them. Nil for a room that others may have.
type copied struct{ first map[any]bool }

// add keeps that a list is of this room alone; first points to its first element.
func (c *copied) add(first any) {
	if c == nil {
		return
	}
	if c.first == nil {
		c.first = map[any]bool{}
	}
	c.first[first] = true
}

// alike returns a copy of a room that may be changed by [set], [own] and [grown] and leaves r as it
// is: the lists that r alone had are also r's now.
func (r *Room) alike() *Room {
	n := *r
	n.copied = nil
	return &n
}

// own returns s, a list of the room r, to be written to: a copy, if another room may have it.
// It has the capacity of s, so that it grows as s would have.
func own[T any](r *Room, s []T) []T {
	if len(s) == 0 || r.copied != nil && r.copied.first[&s[0]] {
		return s
	}
	c := append(make([]T, 0, cap(s)), s...)
	r.copied.add(&c[0])
	return c
}

// set returns s, a list of the room r, with element i replaced. A room that others may have
// keeps its own list.
func set[T any](r *Room, s []T, i int, v T) []T {
	s = own(r, s)
	s[i] = v
	return s
}
