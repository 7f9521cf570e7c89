//go:build race

package e2e_test

// raceEnabled builds the program under test as the tests were built.
const raceEnabled = true
