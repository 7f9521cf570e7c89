package hub

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"warroom/model"
)

const (
	defaultTimeout = 2 * time.Second       // a host that sends nothing for this long hangs
	pollEvery      = 10 * time.Millisecond // polling interval
	beatEvery      = defaultTimeout / 4    // interval of the beats of a busy host
)

var (
	errSilent = errors.New("the host accepts connections but does not answer")
	errBusy   = errors.New("the host reports that it is busy")
)

// past is a deadline that wakes a reader immediately.
var past = time.Unix(1, 0)

// find returns the host in this process, or a connection to another process that has
// answered. It waits until there is one of them, until it is clear that waiting does not
// help, or until ctx ends.
func (h *Hub) find(ctx context.Context) (*host, net.Conn, error) {
	hung := time.NewTimer(h.wait())
	defer hung.Stop()
	for {
		if h.ctx.Err() != nil {
			return nil, nil, errClosed()
		}
		if x := h.current(); x != nil {
			return x, nil, nil
		}
		conn, err := h.join(ctx)
		if err == nil {
			h.silent.Store(false)
			return nil, conn, nil
		}
		if errors.Is(err, errSilent) || errors.Is(err, errBusy) {
			return nil, nil, h.blame(err)
		}
		held, err := h.elect(ctx)
		if err != nil {
			return nil, nil, err
		}
		if !held && h.current() != nil {
			continue
		}
		var tired <-chan time.Time
		if held {
			tired = hung.C
		}
		select {
		case <-tired:
			return nil, nil, h.blame(errSilent)
		case <-ctx.Done():
			return nil, nil, h.blame(ctx.Err())
		case <-time.After(pollEvery):
		}
	}
}

// wait is how long a host may send nothing. It is shorter once the host hangs, because
// nats.go retries and its callers wait meanwhile.
func (h *Hub) wait() time.Duration {
	if h.silent.Load() {
		return defaultTimeout / 8
	}
	return defaultTimeout
}

// join connects to the socket and waits for the server's INFO. Errors other than errSilent
// and errBusy mean that there is no host.
func (h *Hub) join(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{Timeout: defaultTimeout}
	c, err := d.DialContext(ctx, "unix", h.Socket())
	if err != nil {
		return nil, err
	}
	if !sameUser(c.(*net.UnixConn)) {
		_ = c.Close()
		return nil, errors.New("the socket belongs to someone else")
	}
	first, err := listen(ctx, c, h.wait())
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return &answered{Conn: c, first: first}, nil
}

// listen reads up to the server's INFO. Empty lines before it are the beats of a host that
// is starting or stopping its server.
func listen(ctx context.Context, c net.Conn, wait time.Duration) ([]byte, error) {
	wake := func() { _ = c.SetReadDeadline(past) }
	idle := time.AfterFunc(wait, wake)
	defer idle.Stop()
	ended := context.AfterFunc(ctx, wake)
	defer ended()
	room, beats := make([]byte, 4096), 0
	for {
		n, err := c.Read(room)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil && beats > 0:
			return nil, errBusy
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, errSilent
		case err != nil:
			return nil, err
		}
		beats++
		words := room[:n]
		for len(words) > 0 && words[0] == '\n' {
			words = words[1:]
		}
		if len(words) == 0 {
			idle.Reset(defaultTimeout)
			continue
		}
		if !idle.Stop() || !ended() { // the deadline is set, or about to be
			return nil, errSilent
		}
		return words, nil
	}
}

// blame returns the error for a person after find has waited in vain.
func (h *Hub) blame(err error) error {
	if h.ctx.Err() != nil {
		return errClosed()
	}
	c, lost := readCard(h.o.Dir)
	switch {
	case errors.Is(err, errBusy) && lost == nil:
		return model.Refuse(model.Unreachable,
			"the warroom process %d is still opening or closing the store in %s; wait a moment and try again", c.PID,
			h.o.Dir)
	case errors.Is(err, errSilent) && lost == nil:
		h.silent.Store(true)
		return model.Refuse(model.Unreachable,
			"the warroom process %d holds the hub but does not answer; end it (kill %d) and try again", c.PID, c.PID)
	case errors.Is(err, errSilent):
		h.silent.Store(true)
		return model.Refuse(model.Unreachable,
			"another process holds %s but does not answer; look for a warroom that hangs, end it and try again",
			h.lock.Path())
	case h.o.NeverHost:
		return model.Refuse(model.Unreachable,
			"no warroom hosts the hub in %s; start one (warroom serve) and try again", h.o.Dir)
	}
	return model.Refuse(model.Unreachable,
		"the hub in %s was not ready in time; wait a moment and try again", h.o.Dir)
}

func errClosed() error {
	return model.Refuse(model.Unreachable, "this warroom has left its hub; start it again")
}

// answered is a connection whose first bytes were already read.
type answered struct {
	net.Conn
	first []byte
}

// Read implements net.Conn.
func (a *answered) Read(b []byte) (int, error) {
	if len(a.first) == 0 {
		return a.Conn.Read(b)
	}
	n := copy(b, a.first)
	a.first = a.first[n:]
	return n, nil
}
