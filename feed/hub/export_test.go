package hub

import "time"

// WithLimit sets the limit of the store.
func WithLimit(o Options, limit int64) Options {
	o.MaxStore = limit
	return o
}

// WithCheck sets the interval of health checks.
func WithCheck(o Options, every time.Duration) Options {
	o.Check = every
	return o
}

// Form is the newest form of the store.
const Form = formSealed

// Restart restarts the server as the health check does.
func Restart(h *Hub) error { return h.current().restart() }

// Dir returns the hub's directory.
func (b *UserStore) Dir() string { return b.dir }

// KindOf exports kindOf.
var KindOf = kindOf

// BackendAddress returns the address of the server behind the front.
func BackendAddress(h *Hub) string {
	at, _ := h.current().serverAt()
	return at
}
