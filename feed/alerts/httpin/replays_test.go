package httpin

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestReplaysOutliveProcess: the next process recognizes an accepted signature, but not one
// whose request was not executed, nor one that was never used. A line that was truncated by
// a kill is skipped.
func TestReplaysOutliveProcess(t *testing.T) {
	dir, now := t.TempDir(), time.Unix(1_000_000, 0)
	var p replays
	p.load(dir, now)
	for _, s := range []string{"a", "b", "c"} {
		if !p.first(s, now) {
			t.Errorf("%s: got a replay, want it taken", s)
		}
	}
	p.forget("b")
	f, err := os.OpenFile(filepath.Join(dir, replayFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatalf("open a file: %v", err)
	}
	if _, err := f.WriteString("+00"); err != nil {
		t.Fatalf("write string: %v", err)
	}
	f.Close()
	var next replays // the other one was killed
	next.load(dir, now)
	for s, want := range map[string]bool{"a": false, "b": true, "c": false, "d": true} {
		if got := next.first(s, now); got != want {
			t.Errorf("%s in the next process: got taken %v, want %v", s, got, want)
		}
	}
	later := now.Add(replayFor + time.Second)
	for i := range 3 { // generations: a becomes old and is then forgotten
		if got, want := next.first("a", later.Add(time.Duration(i)*2*replayFor)), i > 0; got != want && i < 2 {
			t.Errorf("a after %d generations: got taken %v, want %v", i+1, got, want)
		}
	}
	next.close()
	var cut replays // the line after the truncated one is read
	cut.load(dir, now)
	if cut.first("a", now) {
		t.Error("a after a line that was cut: got taken, want a replay")
	}
	cut.close()
	var last replays
	last.load(dir, now)
	if n := len(last.now) + len(last.old); n == 0 || n > 6 {
		t.Errorf("got %d signatures in the files, want those of two generations", n)
	}
	last.close()
}

// TestReplaysAreBounded: authenticated senders cannot make them grow without limit.
func TestReplaysAreBounded(t *testing.T) {
	var p replays
	now := time.Unix(1_000_000, 0)
	for i := range maxReplays + 10 {
		p.first(fmt.Sprint(i), now)
	}
	if n := len(p.now) + len(p.old); n > maxReplays {
		t.Errorf("got %d signatures, want %d at most", n, maxReplays)
	}
	if p.first(fmt.Sprint(maxReplays), now) {
		t.Error("a signature of a moment ago was forgotten")
	}
}
