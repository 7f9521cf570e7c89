package feedtest

import (
	"fmt"
	"io"
	"strings"
)

// audited is what another process read from the log.
type audited struct {
	at     map[string][]uint64 // sequences of each id
	states map[uint64]string   // state hash at the requested sequences
}

// audit starts another process that reads the log.
func (c *Processes) audit() (a audited, noise string) {
	c.t.Helper()
	p := c.start("audit", "eve")
	var ask strings.Builder
	for _, ids := range c.accepted {
		for _, id := range ids {
			fmt.Fprintln(&ask, "id", id)
		}
	}
	for seq := range c.ends {
		fmt.Fprintln(&ask, "seq", seq)
	}
	fmt.Fprintln(&ask)
	if _, err := io.WriteString(p.in, ask.String()); err != nil {
		c.t.Fatalf("ask the auditor: %v\n%s", err, p.noise.String())
	}
	if err := p.finish(); err != nil {
		c.t.Fatalf("I1 violated: acknowledged lines cannot be read any more: %v\n%s", err, p.noise.String())
	}
	a = audited{map[string][]uint64{}, map[uint64]string{}}
	for _, f := range p.lines {
		switch f[0] {
		case "event":
			a.at[f[2]] = append(a.at[f[2]], number(c.t, f[1]))
			if len(f) > 3 {
				c.t.Errorf("I2 violated: entry %s does not verify: %s", f[1], strings.Join(f[3:], " "))
			}
		case "state":
			a.states[number(c.t, f[1])] = f[2]
		case "alarm":
			if len(f) > 1 {
				c.t.Errorf("I5 violated: alarm %q", f[1:])
			}
		}
	}
	return a, p.noise.String()
}

// Check compares all reports with the log: each acknowledged line has the acknowledged
// sequence, each accepted line is in the log once and in its author's order, and the state
// of the fold is the one that terminals showed.
func (c *Processes) Check() {
	c.t.Helper()
	a, noise := c.audit()
	for id, seq := range c.stored {
		if at := a.at[id]; len(at) != 1 || at[0] != seq {
			c.t.Errorf("I1 violated: %s was acknowledged as entry %d and is at %v", id, seq, at)
		}
	}
	for _, ids := range c.accepted {
		last := uint64(0)
		for _, id := range ids {
			switch at := a.at[id]; {
			case len(at) == 0:
				c.t.Errorf("I7 violated: %s was accepted and is lost", id)
			case len(at) > 1:
				c.t.Errorf("I2 violated: %s is in the log at %v", id, at)
			case at[0] < last:
				c.t.Errorf("I3 violated: %s is not in its author's order", id)
			default:
				last = at[0]
			}
		}
	}
	for seq, hash := range c.ends {
		if a.states[seq] != hash {
			c.t.Errorf("I5 violated: a terminal showed %s at entry %d, the log folds to %s", hash, seq, a.states[seq])
		}
	}
	if c.t.Failed() {
		c.t.Fatalf("other output of the auditor: %s", noise)
	}
}
