//go:build !race

package feed_test

// raceDetector reports whether the race detector is on.
const raceDetector = false
