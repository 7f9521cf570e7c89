package secretscan_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"warroom/model/secretscan"
)

// fake builds a secret from a prefix and a length, so that secret scanners do not flag this
// file.
func fake(prefix, alphabet string, n int) string {
	var b strings.Builder
	b.WriteString(prefix)
	for i := range n {
		b.WriteByte(alphabet[(i*7+len(prefix))%len(alphabet)])
	}
	return b.String()
}

const (
	hexes = "0123456789abcdef"
	alnum = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0z"
	b32   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
)

// secrets are texts in which the part between » and « must be found.
func secrets() map[string]string {
	gh := fake("ghp_", alnum, 36)
	jwt := "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0." + fake("", alnum, 43)
	pem := "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEow\nabcd\n-----END RSA PRIVATE " + "KEY-----"
	m := map[string]string{
		"»" + gh + "«": "github-token", "token: »" + gh + "«": "github-token",
		"»ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2«":                               "github-token",
		"»" + fake("github_pat_", alnum, 82) + "«":                                 "github-token",
		"»" + fake("glpat-", alnum, 20) + "«":                                      "gitlab-token",
		"»xoxb-000000000000-000000000000-FAKEfakeNOTREAL00«":                       "slack-token",
		"https://hooks.slack.com/services/»T000/B000/" + fake("", alnum, 24) + "«": "slack-webhook",
		"»" + fake("sk_live_", alnum, 24) + "«":                                    "stripe-key",
		"»" + fake("rk_live_", alnum, 24) + "«":                                    "stripe-key",
		"»" + fake("sk-ant-api03-", alnum, 93) + "«":                               "anthropic-key",
		"»" + fake("sk-proj-", alnum, 120) + "«":                                   "openai-key",
		"»" + fake("sk-", alnum, 48) + "«":                                         "openai-key",
		"»" + fake("AIza", alnum, 35) + "«":                                        "google-key",
		"»" + fake("AIza", alnum, 34) + "-«":                                       "google-key",
		"»" + fake("GOCSPX-", alnum, 28) + "«":                                     "google-secret",
		"»" + fake("ya29.", alnum, 100) + "«":                                      "google-token",
		"»" + fake("npm_", alnum, 36) + "«":                                        "npm-token",
		"»" + fake("pypi-AgEIcHlwaS5vcmc", alnum, 80) + "«":                        "pypi-token",
		"»" + fake("rubygems_", hexes, 48) + "«":                                   "rubygems-key",
		"»" + fake("dckr_pat_", alnum, 27) + "«":                                   "docker-token",
		"»" + fake("dop_v1_", hexes, 64) + "«":                                     "digitalocean-token",
		"»" + fake("hvs.", alnum, 90) + "«":                                        "vault-token",
		"»" + fake("shpat_", hexes, 32) + "«":                                      "shopify-token",
		"»SG." + fake("", alnum, 22) + "." + fake("", alnum, 43) + "«":             "sendgrid-key",
		"»" + fake("key-", hexes, 32) + "«":                                        "mailgun-key",
		"»" + fake("lin_api_", alnum, 40) + "«":                                    "linear-key",
		"»" + fake("NRAK-", "ABC123DEF", 27) + "«":                                 "newrelic-key",
		"»" + fake("pul-", hexes, 40) + "«":                                        "pulumi-token",
		"»" + fake("hf_", alnum, 34) + "«":                                         "huggingface-token",
		"»" + fake("AGE-SECRET-KEY-1", b32, 58) + "«":                              "age-key",
		"»" + fake("dapi", hexes, 32) + "«":                                        "databricks-token",
		"»" + fake("ATATT3", alnum, 186) + "«":                                     "atlassian-token",
		"»" + fake("tskey-auth-", alnum, 40) + "«":                                 "tailscale-key",
		"»" + fake("SUA", b32, 55) + "«":                                           "nats-seed",
		"»123456789:AA" + fake("", alnum, 33) + "«":                                "telegram-token",
		"»" + jwt + "«":                                                            "jwt", "Authorization: Bearer »" +
			jwt + "«": "jwt",
		"Authorization: Bearer »" + fake("", alnum, 32) + "«": "bearer-token",
		"-H 'authorization: basic »YW5hOmh1bnRlcjI=«'":        "basic-login",
		"»" + pem + "«":                                                                "private-key",
		"it says\n»" + pem + "«\nin the log":                                           "private-key",
		"»" + strings.ReplaceAll(pem, "\n", `\n`) + "«":                                "private-key",
		"»-----BEGIN OPENSSH PRIVATE " + "KEY-----\nb3BlbnNzaA«":                       "private-key",
		"»-----BEGIN USER NKEY " + "SEED-----\nSUAxx\n------END USER NKEY SEED------«": "private-key",
	}
	m["https://»"+gh+"«@github.com/a/b"] = "github-token"
	m[fake("AKIA", b32, 16)+"x »"+gh+"«"] = "github-token"
	maps.Copy(m, named(gh))
	return m
}

