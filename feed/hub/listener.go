package hub

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"warroom/model"
)

// grace is how long a peer that has closed its side still receives answers.
const grace = 500 * time.Millisecond

// listener is the unix socket at which other processes of this user join, with their
// connections. It is opened and closed by the process that holds the hub's lock.
type listener struct {
	host   *host
	done   chan struct{}  // closed by close
	wg     sync.WaitGroup // accept and bridges
	spares spare          // reserve for peers, when no file descriptors are left

	mu    sync.Mutex
	path  string
	ln    *net.UnixListener
	bound os.FileInfo // identifies our socket at path
	conns map[net.Conn]bool
	shut  bool
}

func newListener(x *host) *listener {
	return &listener{host: x, done: make(chan struct{}), conns: map[net.Conn]bool{}}
}

// open binds path, replacing the previous socket, and accepts.
func (d *listener) open(path string) error {
	ln, fi, err := bindSocket(path)
	if err != nil {
		return err
	}
	d.mu.Lock()
	old := d.ln
	d.path, d.ln, d.bound = path, ln, fi
	d.mu.Unlock()
	d.spares.fill()
	if old != nil {
		old.SetUnlinkOnClose(false)
		_ = old.Close()
	}
	d.wg.Go(func() { d.accept(ln) })
	return nil
}

// bindSocket removes a socket that a dead host left at path, and listens.
func bindSocket(path string) (*net.UnixListener, os.FileInfo, error) {
	if fi, err := os.Lstat(path); err == nil {
		if fi.Mode()&os.ModeSocket == 0 && fi.Mode()&os.ModeIrregular == 0 {
			return nil, nil, model.Refuse(model.Conflict,
				"%s should be the hub's socket but is something else; remove it and try again", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, nil, refuseDisk(err, "remove the old socket", path)
		}
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, nil, refuseDisk(err, "open the hub's socket", path)
	}
	err = os.Chmod(path, 0o600)
	var fi os.FileInfo
	if err == nil {
		fi, err = os.Lstat(path)
	}
	if err != nil {
		_ = ln.Close()
		return nil, nil, refuseDisk(err, "open the hub's socket", path)
	}
	return ln, fi, nil
}

// where returns the path of the socket.
func (d *listener) where() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.path
}

// lost reports whether the socket was removed, as cleaners of temporary files and the end
// of a login session do.
func (d *listener) lost() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	fi, err := os.Lstat(d.path)
	return err != nil || !os.SameFile(fi, d.bound)
}

// accept serves until the listener is closed.
func (d *listener) accept(ln *net.UnixListener) {
	for {
		c, err := ln.AcceptUnix()
		if err == nil {
			d.admit(c)
			continue
		}
		if d.replaced(ln) {
			return
		}
		if noFiles(err) && d.spares.give() {
			continue // the freed descriptor is for the waiting peer
		}
		select { // no reserve is left, or another error
		case <-time.After(pollEvery):
		case <-d.done:
			return
		}
	}
}

// replaced reports whether ln is no longer the current listener.
func (d *listener) replaced(ln *net.UnixListener) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.shut || d.ln != ln
}

// admit serves a peer of the same user.
func (d *listener) admit(c *net.UnixConn) {
	if !sameUser(c) {
		_ = c.Close()
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		_ = c.Close()
		return
	}
	d.conns[c] = true
	d.wg.Go(func() {
		d.serve(c)
		_ = c.Close()
		d.spares.fill()
		d.mu.Lock()
		delete(d.conns, c)
		d.mu.Unlock()
	})
}

// serve waits for the server, sending beats, and bridges to it.
func (d *listener) serve(c *net.UnixConn) {
	t := time.NewTicker(beatEvery)
	defer t.Stop()
	for {
		srv, moved := d.host.server()
		if srv != nil {
			if in, err := srv.InProcessConn(); err == nil {
				bridge(c, in)
				return
			}
		}
		select {
		case <-moved:
		case <-t.C:
			if _, err := c.Write([]byte("\n")); err != nil {
				return
			}
		case <-d.done:
			return
		}
	}
}

// bridge copies in both directions until both are done, and closes both.
func bridge(peer *net.UnixConn, srv net.Conn) {
	late := time.AfterFunc(time.Hour, func() { _ = srv.Close() })
	late.Stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(srv, peer)
		late.Reset(grace) // a pipe cannot be half-closed
	}()
	_, _ = io.Copy(peer, srv)
	_ = peer.Close()
	_ = srv.Close()
	<-done
	late.Stop()
}

// cut ends all connections.
func (d *listener) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.conns {
		_ = c.Close()
	}
}

// close removes the socket, ends all connections and waits for them.
func (d *listener) close() {
	d.mu.Lock()
	d.shut = true
	close(d.done)
	if d.ln != nil {
		_ = d.ln.Close()
	}
	d.mu.Unlock()
	d.cut()
	d.wg.Wait()
	d.spares.empty()
}

// noFiles reports whether an error of Accept means that the process or the system has no
// file descriptors left.
func noFiles(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
