//go:build ssh

package e2e_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestSSHKeygen: an export can be verified without this program.
func TestSSHKeygen(t *testing.T) {
	dir := t.TempDir()
	shell(t, dir, binary+` --data d declare --severity SEV-1 'Key in a log' && `+binary+
		` --data d export inc-1 -o x.zip && unzip -q x.zip -d x`)
	all, err := filepath.Glob(filepath.Join(dir, "x", "*"))
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	bag := all[0]
	check := "ssh-keygen -Y verify -f allowed_signers -I hub -n warroom -s tagmanifest-sha256.txt.sig < " +
		"tagmanifest-sha256.txt"
	shell(t, bag, "sha256sum -c manifest-sha256.txt && sha256sum -c tagmanifest-sha256.txt")
	shell(t, bag, check)
	shell(t, bag, "echo >> tagmanifest-sha256.txt; ! "+check)
}

// shell runs a shell command, which must succeed.
func shell(t *testing.T, dir, line string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "HOME="+dir, "USER=ana", "XDG_RUNTIME_DIR="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
}
