package e2e_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"warroom/feed/feedtest"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	os.Exit(build(m))
}

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "warroom-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "warroom")
	cmd := exec.Command("go", "build", "-o", binary, "-race", "warroom")
	if !raceEnabled {
		line, err := readmeBuild()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		cmd = exec.Command("sh", "-c", strings.Replace(line, "-o warroom", "-o "+binary, 1))
		cmd.Dir = filepath.Join("..", "..")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// TestScripts runs the scripts in testdata/script, each with an empty home.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			run := filepath.Join(e.WorkDir, "run")
			home := filepath.Join(e.WorkDir, "home")
			for _, d := range []string{run, home} {
				if err := os.Mkdir(d, 0o700); err != nil {
					return err
				}
			}
			e.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("HOME", home)
			repo, err := filepath.Abs("../..")
			if err != nil {
				return err
			}
			e.Setenv("REPO", repo)
			e.Setenv("USER", "ana")
			e.Setenv("TZ", "UTC")
			e.Setenv("XDG_RUNTIME_DIR", run)
			e.Setenv("GOCOVERDIR", os.Getenv("GOCOVERDIR"))
			return nil
		},
		Condition: tools,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"until": untilThere, "port": freePort,
			"ondisk": onDisk},
	})
}

// tools reports whether the public tools that docs/check.sh uses are installed and start. For the
// condition "verifier" they are those of docs/verify.py.
func tools(cond string) (bool, error) {
	needed, ok := map[string][][]string{
		"tools": {{"unzip", "-v"}, {"sha256sum", "--version"}, {"python3", "-c", ""}, {"openssl", "version"},
			{"sh", "-c", "command -v ssh-keygen"}},
		"verifier": {{"python3", "-c", "import cryptography"}},
	}[cond]
	if !ok {
		return false, fmt.Errorf("there is no condition %s", cond)
	}
	for _, argv := range needed {
		c := exec.Command(argv[0], argv[1:]...)
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir()}
		if c.Run() != nil {
			return false, nil
		}
	}
	return true, nil
}

// onDisk searches every file below the home for a text: "ondisk TEXT", "! ondisk TEXT".
func onDisk(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: ondisk TEXT")
	}
	var found []string
	err := filepath.WalkDir(ts.Getenv("HOME"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(args[0])) {
			found = append(found, path)
		}
		return err
	})
	ts.Check(err)
	if neg == (len(found) > 0) {
		ts.Fatalf("%q is in the files %v", args[0], found)
	}
}

// untilThere waits until a file exists: "until FILE".
func untilThere(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: until FILE")
	}
	path := ts.MkAbs(args[0])
	late := time.After(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			ts.Fatalf("%s is not there in time", path)
		}
	}
}

// freePort finds a free port of 127.0.0.1: "port NAME" stores it in $NAME.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port NAME")
	}
	port, err := feedtest.FindPort()
	ts.Check(err)
	ts.Setenv(args[0], strconv.Itoa(port))
}
