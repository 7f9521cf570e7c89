package feed

import "sync"

// The bounds of the waiting messages of alerts, in bytes.
const (
	maxMailBytes  = 32 << 20 // of all senders
	maxSenderMail = 8 << 20  // of one sender
)

// mailRoom counts the bytes of the waiting messages of alerts, by sender.
type mailRoom struct {
	mu    sync.Mutex
	bytes int
	by    map[string]int
}

// enter counts a message and reports true, or reports false if the message would exceed a
// bound.
func (m *mailRoom) enter(from string, n int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bytes+n > maxMailBytes || m.by[from]+n > maxSenderMail {
		return false
	}
	if m.by == nil {
		m.by = map[string]int{}
	}
	m.bytes += n
	m.by[from] += n
	return true
}

// leave removes a message from the count.
func (m *mailRoom) leave(from string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes -= n
	if m.by[from] -= n; m.by[from] <= 0 {
		delete(m.by, from)
	}
}
