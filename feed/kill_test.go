package feed_test

import (
	"flag"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"warroom/feed/feedtest"
)

var killRounds = flag.Int("rounds", 1, "how often processes are killed")

// killsPerRoom is the number of kills after which a new room is created, because
// searching a long log takes time.
const killsPerRoom = 20

// TestKill lets three processes write in one data directory, and kills the one with the
// hub, another one, or all of them with SIGKILL at a random point. The remaining
// processes continue, and everything that a process acknowledged stays true.
func TestKill(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(*simFirst, 3))
	var c *feedtest.Processes
	for round := range *killRounds {
		if round%killsPerRoom == 0 {
			data := feedtest.Data(t)
			if runtime := filepath.Join(data, "run"); c == nil {
				c = feedtest.NewProcesses(t, data, runtime)
			} else {
				c = c.Next(data, runtime)
			}
		}
		killSome(c, (round+rng.IntN(2))%3, rng)
		c.Check()
		if round%10 == 9 {
			t.Log(c.Summary())
		}
	}
	if c != nil {
		t.Log("all: " + c.Summary())
	}
}

// killSome lets processes work and kills the one with the hub (0), another one (1) or all
// (2).
func killSome(c *feedtest.Processes, what int, rng *rand.Rand) {
	all := c.Work(rng)
	h := c.Host(all)
	switch what {
	case 0:
		all[h].Kill()
	case 1:
		all[(h+1)%len(all)].Kill()
	case 2:
		for _, i := range rng.Perm(len(all)) {
			all[i].Kill()
		}
	}
	c.Fault()
	for _, p := range all {
		if p.Running() {
			p.Await("accepted", p.Count("accepted")+1+rng.IntN(10))
		}
	}
	for _, p := range all {
		if p.Running() {
			p.Finish()
		}
		c.Collect(p)
	}
}
