package sshd_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"warroom/feed/intake"
	"warroom/model"
)

// alerts reads alerts as main has them read.
func alerts(string, bool) (model.AlertSource, error) {
	return func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		return intake.Read(ctx, r, intake.Options{Key: model.NewSecret([]byte("a key of this test, 32 bytes long")), Source: source}, emit)
	}, nil
}

// copies keeps what alerts were read from as main does.
func copies(string) (model.AlertCopier, error) {
	return func(ctx context.Context, in io.ReadSeeker, out io.Writer) (string, error) {
		return intake.Copy(ctx, in, intake.Options{Key: model.NewSecret([]byte("a key of this test, 32 bytes long"))}, out)
	}, nil
}

const leaks = `[{"RuleID": "github-pat", "Description": "a token", "StartLine": 3, "Secret": "FAKENOTREAL", "File": "README", "Commit": "c2", "Fingerprint": "c2:README:github-pat:3"}]`

// TestIngest: what a guest pipes in waits in the lobby, or is in a room; files of
// the server are not theirs to read, and the lobby is not there for a key of
// certain rooms.
func TestIngest(t *testing.T) {
	r, _ := whole(t)
	r.keys(usual() + `handle="dan",right="write",rooms="inc-1" ` + pub(eve) + "\n")
	pipe := func(user, cmd string) (string, int) {
		t.Helper()
		c := r.login(user, map[string]ssh.Signer{"bo": bo, "cy": cy, "dan": eve}[user])
		defer c.Close()
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		s.Stdin = strings.NewReader(leaks)
		out, err := s.CombinedOutput(cmd)
		if err == nil {
			return string(out), 0
		}
		return string(out), exitOf(t, err)
	}
	for _, c := range []struct {
		user, cmd string
		code      int
		say       string
	}{
		{"bo", "status lobby", 1, "there is no lobby yet"},
		{"bo", "ingest -", 0, "1 finding, 1 of them new, as 1 alert"},
		{"bo", "status lobby", 0, "Lobby: 1 alert not judged"},
		{"bo", "ingest /etc/passwd", 2, "files are read where you are"},
		{"cy", "ingest -", 1, "certain rooms only"},
		{"cy", "ingest - --room inc-1", 1, "cy may only watch here"},
		{"dan", "ingest -", 1, "say which: ingest - --room inc-1"},
		{"dan", "status lobby", 1, "there is no room lobby here"},
		{"dan", "do lobby ':attach 1 inc-1'", 1, "there is no room lobby here"},
		{"dan", "ingest - --room inc-1", 0, "1 finding, 1 of them new"},
		{"dan", "ingest - --room inc-1", 0, "the file, its secrets masked"},
		{"bo", "evidence get inc-1 E1", 0, `"Secret": "<secret `},
		{"bo", "evidence get inc-1 E2", 1, "the room has E1 alone"},
		{"bo", "do lobby ':attach 1 inc-1'", 0, ""},
		{"bo", "status lobby", 0, "in inc-1, by bo"},
	} {
		if out, code := pipe(c.user, c.cmd); code != c.code || !strings.Contains(out, c.say) {
			t.Errorf("%s: %s: %d %s", c.user, c.cmd, code, out)
		}
	}
}
