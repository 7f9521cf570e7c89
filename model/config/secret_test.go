package config

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"warroom/model"
)

func TestSecretFrom(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatalf("write a file: %v", err)
		}
		return path
	}
	env := func(k string) string { return map[string]string{"PASS": "from the environment"}[k] }
	for _, c := range []struct {
		name    string
		from    SecretFrom
		want    string
		wantErr string
	}{
		{"none", SecretFrom{}, "", ""},
		{"a file", SecretFrom{File: file("good", "correct horse\r\n", 0o600)}, "correct horse", ""},
		{"a variable", SecretFrom{Env: "PASS"}, "from the environment", ""},
		{"a program", SecretFrom{Command: []string{"echo", "from a keyring"}}, "from a keyring", ""},
		{"two", SecretFrom{Env: "PASS", File: "x"}, "", "more than one source"},
		{"an open file", SecretFrom{File: file("open", "x", 0o644)}, "", "others can read"},
		{"an empty file", SecretFrom{File: file("empty", "\n", 0o600)}, "", "nothing in it"},
		{"no file", SecretFrom{File: filepath.Join(dir, "none")}, "", "no such file"},
		{"a directory", SecretFrom{File: dir}, "", "not a regular file"},
		{"a long file", SecretFrom{File: file("long", strings.Repeat("x", maxSecret+1), 0o600)}, "", "too long"},
		{"no variable", SecretFrom{Env: "NOPE"}, "", "NOPE is empty"},
		{"no program", SecretFrom{Command: []string{filepath.Join(dir, "none")}}, "", "cannot be read"},
		{"a program that fails", SecretFrom{Command: []string{"false"}}, "", "false: exit status 1"},
	} {
		if runtime.GOOS == "windows" && (c.from.Command != nil || c.wantErr == "others can read") {
			continue // Windows has no such programs and file modes
		}
		got, err := c.from.Get(context.Background(), "at_rest", env)
		if string(got.Reveal()) != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got.Reveal(), c.want)
		}
		if (err == nil) != (c.wantErr == "") || err != nil &&
			(!strings.Contains(err.Error(), c.wantErr) || model.CodeOf(err) != model.Invalid) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.wantErr)
		}
	}
}
