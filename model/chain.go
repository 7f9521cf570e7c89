package model

import (
	"encoding/json"
	"slices"
	"sync/atomic"
)

// chain is a list that only grows. Rooms that follow one another share its
// memory; a second room after the same one copies it.
type chain[T any] struct {
	rows  []T
	owned *atomic.Int64 // how many of the shared rows are taken
}

// push returns the chain with v at its end.
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

// with returns a chain of its own in which element i is another.
func (c chain[T]) with(i int, v T) chain[T] {
	rows := slices.Clone(c.rows)
	rows[i] = v
	return chain[T]{rows: rows}
}

// Rows returns the elements, the oldest first. It is shared: do not write to it.
func (c chain[T]) Rows() []T { return c.rows }

// IsZero reports whether the chain is empty.
func (c chain[T]) IsZero() bool { return len(c.rows) == 0 }

// MarshalJSON writes the elements.
func (c chain[T]) MarshalJSON() ([]byte, error) { return json.Marshal(c.rows) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *chain[T]) UnmarshalJSON(b []byte) error {
	c.owned = nil
	return json.Unmarshal(b, &c.rows)
}
