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
