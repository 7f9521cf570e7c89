//go:build race

package cli

// The recount uses one goroutine and is twenty times slower under the race detector.
func init() { *seeds = 1 }
