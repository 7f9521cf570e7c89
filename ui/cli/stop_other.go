//go:build !unix

package cli

// stopProcess is nil: there are no jobs that a shell could continue.
var stopProcess func()
