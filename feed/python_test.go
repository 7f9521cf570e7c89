package feed_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"warroom/feed"
	sealed "warroom/model/bundle"
)

// pythonAgrees exports a room and compares the exit code of docs/verify.py with that of
// warroom verify, both with a pinned checkpoint unless pin is nil. .ci/run installs Python and
// its package cryptography.
func pythonAgrees(t *testing.T, f *feed.Feed, short string, pin []byte) {
	t.Helper()
	const python = "python3"
	if err := exec.Command(python, "-c", "import cryptography").Run(); err != nil {
		t.Log("NOT RUN: python3 or its package cryptography is not installed, so docs/verify.py was not " +
			"compared with warroom verify")
		return
	}
	var b bytes.Buffer
	if err := f.Export(soon(t), short, "test", &b); !errors.As(err, new(sealed.Tampered)) { // it is written
		must(t, err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	must(t, err)
	dir := t.TempDir()
	must(t, os.CopyFS(filepath.Join(dir, "x"), z))
	bags, err := filepath.Glob(filepath.Join(dir, "x", "*"))
	must(t, err)
	if len(bags) != 1 {
		t.Fatalf("the zip has %q at the top, want one directory", bags)
	}
	kept := filepath.Join(dir, "pin")
	args := []string{"-B", "../docs/verify.py", bags[0]}
	if pin != nil {
		must(t, os.WriteFile(kept, pin, 0o600))
		args = append(args, "--pin", kept)
	}
	out, err := exec.Command(python, args...).CombinedOutput()
	code := 0
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		must(t, err)
	}
	read, err := sealed.OpenDir(os.DirFS(bags[0]))
	must(t, err)
	v, want := read.Verify(sealed.VerifyOptions{Pin: pin}), 0
	switch {
	case !v.Sound():
		want = 4
	case v.Less:
		want = 6
	}
	if code != want {
		t.Errorf("docs/verify.py ends with %d, want %d\n%s\nwarroom verify found %v, %v", code, want, out, v.Bad,
			v.Lacks)
	}
}
