package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestMoves kills the host while this process publishes.
func TestMoves(t *testing.T) {
	for name, end := range map[string]func(*process){
		"Close": func(p *process) { p.asked("close") },
		"Kill":  func(p *process) { p.kill() },
	} {
		t.Run(name, func(t *testing.T) {
			o := testOptions(t)
			p := spawn(t, o)
			if !p.open() {
				t.Fatal("the first process does not host")
			}
			h := open(t, o)
			nc := dial(t, h)
			js, _ := stream(t, nc)
			for n := range 100 {
				publish(t, js, fmt.Sprint(n))
			}
			changed := h.Changed()
			start := time.Now()
			end(p)
			extra := publish(t, js, "after") - 1
			gap := time.Since(start)
			t.Logf("the next entry was stored %v later", gap)
			if gap > 10*time.Second {
				t.Errorf("the hub needed %v to move", gap)
			}
			if !h.Hosting() {
				t.Fatal("no process hosts")
			}
			select {
			case <-changed:
			default:
				t.Error("the bell did not ring")
			}
			if got := stored(t, nc); got < 101 || got > 101+uint64(extra) {
				t.Errorf("stored %d, want 101 (%d attempts failed)", got, extra)
			}
		})
	}
}

// TestRace starts eight processes at once, and again when the host dies.
func TestRace(t *testing.T) {
	o := testOptions(t)
	var all []*process
	for range 8 {
		all = append(all, spawn(t, o))
	}
	var hosts []*process
	for _, p := range all {
		if p.open() {
			hosts = append(hosts, p)
		}
	}
	if len(hosts) != 1 {
		t.Fatalf("%d processes host, want 1", len(hosts))
	}
	hosts[0].kill()
	took := until(t, "one of the others hosts", func() bool { return count(all) == 1 })
	t.Logf("one of seven hosts after %v", took)
	nc := dial(t, open(t, o))
	js, _ := stream(t, nc)
	publish(t, js, "still here")
	if n := count(all); n != 1 {
		t.Errorf("%d processes host, want 1", n)
	}
}

// count returns the number of live helpers that host.
func count(all []*process) int {
	n := 0
	for _, p := range all {
		if !p.ended && p.asked("hosting") == "true" {
			n++
		}
	}
	return n
}

// TestNoPort checks for open ports, with the kernel where possible and with the server
// everywhere.
func TestNoPort(t *testing.T) {
	h := open(t, testOptions(t))
	dial(t, h)
	if a := h.Server().Addr(); a != nil {
		t.Errorf("the server listens on %v", a)
	}
	if p := h.Server().PortsInfo(0); p != nil && len(p.Nats)+len(p.Monitoring)+len(p.Cluster) > 0 {
		t.Errorf("the server has ports: %+v", p)
	}
	if ports := listening(t); len(ports) > 0 {
		t.Errorf("this process listens on TCP: %s", strings.Join(ports, ", "))
	}
}
