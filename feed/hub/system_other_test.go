//go:build !linux

package hub_test

import "testing"

// listening is what the kernel says; here only the server is asked.
func listening(*testing.T) []string { return nil }

// smallDisk is not to be had here.
func smallDisk(*testing.T) (string, bool) { return "", false }

func readOnly(t *testing.T) string { return lockedDir(t) }
