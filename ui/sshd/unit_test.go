//go:build linux

package sshd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestUnit verifies the unit file of docs/ssh.md with systemd, with this test binary as the
// program.
func TestUnit(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not here, so the unit of docs/ssh.md is not looked at")
	}
	doc, err := os.ReadFile("../../docs/ssh.md")
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	_, after, _ := strings.Cut(string(doc), "```ini\n")
	unit, _, ok := strings.Cut(after, "```")
	self, err := os.Executable()
	if err != nil || !ok || strings.Count(unit, "/usr/local/bin/warroom ") != 1 ||
		strings.Count(unit, "User=warroom\n") != 1 {
		t.Fatalf("docs/ssh.md has no unit that runs /usr/local/bin/warroom as warroom: %v\n%s", err, unit)
	}
	unit = strings.Replace(unit, "/usr/local/bin/warroom ", self+" ", 1)
	path := filepath.Join(t.TempDir(), "warroom.service")
	if err := os.WriteFile(path, []byte(unit), 0o644); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	if out, err := exec.Command("systemd-analyze", "verify", "--recursive-errors=no",
		path).CombinedOutput(); err != nil || strings.Contains(string(out), "warroom.service") {
		t.Errorf("%v\n%s", err, out)
	}
}
