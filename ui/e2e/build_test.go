package e2e_test

import (
	"bytes"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// readmeBuild returns the command in the README that builds the program.
func readmeBuild() (string, error) {
	b, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		return "", err
	}
	m := regexp.MustCompile(`(?m)^    (CGO_ENABLED=0 go build .* -o warroom \.)$`).FindSubmatch(b)
	if m == nil {
		return "", errors.New("README.md names no command that builds the program")
	}
	return string(m[1]), nil
}

// TestReadmeBuild: the binary built with the command in the README is static, has no
// symbols and no paths of this machine, and has its version. make build runs the same
// command.
func TestReadmeBuild(t *testing.T) {
	line, err := readmeBuild()
	if err != nil {
		t.Fatalf("readme build: %v", err)
	}
	if mk, err := os.ReadFile(filepath.Join("..", "..", "Makefile")); err != nil ||
		!strings.Contains(string(mk), "\t"+line+"\n") {
		t.Errorf("the Makefile does not build with the README's command %q (%v)", line, err)
	}
	out, err := exec.Command(binary, "version").CombinedOutput()
	if err != nil || !regexp.MustCompile(`^warroom [0-9]+\.[0-9]+\.[0-9]+[^ ]*, go`).Match(out) {
		t.Errorf("version: got %q, %v, want the version first", out, err)
	}
	if raceEnabled || runtime.GOOS != "linux" {
		return // built with another command, or not ELF
	}
	f, err := elf.Open(binary)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("the program has a %s: it is not static", p.Type)
		}
	}
	for _, s := range f.Sections {
		if s.Name == ".symtab" || strings.HasPrefix(s.Name, ".debug") {
			t.Errorf("the program has a section %s: it is not stripped", s.Name)
		}
	}
	raw, err := os.ReadFile(binary)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	repo, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatalf("find a path: %v", err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatalf("user home dir: %v", err)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	for _, path := range []string{repo, filepath.Join(home, "go"),
		filepath.Join(strings.TrimSpace(string(root)), "src")} {
		if bytes.Contains(raw, []byte(path)) {
			t.Errorf("the program has the path %s in it", path)
		}
	}
}
