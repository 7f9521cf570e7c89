//go:build race

package feed_test

// Fewer rounds under the race detector: each takes the same slow path.
func init() { changes = 40 }