// named are secrets that are found by the text before them.
func named(gh string) map[string]string {
	return map[string]string{
		"password=»hunter2«": "password", "DB_PASSWORD=»correct-horse« ./run": "password",
		`"password": "»correct horse«"`: "password",
		"PGPASSWORD='»s3cret; DROP«'":   "password", "the pwd:»abcd1234«": "password",
		"db.password = »geheim99«":                     "password",
		"parola=»kedi12«":                              "password",
		"postgres://app:»s3cr3t«@db.internal:5432/app": "password", "https://ana:»p%40ss«@example.org/x": "password",
		"redis://:»hunter2«@10.0.0.1:6379": "password", "amqp://u:»pa:ss@x«@mq/v": "password",
		"https://x-access-token:»" + gh + "«@github.com/a/b.git": "github-token",
		"api_key=»" + fake("", hexes, 32) + "«":                  "token", "API_KEY: »" + fake("", alnum, 40) +
			"«": "token", `client_secret="»` + fake("", alnum, 30) + `«"`: "token",
		"aws_secret_access_key = »" + fake("", alnum, 40) + "«": "token", "JWT_SECRET=»" + fake("", alnum, 32) +
			"«": "token", "AccountKey=»" + fake("", alnum, 86) + "==«;": "token",
		"?token=»" + fake("", alnum, 32) + "«&x=1": "token", "x-api-key: »" + fake("", alnum, 32) + "«": "token",
		"password: »Tr0ub4dor&3x«": "password",
	}
}

func TestSecretsAreFound(t *testing.T) {
	all := secrets()
	if len(all) < 55 {
		t.Errorf("only %d samples", len(all))
	}
	for marked, kind := range all {
		before, rest, _ := strings.Cut(marked, "»")
		secret, after, _ := strings.Cut(rest, "«")
		text := before + secret + after
		got := secretscan.Find(text)
		if len(got) != 1 || text[got[0].From:got[0].To] != secret || got[0].Kind != kind {
			t.Errorf("%q\n got %s\nwant %s %q", text, words(text, got), kind, secret)
		}
	}
}

func words(text string, found []secretscan.Found) string {
	var out []string
	for _, f := range found {
		out = append(out, f.Kind+" "+text[f.From:f.To])
	}
	return strings.Join(out, " | ")
}

// TestScannersPair: TruffleHog writes an AWS key as a pair. Only the second half is secret:
// the id names the key.
func TestScannersPair(t *testing.T) {
	text := "AKIAFAKENOTREALKEY7Q:FAKE/NOT/REAL/abcdefghijklmnop0123456789"
	got := secretscan.Find(text)
	if len(got) != 1 || got[0].Kind != "aws-secret" || got[0].To != len(text) {
		t.Errorf("got %s", words(text, got))
	}
}

