package e2e_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// arrows says which packages of ours a package may import. What is not here
// may import nothing of ours.
var arrows = map[string][]string{
	"warroom":                    {"warroom/feed", "warroom/feed/bridge", "warroom/feed/intake", "warroom/feed/intake/httpin", "warroom/feed/notify", "warroom/feed/pagerduty", "warroom/model", "warroom/ui/cli"},
	"warroom/model":              {},
	"warroom/model/playbook":     {"warroom/model"},
	"warroom/model/seal":         {"warroom/model"},
	"warroom/model/report":       {"warroom/model"},
	"warroom/model/guard":        {"warroom/model"},
	"warroom/model/record":       {"warroom/model", "warroom/model/report", "warroom/model/seal"},
	"warroom/feed":               {"warroom/feed/hub", "warroom/feed/hubapi", "warroom/feed/logcopy", "warroom/feed/vault", "warroom/model", "warroom/model/record", "warroom/model/seal"},
	"warroom/feed/logcopy":       {"warroom/feed/vault", "warroom/model", "warroom/model/seal"},
	"warroom/feed/bridge":        {"warroom/model"},
	"warroom/feed/pagerduty":     {"warroom/feed/bridge", "warroom/model"},
	"warroom/feed/hub":           {"warroom/feed/connlimit", "warroom/feed/hubapi", "warroom/model"},
	"warroom/feed/hubapi":        {"warroom/model"},
	"warroom/feed/intake":        {"warroom/model", "warroom/model/guard"},
	"warroom/feed/intake/httpin": {"warroom/feed/intake", "warroom/model", "warroom/model/guard"},
	"warroom/feed/notify":        {"warroom/feed/bridge", "warroom/model", "warroom/model/guard"},
	"warroom/feed/connlimit":     {},
	"warroom/feed/vault":         {"warroom/model"},
	"warroom/feed/feedtest":      {"warroom/feed", "warroom/feed/hub", "warroom/model", "warroom/model/seal", "warroom/model/playbook"},
	"warroom/ui":                 {"warroom/model", "warroom/model/guard", "warroom/ui/draw"},
	"warroom/ui/draw":            {"warroom/model"},
	"warroom/ui/screen":          {"warroom/model"},
	"warroom/ui/uitest/recount":  {"warroom/model"},
	"warroom/ui/uitest":          {"warroom/model", "warroom/model/playbook", "warroom/ui", "warroom/ui/draw"},
	"warroom/ui/cli":             {"warroom/model", "warroom/model/guard", "warroom/model/playbook", "warroom/model/record", "warroom/model/report", "warroom/ui", "warroom/ui/screen", "warroom/ui/sshd"},
	"warroom/ui/sshd":            {"warroom/model", "warroom/model/record", "warroom/ui", "warroom/ui/screen"},
	"warroom/ui/e2e":             {},
}

// modelMayUse are the packages outside of the standard library that package
// model may import.
var modelMayUse = []string{"github.com/rivo/uniseg"}

func TestArrows(t *testing.T) {
	out := command(t, "", "go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "../../...")
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		may, known := arrows[f[0]]
		if !known {
			t.Errorf("package %s is not in the plan of the house", f[0])
		}
		for _, imp := range f[1:] {
			ours := imp == "warroom" || strings.HasPrefix(imp, "warroom/")
			if ours && !slices.Contains(may, imp) {
				t.Errorf("%s must not know %s", f[0], imp)
			}
			if f[0] == "warroom/model" && strings.Contains(imp, ".") && !slices.Contains(modelMayUse, imp) {
				t.Errorf("package model must not import %s", imp)
			}
		}
	}
}

// TestOnlyMainAsksForTheTime: time.Now appears once in the program.
func TestOnlyMainAsksForTheTime(t *testing.T) {
	cmd := exec.Command("git", "grep", "-nE", `time\.(Now|Since|Until)\(`, "--", "*.go", ":!*_test.go", ":!main.go", ":!ui/uitest", ":!feed/feedtest")
	cmd.Dir = "../.."
	if out, err := cmd.Output(); err == nil && len(out) > 0 {
		t.Errorf("the time is asked for outside of main.go:\n%s", out)
	}
}

// testsOnly are the modules in go.mod that only tests import. What only the tests
// of faults import is in the go.mod of feed/faults.
var testsOnly = []string{
	"github.com/creack/pty", "github.com/emersion/go-smtp", "github.com/getkin/kin-openapi", "github.com/rogpeppe/go-internal",
	"github.com/santhosh-tekuri/jsonschema/v6",
}

// TestGoModListsWhatShips: what go.mod requires is in the program, but for
// testsOnly; what only the tests of faults need is not there at all.
func TestGoModListsWhatShips(t *testing.T) {
	raw, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatalf("read go.mod: %v", err)
	}
	mod, err := modfile.Parse("go.mod", raw, nil)
	if err != nil {
		t.Fatalf("parse go.mod: %v", err)
	}
	ships := map[string]bool{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		out := command(t, "../..", "env", "GOOS="+system, "CGO_ENABLED=0",
			"go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
		for path := range strings.FieldsSeq(out) {
			ships[path] = true
		}
	}
	for _, r := range mod.Require {
		path := r.Mod.Path
		if !r.Indirect && !ships[path] && !slices.Contains(testsOnly, path) {
			t.Errorf("go.mod requires %s, which only tests import: move them to feed/faults, or add it to testsOnly", path)
		}
		for _, banned := range []string{"github.com/Shopify/toxiproxy", "github.com/hanwen/go-fuse", "github.com/rs/zerolog"} {
			if strings.HasPrefix(path, banned) {
				t.Errorf("go.mod requires %s, which only the tests in feed/faults need", path)
			}
		}
	}
	for _, path := range testsOnly {
		if ships[path] {
			t.Errorf("the program imports %s: remove it from testsOnly", path)
		}
	}
}

// command runs a program and returns what it prints.
func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}
