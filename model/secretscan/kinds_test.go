package secretscan_test

import (
	"strings"
	"testing"

	"warroom/model/secretscan"
)

// assigned are the forms in which files, requests and command lines assign a value to the name of a
// secret, with the secret between » and «.
func assigned() []string {
	token := fake("", alnum, 32)
	return []string{
		// XML
		`<password>»Hunter2x«</password>`,
		`<password type="x">»Hunter2x«</password>`,
		`<wsse:Password Type="http://a.example/x#PasswordText">»Hunter2x«</wsse:Password>`,
		`<password type='x' encrypted="false">»Hunter2x«</password>`,
		`<ns1:password xsi:type="xsd:string" >»Hunter2x«</ns1:password>`,
		"<password\n  type=\"x\">»Hunter2x«</password>",
		`<db-password id="1">»Hunter2x«</db-password>`,
		`<clientSecret lang="en">»` + token + `«</clientSecret>`,
		`<property name="password">»Hunter2x«</property>`,
		`<property name="db.password" value="»Hunter2x«"/>`,
		`<property value="»Hunter2x«" name="db.password"/>`,
		`<add key="Password" value="»Hunter2x«"/>`,
		`<add value="»Hunter2x«" key="Password"/>`,
		`<entry key="password">»Hunter2x«</entry>`,
		`<string name="api_key">»` + token + `«</string>`,
		`<key>password</key><string>»Hunter2x«</string>`,
		"<key>ApiToken</key>\n\t<string>»" + token + "«</string>",
		`<user name="ana" password="»Hunter2x«"/>`,
		`<input type="password" name="x" value="»Hunter2x«">`,
		// JSON
		`{"password":"»Hunter2x«"}`,
		`{"password" : "»Hunter2x«"}`,
		"{\n  \"password\":\n    \"»Hunter2x«\"\n}",
		`{\"password\":\"»Hunter2x«\"}`,
		`{"name":"DB_PASSWORD","value":"»Hunter2x«"}`,
		`{"value":"»Hunter2x«","name":"DB_PASSWORD"}`,
		`{"key": "api_token", "value": "»` + token + `«"}`,
		`{"dbPassword":"»Hunter2x«","user":"ana"}`,
		// YAML
		`password: "»Hunter2x«"`,
		`password: »Hunter2x«`,
		`- name: DB_PASSWORD` + "\n" + `  value: »Hunter2x«`,
		`- name: DB_PASSWORD` + "\n" + `  value: "»Hunter2x«"`,
		"password: >-\n  »Hunter2x!«",
		`  'password': '»Hunter2x«'`,
		// INI, .env, properties
		`password=»Hunter2x«`,
		`password = »Hunter2x«`,
		`password    = »Hunter2x«`,
		"password\t= »Hunter2x«",
		"password=\t»Hunter2x«",
		`export DB_PASSWORD="»Hunter2x«"`,
		`export DB_PASSWORD='»Hunter2x«'`,
		`spring.datasource.password=»Hunter2x«`,
		`DB_PASS=»Hunter2x«`,
		`SMTP_PASS="»Hunter2x«"`,
		`db_pw=»Hunter2x«`,
		`$env:DB_PASSWORD = "»Hunter2x«"`,
		`Server=db;User Id=app;Password=»Hunter2x«;`,
		`Server=db;User Id=app;Pwd=»Hunter2x«;`,
		`password := "»Hunter2x«"`,
		`"password" => "»Hunter2x«"`,
		// HTTP
		`X-Api-Key: »` + token + `«`,
		`x-auth-token: »` + token + `«`,
		`Authorization: token »` + token + `«`,
		`Authorization: Token »` + token + `«`,
		`Authorization: ApiKey »` + token + `«`,
		`PRIVATE-TOKEN: »` + token + `«`,
		`Authorization: »` + token + `«`,
		`Proxy-Authorization: Basic »YW5hOmh1bnRlcjI=«`,
		`GET /x?password=»Hunter2x«&user=ana`,
		`GET /x?access_token=»` + token + `«&x=1`,
		`user=ana&password=»Hunter2x«&x=1`,
		// URLs
		`ftp://ana:»Hunter2x«@files.example/x`,
		`https://ana:»Hunter2x«@a.example:8443/x`,
		`mongodb+srv://ana:»Hunter2x«@c.example/db`,
		`jdbc:postgresql://ana:»Hunter2x«@c.example/db`,
		`jdbc:mysql://c.example/db?user=ana&password=»Hunter2x«`,
		`ssh://ana:»Hunter2x«@[2001:db8::1]:22/`,
		// flags
		`deploy --password=»Hunter2x«`,
		`deploy --password »Hunter2x«`,
		`deploy --password '»Hunter2x«'`,
		`deploy --db-password »Hunter2x«`,
		`deploy --db-password=»Hunter2x«`,
		`deploy --pass »Hunter2x« --user ana`,
		`deploy --token »` + token + `«`,
		`deploy --token=»` + token + `«`,
		`deploy --api-key »` + token + `«`,
		`deploy --client-secret "»` + token + `«"`,
		`deploy -password »Hunter2x«`,
		`deploy --passphrase »Hunter2x«`,
		// sentences
		`bo used »SEV1a2b« as password for root`,
		`bo used »SEV1a2b« as the password.`,
		`bo used »SEV1a2b« as passwords everywhere`,
		`bo used »SEV1!2b« as password label`,
	}
}

