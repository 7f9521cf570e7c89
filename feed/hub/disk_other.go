//go:build !linux && !darwin && !freebsd && !windows

package hub

import "io/fs"

// owner is not available on this system.
func owner(fs.FileInfo) (int, bool) { return 0, false }

// ownGroup is not available on this system.
func ownGroup(fs.FileInfo) bool { return true }

// FreeBytes is not available on this system.
func FreeBytes(string) (int64, bool) { return 0, false }
