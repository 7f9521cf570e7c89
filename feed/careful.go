//go:build !naive

package feed

// naive is off: see naive.go.
const naive = false
