package cli

import (
	"context"
	"io"
	"strings"
	"testing"

	"warroom/model"
)

// TestDryRunPrints: ingest --dry-run prints the first findings, how many more there are, and
// which are resolved at their source.
func TestDryRunPrints(t *testing.T) {
	const total = maxLines + 7
	read := func(_ context.Context, _ io.Reader, _ string, emit func(*model.Alert) error) (model.Intake, error) {
		for i := range total {
			if err := emit(&model.Alert{Severity: "high", Rule: "R", Title: "t", Resolved: i == 0}); err != nil {
				return model.Intake{}, err
			}
		}
		return model.Intake{Format: "sarif", Findings: total, Groups: 1}, nil
	}
	var out, errs strings.Builder
	code := Run(t.Context(), Env{Args: []string{"--data", t.TempDir(), "ingest", "--dry-run", "-"},
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" },
		Clock:  roomInMemory(t).Clock,
		Intake: func(string, bool) (model.AlertSource, error) { return read, nil }})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if code != exitDone || len(lines) != maxLines+2 {
		t.Fatalf("got exit %d, %d lines and %q, want 0 and %d lines", code, len(lines), errs.String(), maxLines+2)
	}
	if got, want := lines[1], "resolved at its source"; !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want it to end in %q", got, want)
	}
	if got, want := lines[len(lines)-1], "and 7 more; --json shows them"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestEmptyListOfNoFormat: --format with a name that no format has is refused by that name.
func TestEmptyListOfNoFormat(t *testing.T) {
	read := func(context.Context, io.Reader, string, func(*model.Alert) error) (model.Intake, error) {
		return model.Intake{}, model.RefuseEmpty([]string{"gitleaks-json"}, "an empty list")
	}
	for form, want := range map[string]string{"gitleaks": "", "frob": "no format called frob"} {
		_, err := ofForm(read, form)(t.Context(), nil, "", nil)
		if got := model.Sentence(err).String(); err == nil && want != "" || !strings.Contains(got, want) {
			t.Errorf("--format %s: got %v, want %q", form, err, want)
		}
	}
}

// TestCompleteDirectories: the shell completes directories where one is needed.
func TestCompleteDirectories(t *testing.T) {
	for _, command := range []string{"backup", "restore"} {
		out, _, _ := printed(t, roomInMemory(t), "__complete", command, "")
		if got, want := strings.TrimSpace(out), ":16"; got != want { // ShellCompDirectiveFilterDirs
			t.Errorf("%s: got %q, want %q", command, got, want)
		}
	}
}
