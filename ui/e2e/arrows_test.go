package e2e_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// arrows lists the packages of this module that each package may import. A package that
// is not listed may import none.
var arrows = map[string][]string{
	"warroom":       {"warroom/feed", "warroom/feed/node", "warroom/model", "warroom/ui/cli"},
	"warroom/model": {},
	"warroom/model/backend": {"warroom/model", "warroom/model/bundle", "warroom/model/config",
		"warroom/model/stats"},
	"warroom/model/bundle":            {"warroom/model", "warroom/model/report", "warroom/model/signing"},
	"warroom/model/config":            {"warroom/model", "warroom/model/namedfile", "warroom/model/schema"},
	"warroom/model/mutation":          {},
	"warroom/model/namedfile":         {},
	"warroom/model/playbook":          {"warroom/model", "warroom/model/namedfile", "warroom/model/schema"},
	"warroom/model/report":            {"warroom/model"},
	"warroom/model/schema":            {},
	"warroom/model/schema/schematest": {"warroom/model/schema"},
	"warroom/model/secretscan":        {"warroom/model"},
	"warroom/model/signing":           {"warroom/model"},
	"warroom/model/stats":             {},
	"warroom/model/stix":              {"warroom/model"},
	"warroom/feed": {
		"warroom/feed/access", "warroom/feed/atomicfile", "warroom/feed/backoff", "warroom/feed/backup",
		"warroom/feed/evidence", "warroom/feed/hub", "warroom/feed/hubapi", "warroom/feed/jetlog",
		"warroom/feed/keyring", "warroom/feed/logreader", "warroom/feed/mirror", "warroom/feed/outbox",
		"warroom/feed/presence", "warroom/feed/repair", "warroom/feed/replica", "warroom/feed/roomindex",
		"warroom/feed/rooms", "warroom/feed/roomstore", "warroom/feed/subjects", "warroom/feed/sweep",
		"warroom/feed/wake", "warroom/feed/writer", "warroom/model", "warroom/model/bundle", "warroom/model/namedfile",
		"warroom/model/report", "warroom/model/signing", "warroom/model/stats"},
	"warroom/feed/access": {
		"warroom/feed/atomicfile", "warroom/feed/hub", "warroom/feed/hubapi", "warroom/feed/jetlog",
		"warroom/feed/keyring", "warroom/feed/replica", "warroom/feed/rooms", "warroom/feed/subjects",
		"warroom/feed/wake", "warroom/feed/writer", "warroom/model"},
	"warroom/feed/alerts":        {"warroom/model", "warroom/model/secretscan"},
	"warroom/feed/alerts/httpin": {"warroom/feed/alerts", "warroom/model"},
	"warroom/feed/atomicfile":    {"warroom/model"},
	"warroom/feed/atrest":        {"warroom/model"},
	"warroom/feed/backoff":       {},
	"warroom/feed/backup":        {"warroom/feed/atrest", "warroom/model", "warroom/model/bundle"},
	"warroom/feed/bridge": {"warroom/feed/backoff", "warroom/model", "warroom/model/config",
		"warroom/model/stats"},
	"warroom/feed/connlimit": {},
	"warroom/feed/evidence": {
		"warroom/feed/atrest", "warroom/feed/backoff", "warroom/feed/jetlog", "warroom/feed/subjects",
		"warroom/feed/wake", "warroom/feed/writer", "warroom/model", "warroom/model/bundle"},
	"warroom/feed/feedtest": {"warroom/feed", "warroom/feed/bridge", "warroom/model", "warroom/model/signing"},
	"warroom/feed/hub": {"warroom/feed/atomicfile", "warroom/feed/connlimit", "warroom/feed/hubapi",
		"warroom/model"},
	"warroom/feed/hubapi": {"warroom/model"},
	"warroom/feed/jetlog": {
		"warroom/feed/backoff", "warroom/feed/hub", "warroom/feed/hubapi", "warroom/feed/mirror",
		"warroom/feed/subjects", "warroom/feed/wake", "warroom/model", "warroom/model/namedfile",
		"warroom/model/signing"},
	"warroom/feed/keyring": {
		"warroom/feed/atomicfile", "warroom/feed/subjects", "warroom/model", "warroom/model/signing"},
	"warroom/feed/logreader": {
		"warroom/feed/jetlog", "warroom/feed/subjects", "warroom/model", "warroom/model/signing"},
	"warroom/feed/mirror": {"warroom/feed/atrest", "warroom/model", "warroom/model/signing"},
	"warroom/feed/node": {
		"warroom/feed", "warroom/feed/alerts", "warroom/feed/alerts/httpin", "warroom/feed/backup",
		"warroom/feed/bridge", "warroom/feed/notify", "warroom/feed/pagerduty", "warroom/model",
		"warroom/model/backend", "warroom/model/config", "warroom/model/stats"},
	"warroom/feed/notify": {
		"warroom/feed/bridge", "warroom/model", "warroom/model/config", "warroom/model/secretscan"},
	"warroom/feed/outbox":    {"warroom/feed/atomicfile", "warroom/feed/atrest", "warroom/model"},
	"warroom/feed/pagerduty": {"warroom/feed/bridge", "warroom/model", "warroom/model/config"},
	"warroom/feed/presence": {
		"warroom/feed/hubapi", "warroom/feed/subjects", "warroom/model", "warroom/model/signing"},
	"warroom/feed/repair": {
		"warroom/feed/access", "warroom/feed/atomicfile", "warroom/feed/hub", "warroom/feed/hubapi",
		"warroom/feed/jetlog", "warroom/feed/keyring", "warroom/feed/mirror", "warroom/feed/replica",
		"warroom/feed/rooms", "warroom/feed/roomstore", "warroom/feed/subjects", "warroom/feed/wake",
		"warroom/feed/writer", "warroom/model", "warroom/model/signing"},
	"warroom/feed/replica": {
		"warroom/feed/atomicfile", "warroom/feed/backoff", "warroom/feed/hub", "warroom/feed/hubapi",
		"warroom/feed/jetlog", "warroom/feed/keyring", "warroom/feed/logreader", "warroom/feed/mirror",
		"warroom/feed/presence", "warroom/feed/roomstore", "warroom/feed/subjects", "warroom/feed/wake",
		"warroom/model", "warroom/model/bundle", "warroom/model/signing"},
	"warroom/feed/roomindex": {
		"warroom/feed/hubapi", "warroom/feed/jetlog", "warroom/feed/replica", "warroom/feed/rooms",
		"warroom/feed/subjects", "warroom/model"},
	"warroom/feed/rooms": {
		"warroom/feed/keyring", "warroom/feed/outbox", "warroom/feed/replica", "warroom/feed/subjects",
		"warroom/feed/wake", "warroom/feed/writer", "warroom/model"},
	"warroom/feed/roomstore": {
		"warroom/feed/atomicfile", "warroom/feed/atrest", "warroom/feed/keyring", "warroom/feed/mirror",
		"warroom/feed/outbox", "warroom/feed/subjects", "warroom/model", "warroom/model/signing"},
	"warroom/feed/subjects": {"warroom/feed/hubapi", "warroom/model"},
	"warroom/feed/sweep": {
		"warroom/feed/atomicfile", "warroom/feed/jetlog", "warroom/feed/keyring", "warroom/feed/mirror",
		"warroom/feed/outbox", "warroom/feed/replica", "warroom/feed/rooms", "warroom/feed/roomstore",
		"warroom/feed/subjects", "warroom/feed/wake", "warroom/feed/writer", "warroom/model"},
	"warroom/feed/wake": {},
	"warroom/feed/writer": {
		"warroom/feed/atomicfile", "warroom/feed/backoff", "warroom/feed/hubapi", "warroom/feed/jetlog",
		"warroom/feed/keyring", "warroom/feed/mirror", "warroom/feed/outbox", "warroom/feed/presence",
		"warroom/feed/replica", "warroom/feed/roomstore", "warroom/feed/subjects", "warroom/feed/wake", "warroom/model",
		"warroom/model/signing"},
	"warroom/ui": {
		"warroom/model", "warroom/ui/draw", "warroom/ui/keymap", "warroom/ui/present", "warroom/ui/room",
		"warroom/ui/roomlist", "warroom/ui/shared", "warroom/ui/shell", "warroom/ui/state", "warroom/ui/theme",
		"warroom/ui/view"},
	"warroom/ui/cli": {
		"warroom/model", "warroom/model/backend", "warroom/model/bundle", "warroom/model/config",
		"warroom/model/namedfile", "warroom/model/playbook", "warroom/model/report", "warroom/model/secretscan",
		"warroom/model/stats", "warroom/model/stix", "warroom/ui", "warroom/ui/cli/jsonform",
		"warroom/ui/draw", "warroom/ui/lineterm", "warroom/ui/logs", "warroom/ui/metrics",
		"warroom/ui/present", "warroom/ui/roomlist", "warroom/ui/screen", "warroom/ui/sshd", "warroom/ui/state",
		"warroom/ui/systemd", "warroom/ui/theme", "warroom/ui/view"},
	"warroom/ui/cli/jsonform": {"warroom/model"},
	"warroom/ui/draw":         {"warroom/model"},
	"warroom/ui/e2e":          {},
	"warroom/ui/fold":         {},
	"warroom/ui/keymap":       {"warroom/model", "warroom/ui/draw", "warroom/ui/theme", "warroom/ui/view"},
	"warroom/ui/lineedit":     {"warroom/model", "warroom/ui/draw"},
	"warroom/ui/lineterm":     {},
	"warroom/ui/logs":         {"warroom/model"},
	"warroom/ui/metrics":      {"warroom/model/stats"},
	"warroom/ui/present":      {"warroom/model", "warroom/model/secretscan"},
	"warroom/ui/room": {
		"warroom/model", "warroom/model/secretscan", "warroom/ui/draw", "warroom/ui/keymap", "warroom/ui/lineedit",
		"warroom/ui/present", "warroom/ui/shared", "warroom/ui/shell", "warroom/ui/state", "warroom/ui/theme",
		"warroom/ui/timeline", "warroom/ui/view"},
	"warroom/ui/roomlist": {
		"warroom/model", "warroom/model/secretscan", "warroom/ui/draw", "warroom/ui/fold", "warroom/ui/keymap",
		"warroom/ui/lineedit", "warroom/ui/present", "warroom/ui/shell", "warroom/ui/state", "warroom/ui/view"},
	"warroom/ui/screen":  {"warroom/ui/elapsed"},
	"warroom/ui/shared":  {"warroom/model", "warroom/ui/theme", "warroom/ui/timeline", "warroom/ui/view"},
	"warroom/ui/elapsed": {},
	"warroom/ui/shell": {
		"warroom/model", "warroom/ui/draw", "warroom/ui/elapsed", "warroom/ui/fold", "warroom/ui/keymap",
		"warroom/ui/lineedit", "warroom/ui/shared", "warroom/ui/theme", "warroom/ui/view"},
	"warroom/ui/sshd": {
		"warroom/model", "warroom/model/backend", "warroom/model/bundle", "warroom/model/stats", "warroom/ui",
		"warroom/ui/lineterm", "warroom/ui/screen", "warroom/ui/shared"},
	"warroom/ui/state":   {"warroom/model", "warroom/model/secretscan"},
	"warroom/ui/systemd": {},
	"warroom/ui/theme":   {"warroom/model", "warroom/ui/draw", "warroom/ui/present"},
	"warroom/ui/timeline": {
		"warroom/model", "warroom/ui/draw", "warroom/ui/fold", "warroom/ui/present", "warroom/ui/theme",
		"warroom/ui/view"},
	"warroom/ui/uitest":         {"warroom/model", "warroom/ui", "warroom/ui/roomlist"},
	"warroom/ui/uitest/recount": {"warroom/model"},
	"warroom/ui/view": {
		"warroom/model", "warroom/model/secretscan", "warroom/ui/draw", "warroom/ui/present", "warroom/ui/theme"},
}

