package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"warroom/model/stats"
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("warroom_"+name, help, labels, nil)
}

// The metrics.
var (
	linkUp    = desc("link_up", "1 while the link to the hub is live.")
	hosting   = desc("hub_hosting", "1 while the hub is in this process.")
	hubFull   = desc("hub_disk_full", "1 while nothing is stored because the hub's disk is full.")
	moves     = desc("hub_moves_total", "How often the hub moved to another process.")
	lag       = desc("lag_entries", "Entries that this process has not read yet, in the room with the most.")
	outbox    = desc("outbox_lines", "Lines that wait on this machine to be stored.")
	outboxAge = desc("outbox_oldest_seconds", "Age of the oldest of them; 0: none waits.")
	rooms     = desc("rooms", "Rooms, without the lobby.", "state")
	held      = desc("rooms_held", "Rooms whose log differs from what was known of it.")
	overdue   = desc("clocks_overdue", "Clocks that are overdue in open rooms, drills left out.")
	sessions  = desc("sessions", "Connections that have logged in.", "via")
	refused   = desc("refused_logins_total", "Logins, connections and requests that were refused.", "via")
	delivered = desc("bridge_delivered_total", "Deliveries of a bridge.", "bridge")
	failed    = desc("bridge_failures_total", "Failed deliveries of a bridge.", "bridge")
	inARow    = desc("bridge_failures_in_a_row", "Failures of a bridge since its last delivery.", "bridge")
	pending   = desc("redactions_pending", "Redacted messages that have not been deleted yet.")
	diskFree  = desc("disk_free_bytes", "Bytes that may still be written to the disk of the data directory.")
	streams   = desc("streams", "Streams of a kind.", "kind")
	messages  = desc("stream_messages", "Messages in the streams of a kind.", "kind")
	bytes     = desc("stream_bytes", "Bytes of the streams of a kind.", "kind")
	age       = desc("sample_age_seconds", "Age of the sample behind these numbers.")
	took      = desc("sample_duration_seconds", "How long it took to take the sample.")
	truncated = desc("sample_incomplete", "1 where the hub did not answer all questions of the sample.")
)

// Describe implements prometheus.Collector.
func (s *Server) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{linkUp, hosting, hubFull, moves, lag, outbox, outboxAge, rooms, held, overdue,
		sessions, refused, delivered, failed, inARow, pending, diskFree, streams, messages, bytes, age, took,
		truncated} {
		ch <- d
	}
}

// sink receives the values of one scrape.
type sink chan<- prometheus.Metric

func (c sink) gauge(d *prometheus.Desc, v float64, labels ...string) {
	c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (c sink) counter(d *prometheus.Desc, v uint64, labels ...string) {
	c <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
}

func (c sink) flag(d *prometheus.Desc, is bool) {
	v := 0.0
	if is {
		v = 1
	}
	c.gauge(d, v)
}

// Collect implements prometheus.Collector.
func (s *Server) Collect(ch chan<- prometheus.Metric) {
	s.mu.Lock()
	h, at, long := s.sample, s.at, s.took
	s.mu.Unlock()
	now, c := s.o.Now(), sink(ch)
	c.flag(linkUp, h.Live)
	c.flag(hosting, h.Hosting)
	c.flag(hubFull, h.Full)
	c.counter(moves, uint64(h.Moved))
	c.gauge(lag, float64(h.Lag))
	c.gauge(outbox, float64(h.Outbox.Lines))
	oldest := 0.0
	if !h.Outbox.Oldest.IsZero() {
		oldest = max(0, now.Sub(h.Outbox.Oldest).Seconds())
	}
	c.gauge(outboxAge, oldest)
	c.gauge(rooms, float64(h.Rooms.Open), "open")
	c.gauge(rooms, float64(h.Rooms.Closed), "closed")
	c.gauge(held, float64(h.Rooms.Held))
	c.gauge(overdue, float64(h.Rooms.ClocksOverdue))
	c.gauge(pending, float64(h.RedactionsPending))
	if h.DiskFree >= 0 {
		c.gauge(diskFree, float64(h.DiskFree))
	}
	var guests stats.SSH
	if s.o.SSH != nil {
		guests = s.o.SSH()
	}
	c.gauge(sessions, float64(guests.Sessions), "ssh")
	c.gauge(sessions, float64(h.Logins), "nats")
	c.counter(refused, guests.Refused, "ssh")
	c.counter(refused, h.RefusedLogins, "nats")
	c.counter(refused, h.RefusedPosts, "http")
	for _, b := range few(h.Bridges) {
		c.counter(delivered, b.Delivered, b.Name)
		c.counter(failed, b.Failed, b.Name)
		c.gauge(inARow, float64(b.InARow), b.Name)
	}
	for _, k := range h.Streams {
		c.gauge(streams, float64(k.Count), k.Kind)
		c.gauge(messages, float64(k.Messages), k.Kind)
		c.gauge(bytes, float64(k.Bytes), k.Kind)
	}
	c.gauge(age, max(0, now.Sub(at).Seconds()))
	c.gauge(took, long.Seconds())
	c.flag(truncated, h.Truncated)
}

// few limits the number of bridges that are labels, and adds up those of the same name.
func few(all []stats.Bridge) (out []stats.Bridge) {
	at := map[string]int{}
	for _, b := range all {
		i, ok := at[b.Name]
		if !ok && len(out) >= maxBridges-1 {
			b.Name = otherBridges
			i, ok = at[b.Name]
		}
		if !ok {
			at[b.Name] = len(out)
			out = append(out, b)
			continue
		}
		out[i].Delivered, out[i].Failed = out[i].Delivered+b.Delivered, out[i].Failed+b.Failed
		out[i].InARow = max(out[i].InARow, b.InARow)
	}
	return out
}
