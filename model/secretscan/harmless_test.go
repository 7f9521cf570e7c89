package secretscan_test

import "strings"

// harmless is text that people write in an incident and that has no secret.
var harmless = strings.Split(strings.TrimSpace(`
ENV DB_PASSWORD is in the vault
ENV DB_PASSWORD $DB_PASSWORD
ENV DB_PASSWORD_FILE /run/secrets/db
ENV NPM_TOKEN ${NPM_TOKEN}
the env password reset went well
the ENV DB_PASSWORD line was removed
ARG NAME=value
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
mysql -p3306
pass 3 of 5
the iterator passed to "insert_many9" is short
host objects passed to "Promise.prototype.then2" are not cleaned
pass Build42 on to the next shift
password spraying from 203.0.113.9
password123 is on the list
docker login -u bo registry.example
rsync --password-file /etc/x
password is stored in vault/prod/db
passwords were in job8841
the psk was changed
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
