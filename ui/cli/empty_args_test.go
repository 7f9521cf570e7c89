package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"warroom/model"
)

// TestEmptyValues: an empty value, as from an unset variable in a script, is a wrong use of the
// command line: without it the command would do something else.
func TestEmptyValues(t *testing.T) {
	h := roomInMemory(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{""}, "COMMAND is empty"},
		{[]string{" "}, "COMMAND is empty"},
		{[]string{"note", "", "x"}, "ROOM is empty"},
		{[]string{"do", " ", ":check 3"}, "ROOM is empty"},
		{[]string{"status", ""}, "ROOM is empty"},
		{[]string{"verify", ""}, "FILE or ROOM is empty"},
		{[]string{"verify", "inc-1", "--pin", ""}, "--pin is empty"},
		{[]string{"verify", "inc-1", "--key="}, "--key is empty"},
		{[]string{"ingest", ""}, "FILE is empty"},
		{[]string{"ingest", "x", ""}, "FILE is empty"},
		{[]string{"ingest", "x", "--room", ""}, "--room is empty"},
		{[]string{"ingest", "x", "--format", ""}, "--format is empty"},
		{[]string{"evidence", "get", "inc-1", ""}, "PIECE is empty"},
		{[]string{"evidence", "add", "inc-1", ""}, "FILE is empty"},
		{[]string{"evidence", "add", "", "x"}, "ROOM is empty"},
		{[]string{"import", ""}, "FILE is empty"},
		{[]string{"backup", ""}, "DIR is empty"},
		{[]string{"revoke", "", "gone"}, "HANDLE is empty"},
		{[]string{"invite", "", "--right", "watch"}, "HANDLE is empty"},
		{[]string{"playbook", "show", ""}, "NAME is empty"},
		{[]string{"tail", "inc-1", "--since", ""}, "--since is empty"},
		{[]string{"export", "inc-1", "-o", ""}, "--output is empty"},
		{[]string{"close", "inc-1", "--reason", ""}, "--reason is empty"},
		{[]string{"serve", "--nats", ""}, "--nats is empty"},
	} {
		out, errs, code := printed(t, h, c.args...)
		if code != exitUsage || out != "" || !strings.HasPrefix(errs, "warroom: "+c.want) ||
			strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: got exit %d, %q, %q, want %d and one line with %q", c.args, code, out, errs, exitUsage,
				c.want)
		}
	}
}

// TestOddWords: words that are no command or no value are refused in one short sentence.
func TestOddWords(t *testing.T) {
	h := roomInMemory(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--", "note", "inc-1", "hi"}, "-- ends the flags and stands before a text; write "},
		{[]string{strings.Repeat("x", 999)}, "there is no command " + strings.Repeat("x", 40) + "…; see"},
		{[]string{"rooms", "--" + strings.Repeat("x", 999)}, "there is no flag --xxxx"},
		{[]string{"tail", "inc-1", "--since", "yesterday"}, "--since: "},
		{[]string{"tail", "inc-1", "--since", "24:00"}, "--since: "},
		{[]string{"export", "inc-1", "--entry", "-3", "-o", "x"}, "--entry takes a number"},
		{[]string{"export", "inc-1", "--entry", "0", "-o", "x"}, "--entry takes the number of an entry"},
	} {
		out, errs, code := printed(t, h, c.args...)
		if code != exitUsage || out != "" || !strings.HasPrefix(errs, "warroom: "+c.want) || len(errs) > 250 {
			t.Errorf("%.60q: got exit %d, %q, %q, want %d and a short line with %q", c.args, code, out, errs, exitUsage,
				c.want)
		}
	}
}

// TestExportOfNoEntry: an export that is refused is not recorded as made.
func TestExportOfNoEntry(t *testing.T) {
	h := roomInMemory(t)
	for _, n := range []string{"0", "99999"} {
		if out, errs, code := printed(t, h, "export", "inc-1", "--entry", n, "-o", "-"); code == exitDone {
			t.Errorf("--entry %s: got exit %d, %q, %q, want a refusal", n, code, out, errs)
		}
	}
	if out, _, _ := printed(t, h, "tail", "inc-1", "--no-follow"); strings.Contains(out, "export ") {
		t.Errorf("got the timeline %q, want no export in it", out)
	}
}

// errFull is the error of a full disk.
var errFull = errors.New("no space left on device")

// fullWriter is a file on a full disk.
type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: os.Stdout.Name(), Err: errFull}
}

// TestHelpOnFullStdout: help that could not be written is not done.
func TestHelpOnFullStdout(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"help", "note"}, {"note", "--help"}, {"--version"}} {
		var errs strings.Builder
		code := runIn(t.Context(), t, roomInMemory(t), "ana", strings.NewReader(""), fullWriter{}, &errs, args...)
		if code != exitFailed || !strings.Contains(errs.String(), "stdout could not be written") {
			t.Errorf("%q: got exit %d and %q, want %d and that stdout could not be written", args, code, errs.String(),
				exitFailed)
		}
	}
}

// oneBlob has one piece of evidence.
type oneBlob struct{ model.Blobs }

func (oneBlob) Fetch(_ context.Context, _ string, n int, _ string, w io.Writer, _ func(int64)) (model.EvidenceItem,
	error) {
	_, err := io.WriteString(w, "bytes")
	return model.EvidenceItem{N: n}, err
}

// TestDashIsNoFile: evidence get -o - writes to stdout, and not to a file of that name.
func TestDashIsNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	h := roomInMemory(t)
	s, err := openSession(t.Context(), memoryHub{Rooms: h.As("ana"), who: "ana"}, "inc-1")
	if err != nil {
		t.Fatalf("open the room: %v", err)
	}
	defer s.Close()
	var out, errs strings.Builder
	e := evidence{&app{Env: Env{Stdout: &out, Stderr: &errs, Clock: h.Clock}}}
	if err := e.getOut(t.Context(), oneBlob{}, s, 1, "", "-"); err != nil || out.String() != "bytes" {
		t.Errorf("got %q on stdout and %v, want the bytes", out.String(), err)
	}
	if _, err := os.Stat("-"); err == nil {
		t.Error("got a file named -, want none")
	}
}
