//go:build lazysync

package hub

// syncAlways is false, as by default in the server, which then syncs every two minutes. The
// power failure test must fail with this, to show that it detects lost writes.
const syncAlways = false
