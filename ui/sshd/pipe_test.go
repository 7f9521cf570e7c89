package sshd_test

import (
	"strings"
	"sync"
	"testing"

	"warroom/ui/sshd"
)

// writes records each write.
type writes struct {
	mu  sync.Mutex
	all []string
}

func (w *writes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, string(p))
	return len(p), nil
}

func (w *writes) list() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.all...)
}

// TestLastByte: the final line break of several lines is written separately, a moment later
// or at the end, and nothing is lost or duplicated.
func TestLastByte(t *testing.T) {
	w := &writes{}
	p := sshd.NewPipe(w)
	write := func(texts ...string) {
		for _, s := range texts {
			if n, err := p.Write([]byte(s)); n != len(s) || err != nil {
				t.Fatal(n, err)
			}
		}
	}
	write("one\n")
	if got := w.list(); len(got) != 1 || got[0] != "one\n" {
		t.Errorf("one line alone: %q", got)
	}
	write("two\nthree\n")
	if got := w.list(); got[1] != "two\nthree" {
		t.Errorf("several lines: %q", got)
	}
	eventually(t, "the end of the line", func() bool { return len(w.list()) == 3 })
	if got := w.list(); got[2] != "\n" {
		t.Errorf("the end of the line: %q", got)
	}
	write("four\nfive\n", "\n", "\n\n", "no end", " yet\nsix\n", "\xff\x00\n")
	sshd.EndPipe(p)
	n := len(w.list())
	write("behind\nthe end\n")
	want := "one\ntwo\nthree\nfour\nfive\n\n\n\nno end yet\nsix\n\xff\x00\nbehind\nthe end\n"
	if got := w.list(); strings.Join(got, "") != want || len(got) != n+1 {
		t.Errorf("%q", got)
	}
}
