//go:build unix

package config

import (
	"os"
	"path/filepath"
	"testing"

	"warroom/model"
)

// TestConfigOfOthers: a configuration that others may write to is not read, because it can
// name programs to run.
func TestConfigOfOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte("as = \"ana\"\n"), 0o600); err != nil {
		t.Fatalf("write: %v", err)
	}
	for mode, want := range map[os.FileMode]model.Code{0o600: "", 0o644: "", 0o664: "", 0o666: model.Forbidden,
		0o622: model.Forbidden, 0o602: model.Forbidden} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatalf("chmod: %v", err)
		}
		if _, err := ReadConfig(path); model.CodeOf(err) != want {
			t.Errorf("mode %s: got %v, want the code %q", mode, err, want)
		}
	}
	if os.Geteuid() != 0 {
		return // only root can give a file to another group
	}
	if err := os.Chown(path, 0, 12345); err != nil {
		t.Fatalf("chown: %v", err)
	}
	if err := os.Chmod(path, 0o664); err != nil {
		t.Fatalf("chmod: %v", err)
	}
	if _, err := ReadConfig(path); model.CodeOf(err) != model.Forbidden {
		t.Errorf("a file of another group: got %v, want it refused", err)
	}
	for uid, want := range map[int]model.Code{12345: model.Forbidden, 65534: "", 0: ""} {
		if err := os.Chown(path, uid, 0); err != nil {
			t.Fatalf("chown: %v", err)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatalf("chmod: %v", err)
		}
		if _, err := ReadConfig(path); model.CodeOf(err) != want {
			t.Errorf("a file of user %d: got %v, want the code %q", uid, err, want)
		}
	}
}

// TestEmptyDevice: os.DevNull is an empty configuration. Everybody may write to it, and nobody
// can change what is read from it.
func TestEmptyDevice(t *testing.T) {
	if c, err := ReadConfig(os.DevNull); err != nil || c.As != DefaultConfig().As {
		t.Errorf("got %v, want the defaults", err)
	}
	if _, err := ReadConfig("/dev/zero"); model.CodeOf(err) != model.Invalid {
		t.Errorf("a device without an end: got %v, want it refused", err)
	}
}