// prose are sentences about secrets that have none in them.
var prose = strings.Split(strings.TrimSpace(`
use SEV1a as password label
label the ticket SEV2b as password reset
we treat P1x as password spraying
INC4411a is tagged as password spray
use Tier1a as the password reset label
mark CVE2026a as a password leak
the password policy
the password policy asks for 14 characters
rotate the token by 5pm
rotate the token by 17:05Z
api key: see vault
api key: see the vault entry PAY-4411
password: see 1Password, item PAY-4411
password: in the safe, envelope 12
password: rotated at 14:05Z by bo
token: rotated at 14:05Z
the token is in vault at kv/prod/pay-7
the secret is rotated every 30d
secret: vault kv/prod/pay-7
set the password policy to 14+ characters
tell bo to reset the password by 5pm
the password reset for SEV1a is done
<password> is the placeholder in the runbook
the field <password type="x"> is empty
<password type="x"></password>
<password type="x">***</password>
<password type="x">${DB_PASSWORD}</password>
<password-policy min="12">enforced</password-policy>
<property name="password.policy">14 characters</property>
<label for="password">Password</label>
<input type="password" name="new-password" value="">
{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"pay-db","key":"password"}}}
{"name":"password_policy","value":"strict14"}
{"value":"web-7","name":"host"}
- name: DB_PASSWORD_FILE
deploy --password-file /run/secrets/db
deploy --token-file /run/secrets/db
deploy --password-stdin < /run/secrets/db
run it with --password and see the manual
use --token only in CI
pass the flag --no-password to psql
Authorization: header is missing in 12 requests
Authorization: none for /healthz
X-Api-Key: header missing since 14:05
https://a.example/reset?password=required
http://ana@files.example/x
the DB_PASS variable is unset on web-7
they pass = 12 of 14 checks
pass: 12 of 14 checks
`), "\n")

// TestAssignedForms: a secret is found in every form in which files, requests and commands assign one.
func TestAssignedForms(t *testing.T) {
	for _, marked := range assigned() {
		before, rest, _ := strings.Cut(marked, "»")
		secret, after, _ := strings.Cut(rest, "«")
		text := before + secret + after
		got := secretscan.Find(text)
		if len(got) != 1 || text[got[0].From:got[0].To] != secret {
			t.Errorf("%q\n got %s\nwant %q", text, words(text, got), secret)
		}
	}
}

// TestProseAboutSecrets: sentences and files that only speak of secrets pass.
func TestProseAboutSecrets(t *testing.T) {
	for _, text := range prose {
		if got := secretscan.Find(text); len(got) > 0 {
			t.Errorf("%q: got %s, want nothing", text, words(text, got))
		}
	}
}
