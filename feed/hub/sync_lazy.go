//go:build lazysync

package hub

// syncAlways is what a server does where nobody says otherwise: it syncs every
// two minutes. The test of power cuts has to catch it, else it would catch
// nothing.
const syncAlways = false
