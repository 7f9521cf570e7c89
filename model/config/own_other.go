//go:build !unix

package config

import "io/fs"

// othersWrite is not available on this system.
func othersWrite(fs.FileInfo) bool { return false }

// otherOwner is not available on this system.
func otherOwner(fs.FileInfo) (uid int, other bool) { return 0, false }
