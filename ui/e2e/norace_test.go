//go:build !race

package e2e_test

// raceEnabled is whether the program under test is built with the race detector.
const raceEnabled = false
