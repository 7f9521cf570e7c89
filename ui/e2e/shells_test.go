//go:build shells

package e2e_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// homes are a home directory and a directory for sockets.
type homes struct{ home, run string }

// newHomes creates both, with a hub that has one room.
func newHomes(t *testing.T) homes {
	t.Helper()
	run, err := os.MkdirTemp("", "warroom-run-") // short, because it contains a socket
	if err != nil {
		t.Fatalf("directory: got %v, want one", err)
	}
	t.Cleanup(func() { os.RemoveAll(run) })
	h := homes{t.TempDir(), run}
	h.inShell(t, "warroom --as ana declare --severity SEV-1 x", "sh", "-c")
	return h
}

// inShell runs a script in a shell, with the program in PATH. It skips the test if the
// shell is not installed.
func (h homes) inShell(t *testing.T, script string, shell ...string) string {
	t.Helper()
	if _, err := exec.LookPath(shell[0]); err != nil {
		t.Skipf("%s is not installed", shell[0])
	}
	home, run := h.home, h.run
	cmd := exec.Command(shell[0], append(shell[1:], script)...)
	cmd.Env = []string{"HOME=" + home, "USER=ana", "TERM=dumb", "LANG=C.UTF-8", "XDG_RUNTIME_DIR=" + run,
		"PATH=" + filepath.Dir(binary) + ":" + os.Getenv("PATH")}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: got %v, want no error\nstdout: %s\nstderr: %s", shell[0], err, out.String(), errs.String())
	}
	return out.String()
}

// completions are lines with words that must be among their completions.
var completions = map[string][]string{
	"warroom stat":                          {"status"},
	"warroom status ":                       {"inc-1"},
	"warroom note ":                         {"inc-1"},
	"warroom declare --severity ":           {"SEV-1", "SEV-3"},
	"warroom declare --kind cred":           {"credential_leak"},
	"warroom tail inc-1 --kind dec":         {"decision"},
	"warroom tail inc-1 --by ":              {"ana"},
	"warroom report inc-1 --profile reg":    {"regulator"},
	"warroom report inc-1 --format ":        {"html", "json", "md"},
	"warroom indicators inc-1 --format s":   {"stix"},
	"warroom playbook show sec":             {"security"},
	"warroom do inc-1 :role sc":             {"scribe"},
	"warroom evidence add inc-1 --class me": {"memory", "metric"},
}

func checkCompletions(t *testing.T, complete func(line string) string) {
	t.Helper()
	for line, want := range completions {
		got := complete(line)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s<Tab>: got %q, want %s in it", line, got, w)
			}
		}
	}
}

// TestBashCompletion: the completion script for bash works.
func TestBashCompletion(t *testing.T) {
	if _, err := os.Stat("/usr/share/bash-completion/bash_completion"); err != nil {
		t.Skip("bash-completion is not installed")
	}
	h := newHomes(t)
	checkCompletions(t, func(line string) string {
		return h.inShell(t, `. /usr/share/bash-completion/bash_completion
. <(warroom completion bash)
line='`+line+`'
read -ra COMP_WORDS <<<"$line"
case "$line" in *' ') COMP_WORDS+=('');; esac
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE="$line" COMP_POINT=${#line} COMP_TYPE=63
__start_warroom
printf '%s\n' "${COMPREPLY[@]}"`, "bash", "-c")
	})
}

// TestZshCompletion: the completion script for zsh works.
func TestZshCompletion(t *testing.T) {
	h := newHomes(t)
	checkCompletions(t, func(line string) string {
		return h.inShell(t, `compdef() { : }
_describe() { while [[ "$1" == -* ]]; do shift; done; shift; print -l -- ${(P)1} }
_arguments() { : }
compstate=()
. <(warroom completion zsh)
line='`+line+`'
words=(${(z)line})
case "$line" in *' ') words+=('');; esac
CURRENT=${#words}
_warroom`, "zsh", "-f", "-c")
	})
}

// TestFishCompletion: the completion script for fish works.
func TestFishCompletion(t *testing.T) {
	h := newHomes(t)
	checkCompletions(t, func(line string) string {
		return h.inShell(t, `warroom completion fish | source
complete -C '`+line+`'`, "fish", "--no-config", "-c")
	})
}

// TestManPages: man reads the manual pages without warnings, and they have the examples.
func TestManPages(t *testing.T) {
	out := newHomes(t).inShell(t, `set -e
warroom man "$HOME/man"
cd "$HOME/man"
for page in *.1; do
  complaints=$(man --warnings -E UTF-8 -l "$page" 2>&1 >/dev/null)
  [ -z "$complaints" ] || { echo "$page: $complaints"; exit 1; }
done
ls; man -E UTF-8 -l warroom-tail.1 | col -b`, "sh", "-c")
	if _, err := exec.LookPath("man"); err != nil {
		t.Skip("man is not installed")
	}
	for _, want := range []string{"warroom.1", "warroom-note.1", "warroom-evidence-add.1", "EXAMPLE",
		"warroom tail inc-7 -n 50", "--since"} {
		if !strings.Contains(out, want) {
			t.Errorf("got %q, want %q in it", out, want)
		}
	}
}
