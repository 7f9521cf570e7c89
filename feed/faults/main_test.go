package faults_test

import (
	"flag"
	"os"
	"testing"

	"warroom/feed/feedtest"
)

var firstSeed = flag.Uint64("seed", 1, "the seed of what fails when")

func TestMain(m *testing.M) {
	feedtest.BeWorker()
	os.Exit(m.Run())
}
