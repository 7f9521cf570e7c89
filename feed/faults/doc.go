// Package faults tests the promises in docs/reliability.md with broken networks and power
// failures. It is a module of its own, so that the dependencies of these tests are not in
// the go.mod of the program.
package faults
