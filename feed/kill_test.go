package feed_test

import (
	"flag"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"warroom/feed/feedtest"
)

var killRounds = flag.Int("rounds", 1, "how often processes are killed")

// killsPerRoom is after how many kills a new room is made: the log of the old one
// takes longer and longer to be looked through.
const killsPerRoom = 20

// TestKill lets three processes write on one data directory, and ends the one
// with the hub, another one, or all of them with kill -9 at a random point. Who
// is left goes on. Whatever any process ever said is true afterwards.
func TestKill(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(*simFirst, 3))
	var c *crew
	for round := range *killRounds {
		if round%killsPerRoom == 0 {
			data, before := feedtest.Data(t), c
			c = newCrew(t, data, filepath.Join(data, "run"))
			c.before = before
		}
		c.killed((round+rng.IntN(2))%3, rng)
		c.check()
		if round%10 == 9 {
			t.Log(c.tally())
		}
	}
	t.Log("all: " + c.tally())
}

// killed lets a crew work and kills the process with the hub (0), another one
// (1) or all (2).
func (c *crew) killed(what int, rng *rand.Rand) {
	c.Helper()
	all := c.work(rng)
	h := c.host(all)
	switch what {
	case 0:
		all[h].kill()
	case 1:
		all[(h+1)%len(all)].kill()
	case 2:
		for _, i := range rng.Perm(len(all)) {
			all[i].kill()
		}
	}
	c.faults++
	for _, p := range all {
		if p.cmd.ProcessState == nil { // it lives
			p.hears("accepted", p.count("accepted")+1+rng.IntN(10))
		}
	}
	for _, p := range all {
		if p.cmd.ProcessState == nil {
			p.finish()
		}
		c.note(p)
	}
}
