package feedtest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// LongTimeout is the max time for what should take moments, in tests that kill processes
// and break networks.
const LongTimeout = 60 * time.Second

// Processes are the processes that write to one data directory, one set after another, and
// what they reported. Each runs the test binary, see [BeWorker].
type Processes struct {
	t             testing.TB
	data, runtime string
	accepted      [][]string        // accepted ids in order, of each process that ever ran
	stored        map[string]uint64 // acknowledged ids with their sequence
	ends          map[uint64]string // sequence and state hash of each terminal at its end
	faults        int
	before        *Processes // with another data directory, for the summary
}

// NewProcesses declares the room inc-1 in a data directory. Runtime is the directory of the
// hub's socket.
func NewProcesses(t testing.TB, data, runtime string) *Processes {
	t.Helper()
	c := &Processes{t: t, data: data, runtime: runtime, stored: map[string]uint64{}, ends: map[uint64]string{}}
	p := c.start("declare", "ana")
	p.Finish()
	if got := p.Count("declared"); got != 1 {
		t.Fatalf("got %d rooms declared, want 1: %s", got, p.noise.String())
	}
	return c
}

// Next is NewProcesses with another data directory. Its summary includes that of c.
func (c *Processes) Next(data, runtime string) *Processes {
	c.t.Helper()
	next := NewProcesses(c.t, data, runtime)
	next.before = c
	return next
}

// Process is a running program of [Processes].
type Process struct {
	c     *Processes
	cmd   *exec.Cmd
	in    io.WriteCloser
	noise noise
	over  chan struct{} // closed at the end of its output

	mu       sync.Mutex
	changed  chan struct{}
	count    map[string]int
	accepted []string
	lines    [][]string
}

// noise is the output of a process other than its reports.
type noise struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends stderr.
func (n *noise) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(b)
}

// String returns all of it.
func (n *noise) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

// start starts a process.
func (c *Processes) start(job, handle string) *Process {
	c.t.Helper()
	p := &Process{c: c, cmd: exec.Command(os.Args[0]), over: make(chan struct{}), changed: make(chan struct{}, 1),
		count: map[string]int{}}
	p.cmd.Env = append(os.Environ(), jobVar+"="+job, dataVar+"="+c.data, runtimeVar+"="+c.runtime, handleVar+"="+handle)
	p.cmd.Stderr = &p.noise
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		c.t.Fatalf("stdin of a process: %v", err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		c.t.Fatalf("stdout of a process: %v", err)
	}
	if err := p.cmd.Start(); err != nil {
		c.t.Fatalf("start a process: %v", err)
	}
	c.t.Cleanup(p.Kill)
	go p.read(out)
	return p
}

// read collects the reports of the process, up to the last complete line.
func (p *Process) read(out io.Reader) {
	defer close(p.over)
	for r := bufio.NewReader(out); ; {
		s, err := r.ReadString('\n')
		if err != nil {
			return
		}
		f := strings.Fields(s)
		if len(f) == 0 {
			continue
		}
		p.mu.Lock()
		p.count[f[0]]++
		switch f[0] {
		case "accepted":
			p.accepted = append(p.accepted, f[1])
		case "log":
			_, _ = io.WriteString(&p.noise, s) // never returns an error
		default:
			p.lines = append(p.lines, f)
		}
		p.mu.Unlock()
		select {
		case p.changed <- struct{}{}:
		default:
		}
	}
}

// Count returns the number of reports of a kind: declared, entered, accepted, stored, end.
func (p *Process) Count(kind string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count[kind]
}

// Await waits for n reports of a kind.
func (p *Process) Await(kind string, n int) {
	p.c.t.Helper()
	late := time.NewTimer(LongTimeout)
	defer late.Stop()
	for p.Count(kind) < n {
		select {
		case <-p.changed:
		case <-p.over:
			if got := p.Count(kind); got < n {
				p.c.t.Fatalf("a process ended early: got %d reports %q, want %d\n%s", got, kind, n, p.noise.String())
			}
		case <-late.C:
			p.c.t.Fatalf("got %d reports %q, want %d\n%s", p.Count(kind), kind, n, p.stacks())
		}
	}
}

// stacks kills a process that hangs, and returns its output with the stacks of its
// goroutines.
func (p *Process) stacks() string {
	_ = p.cmd.Process.Signal(syscall.SIGQUIT) // it may have ended
	select {
	case <-p.over:
	case <-time.After(LongTimeout):
	}
	_ = p.cmd.Wait()
	return p.noise.String()
}

// Running reports whether the process was neither killed nor finished.
func (p *Process) Running() bool { return p.cmd.ProcessState == nil }

// Kill kills the process with SIGKILL.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.over
	_ = p.cmd.Wait()
}

// Finish ends the process gracefully.
func (p *Process) Finish() {
	p.c.t.Helper()
	if err := p.finish(); err != nil {
		p.c.t.Fatalf("a process failed: %v\n%s", err, p.noise.String())
	}
}

func (p *Process) finish() error {
	p.c.t.Helper()
	_ = p.in.Close() // this ends it; it may have ended
	select {
	case <-p.over:
	case <-time.After(LongTimeout):
		p.c.t.Fatalf("a process does not end\n%s", p.stacks())
	}
	return p.cmd.Wait()
}

// Collect adds the reports of a process that has ended.
func (c *Processes) Collect(p *Process) {
	c.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	c.accepted = append(c.accepted, p.accepted)
	for _, f := range p.lines {
		switch f[0] {
		case "stored":
			c.stored[f[1]] = number(c.t, f[2])
		case "end":
			seq := number(c.t, f[1])
			if other := c.ends[seq]; other != "" && other != f[2] {
				c.t.Errorf("I4 violated: two terminals at entry %d show %s and %s", seq, other, f[2])
			}
			if f[3] != "0" || len(f) > 4 {
				c.t.Errorf("I2 violated: a terminal shows %s messages that do not check, alarm %q", f[3], f[4:])
			}
			c.ends[seq] = f[2]
		}
	}
}

func number(t testing.TB, s string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatalf("got %q, want a number", s)
	}
	return n
}

// Host returns the index of the process that hosts, according to the file beside the store,
// or 0 if that names none of them.
func (c *Processes) Host(all []*Process) int {
	var card struct {
		PID int `json:"pid"`
	}
	raw, err := os.ReadFile(filepath.Join(c.data, "hub", "host.json"))
	if err == nil && json.Unmarshal(raw, &card) == nil {
		for i, p := range all {
			if p.cmd.Process.Pid == card.PID {
				return i
			}
		}
	}
	return 0
}

// Work lets three processes write, and returns them at a random point of their work.
func (c *Processes) Work(rng *rand.Rand) []*Process {
	c.t.Helper()
	var all []*Process
	for _, handle := range []string{"ana", "bo", "ana"} {
		all = append(all, c.start("write", handle))
	}
	for _, p := range all {
		p.Await("accepted", 1+rng.IntN(25))
	}
	<-time.After(time.Duration(rng.IntN(15000)) * time.Microsecond) // within the writing of an entry
	return all
}

// Fault counts a fault for the summary.
func (c *Processes) Fault() { c.faults++ }

// Summary returns one line about these processes and those before them.
func (c *Processes) Summary() string {
	var faults, lives, accepted, stored int
	for ; c != nil; c = c.before {
		faults, lives, stored = faults+c.faults, lives+len(c.accepted), stored+len(c.stored)
		for _, ids := range c.accepted {
			accepted += len(ids)
		}
	}
	return fmt.Sprintf("%d faults, %d processes, %d lines accepted, %d acknowledged, 0 violations", faults, lives,
		accepted, stored)
}
