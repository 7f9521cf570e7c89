// Package wake notifies goroutines over channels.
package wake

import "time"

// MaxBackoff is the longest pause before the hub is asked again.
const MaxBackoff = time.Second

// Notify sends to a channel with a buffer of one, unless the channel is full.
func Notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Close closes a channel unless it is closed. It must not be called concurrently for the
// same channel.
func Close(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}
