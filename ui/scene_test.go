package ui_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/uitest"
)

var update = flag.Bool("update", false, "write the golden screens again")

// golden compares a screen with its golden file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatalf("write a file: %v", err)
		}
		return
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	if want := string(b); got != want {
		t.Errorf("%s is another screen.\ngot:\n%s\nrows that differ:\n%s", name, got, diff(want, got))
	}
}

// goldenAtSizes compares the page that a terminal of 80x24 shows with its golden screens at four
// sizes. text is on each of them.
func goldenAtSizes(t *testing.T, s *uitest.Term, name, text string) {
	t.Helper()
	for _, size := range fourSizes {
		golden(t, fmt.Sprintf("%s.%dx%d", name, size[0], size[1]), s.Resize(size[0], size[1]).See(text).Text())
	}
	s.Resize(80, 24).See(text)
}

func diff(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out strings.Builder
	for i := range max(len(a), len(b)) {
		var x, y string
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			out.WriteString("- " + x + "\n+ " + y + "\n")
		}
	}
	return out.String()
}

// mustDeclare declares the incident of the scenes as ana.
func mustDeclare(tb testing.TB, h *uitest.Hub, title string) string {
	tb.Helper()
	short, err := h.As("ana").Declare(context.Background(),
		model.Declaration{Title: title, Kind: "credential_leak", Severity: "SEV-1",
			Criterion: "master-key", Detected: h.Clock.Now().Add(-5 * time.Minute), Plan: uitest.Plan()})
	if err != nil {
		tb.Fatalf("declare a room: %v", err)
	}
	return short
}

func mustType(tb testing.TB, h *uitest.Hub, short string, lines ...string) {
	tb.Helper()
	for _, l := range lines {
		who, line, _ := strings.Cut(l, " ")
		if err := h.SubmitLine(who, short, line); err != nil {
			tb.Fatalf("%s: %v", l, err)
		}
		h.Clock.Add(20 * time.Second)
	}
}

// busy returns a room in the middle of an incident.
func busy(tb testing.TB) (*uitest.Hub, string) {
	tb.Helper()
	h := uitest.NewHub()
	short := mustDeclare(tb, h, "Deploy key in a public CI log")
	mustType(tb, h, short,
		"ana :role commander @ana",
		"bo :role scribe @bo",
		"bo key ..7Q seen in job 8841, public for 19 minutes",
		"ana :check 1",
		"ana :phase containment",
		"bo -9m the log was first fetched from outside, by one address",
		"ana !rotate now, isolate after; cy executes",
		"cy :start 3",
		"ana :exposure suspected",
		"cy runner isolated, the old key still answers; waiting for the provider to drop it, which they say takes "+
			"up to five minutes",
	)
	return h, short
}
