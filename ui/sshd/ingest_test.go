package sshd_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"warroom/feed/alerts"
	"warroom/model"
)

// readAlerts returns the reader of alerts as main does.
func readAlerts(string, bool) (model.AlertSource, error) {
	return func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		return alerts.Read(ctx, r,
			alerts.Options{Key: model.NewSecret([]byte("a key of this test, 32 bytes long")), Source: source}, emit)
	}, nil
}

// copies returns the copier of alert files as main does.
func copies(string) (model.AlertCopier, error) {
	return func(ctx context.Context, in io.ReadSeeker, out io.Writer) (string, error) {
		return alerts.Copy(ctx, in, alerts.Options{Key: model.NewSecret([]byte("a key of this test, 32 bytes long"))},
			out)
	}, nil
}

const leaks = `[{"RuleID": "github-pat", "Description": "a token", "StartLine": 3, "Secret": "FAKENOTREAL",` +
	` "File": "README", "Commit": "c2", "Fingerprint": "c2:README:github-pat:3"}]`

// TestIngest: what a guest pipes in is in the lobby, or in a room. Guests cannot read files
// of the server, and the lobby does not exist for a key with certain rooms.
func TestIngest(t *testing.T) {
	r, _ := whole(t)
	r.keys(usual() + `handle="dan",right="write",rooms="inc-1" ` + pub(eve) + "\n")
	pipe := func(user, cmd string) (string, int) {
		t.Helper()
		c := r.login(user, map[string]ssh.Signer{"bo": bo, "cy": cy, "dan": eve}[user])
		defer c.Close()
		s, err := c.NewSession()
		if err != nil {
			t.Fatalf("open an SSH session: %v", err)
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
		message   string
	}{
		{"bo", "status lobby", 1, "there is no lobby yet"},
		{"bo", "ingest -", 0, "1 finding, 1 of them new, as 1 alert"},
		{"bo", "status lobby", 0, "Lobby: 1 alert to triage"},
		{"bo", "ingest /etc/passwd", 2, "alerts come through stdin"},
		{"cy", "ingest -", 1, "certain rooms only"},
		{"cy", "ingest - --room inc-1", 1, "cy may only watch here"},
		{"dan", "ingest -", 1, "name one: ingest - --room inc-1"},
		{"dan", "status lobby", 1, "there is no room lobby here"},
		{"dan", "do lobby ':attach 1 inc-1'", 1, "there is no room lobby here"},
		{"dan", "ingest - --room inc-1", 0, "1 finding, 1 of them new"},
		{"dan", "ingest - --room inc-1", 0, "the file, its secrets masked"},
		{"bo", "evidence get inc-1 E1", 0, `"Secret": "<secret `},
		{"bo", "evidence get inc-1 E2", 1, "this room has only E1"},
		{"bo", "do lobby ':attach 1 inc-1'", 0, ""},
		{"bo", "status lobby", 0, "moved to inc-1 by bo"},
	} {
		if out, code := pipe(c.user, c.cmd); code != c.code || !strings.Contains(out, c.message) {
			t.Errorf("%s: %s: %d %s", c.user, c.cmd, code, out)
		}
	}
}
