//go:build !unix

package namedfile

// nonBlocking is not needed where there are no named pipes in the file system.
const nonBlocking = 0
