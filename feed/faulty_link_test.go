package feed_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go"

	"warroom/feed"
	"warroom/feed/feedtest"
)

// faultyLink makes connections that damage acknowledgments of the log, so that the
// publisher does not learn if its message is stored, and that lose live messages.
type faultyLink struct {
	nats.CustomDialer
	damageAnswer, loseLive atomic.Pointer[func() bool] // nil: never
}

// Dial implements nats.CustomDialer.
func (l *faultyLink) Dial(network, address string) (net.Conn, error) {
	c, err := l.CustomDialer.Dial(network, address)
	if err != nil {
		return nil, err
	}
	return &faultyConn{Conn: c, link: l, in: bufio.NewReader(c)}, nil
}

// through returns the options of a person on another machine who connects to the hub of f
// over the link.
func (l *faultyLink) through(t *testing.T, f *feed.Feed, handle string) feed.Options {
	t.Helper()
	o := remote(t, f, feedtest.Data(t), handle)
	l.CustomDialer = o.Dialer
	o.Dialer = l
	return o
}

// set makes a fault occur whenever fn returns true.
func set(p *atomic.Pointer[func() bool], fn func() bool) { p.Store(&fn) }

func happens(p *atomic.Pointer[func() bool]) bool {
	fn := p.Load()
	return fn != nil && (*fn)()
}

// faultyConn parses the NATS protocol into frames.
type faultyConn struct {
	net.Conn
	link *faultyLink
	in   *bufio.Reader
	out  []byte // the part of a frame that was not yet returned
}

// Read implements net.Conn.
func (c *faultyConn) Read(b []byte) (int, error) {
	for len(c.out) == 0 {
		var err error
		if c.out, err = c.frame(); err != nil && len(c.out) == 0 {
			return 0, err
		}
	}
	n := copy(b, c.out)
	c.out = c.out[n:]
	return n, nil
}

// frame returns the next frame, damaged if it should be, or an empty one if it is lost.
func (c *faultyConn) frame() ([]byte, error) {
	line, err := c.in.ReadBytes('\n')
	fields := strings.Fields(string(line))
	if err != nil || len(fields) < 4 || fields[0] != "MSG" && fields[0] != "HMSG" {
		return line, err
	}
	size, err := strconv.Atoi(fields[len(fields)-1])
	if err != nil {
		return line, nil
	}
	body := make([]byte, size+len("\r\n"))
	if _, err := io.ReadFull(c.in, body); err != nil {
		return line, err
	}
	subject := strings.Split(fields[1], ".")
	switch {
	case len(subject) > 2 && subject[0] == "warroom" && subject[2] == "live":
		if happens(&c.link.loseLive) {
			return nil, nil
		}
	case isPubAck(body) && happens(&c.link.damageAnswer):
		copy(body, bytes.Repeat([]byte(" "), size))
	}
	return append(line, body...), nil
}

// isPubAck reports whether a message is the acknowledgment of a stored message.
func isPubAck(body []byte) bool {
	var ack struct {
		Stream string `json:"stream"`
		Seq    uint64 `json:"seq"`
	}
	return json.Unmarshal(body, &ack) == nil && ack.Stream != "" && ack.Seq > 0
}
