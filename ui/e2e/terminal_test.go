//go:build tmux

package e2e_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// declareByForm fills in the declare form that an empty hub shows.
func (p *pane) declareByForm(title string) {
	p.t.Helper()
	p.sees("Declare an incident", "title")
	p.text(title)
	p.sees(title)
	p.keys("Up", "Up", "Up")
	p.text("1")
	p.sees("SEV-1 Critical")
	p.keys("M-Enter")
	p.sees("TRIAGE", title, "live")
}

// stateOf returns a part of status --json of a room.
func (h *testEnv) stateOf(room string) (state struct {
	Seq       uint64 `json:"seq"`
	StateHash string `json:"state_hash"`
	Entries   int    `json:"entries"`
}) {
	h.t.Helper()
	if err := json.Unmarshal([]byte(h.run("status", room, "--json")), &state); err != nil {
		h.t.Fatalf("decode JSON: %v", err)
	}
	return state
}

// TestTmuxTwoTerminals: with an empty home, two terminals share a room. Each shows what
// the other does, and the second continues when the host leaves.
func TestTmuxTwoTerminals(t *testing.T) {
	h := newTestEnv(t)
	a := h.open("a", 120, 40, "warroom")
	a.declareByForm("Deploy key in a public CI log")
	b := h.open("b", 80, 24, "warroom --as bo")
	b.sees("TRIAGE", "inc-1", "live")

	b.line("hello from bo")
	a.sees("bo", "hello from bo")
	a.line(":role scribe @ana")
	b.sees("ana is Scribe")
	a.sees("Scribe             ana")
	a.line(":check 1")
	a.sees("[x] 1 Validate")
	b.sees("Triage 1/4")
	a.line(":sev SEV-2 calmer than it looked")
	b.sees(" SEV-2 ", "calmer than it looked")
	a.sees("SEV-2, was SEV-1") // otherwise the next line is refused, because it is already SEV-1
	a.line(":sev SEV-1 active-exploit")
	b.sees("SEV-1, was SEV-2")
	a.line(":update key revoked | isolating the runner | nothing")
	b.sees("to Responders: key revoked")

	a.keys("C-c")
	a.sees("ended with 0")
	b.sees("hub moved here")
	b.line("still here")
	b.sees("still here")
	before := h.stateOf("inc-1")
	a = h.open("a2", 120, 40, "warroom")
	a.sees("still here", "live")
	if after := h.stateOf("inc-1"); after.Seq < before.Seq || after.Seq == before.Seq &&
		after.StateHash != before.StateHash {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// TestTmuxKilled: after both terminals were killed in the middle of a line, every
// acknowledged line is there once, and so is the draft.
func TestTmuxKilled(t *testing.T) {
	h := newTestEnv(t)
	a := h.open("a", 120, 40, "warroom")
	a.declareByForm("killed")
	b := h.open("b", 120, 40, "warroom --as bo")
	b.sees("live")
	for _, l := range []string{"one-line", "two-line", "three-line"} {
		a.line(l)
		b.sees(l)
		b.line("bo-" + l)
		a.sees("bo-" + l)
	}
	a.text("half a thou")
	a.sees("half a thou")
	draft := filepath.Join(h.dir, "home", ".local/share/warroom/state/ana")
	a.wait("the draft on disk", 30*time.Second, func() bool { return inFiles(draft, "half a thou") })
	for _, p := range []*pane{a, b} {
		if err := syscall.Kill(p.pid(), syscall.SIGKILL); err != nil {
			t.Fatalf("kill: %v", err)
		}
		p.sees("warroom was killed")
	}
	a = h.open("again", 120, 40, "warroom")
	a.sees("half a thou", "bo-three-line")
	log := h.run("tail", "inc-1", "--no-follow")
	for _, l := range []string{" one-line", " two-line", " three-line", "bo-one-line", "bo-two-line", "bo-three-line"} {
		if n := strings.Count(log, l); n != 1 {
			t.Errorf("%q is there %d times:\n%s", l, n, log)
		}
	}
}

// inFiles reports whether a file in a directory contains a text. It ignores files that
// are being written.
func inFiles(dir, text string) bool {
	found := false
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasPrefix(d.Name(), ".") {
			if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(text)) {
				found = true
			}
		}
		return nil
	})
	return found
}

// colour matches an escape sequence that sets a color. 39 and 49 are the terminal's own.
var colour = regexp.MustCompile(`\x1b\[([0-9]+;)*(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`)

// TestTmuxTerminals: the program works with common values of TERM, and restores the
// terminal however it ends.
func TestTmuxTerminals(t *testing.T) {
	h := newTestEnv(t)
	h.run("declare", "--severity", "SEV-1", "terminals")
	for _, c := range []struct {
		name, box string
		env       []string
		leave     func(*pane)
	}{
		{"screen", "──", []string{"TERM=screen"}, func(p *pane) { p.line(":quit") }},
		{"linux", "──", []string{"TERM=linux"}, func(p *pane) { p.keys("C-c") }},
		{"mono", "──", []string{"TERM=screen-256color", "NO_COLOR=1"}, func(p *pane) { p.signal(syscall.SIGTERM) }},
		{"ascii", "--", []string{"TERM=screen-256color", "LC_ALL=C"}, func(p *pane) { p.signal(syscall.SIGHUP) }},
		{"dumb", "type a line and press Enter", []string{"TERM=dumb"}, func(p *pane) { p.line(":quit") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := h.open(c.name, 80, 24, "stty -a > "+h.dir+"/"+c.name+".before; warroom open inc-1; stty -a > "+h.dir+
				"/"+c.name+".after", c.env...)
			p.sees(c.box)
			p.line("note from " + c.name)
			p.sees("note from " + c.name)
			if c.name == "mono" {
				if s := p.tmux("capture-pane", "-p", "-e", "-t", p.name); colour.MatchString(s) {
					t.Errorf("colours in spite of NO_COLOR:\n%q", s)
				}
			}
			c.leave(p)
			p.sees("ended with")
			was, _ := os.ReadFile(h.dir + "/" + c.name + ".before")
			is, _ := os.ReadFile(h.dir + "/" + c.name + ".after")
			if !bytes.Equal(was, is) || len(was) == 0 {
				t.Errorf("terminal modes before:\n%s\nafter:\n%s", was, is)
			}
			if f := strings.TrimSpace(p.tmux("display-message", "-p", "-t", p.name,
				"#{alternate_on}#{cursor_flag}#{mouse_any_flag}")); f != "010" {
				t.Errorf("the terminal was left with alternate screen, cursor, mouse = %s", f)
			}
		})
	}
}

