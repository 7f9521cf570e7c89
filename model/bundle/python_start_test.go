package bundle_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPythonStart: what docs/verify.py cannot check, or cannot begin to check, is one sentence and
// an exit code other than those of verdicts.
func TestPythonStart(t *testing.T) {
	startPython(t) // skips the test if it cannot run
	dir := t.TempDir()
	docs := func(names ...string) string {
		to := filepath.Join(dir, strings.Join(names, "+"))
		if err := os.Mkdir(to, 0o700); err != nil {
			t.Fatalf("make a directory: %v", err)
		}
		for _, name := range names {
			if err := os.WriteFile(filepath.Join(to, name), readFile(t, "../../docs/"+name), 0o600); err != nil {
				t.Fatalf("copy %s: %v", name, err)
			}
		}
		return filepath.Join(to, names[0])
	}
	whole := docs("verify.py", "verify_formats.py", "protocol.md")
	file, empty := filepath.Join(dir, "inc.zip"), t.TempDir()
	if err := os.WriteFile(file, []byte("PK"), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	all, _ := bags(t)
	p := &python{t: t, path: filepath.Join(dir, "bag")}
	bag, err := p.unpacked(all["whole"].pack())
	if err != nil {
		t.Fatalf("unpack a bag: %v", err)
	}
	for _, c := range []struct {
		name, want string
		code       int
		args       []string
	}{
		{"alone", "No module named 'verify_formats'", 2, []string{docs("verify.py"), bag}},
		{"without the page", "protocol.md", 2, []string{docs("verify.py", "verify_formats.py"), bag}},
		{"the part alone", "No module named 'verify'", 2, []string{docs("verify_partial.py"), bag}},
		{"a zip", "inc.zip is not a directory: unpack a zip first", 1, []string{whole, file}},
		{"nothing", "nosuch is not a directory", 1, []string{whole, "nosuch"}},
		{"another directory", "has no bagit.txt", 1, []string{whole, empty}},
		{"no pin", "nosuch cannot be read: No such file", 2, []string{whole, bag, "--pin", "nosuch"}},
		{"not a pin", "inc.zip is not a checkpoint", 2, []string{whole, bag, "--pin", file}},
		{"no path", "the following arguments are required: path", 2, []string{whole}},
	} {
		cmd := exec.Command("python3", c.args...)
		out, _ := cmd.CombinedOutput() // the code is compared
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), c.want) ||
			strings.Contains(string(out), "Traceback") {
			t.Errorf("%s: got %d and %q, want %d and %q", c.name, code, out, c.code, c.want)
		}
	}
}
