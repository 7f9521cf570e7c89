package sshd_test

import (
	"bytes"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// floorPeer is the min cost of SSH: every session gets prepared bytes from its own
// goroutine, and input is echoed.
type floorPeer struct {
	size int // bytes per line

	mu   sync.Mutex
	outs []chan []byte
}

// start implements benchPeer.
func (p *floorPeer) start(_ string, l net.Listener) error {
	return acceptBare(l, func(_ string, ch *bareTerm) { p.session(ch) })
}

// acceptBare serves SSH with the library only. Every client is accepted, and begin is
// called with its channel.
func acceptBare(l net.Listener, begin func(user string, ch *bareTerm)) error {
	config := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions,
		error) {
		return nil, nil
	},
		Config: ssh.Config{Ciphers: []string{ssh.CipherAES128GCM}}}
	config.AddHostKey(key(9))
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go serveBare(nc, config, begin)
		}
	}()
	return nil
}

func serveBare(nc net.Conn, config *ssh.ServerConfig, begin func(string, *bareTerm)) {
	c, chans, reqs, err := ssh.NewServerConn(nc, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(reqs)
	for n := range chans {
		ch, reqs, err := n.Accept()
		if err != nil {
			return
		}
		go func() {
			t := &bareTerm{Channel: ch, name: "xterm-256color", w: 120, h: 40}
			defer t.gone()
			for r := range reqs {
				t.request(r)
				_ = r.Reply(true, nil) // or the client is gone
				if r.Type == "exec" {
					begin(c.User(), t)
				}
			}
		}()
	}
}

// bareTerm is a channel with the state of the client's terminal.
type bareTerm struct {
	ssh.Channel
	name string

	mu      sync.Mutex
	w, h    int
	resized func() // may be nil
	ended   func() // may be nil
}

func (t *bareTerm) request(r *ssh.Request) {
	var pty struct {
		Term       string
		W, H, X, Y uint32
		Modes      string
	}
	var size struct{ W, H, X, Y uint32 }
	switch {
	case r.Type == "pty-req" && ssh.Unmarshal(r.Payload, &pty) == nil:
		t.name = pty.Term
		t.resize(int(pty.W), int(pty.H))
	case r.Type == "window-change" && ssh.Unmarshal(r.Payload, &size) == nil:
		t.resize(int(size.W), int(size.H))
	}
}

func (t *bareTerm) resize(w, h int) {
	t.mu.Lock()
	t.w, t.h = w, h
	notify := t.resized
	t.mu.Unlock()
	if notify != nil {
		notify()
	}
}

func (t *bareTerm) gone() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended != nil {
		t.ended()
	}
}

// session sends a screenful first, as a terminal application does.
func (p *floorPeer) session(ch ssh.Channel) {
	out := make(chan []byte, 64)
	p.mu.Lock()
	p.outs = append(p.outs, out)
	p.mu.Unlock()
	out <- append(bytes.Repeat([]byte("."), 4000), "ready"...)
	go func() {
		for b := range out {
			if _, err := ch.Write(b); err != nil {
				return
			}
		}
	}()
	go func() {
		buf := make([]byte, 128)
		for {
			n, err := ch.Read(buf)
			if err != nil {
				return
			}
			out <- bytes.Clone(buf[:n])
		}
	}()
}

// send implements benchPeer.
func (p *floorPeer) send(text string) (time.Time, error) {
	line := make([]byte, max(p.size, len(text)))
	copy(line[copy(line, bytes.Repeat([]byte("x"), len(line)-len(text))):], text)
	at := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.outs {
		o <- line
	}
	return at, nil
}