func TestHarmlessTextPasses(t *testing.T) {
	if len(harmless) < 100 {
		t.Errorf("only %d samples", len(harmless))
	}
	for _, text := range harmless {
		if got := secretscan.Find(text); len(got) > 0 {
			t.Errorf("%q\n is taken for %s", text, words(text, got))
		}
	}
}

// TestOwnTextPasses: nothing in the project's own documents, plans, screens and scripts is
// reported as a secret.
func TestOwnTextPasses(t *testing.T) {
	fakes := regexp.MustCompile(`AKIAFAKENOTREALKEY7Q\S*|ghp_FAKE\w+|xoxb-0000\S+`)
	n := 0
	for _, glob := range []string{"../../*.md", "../../docs/*.md", "../../docs/adr/*.md", "../../config.example.toml",
		"../playbook/plans/*.toml", "../../ui/testdata/*.txt",
		"../../ui/e2e/testdata/script/*.txtar", "../../ui/cli/demo_script.go", "../../ui/cli/testdata/*.md",
		"../../feed/testdata/golden/*.jsonl", "../*.go"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			t.Fatalf("list files: %v", err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") ||
				slices.Contains([]string{"secrets.txtar", "redact.txtar", "evidence.txtar", "observe.txtar"},
					filepath.Base(path)) {
				continue
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("read a file: %v", err)
			}
			n++
			for line := range strings.Lines(fakes.ReplaceAllString(string(raw), "")) {
				if got := secretscan.Find(line); len(got) > 0 {
					t.Errorf("%s: %s", path, words(line, got))
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d files were looked at", n)
	}
}

// TestScannersSamples: every fake secret in the output of scanners is found.
func TestScannersSamples(t *testing.T) {
	fakes := regexp.MustCompile(
		`ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2|xoxb-000000000000-000000000000-FAKEfakeNOTREALnotreal00`)
	files, err := filepath.Glob("../../feed/alerts/testdata/*/*.json*")
	if err != nil {
		t.Fatalf("list files: %v", err)
	}
	seen := 0
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		seen += len(fakes.FindAll(raw, -1))
		for line := range strings.Lines(string(raw)) {
			if left := fakes.FindString(secretscan.Hide(line)); left != "" {
				t.Errorf("%s: %s is left", path, left)
			}
		}
	}
	if seen == 0 {
		t.Error("no sample holds a secret")
	}
}

// FuzzFind: for any text, the results lie within it and are in order.
func FuzzFind(f *testing.F) {
	for text := range secrets() {
		f.Add(strings.NewReplacer("»", "", "«", "").Replace(text))
	}
	for _, text := range harmless {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, x := range secretscan.Find(text) {
			if x.From < at || x.To <= x.From || x.To > len(text) || x.Kind == "" {
				t.Fatalf("%q: %+v after %d", text, x, at)
			}
			at = x.To
		}
	})
}

// BenchmarkFind measures one keystroke at the end of a line of maximum length.
func BenchmarkFind(b *testing.B) {
	for name, text := range map[string]string{
		"prose": strings.Repeat("the runner is cut off since 14:05, the old key answers 403: see job 8841 ",
			300)[:8<<10],
		"log": strings.Repeat(
			`{"ts":"2026-11-20T14:02:11Z","token_type":"bearer","url":"https://example.org/a?b=c",`+
				`"sha":"da39a3ee5e6b4b0d3255bfef95601890afd80709"} `, 100)[:8<<10],
		"hostile": strings.Repeat("eyJeyJ-----BEGIN =:://a:b password=sk-sk-ghp_AKIA bearer ", 300)[:8<<10],
		"equals":  strings.Repeat("token=", 1400)[:8<<10],
		"markup":  strings.Repeat(`<key name="password"`+"\n"+`value=a8 -pw <a><b>`, 300)[:8<<10],
		"values":  strings.Repeat(`value=abc `, 1000)[:8<<10],
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				secretscan.Find(text)
			}
		})
	}
}
