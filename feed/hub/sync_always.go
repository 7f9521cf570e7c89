//go:build !lazysync

package hub

// syncAlways makes the server sync every write to disk before it is acknowledged.
const syncAlways = true
