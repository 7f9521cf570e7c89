package bridge

import "warroom/model/stats"

// Stats returns what became of deliveries, one element for each bridge.
func (r *Runner) Stats() []stats.Bridge {
	if r == nil {
		return nil
	}
	var out []stats.Bridge
	for _, l := range r.queues {
		l.mu.Lock()
		out = append(out, stats.Bridge{Name: l.b.Name(), Delivered: l.sent, Failed: l.failed, InARow: l.fails})
		l.mu.Unlock()
	}
	return out
}
