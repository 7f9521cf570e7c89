//go:build !linux

package hub_test

import "testing"

// listening returns nil: on this system only the server is asked.
func listening(*testing.T) []string { return nil }

// smallDisk is not available on this system.
func smallDisk(*testing.T) (string, bool) { return "", false }

func readOnly(t *testing.T) string { return lockedDir(t) }
