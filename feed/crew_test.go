package feed_test

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

// crewPatience is how long a crew is waited for where it should take moments.
const crewPatience = 60 * time.Second

// crew is what several processes on one data directory have said, over many
// lives. What was accepted in one life keeps its order.
type crew struct {
	*testing.T
	data, runtime string
	lives         [][]string        // ids, of each process that ever was
	stored        map[string]uint64 // acknowledged, with the sequence
	ends          map[uint64]string // what terminals showed at the end of their lives
	faults        int
	before        *crew // on another data directory, for the tally
}

func newCrew(t *testing.T, data, runtime string) *crew {
	c := &crew{T: t, data: data, runtime: runtime, stored: map[string]uint64{}, ends: map[uint64]string{}}
	p := c.start("declare", "ana")
	p.finish()
	if p.said["declared"] != 1 {
		t.Fatalf("no room: %s", p.noise.String())
	}
	return c
}

// mate is one process.
type mate struct {
	c     *crew
	cmd   *exec.Cmd
	in    io.WriteCloser
	noise noise
	over  chan struct{} // closed when it has said its last

	mu       sync.Mutex
	bell     chan struct{}
	said     map[string]int
	accepted []string
	lines    [][]string
}

// noise is what a process says beside its lines.
type noise struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write takes down what comes on stderr.
func (n *noise) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(b)
}

// String is all of it.
func (n *noise) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

// start starts a process.
func (c *crew) start(job, handle string) *mate {
	c.Helper()
	p := &mate{c: c, cmd: exec.Command(os.Args[0]), over: make(chan struct{}), bell: make(chan struct{}, 1), said: map[string]int{}}
	p.cmd.Env = append(os.Environ(), jobVar+"="+job, dataVar+"="+c.data, runtimeVar+"="+c.runtime, handleVar+"="+handle)
	p.cmd.Stderr = &p.noise
	var err error
	p.in, err = p.cmd.StdinPipe()
	must(c, err)
	out, err := p.cmd.StdoutPipe()
	must(c, err)
	must(c, p.cmd.Start())
	c.Cleanup(p.kill)
	go p.listen(out)
	return p
}

// listen takes down what the process says, up to its last whole line.
func (p *mate) listen(out io.Reader) {
	defer close(p.over)
	for r := bufio.NewReader(out); ; {
		s, err := r.ReadString('\n')
		if err != nil {
			return
		}
		f := strings.Fields(s)
		p.mu.Lock()
		p.said[f[0]]++
		switch f[0] {
		case "accepted":
			p.accepted = append(p.accepted, f[1])
		case "log":
			_, _ = io.WriteString(&p.noise, s) // it does not fail
		default:
			p.lines = append(p.lines, f)
		}
		p.mu.Unlock()
		select {
		case p.bell <- struct{}{}:
		default:
		}
	}
}

func (p *mate) count(what string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said[what]
}

// hears waits until the process has said something n times.
func (p *mate) hears(what string, n int) {
	p.c.Helper()
	late := time.NewTimer(crewPatience)
	defer late.Stop()
	for p.count(what) < n {
		select {
		case <-p.bell:
		case <-p.over:
			if p.count(what) < n {
				p.c.Fatalf("a process ended early: %s", p.noise.String())
			}
		case <-late.C:
			p.c.Fatalf("a process has not said %q %d times: %v\n%s", what, n, p.said, p.stacks())
		}
	}
}

// stacks ends a process that hangs, and returns all that it said beside its
// lines: with it, where its goroutines are.
func (p *mate) stacks() string {
	_ = p.cmd.Process.Signal(syscall.SIGQUIT) // it may be over
	select {
	case <-p.over:
	case <-time.After(crewPatience):
	}
	_ = p.cmd.Wait()
	return p.noise.String()
}

// kill is kill -9.
func (p *mate) kill() {
	_ = p.cmd.Process.Kill() // it may be over
	<-p.over
	_ = p.cmd.Wait()
}

// finish lets the process come to its end, which must be a good one.
func (p *mate) finish() {
	p.c.Helper()
	if err := p.end(); err != nil {
		p.c.Fatalf("a process failed: %v\n%s", err, p.noise.String())
	}
}

// end lets the process come to its end.
func (p *mate) end() error {
	p.c.Helper()
	_ = p.in.Close() // that is the word; it may be over already
	select {
	case <-p.over:
	case <-time.After(crewPatience):
		p.c.Fatalf("a process does not end: %v\n%s", p.said, p.stacks())
	}
	return p.cmd.Wait()
}

