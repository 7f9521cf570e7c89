package guard_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"warroom/model/guard"
)

// fake makes a secret out of a prefix and its length, so that no scanner takes
// this file for a leak.
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

// secrets are texts with what has to be found in them, between » and «.
func secrets() map[string]string {
	gh := fake("ghp_", alnum, 36)
	jwt := "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0." + fake("", alnum, 43)
	pem := "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEow\nabcd\n-----END RSA PRIVATE " + "KEY-----"
	m := map[string]string{
		"»" + gh + "«":           "github-token", "token: »" + gh + "«": "github-token", "»ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2«": "github-token",
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
		"»" + jwt + "«":                                                            "jwt", "Authorization: Bearer »" + jwt + "«": "jwt",
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

// named are the secrets that are found by what stands before them.
func named(gh string) map[string]string {
	return map[string]string{
		"password=»hunter2«": "password", "DB_PASSWORD=»correct-horse« ./run": "password", `"password": "»correct horse«"`: "password",
		"PGPASSWORD='»s3cret; DROP«'": "password", "the pwd:»abcd1234«": "password", "db.password = »geheim99«": "password",
		"parola=»kedi12«": "password",
		"postgres://app:»s3cr3t«@db.internal:5432/app": "password", "https://ana:»p%40ss«@example.org/x": "password", "redis://:»hunter2«@10.0.0.1:6379": "password", "amqp://u:»pa:ss@x«@mq/v": "password",
		"https://x-access-token:»" + gh + "«@github.com/a/b.git": "github-token",
		"api_key=»" + fake("", hexes, 32) + "«":                  "token", "API_KEY: »" + fake("", alnum, 40) + "«": "token", `client_secret="»` + fake("", alnum, 30) + `«"`: "token",
		"aws_secret_access_key = »" + fake("", alnum, 40) + "«": "token", "JWT_SECRET=»" + fake("", alnum, 32) + "«": "token", "AccountKey=»" + fake("", alnum, 86) + "==«;": "token",
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
		got := guard.Find(text)
		if len(got) != 1 || text[got[0].From:got[0].To] != secret || got[0].Kind != kind {
			t.Errorf("%q\n got %s\nwant %s %q", text, words(text, got), kind, secret)
		}
	}
}

func words(text string, found []guard.Found) string {
	var out []string
	for _, f := range found {
		out = append(out, f.Kind+" "+text[f.From:f.To])
	}
	return strings.Join(out, " | ")
}

// TestScannersPair: of what TruffleHog writes of an AWS key the second half is secret:
// the id names the key.
func TestScannersPair(t *testing.T) {
	text := "AKIAFAKENOTREALKEY7Q:FAKE/NOT/REAL/abcdefghijklmnop0123456789"
	got := guard.Find(text)
	if len(got) != 1 || got[0].Kind != "aws-secret" || got[0].To != len(text) {
		t.Errorf("got %s", words(text, got))
	}
}

// harmless is what people write in an incident and is no secret.
var harmless = strings.Split(strings.TrimSpace(`
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
sha256:9de35e7ab06d9027990653875c777e8eba26c108128d77cf3467c7bf2ecff085
da39a3ee5e6b4b0d3255bfef95601890afd80709 is the commit
fixed in 3a86382 and e288aa0
d41d8cd98f00b204e9800998ecf8427e  runner.img
sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==
01ARZ3NDEKTSV4RRFFQ69G5FAV
room 01JD0000000000000000000000, entry 41
00VHNDC9HMSF03ZZ1CVYBYCXPS
f47ac10b-58cc-4372-a567-0e02b2c3d479
token=f47ac10b-58cc-4372-a567-0e02b2c3d479
SHA256:uNiVztksCsDhcc0u9e8BrrzzX1Fh3qbIVZ8pRZqL5yU is the host's key
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ana@host
-----BEGIN PUBLIC KEY-----
-----BEGIN CERTIFICATE-----
UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4
key 0y78XZoxcrLI5c625fq1hhJMCu4MLLA1jxqTMqkw4KI was struck
192.0.2.7
10.0.0.0/8 and 2001:db8::7
203.0.113.7:443
de:ad:be:ef:00:01
ana@example.org
mail to <security@example.org>, please
https://example.org/a?b=c#d
https://example.org:8443/path/to/x
https://ana@example.org/x
https://github.com/a/b/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709
http://localhost:8222/varz?subs=1
postgres://db.internal:5432/app
postgres://app:***@db.internal/app
postgres://app:$PGPASSWORD@db/app
postgres://app:<password>@db/app
https://user:password@example.org/
git@github.com:a/b.git
s3://bucket/2026/11/21/log.gz
arn:aws:iam::123456789012:role/deploy
arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf
secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf
key ..7Q seen in job 8841
AKIA..7Q was used from outside
AKIA…7Q and AKIA****7Q
AKIA
AKIAKEY is what they begin with
the key AKIAFAKENOTREALKEY7Q is in the log
AWS_ACCESS_KEY_ID=AKIAFAKENOTREALKEY7Q
access_key: ASIAFAKENOTREALKEY7Q
PWD=/home/svc
OLDPWD=/var/lib/app
pwd: /var
pwd: C:\\Users\\svc
password was rotated
the password was changed at 14:05 by bo
password is wrong for svc-deploy2 since 14:05
the password for svc-deploy2 was rotated
password for ana@example.org was reset
das Passwort wurde geändert
le mot de passe a été changé
la contraseña fue cambiada ayer
şifre değiştirildi
parola sıfırlandı, 14:05
password: reset-for-all-users
secret: prod-db-credentials-v2
secret_name=payments-api-key-v2
token: deploy-bot-2
session 8841 was ended
session=8841
sid=S-1-5-21-3623811015-3361044348-30300820-1013
AccountSid=AC0123456789abcdef0123456789abcdef
recovery code was used twice
backup codes: rotated
2FA secret was rotated
curl -u "$USER:$PASS" https://example.org
curl -H 'Accept: x' https://example.org/a-b
mysql -p -u root
sshpass -p "$PASS" ssh host
ssh -p 2222 host
docker run -p 8080:80 nginx
machine example.org login deploy
kubectl -n prod get secret api-token-x7k2p
sha256~ is how OpenShift tokens begin
sig=abc
WIFI:T:nopass;S:guest;;
$6$ is how SHA-512 hashes begin
-----BEGIN CERTIFICATE----- MIIC -----END CERTIFICATE-----
ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 ana@host
ghp_
tokens that begin with ghp_ or github_pat_ are GitHub's
sk-secret-key
sk-proj-of-the-year
sk-learn and scikit-learn-extra-with-a-long-name-in-it
xoxb- tokens are Slack's
npm_config_registry=https://registry.npmjs.org
npm_lifecycle_event
SG.exe was started
key-ana, key-bo and key-hub
key-value-store
hf_transfer
the password is wrong
password: reset for all users
password: changed at 14:05
passwords: rotated
password: rotated, 14:05:10
password=reset
password=
password=***
password=$PASS
password="${DB_PASSWORD}"
password={{ .Values.password }}
password: <redacted>
password=REDACTED
PASSWORD=xxxxxxxx
password policy: 12 characters
password-manager is down
token: expired
token=expired
token_type=bearer
next_token=eyJhIjoxfQabcdefgh1234567890
secret: leaked
secrets: 3 found, 2 verified
secret scanning: TruffleHog
JWT_SECRET was rotated
rotate JWT_SECRET and force logout
secret=prod/db/password
api_key: revoked
api_key=process.env.API_KEY
client_secret: see vault/prod/app
token count: 128000
max_tokens=4096
Bearer of bad news
Bearer token was in the log
bearer authentication
Basic Auth is off
basic authentication
basic password checks
eyJ is how JWTs begin
eyJhbGciOiJIUzI1NiJ9 is only its header
Mon Nov 20 14:02:11 UTC 2026
2026-11-20T14:02:11.123Z
-12m first odd login
@14:32 the first one
:check 3 old key gives 403
:sev SEV-1 active-exploit the key was used from outside
:todo @cy due 3d prevent rotate keys monthly
:link notion https://notion.example/x tracker
:exposure suspected ~1200 gdpr mail addresses in the bucket
TODO: alert on keys used from new networks
!rotate now, isolate after; cy executes
214 GetObject calls with ..7Q from 203.0.113.7, first one 17 minutes ago
[secret aws-key 3f9a1c] is the one of entry 12
[secret password 3f9a]
password=[secret password 3f9a]
kubectl get secret db -n prod -o yaml
docker.io/library/nginx@sha256:9de35e7ab06d9027990653875c777e8eba26c108128d77cf3467c7bf2ecff085
CVE-2026-12345 and GHSA-jfh8-c2jp-5v3q
i-0abcd1234ef567890 in eu-west-1a
sg-0a1b2c3d4e5f67890
vpc-0123456789abcdef0
arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
C:\Users\ana\AppData\Local\Temp\x.tmp
/var/lib/docker/overlay2/9de35e7ab06d9027990653875c777e8eba26c108128d77cf3467c7bf2ecff085/merged
x-request-id: 7f3c9a1e5b2d4f60
traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
etag: "33a64df551425fcc55e4d42a148795d9f25f89d4"
Set-Cookie: lang=en; path=/
GET /login?user=ana HTTP/1.1
şifre sıfırlandı, 14:05'te
パスワード: 変更済み
🔑: rotated
the passphrase: it was "never written down"
session 8841: token refreshed at 14:05:10
auth_token: none
SELECT count(*) FROM users WHERE token IS NULL
iban DE89 3704 0044 0532 0130 00
0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed
`), "\n")

func TestHarmlessTextPasses(t *testing.T) {
	if len(harmless) < 100 {
		t.Errorf("only %d samples", len(harmless))
	}
	for _, text := range harmless {
		if got := guard.Find(text); len(got) > 0 {
			t.Errorf("%q\n is taken for %s", text, words(text, got))
		}
	}
}

// TestOwnTextPasses: what stands in the project's own documents, plans, screens
// and scripts is no secret.
func TestOwnTextPasses(t *testing.T) {
	fakes := regexp.MustCompile(`AKIAFAKENOTREALKEY7Q\S*|ghp_FAKE\w+|xoxb-0000\S+`)
	n := 0
	for _, glob := range []string{"../../*.md", "../../docs/*.md", "../../docs/adr/*.md", "../../config.example.toml", "../playbook/plans/*.toml", "../../ui/testdata/*.txt",
		"../../ui/e2e/testdata/script/*.txtar", "../../ui/cli/demo_script.go", "../../ui/cli/testdata/*.md", "../../feed/testdata/golden/*.jsonl", "../*.go"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") || slices.Contains([]string{"secrets.txtar", "redact.txtar", "evidence.txtar"}, filepath.Base(path)) {
				continue
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			n++
			for line := range strings.Lines(fakes.ReplaceAllString(string(raw), "")) {
				if got := guard.Find(line); len(got) > 0 {
					t.Errorf("%s: %s", path, words(line, got))
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d files were looked at", n)
	}
}

// TestScannersSamples: every fake secret in what scanners wrote is found.
func TestScannersSamples(t *testing.T) {
	fakes := regexp.MustCompile(`ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2|xoxb-000000000000-000000000000-FAKEfakeNOTREALnotreal00`)
	files, err := filepath.Glob("../../feed/intake/testdata/*/*.json*")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		seen += len(fakes.FindAll(raw, -1))
		for line := range strings.Lines(string(raw)) {
			if left := fakes.FindString(guard.Hide(line)); left != "" {
				t.Errorf("%s: %s is left", path, left)
			}
		}
	}
	if seen == 0 {
		t.Error("no sample holds a secret")
	}
}

// FuzzFind: whatever the text, what is found lies in it and in order.
func FuzzFind(f *testing.F) {
	for text := range secrets() {
		f.Add(strings.NewReplacer("»", "", "«", "").Replace(text))
	}
	for _, text := range harmless {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, x := range guard.Find(text) {
			if x.From < at || x.To <= x.From || x.To > len(text) || x.Kind == "" {
				t.Fatalf("%q: %+v after %d", text, x, at)
			}
			at = x.To
		}
	})
}

// BenchmarkFind is one key typed at the end of the longest line there is.
func BenchmarkFind(b *testing.B) {
	for name, text := range map[string]string{
		"prose":   strings.Repeat("the runner is cut off since 14:05, the old key answers 403: see job 8841 ", 300)[:8<<10],
		"log":     strings.Repeat(`{"ts":"2026-11-20T14:02:11Z","token_type":"bearer","url":"https://example.org/a?b=c","sha":"da39a3ee5e6b4b0d3255bfef95601890afd80709"} `, 100)[:8<<10],
		"hostile": strings.Repeat("eyJeyJ-----BEGIN =:://a:b password=sk-sk-ghp_AKIA bearer ", 300)[:8<<10],
		"equals":  strings.Repeat("token=", 1400)[:8<<10],
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				guard.Find(text)
			}
		})
	}
}
