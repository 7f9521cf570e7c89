package hub

import "time"

// WithLimit sets the store's limit.
func WithLimit(o Options, limit int64) Options {
	o.limit = limit
	return o
}

// WithCheck sets the time between two health checks.
func WithCheck(o Options, every time.Duration) Options {
	o.Check = every
	return o
}

// Form is the store's form that this program knows.
const Form = formSealed

// Restart restarts the server as the health check does.
func Restart(h *Hub) error { return h.current().restart() }

// Dir is the hub's directory.
func (b *Book) Dir() string { return b.dir }

// KindOf is what the warnings of one kind have in common.
var KindOf = kindOf

// Behind is the address of the server behind the front.
func Behind(h *Hub) string {
	at, _ := h.current().serverAt()
	return at
}
