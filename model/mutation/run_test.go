package mutation

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	share  = flag.Int("share", 0, "test one of this many mutants; 1 is all, 0 is none")
	seed   = flag.String("seed", "", "which of them: the name of a commit, for instance")
	only   = flag.String("only", "", "test only the mutants of the files whose names begin so, separated by commas")
	report = flag.String("report", "", "write the survivors to this file")
	repeat = flag.String("repeat", "", "test only the mutants that an earlier report lists")
)

// The minimum shares, in percent, of mutants that tests reach and catch. They are
// lower for a sample, since a small sample can be unlucky.
const (
	wantOfAll    = 85
	wantOfSample = 80
)

// slow is the maximum duration of a test that runs in the first round. Slower tests
// run only for mutants that the first round did not catch.
const slow = 150 * time.Millisecond

// suite is the test binary of the package, with the mutants that its tests reach.
type suite struct {
	binary, dir string
	tests       []string
	took        map[string]time.Duration
	reached     map[int][]string // tests that reach a mutant
}

// TestMutants checks that the tests of model catch most of the mutants they reach.
func TestMutants(t *testing.T) {
	if *share == 0 {
		t.Skip("it takes minutes: -share 10 for a tenth of the mutants, -share 1 for all")
	}
	p := load(t, "..")
	s := build(t, p)
	s.measure(t)
	var listed map[string]bool
	if *repeat != "" {
		listed = readReport(t, *repeat)
	}
	var chosen []mutant
	missed, unreached, fixed := 0, 0, 0
	for _, m := range p.mutants {
		if m.senseless || !p.chosen(m) || listed != nil && !listed[m.String()] {
			continue
		}
		switch at := m.id; {
		case m.constant:
			fixed++
		case m.kind == "boundary" && len(s.reached[at-1]) == 0, m.kind != "boundary" && len(s.reached[at]) == 0:
			unreached++
		default:
			chosen = append(chosen, m)
		}
	}
	survivors := s.survivors(chosen)
	missed = len(survivors)
	for _, m := range survivors {
		t.Log(m)
	}
	if *report != "" {
		writeReport(t, *report, chosen, survivors)
	}
	caught := len(chosen) - missed
	percent := 100 * float64(caught) / float64(max(len(chosen), 1))
	t.Logf("%d mutants reached by tests: %d caught (%.1f %%), %d survived; %d not reached; %d in constants, not tried",
		len(chosen), caught, percent, missed, unreached, fixed)
	want := wantOfAll
	switch {
	case *repeat != "":
		want = 0
	case *share > 1 || *only != "":
		want = wantOfSample
	}
	if percent < float64(want) {
		t.Errorf("caught %.1f %% of the mutants, want at least %d %%", percent, want)
	}
}

// chosen reports whether a mutant is in the sample. It depends on the position of
// the mutant and on the seed, so that each commit can try others.
func (p *program) chosen(m mutant) bool {
	if *only != "" && !slices.ContainsFunc(strings.Split(*only, ","),
		func(name string) bool { return strings.HasPrefix(m.file, name) }) {
		return false
	}
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %s %d %d %s", *seed, m.file, m.line, m.col, m.to)
	return h.Sum32()%uint32(*share) == 0
}

// build compiles the tests of the package with all mutants.
func build(t *testing.T, p *program) *suite {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for i, path := range slices.Sorted(maps.Keys(p.overlay)) {
		to := filepath.Join(dir, fmt.Sprintf("%d.go", i))
		replace[path] = to
		if err := os.WriteFile(to, []byte(p.overlay[path]), 0o600); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600)
	}
	if err != nil {
		t.Fatalf("write overlay: %v", err)
	}
	s := &suite{binary: filepath.Join(dir, "mutants.test"), dir: p.dir, took: map[string]time.Duration{},
		reached: map[int][]string{}}
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", filepath.Join(dir, "overlay.json"), "-o", s.binary,
		".")
	cmd.Dir = p.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build with the mutants: %v\n%s", err, out)
	}
	return s
}

// each calls do with 0 to n-1, on all processors.
func each(n int, do func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// run runs some tests of the suite. It limits memory and time, since a mutant may
// use all memory or never end.
func (s *suite) run(tests []string, limit time.Duration, env ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	name, args := s.binary, []string{"-test.failfast", "-test.run", "^(" + strings.Join(tests, "|") + ")$"}
	if sh, err := exec.LookPath("sh"); err == nil {
		name, args = sh, append([]string{"-c", `ulimit -v 4000000; exec "$0" "$@"`, name}, args...)
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), env...)
	return cmd.Run()
}

// measure records which mutants each test reaches, and how long it takes.
func (s *suite) measure(t *testing.T) {
	t.Helper()
	cmd := exec.Command(s.binary, "-test.list", ".")
	cmd.Dir = s.dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list the tests: %v", err)
	}
	for _, name := range strings.Fields(string(out)) {
		if !strings.HasPrefix(name, "Benchmark") {
			s.tests = append(s.tests, name)
		}
	}
	dir := t.TempDir()
	var mu sync.Mutex
	each(len(s.tests), func(i int) {
		name := s.tests[i]
		path, start := filepath.Join(dir, name), time.Now()
		if err := s.run([]string{name}, 5*time.Minute, "MUTANTS_REACHED="+path); err != nil {
			t.Errorf("%s fails without a mutant: %v", name, err)
			return
		}
		took := time.Since(start)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("read what %s reached: %v", name, err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		s.took[name] = took
		for _, id := range strings.Fields(string(b)) {
			n, _ := strconv.Atoi(id)
			s.reached[n] = append(s.reached[n], name)
		}
	})
	if t.Failed() {
		t.FailNow()
	}
}

// survivors runs the tests that reach each mutant and returns the mutants that none
// of them caught. A mutant that makes a test run far too long counts as caught.
func (s *suite) survivors(mutants []mutant) []mutant {
	lived := make([]bool, len(mutants))
	each(len(mutants), func(i int) {
		m := mutants[i]
		lived[i] = true
		var quick, late []string
		var long time.Duration
		for _, name := range s.reached[m.id] {
			if s.took[name] < slow {
				quick = append(quick, name)
			} else {
				late = append(late, name)
			}
			long += s.took[name]
		}
		for _, tests := range [][]string{quick, late} {
			if len(tests) == 0 {
				continue
			}
			err := s.run(tests, 10*time.Second+10*long, "MUTANT="+strconv.Itoa(m.id))
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				lived[i] = false
				return
			}
		}
	})
	var out []mutant
	for i, m := range mutants {
		if lived[i] {
			out = append(out, m)
		}
	}
	return out
}