// signal sends a signal to the program in the terminal.
func (p *pane) signal(s syscall.Signal) {
	p.t.Helper()
	if err := syscall.Kill(p.pid(), s); err != nil {
		p.t.Fatalf("kill: %v", err)
	}
}

// TestTmuxPaste: pasting several lines asks what to do, and executes nothing.
func TestTmuxPaste(t *testing.T) {
	h := newTestEnv(t)
	h.run("declare", "--severity", "SEV-2", "paste")
	p := h.open("p", 80, 24, "warroom open inc-1")
	p.sees("live")
	cmd := exec.Command("tmux", "-L", h.socket, "load-buffer", "-")
	cmd.Stdin = strings.NewReader("first line\n:close override x\n\x1b[31mthird line")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	p.tmux("paste-buffer", "-p", "-t", "p")
	p.sees("first line", "3 lines")
	p.keys("Escape")
	p.wait("the page is closed", 30*time.Second, func() bool { return !strings.Contains(p.screen(), "first line") })
	p.line("after the paste")
	p.sees("after the paste")
	if log := h.run("tail", "inc-1", "--no-follow"); strings.Contains(log, "closed") {
		t.Errorf("a pasted command was run:\n%s", log)
	}
}

// TestTmuxSmall: a terminal that is too small shows a message until it is large enough.
func TestTmuxSmall(t *testing.T) {
	h := newTestEnv(t)
	h.run("declare", "--severity", "SEV-1", "small")
	p := h.open("s", 50, 10, "warroom open inc-1")
	p.sees("60x15")
	p.tmux("resize-window", "-t", "s", "-x", "120", "-y", "40")
	p.sees("Clocks", "small")
	p.tmux("resize-window", "-t", "s", "-x", "62", "-y", "16")
	p.sees("small", "live")
}

// TestTmuxWall: the wall display shows the state of the incident and takes no input, in
// plain mode too. Without a room it shows the only open one.
func TestTmuxWall(t *testing.T) {
	h := newTestEnv(t)
	h.run("declare", "--severity", "SEV-1", "wall")
	for i, args := range []string{"wall inc-1", "wall", "wall --plain"} {
		p := h.open("w"+strconv.Itoa(i), 120, 40, "warroom "+args)
		p.sees("Update", "SEV-1")
		p.line("not an entry")
		if strings.Contains(args, "plain") {
			h.run("note", "inc-1", "another line")
			p.sees("another line")
		} else {
			p.keys("q")
			p.sees("ended with 0")
		}
		if log := h.run("tail", "inc-1", "--no-follow"); strings.Contains(log, "not an entry") {
			t.Errorf("warroom %s: got the line stored, want no input taken", args)
		}
	}
}

// TestTmuxSuspend: Ctrl-Z returns to the shell with the terminal as it was, and fg shows the
// screen whole, with what was typed; also at another size. A window without a shell stays as it is.
func TestTmuxSuspend(t *testing.T) {
	h := newTestEnv(t)
	h.run("declare", "--severity", "SEV-1", "suspended")
	p := h.open("z", 80, 24, "sh -i")
	p.line("PS1='shell: '; stty -a > " + h.dir + "/before")
	p.line(binary + " open inc-1")
	p.sees("suspended", "live")
	p.text("half a thought")
	p.sees("half a thought")
	for _, rows := range []string{"24", "30"} {
		p.keys("C-z")
		p.wait("the shell", 30*time.Second, func() bool {
			return strings.Contains(p.screen(), "shell:") && !strings.Contains(p.screen(), "half a thought")
		})
		p.line("stty -a > " + h.dir + "/after")
		p.wait("the shell's modes", 30*time.Second, func() bool {
			b, err := os.ReadFile(h.dir + "/after")
			return err == nil && len(b) > 0
		})
		before, _ := os.ReadFile(h.dir + "/before")
		after, _ := os.ReadFile(h.dir + "/after")
		if !bytes.Equal(before, after) {
			t.Errorf("got the modes %s, want those of before: %s", after, before)
		}
		p.tmux("resize-window", "-t", "z", "-x", "80", "-y", rows)
		p.line("fg")
		p.sees("suspended", "half a thought", "live", "F1 help")
		if err := os.Remove(h.dir + "/after"); err != nil {
			t.Fatalf("remove: %v", err)
		}
	}
	p.keys("Enter")
	p.sees("half a thought")
	if log := h.run("tail", "inc-1", "--no-follow"); !strings.Contains(log, "half a thought") {
		t.Errorf("got %s, want the note that was typed before Ctrl-Z", log)
	}
	p.keys("C-c")

	alone := h.open("alone", 80, 24, "exec warroom open inc-1")
	alone.sees("live")
	alone.keys("C-z")
	alone.text("still there")
	alone.sees("still there")
}
