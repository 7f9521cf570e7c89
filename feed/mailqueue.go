package feed

import "sync"

// The bounds of messages of alerts that wait to be read.
const (
	maxMailBytes  = 32 << 20 // of all senders
	maxSenderMail = 8 << 20  // of one
)

// mailRoom counts the bytes of messages of alerts that wait, by sender.
type mailRoom struct {
	mu    sync.Mutex
	bytes int
	by    map[string]int
}

// enter counts a message, and reports whether there is room for it.
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

// leave takes a message out of the count.
func (m *mailRoom) leave(from string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes -= n
	if m.by[from] -= n; m.by[from] <= 0 {
		delete(m.by, from)
	}
}
