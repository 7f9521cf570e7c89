package atrest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"warroom/model"
)

func secret(s string) model.Secret { return model.NewSecret([]byte(s)) }

func TestSealed(t *testing.T) {
	dir := t.TempDir()
	v, err := Open(dir, secret("correct horse"))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	sealed := v.Box("outbox").Seal([]byte("the key is out"), []byte("here"))
	if bytes.Contains(sealed, []byte("key")) ||
		bytes.Equal(sealed, v.Box("outbox").Seal([]byte("the key is out"), []byte("here"))) {
		t.Error("it can be read, or is the same twice")
	}
	reopened, err := Open(dir, secret("correct horse"))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	if got, err := reopened.Box("outbox").Open(sealed, []byte("here")); err != nil || string(got) != "the key is out" {
		t.Errorf("got %q, %v", got, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another purpose": func() ([]byte, error) { return v.Box("copy").Open(sealed, []byte("here")) },
		"another place":   func() ([]byte, error) { return v.Box("outbox").Open(sealed, []byte("there")) },
		"cut":             func() ([]byte, error) { return v.Box("outbox").Open(sealed[:10], []byte("here")) },
		"nothing":         func() ([]byte, error) { return v.Box("outbox").Open(nil, nil) },
	} {
		if _, err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := v.Box("outbox").Open(bad, []byte("here")); !errors.Is(err, ErrSealed) {
			t.Errorf("byte %d flipped: %v", i, err)
		}
	}
}

func TestWrongSecretAndFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir, secret("correct horse")); err != nil {
		t.Fatalf("open: %v", err)
	}
	if _, err := Open(dir, secret("battery staple")); model.CodeOf(err) != model.Forbidden {
		t.Errorf("a wrong passphrase: %v", err)
	}
	fi, err := os.Stat(filepath.Join(dir, File))
	if err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", fi.Mode(), err)
	}
	for _, bad := range []string{"", "{", `{"v":2}`, `{"v":1,"salt":"AAAA"}`,
		`{"v":1,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","memory_kib":4294967295,"passes":1,"threads":1}`} {
		if err := os.WriteFile(filepath.Join(dir, File), []byte(bad), 0o600); err != nil {
			t.Fatalf("write a file: %v", err)
		}
		if _, err := Open(dir, secret("correct horse")); model.CodeOf(err) != model.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestMadeOnce(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	keys := make([]string, 8)
	for i := range keys {
		wg.Go(func() {
			v, err := Open(dir, secret("x"))
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			keys[i] = string(v.Key("a").Reveal())
		})
	}
	wg.Wait()
	for _, k := range keys {
		if k != keys[0] {
			t.Error("two vaults in one directory")
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".vault-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
