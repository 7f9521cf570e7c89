package sshd_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// text is a buffer with a method to wait for content.
type text struct {
	mu   sync.Mutex
	b    bytes.Buffer
	more chan struct{} // closed and replaced with every write
}

func newText() *text { return &text{more: make(chan struct{})} }

// Write implements io.Writer.
func (x *text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.b.Write(p)
	close(x.more)
	x.more = make(chan struct{})
	return len(p), nil
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

// forget drops the content.
func (x *text) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.b.Reset()
}

// until waits until the buffer has all texts.
func (x *text) until(t testing.TB, want ...string) {
	t.Helper()
	late := time.After(defaultTimeout)
	for {
		x.mu.Lock()
		s, more := x.b.String(), x.more
		x.mu.Unlock()
		missing := ""
		for _, w := range want {
			if !strings.Contains(s, w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("waited in vain for %q; there is %q", missing, s)
		}
	}
}

// dial logs in.
func (r *rig) dial(user string, keys ...ssh.Signer) (*ssh.Client, error) {
	return ssh.Dial("tcp", r.addr, config(user, ssh.PublicKeys(keys...)))
}

func config(user string, auth ...ssh.AuthMethod) *ssh.ClientConfig {
	return &ssh.ClientConfig{User: user, Auth: auth, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		Timeout: defaultTimeout}
}

// login logs in, and logs out at the end of the test.
func (r *rig) login(user string, keys ...ssh.Signer) *ssh.Client {
	r.t.Helper()
	c, err := r.dial(user, keys...)
	if err != nil {
		r.t.Fatalf("login as %s: %v", user, err)
	}
	r.t.Cleanup(func() { _ = c.Close() })
	return c
}

// run runs a command in a new connection.
func (r *rig) run(user string, k ssh.Signer, cmd string) (stdout, stderr string, code int) {
	r.t.Helper()
	c := r.login(user, k)
	defer c.Close()
	s, err := c.NewSession()
	if err != nil {
		r.t.Fatalf("open an SSH session: %v", err)
	}
	var out, errs bytes.Buffer
	s.Stdout, s.Stderr = &out, &errs
	code = exitOf(r.t, s.Run(cmd))
	return out.String(), errs.String(), code
}

// exitOf returns the exit code in the error of Run or Wait.
func exitOf(t testing.TB, err error) int {
	t.Helper()
	switch e := err.(type) {
	case nil:
		return 0
	case *ssh.ExitError:
		return e.ExitStatus()
	}
	t.Fatalf("no exit status: %v", err)
	return -1
}

// term is a session with a terminal.
type term struct {
	*ssh.Session
	t   testing.TB
	in  io.WriteCloser
	out *text
}

// open opens a terminal; cmd may be empty.
func (r *rig) open(c *ssh.Client, name, cmd string, w, h int, env ...string) *term {
	r.t.Helper()
	s, err := c.NewSession()
	if err != nil {
		r.t.Fatalf("open an SSH session: %v", err)
	}
	x := &term{Session: s, t: r.t, out: newText()}
	s.Stdout = x.out
	if x.in, err = s.StdinPipe(); err != nil {
		r.t.Fatalf("open stdin: %v", err)
	}
	for _, e := range env {
		k, v, _ := strings.Cut(e, "=")
		if err := s.Setenv(k, v); err != nil {
			r.t.Fatalf("env %s: %v", e, err)
		}
	}
	if err := s.RequestPty(name, h, w, ssh.TerminalModes{}); err != nil {
		r.t.Fatalf("ask for a terminal: %v", err)
	}
	if cmd == "" {
		err = s.Shell()
	} else {
		err = s.Start(cmd)
	}
	if err != nil {
		r.t.Fatalf("start: %v", err)
	}
	return x
}

// keys types keys.
func (x *term) keys(s string) {
	x.t.Helper()
	if _, err := io.WriteString(x.in, s); err != nil {
		x.t.Fatalf("write: %v", err)
	}
}

// wait waits for the end and returns the exit code.
func (x *term) wait() int {
	x.t.Helper()
	done := make(chan error, 1)
	go func() { done <- x.Wait() }()
	select {
	case err := <-done:
		return exitOf(x.t, err)
	case <-time.After(defaultTimeout):
		x.t.Fatalf("the session does not end; output %q", x.out)
	}
	return -1
}

// eventually polls ok, with a deadline.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	late := time.After(defaultTimeout)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			buf := make([]byte, 1<<20)
			t.Fatalf("not in time: %s\n%s", what, buf[:runtime.Stack(buf, true)])
		}
	}
}

// settled waits until there are no more goroutines than before.
func settled(t testing.TB, before int) {
	t.Helper()
	eventually(t, fmt.Sprintf("no more than %d goroutines", before),
		func() bool { return runtime.NumGoroutine() <= before })
}

// idleGoroutines returns the number of goroutines without clients.
func (r *rig) idleGoroutines() int {
	r.t.Helper()
	r.run("ana", ana, "who")
	n, same := runtime.NumGoroutine(), 0
	eventually(r.t, "nobody is here", func() bool {
		now := runtime.NumGoroutine()
		if same++; now != n {
			n, same = now, 0
		}
		in, half := r.srv.Here()
		return in+half == 0 && same > 10
	})
	return n
}
