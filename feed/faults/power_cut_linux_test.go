package faults_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"warroom/feed/feedtest"
)

var cutRounds = flag.Int("cuts", 2, "how often the power is cut")

// TestPowerCut lets three processes write to a disk that keeps only what was synced, cuts
// the power at a random point, and restarts on the rest. Everything that was acknowledged
// or accepted must be there, once. In every other round a part of the unsynced data
// survives too.
func TestPowerCut(t *testing.T) {
	if _, err := os.Stat("/dev/fuse"); err != nil || os.Geteuid() != 0 {
		t.Skip("a power cut needs root and /dev/fuse; none was made here")
	}
	at := feedtest.Data(t)
	runtime := feedtest.Data(t)
	disk := newPowerDisk()
	unmount := disk.mount(t, at)
	t.Cleanup(func() { unmount() })
	c := feedtest.NewProcesses(t, filepath.Join(at, "data"), runtime)
	rng := rand.New(rand.NewPCG(*firstSeed, 4))
	for round := range *cutRounds {
		all := c.Work(rng)
		var some *rand.Rand
		if round%2 == 1 {
			some = rng
		}
		disk = disk.cut(some)
		for _, p := range all {
			p.Kill()
			c.Collect(p)
		}
		c.Fault()
		unmount()
		unmount = disk.mount(t, at)
		c.Check()
	}
	t.Log(c.Summary())
}
