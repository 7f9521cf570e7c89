//go:build unix

package e2e_test

import (
	"os/exec"
	"strings"
	"testing"
)

// at runs warroom without a terminal in a home and returns its stdout.
func at(t testing.TB, home string, args ...string) string {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "USER=ana", "LC_ALL=C.UTF-8", "TZ=UTC"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("warroom %v: %v", args, err)
	}
	return string(out)
}

// declareAt declares a room in a home.
func declareAt(t testing.TB, home string) {
	t.Helper()
	at(t, home, "declare", "--severity", "SEV-1", "bytes")
}

// TestBytesInATerminal: what terminals send reaches a room in a local terminal, whole
// and a byte a write; answers, mice and stray ends of pastes are no text.
func TestBytesInATerminal(t *testing.T) {
	const answers = "\x1b[?64;1;2c\x1b[>41;354;0c\x1bP>|XTerm(354)\x1b\\\x1b]11;rgb:ffff/ffff/ffff\x1b\\"
	home := t.TempDir()
	declareAt(t, home)
	g := startTerminal(t, home, "open", "inc-1")
	g.expect("ana > ")
	g.wait(t)
	write := func(s string) {
		t.Helper()
		if _, err := g.tty.WriteString(s); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	var want []string
	for _, c := range []struct{ bytes, want string }{
		{"\x1bOq\x1bOp\x1bOn\x1bOu keypad\x1bOM", "10.5 keypad"}, {"stray\x1b[201~ end\r", "stray end"},
		{"be" + answers + "fore\r", "before"}, {"\x1b[<64;5;5Mwheel\r", "wheel"}, {"\x1b[M`!!old mouse\r", "old mouse"},
	} {
		for _, whole := range []bool{true, false} {
			g.forget()
			g.expect(c.want)
			if whole {
				write(c.bytes)
			}
			for i := range len(c.bytes) {
				if !whole {
					write(c.bytes[i : i+1])
				}
			}
			g.wait(t)
			want = append(want, c.want)
		}
	}
	for _, paste := range []string{"\x1b\x1b[200~alpha\r:zzz beta\rgamma\x1b[201~",
		"one pasted\rtwo pasted\r!three\rfour"} {
		g.forget()
		g.expect("Pasted text")
		write(paste)
		g.wait(t)
		g.forget()
		g.expect("ana > ")
		write("\x1b")
		g.wait(t)
	}
	g.forget()
	g.expect("the last one")
	write("the last one\r")
	g.wait(t)
	want = append(want, "the last one")
	g.close()
	var got []string
	for line := range strings.Lines(at(t, home, "tail", "inc-1", "--no-follow", "--kind", "note")) {
		got = append(got, line)
	}
	if len(got) != len(want) {
		t.Fatalf("got %d notes, want %d:\n%s", len(got), len(want), strings.Join(got, ""))
	}
	for i := range want {
		if !strings.HasSuffix(strings.TrimSpace(got[i]), want[i]) {
			t.Errorf("note %d: got %q, want %q", i, got[i], want[i])
		}
	}
}