// note keeps what a process said in its life.
func (c *crew) note(p *mate) {
	c.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	c.lives = append(c.lives, p.accepted)
	for _, f := range p.lines {
		switch f[0] {
		case "stored":
			c.stored[f[1]] = number(c, f[2])
		case "end":
			if was := c.ends[number(c, f[1])]; was != "" && was != f[2] {
				c.Errorf("I4 violated: two terminals at entry %s show %s and %s", f[1], was, f[2])
			}
			if f[3] != "0" || len(f) > 4 {
				c.Errorf("I2 violated: a terminal shows %s messages that do not check, alarm %q", f[3], f[4:])
			}
			c.ends[number(c, f[1])] = f[2]
		}
	}
}

func number(t testing.TB, s string) uint64 {
	n, err := strconv.ParseUint(s, 10, 64)
	must(t, err)
	return n
}

// host is the process that hosts, as the card beside the store says.
func (c *crew) host(all []*mate) int {
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

// work lets three processes write, and returns them at a random point of their
// work.
func (c *crew) work(rng *rand.Rand) []*mate {
	c.Helper()
	var all []*mate
	for _, handle := range []string{"ana", "bo", "ana"} {
		all = append(all, c.start("write", handle))
	}
	for _, p := range all {
		p.hears("accepted", 1+rng.IntN(25))
	}
	<-time.After(time.Duration(rng.IntN(15000)) * time.Microsecond) // a point within an entry
	return all
}

// audited is what another process has read in the log.
type audited struct {
	at     map[string][]uint64 // where each id is
	states map[uint64]string   // what the log folds to, where that was asked for
}

// audit has another process read the log.
func (c *crew) audit() (a audited, noise string) {
	c.Helper()
	p := c.start("audit", "eve")
	var ask strings.Builder
	for _, ids := range c.lives {
		for _, id := range ids {
			fmt.Fprintln(&ask, "id", id)
		}
	}
	for seq := range c.ends {
		fmt.Fprintln(&ask, "seq", seq)
	}
	fmt.Fprintln(&ask)
	_, err := io.WriteString(p.in, ask.String())
	must(c, err)
	if err := p.end(); err != nil {
		c.Fatalf("I1 violated: what was acknowledged cannot be read any more: %v\n%s", err, p.noise.String())
	}
	a = audited{map[string][]uint64{}, map[uint64]string{}}
	for _, f := range p.lines {
		switch f[0] {
		case "event":
			a.at[f[2]] = append(a.at[f[2]], number(c, f[1]))
			if len(f) > 3 {
				c.Errorf("I2 violated: entry %s does not check: %s", f[1], strings.Join(f[3:], " "))
			}
		case "state":
			a.states[number(c, f[1])] = f[2]
		case "alarm":
			if len(f) > 1 {
				c.Errorf("I5 violated: alarm %q", f[1:])
			}
		}
	}
	return a, p.noise.String()
}

// check demands that all that was ever said is true.
func (c *crew) check() {
	c.Helper()
	a, noise := c.audit()
	for id, seq := range c.stored {
		if at := a.at[id]; len(at) != 1 || at[0] != seq {
			c.Errorf("I1 violated: %s was acknowledged as entry %d and is at %v", id, seq, at)
		}
	}
	for _, ids := range c.lives {
		last := uint64(0)
		for _, id := range ids {
			switch at := a.at[id]; {
			case len(at) == 0:
				c.Errorf("I7 violated: %s was accepted and is lost", id)
			case len(at) > 1:
				c.Errorf("I2 violated: %s is in the log at %v", id, at)
			case at[0] < last:
				c.Errorf("I3 violated: %s is not in its author's order", id)
			default:
				last = at[0]
			}
		}
	}
	for seq, hash := range c.ends {
		if a.states[seq] != hash {
			c.Errorf("I5 violated: a terminal showed %s at entry %d, the log folds to %s", hash, seq, a.states[seq])
		}
	}
	if c.Failed() {
		c.Fatalf("what the auditor said besides: %s", noise)
	}
}

// tally says what a crew and those before it have been through.
func (c *crew) tally() string {
	var faults, lives, accepted, stored int
	for ; c != nil; c = c.before {
		faults, lives, stored = faults+c.faults, lives+len(c.lives), stored+len(c.stored)
		for _, ids := range c.lives {
			accepted += len(ids)
		}
	}
	return fmt.Sprintf("%d faults, %d lives, %d lines accepted, %d acknowledged, 0 violations", faults, lives, accepted, stored)
}
