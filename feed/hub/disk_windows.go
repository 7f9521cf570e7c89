package hub

import (
	"io/fs"
	"math"

	"golang.org/x/sys/windows"
)

// owner is not available on Windows: the access list of the directory decides.
func owner(fs.FileInfo) (int, bool) { return 0, false }

// ownGroup is not available on Windows.
func ownGroup(fs.FileInfo) bool { return true }

// FreeBytes returns how many bytes this user may still write to the disk of dir.
func FreeBytes(dir string) (int64, bool) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, false
	}
	return int64(min(free, math.MaxInt64)), true
}
