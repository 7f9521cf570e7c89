package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSecretEnv: no variable that the configuration names for a secret reaches a started
// program. The secret itself can be read repeatedly.
func TestSecretEnv(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(`
at_rest = { env = "T_REST" }
evidence_key = { command = ["env"] }
http = { token = { env = "T_TOKEN" }, sign = { env = "T_SIGN" }, github = { env = "T_GITHUB" } }
slack = { token = { env = "T_SLACK" }, app_token = { env = "T_APP" }, signing_secret = { env = "T_SIGNING" } }
mail = { server = "smtp.example.org:587", from = "a@example.org", password = { env = "T_MAIL" } }
jira = { url = "https://example.atlassian.net", email = "a@example.org", project = "A", token = { env = "T_JIRA" } }
notion = { database = "0123456789abcdef0123456789abcdef", token = { env = "T_NOTION" } }
[pagerduty]
token = { env = "T_PD" }
webhook = { env = "T_HOOK" }
[[pagerduty.page]]
purpose = "security"
routing_key = { env = "T_ROUTE" }
[[webhook]]
name = "siem"
url = "https://siem.example.org/"
secret = { env = "T_SIEM" }
old_secret = { env = "T_OLD" }
`), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	names := []string{"T_REST", "T_TOKEN", "T_SIGN", "T_GITHUB", "T_SLACK", "T_APP", "T_SIGNING", "T_MAIL", "T_JIRA",
		"T_NOTION", "T_PD", "T_HOOK", "T_ROUTE", "T_SIEM", "T_OLD"}
	for _, n := range names {
		t.Setenv(n, "the secret of "+n)
	}
	t.Setenv("T_OTHER", "no secret")
	a := &app{Env: Env{Getenv: os.Getenv, Unsetenv: func(n string) { _ = os.Unsetenv(n) }}}
	a.flags.config = path
	for range 2 { // doctor reads the configuration twice
		if err := a.configure(); err != nil {
			t.Fatalf("configure: %v", err)
		}
	}
	for _, n := range names {
		if got := a.Getenv(n); got != "the secret of "+n {
			t.Errorf("%s reads as %q, want its secret", n, got)
		}
	}
	got, err := a.cfg.Evidence.Get(context.Background(), "evidence_key", a.Getenv)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	lines := strings.Split(string(got.Reveal()), "\n")
	for _, l := range lines {
		if strings.HasPrefix(l, "T_") && l != "T_OTHER=no secret" {
			t.Errorf("a program that is started gets %q, want no secret", l)
		}
	}
	if !slices.Contains(lines, "T_OTHER=no secret") {
		t.Errorf("a program that is started gets %q, want the variables that hold no secret", lines)
	}
}