// modelMayUse are the packages outside the standard library that package model may
// import.
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

// TestOnlyMainAsksForTheTime: time.Now is called once in the program, and in the package that
// only measures how long something takes.
func TestOnlyMainAsksForTheTime(t *testing.T) {
	cmd := exec.Command("git", "grep", "-nE", `time\.(Now|Since|Until)\(`, "--", "*.go", ":!*_test.go", ":!main.go",
		":!ui/uitest", ":!feed/feedtest", ":!ui/elapsed")
	cmd.Dir = "../.."
	if out, err := cmd.Output(); err == nil && len(out) > 0 {
		t.Errorf("the time is asked for outside of main.go:\n%s", out)
	}
}

// testsOnly are the modules in go.mod that only tests import. Modules that only the tests
// of faults import are in the go.mod of feed/faults.
var testsOnly = []string{
	"github.com/creack/pty", "github.com/emersion/go-smtp", "github.com/getkin/kin-openapi",
	"github.com/rogpeppe/go-internal",
	"github.com/santhosh-tekuri/jsonschema/v6",
}

// TestGoModListsWhatShips: every module in go.mod is part of the program, except for
// testsOnly. Modules that only the tests of faults need are not listed.
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
			t.Errorf("go.mod requires %s, which only tests import: move them to feed/faults, or add it to testsOnly",
				path)
		}
		for _, banned := range []string{"github.com/Shopify/toxiproxy", "github.com/hanwen/go-fuse",
			"github.com/rs/zerolog"} {
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

// command runs a program and returns its output.
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
