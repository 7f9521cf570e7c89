package ui_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/screen"
	"warroom/ui/shared"
)

// heldConn is a client whose output can be held up.
type heldConn struct {
	discardConn

	mu   sync.Mutex
	held bool
	n    int // bytes that were written
	wake sync.Cond
	got  []byte
	busy int // writes that are held up
}

func newHeldConn() *heldConn {
	c := &heldConn{discardConn: discardConn{gone: make(chan struct{})}}
	c.wake.L = &c.mu
	return c
}

// Write waits while the output is held up.
func (c *heldConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy++
	for c.held {
		c.wake.Wait()
	}
	c.busy--
	c.got, c.n = append(c.got, p...), c.n+len(p)
	return len(p), nil
}

func (c *heldConn) hold(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = on
	c.wake.Broadcast()
}

func (c *heldConn) isHeld() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.busy > 0
}

func (c *heldConn) written() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func (c *heldConn) wrote(text string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Contains(c.got, []byte(text))
}

// TestAdvanceOnlyForThoseInTheRoom: a terminal that falls behind shows a line as soon as another
// one has shown it, but not if its person was put out of the room meanwhile.
func TestAdvanceOnlyForThoseInTheRoom(t *testing.T) {
	for _, c := range []struct {
		name string
		out  bool
	}{{"a person in the room", false}, {"a person who was put out", true}} {
		t.Run(c.name, func(t *testing.T) {
			h, short := busy(t)
			table, common, conn := screen.NewTable(), shared.New(), newHeldConn()
			first := watch(t, h, viewer{"bo", short, 90, 24, 256, false, time.UTC}, table, common)
			other := watchOn(t, h, viewer{"cy", short, 90, 24, 256, false, time.UTC}, table, common, conn)
			both := []*board{first, other}
			pass(t, h, both) // the messages about who came have passed
			pass(t, h, both)

			conn.hold(true)
			t.Cleanup(func() { conn.hold(false) })
			h.Clock.Add(time.Second)
			first.settle(t)
			until(t, "a write is held up", conn.isHeld)
			if c.out {
				h.PutOut(short, "cy", model.Lit("goodbye"))
			}
			mustType(t, h, short, "bo the key is under the mat")
			first.settle(t)
			conn.hold(false)
			if c.out {
				until(t, "the reason is on the screen", func() bool { return conn.wrote("goodbye") })
			} else {
				until(t, "the line is on the screen", func() bool { return conn.wrote("under the mat") })
			}
			if c.out && conn.wrote("under the mat") {
				t.Error("got the line shown to somebody who was put out before it, want it not shown")
			}
		})
	}
}

// TestSecondsWithoutDraws: after a second was shown without drawing, a draw sends nothing:
// the terminal shows what it would show. Among the terminals are some at which the second
// changes something else: an ask expires, a clock runs out.
func TestSecondsWithoutDraws(t *testing.T) {
	h, short := busy(t)
	mustType(t, h, short, "bo :ask @ana 1m look", "di here", "cy note")
	table, common := screen.NewTable(), shared.New()
	var all []*board
	var conns []*heldConn
	for _, handle := range []string{"ana", "bo", "cy", "di", "di"} {
		conn := newHeldConn()
		b := watchOn(t, h, viewer{handle, short, 90, 24, 256, false, time.UTC}, table, common, conn)
		all, conns = append(all, b), append(conns, conn)
	}
	pass(t, h, all) // the messages about who came have passed
	pass(t, h, all)
	h.Seen(short, model.Presence{Handle: "eve", Key: "k", Via: "ssh", LastSeen: h.Clock.Now()})
	for _, b := range all {
		b.settle(t)
	}
	// This one came after eve, so it does not show that she came. It is always the first to draw.
	first := watch(t, h, viewer{"bo", short, 90, 24, 256, false, time.UTC}, table, common)
	for _, b := range append(all, first) { // from here on, only seconds change anything
		b.settle(t)
	}
	undrawn := 0
	for i, d := range []time.Duration{1, 20, 1, 45, 600, 1} {
		var sent, shows []int
		for k, b := range all {
			sent, shows = append(sent, conns[k].written()), append(shows, b.drawn())
		}
		h.Clock.Add(d * time.Second)
		first.settle(t)
		for k, b := range all {
			until(t, "the second is shown", func() bool { return conns[k].written() > sent[k] })
			if b.drawn() == shows[k] {
				undrawn++
			}
		}
		for k, b := range all {
			n := conns[k].written()
			b.settle(t)
			if got := conns[k].written(); got != n {
				t.Errorf("step %d, terminal %d: got %d bytes sent by a draw after the second was shown, want none", i,
					k, got-n)
			}
		}
	}
	if undrawn == 0 {
		t.Error("got no second shown without drawing, want some")
	}
}
