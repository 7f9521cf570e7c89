//go:build !lazysync

package hub

// syncAlways has every write on the disk before it is acknowledged.
const syncAlways = true
