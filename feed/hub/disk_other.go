//go:build !linux && !darwin && !freebsd && !windows

package hub

import "io/fs"

// owner is not known here.
func owner(fs.FileInfo) (int, bool) { return 0, false }

// ownGroup is not known here.
func ownGroup(fs.FileInfo) bool { return true }

// FreeBytes is not known here.
func FreeBytes(string) (int64, bool) { return 0, false }
