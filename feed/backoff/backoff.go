// Package backoff computes the pause between two attempts. The pause doubles up to a
// maximum, and a random part of it spreads the requests of many terminals to a hub that
// is back.
package backoff

import (
	"math/rand/v2"
	"time"
)

// Backoff is a pause that doubles. It is not safe for concurrent use.
type Backoff struct{ first, longest, now time.Duration }

// New returns a pause that starts at first and grows to longest.
func New(first, longest time.Duration) *Backoff {
	return &Backoff{first: first, longest: longest, now: first}
}

// After returns a channel that receives a value when the pause is over. The next pause
// stays the same until [Backoff.Grow] is called.
func (b *Backoff) After() <-chan time.Time { return time.After(jitter(b.now)) }

// Grow doubles the next pause.
func (b *Backoff) Grow() { b.now = min(2*b.now, b.longest) }

// Reset sets the next pause to the first one.
func (b *Backoff) Reset() { b.now = b.first }

// Nth returns the pause after the nth failed attempt, counted from 1.
func Nth(first, longest time.Duration, n int) time.Duration {
	d := first
	for ; n > 1 && d < longest; n-- {
		d *= 2
	}
	return jitter(min(d, longest))
}

// jitter returns a random duration from d/2 to d.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }
