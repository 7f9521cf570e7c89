//go:build !unix

package config

import "io/fs"

// othersWrite is not available on this system.
func othersWrite(fs.FileInfo) bool { return false }
