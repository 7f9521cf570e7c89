//go:build !naive

package writer

// naive is off; see naive.go.
const naive = false
