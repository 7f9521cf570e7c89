package secretscan_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"warroom/model/secretscan"
)

// randomText returns n bytes of an alphabet, the same for the same seed.
func randomText(seed uint64, alphabet string, n int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

const base64Text = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// aws returns an invented secret of an AWS key.
func aws(seed uint64) string { return randomText(seed, base64Text, 40) }

// variants are further samples of the classes, each with the secret between » and «.
var variants = map[string][]string{
	"AWS secret, named": {
		"aws_secret_access_key = »" + aws(1) + "«",
		"\"SecretAccessKey\": \"»" + aws(2) + "«\",",
		"export AWS_SECRET_ACCESS_KEY=»" + aws(3) + "«",
		"AWS secret »" + aws(4) + "« was pasted into the ticket",
		"the secret access key is »/" + aws(5)[1:] + "«",
		"Secret access key: »" + aws(6)[:39] + "/«",
		"secret_key: '»" + aws(7) + "«'",
		"der geheime AWS-Schlüssel lautet »" + aws(8) + "«",
		"la clé secrète AWS est »" + aws(9) + "«",
		"la clave secreta de AWS: »" + aws(10) + "«",
		"AWS gizli anahtarı »" + aws(11) + "« sızdı",
		"<SecretAccessKey>»" + aws(12) + "«</SecretAccessKey>",
		"aws configure set aws_secret_access_key »" + aws(13) + "«",
		"-----\nAWS creds\nkey ..7Q\n»" + aws(14) + "«",
	},
	"Dockerfile": {
		"ENV DB_PASSWORD »hunter22«",
		"FROM alpine\n  ENV\tPOSTGRES_PASSWORD\t»hunter22«\nRUN true",
		"env DB_PASSWORD \"»hunter two«\"",
		"+ENV NPM_TOKEN »" + randomText(30, "abcdef0123456789", 40) + "«",
		"12: ENV SECRET_KEY_BASE »" + randomText(31, "abcdef0123456789", 64) + "«",
		"/bin/sh -c #(nop)  ENV DB_PASSWORD »hunter22«",
		"ONBUILD ENV API_KEY »" + randomText(32, "abcdef0123456789", 32) + "«",
		"ARG DB_PASSWORD=»hunter22«",
		"ARG NPM_TOKEN=»" + randomText(33, "abcdef0123456789", 40) + "«",
		"ENV APP=shop DB_PASSWORD=»hunter22«",
	},
	"AWS secret, alone": {
		"»" + aws(20) + "«",
		"he pasted »" + aws(21) + "« into the channel",
		"found in line 12: »" + aws(22) + "«",
		"(»" + aws(23) + "«)",
		"key=»" + aws(24) + "«",
		"im Log steht »" + aws(25) + "«",
		"log satırında »" + aws(26) + "« var",
	},
	"English": {
		"their password turned out to be »Falcon!3391«",
		"I logged in with bo / »Kestrel#77x«",
		"password reset to »Harbor$2031« for svc-mail",
		"she told the attacker the password, »Copper!481«",
		"credentials were admin:»Juniper!22«",
	},
	"German": {
		"neues Passwort wäre »Wolke!2031«",
		"Zugangsdaten: admin / »Wiese#4471«",
		"mit dem Passwort »Birke!83x« angemeldet",
		"das alte Kennwort hieß »Linde$19q«",
		"Passwort zurückgesetzt auf »Ahorn!2031«",
	},
	"French": {
		"le nouveau mot de passe est »Orage!2031«",
		"identifiants : admin / »Neige#5512«",
		"connecté avec le mot de passe »Brume!77x«",
		"son ancien mot de passe était »Foudre$31«",
		"mdp : »Tonnerre!9«",
	},
	"Spanish": {
		"la nueva contraseña es »Lluvia!2031«",
		"credenciales: admin / »Trueno#481«",
		"entró con la contraseña »Nieve!66x«",
		"su contraseña anterior era »Viento$28«",
		"clave: »Niebla!91«",
	},
	"Turkish": {
		"yeni şifresi »Bulut!2031« oldu",
		"kullanıcı admin, şifre »Yagmur#55«",
		"»Ruzgar!34x« şifresiyle giriş yapıldı",
		"eski parolası »Firtina$7« idi",
		"parola: »Gunes!2031«",
	},
	"words with dashes": {
		"Passwort: »apfel-birne-kirsche«",
		"mot de passe : »pomme-poire-cerise«",
		"contraseña: »manzana-pera-cereza«",
		"parola: »elma-armut-kiraz«",
		"the passphrase is »window-river-candle-stone«",
	},
	"curl": {
		"curl --user 'svc:»Lantern!9«' https://a.example/x",
		"curl -X POST -u bo:»Meadow#42« https://a.example",
		"he ran curl -su deploy:»Orchid!7x« https://a.example",
		"curl -u \"ci:»Pebble$31«\" https://a.example",
		"curl -H 'Authorization: Bearer »" + fake("", alnum, 40) + "«' https://a.example",
	},
	"sshpass": {
		"sshpass -p'»Quartz!11«' ssh bo@10.2.3.4",
		"sshpass -p »Quartz!12« scp x bo@10.2.3.4:",
		"SSHPASS=»Quartz!13« sshpass -e ssh bo@10.2.3.4",
		"sshpass -p \"»Quartz 14«\" sftp x",
		"sudo sshpass -p »Quartz!15« ssh x",
	},
	"mysql": {
		"mysql -h db1 -uroot -p'»River!21«' shop",
		"mysqldump --password='»River!22«' shop",
		"mariadb -u app -p»River!23« shop",
		"MYSQL_PWD=»River!24« mysql shop",
		"mysql --user=root --password=»River!25«",
	},
	"netrc": {
		"machine api.example\n  login bo\n  password »Stone!31«",
		"machine a.example login bo password »Stone!32« account x",
		"default login x password »Stone!33«",
		"machine b.example login ci password »stone34abc«",
		"~/.netrc: machine c.example login ci password »Stone!35«",
	},
	"hashes of passwords": {
		"svc:»$6$abcdefgh$" + randomText(40, alnum, 86) + "«:19500:0:99999:7:::",
		"»$argon2id$v=19$m=65536,t=3,p=4$" + randomText(41, alnum, 22) + "$" + randomText(42, alnum, 43) + "«",
		"bo:»$2b$12$" + randomText(43, alnum, 53) + "«",
		"cy:»$apr1$kkkkkkkk$" + randomText(44, alnum, 22) + "«",
		"»pbkdf2_sha256$600000$abcdefghijkl$" + randomText(45, alnum, 43) + "=«",
	},
	"session cookies": {
		"Cookie: PHPSESSID=»" + randomText(50, alnum, 26) + "«; theme=dark",
		"Set-Cookie: laravel_session=»" + randomText(51, alnum, 60) + "«; HttpOnly",
		"JSESSIONID=»" + randomText(52, up, 32) + "«",
		"-b 'session=»" + randomText(53, alnum, 48) + "«'",
		"ASP.NET_SessionId=»" + randomText(54, "abcdefghijklmnopqrstuvwxyz012345", 24) + "«",
	},
	"TOTP": {
		"otpauth://totp/a.example:bo?secret=»" + randomText(60, b32, 32) + "«&digits=6",
		"MFA seed: »" + randomText(61, b32, 32) + "«",
		"authenticator key »" + randomText(62, b32, 16) + "« was shown on screen",
		"2FA-Schlüssel: »" + randomText(63, b32, 26) + "«",
		"la clave 2FA es »" + randomText(64, b32, 32) + "«",
	},
	"recovery codes": {
		"backup codes »8f2k-11xq«",
		"recovery code »4mk2-99zz-8h1q« was used",
		"Wiederherstellungscode: »7qd2-k19x«",
		"code de secours : »19ab-77cd«",
		"kurtarma kodu »a1b2-c3d4«",
	},
	"Azure": {
		"https://b.blob.core.windows.net/c?sv=2026-01-01&sr=c&sig=»" + randomText(70, alnum, 43) + "%3D«",
		"AccountKey=»" + randomText(71, alnum, 86) + "==«;EndpointSuffix=core.windows.net",
		"SharedAccessKey=»" + randomText(72, alnum, 43) + "=«",
		"AZURE_CLIENT_SECRET=»xyz8Q~" + randomText(73, alnum, 34) + "«",
		"PAT »" + randomText(74, alnum, 76) + "AZDO" + randomText(75, alnum, 4) + "«",
	},
	"Slack, Discord, Teams": {
		"»xoxb-1234567890-1234567890123-" + randomText(80, alnum, 24) + "«",
		"d=»xoxd-" + randomText(81, alnum, 60) + "%2F" + randomText(82, alnum, 30) + "«",
		"https://hooks.slack.com/services/»T01ABCDEF/B01ABCDEF/" + randomText(83, alnum, 24) + "«",
		"https://discord.com/api/webhooks/»112233445566778899/" + randomText(84, alnum, 68) + "«",
		"https://a.webhook.office.com/webhookb2/" + uuid + "@" + uuid + "/IncomingWebhook/»" +
			randomText(85, hexes, 32) + "/" + uuid + "«",
	},
	"services": {
		"TWILIO_AUTH_TOKEN=»" + randomText(90, hexes, 32) + "«",
		"mailchimp »" + randomText(91, hexes, 32) + "-us14«",
		"HEROKU_API_KEY: »" + uuid + "«",
		"netlify token »nfp_" + randomText(92, alnum, 36) + "«",
		"RENDER_API_KEY=»rnd_" + randomText(93, alnum, 32) + "«",
		"supabase: »sbp_" + randomText(94, hexes, 40) + "«",
		"credentials \"app.terraform.io\" { token = \"»" + randomText(95, alnum, 14) + ".atlasv1." +
			randomText(96, alnum, 67) + "«\" }",
		"square »sq0csp-" + randomText(97, alnum, 43) + "«",
		"OP_SERVICE_ACCOUNT_TOKEN=»ops_eyJ" + randomText(98, alnum, 300) + "«",
		"cargo login »cio" + randomText(99, alnum, 32) + "«",
	},
	"Wi-Fi": {
		"WIFI:S:guest;T:WPA;P:»Harbor-99«;H:false;;",
		"Wi-Fi key: »Meadow!31«",
		"WLAN-Passwort: »Gast!2031«",
		"mot de passe wifi : »Visiteur!9«",
		"wifi şifresi: »Misafir!31«",
	},
	"in the middle of a note": {
		"14:05 ana: creds admin:»Juniper!22« still work",
		"the reset password is »Maple$7714« for everyone",
		"Passwort für alle: »Eiche!4471«",
		"mot de passe du compte bo : »Orage!31x«",
		"contraseña de bo: »Trueno!31x«",
		"bo parolası: »Bulut!31x«",
		"login: bo / »Cedar#7714«",
		"anmeldedaten bo:»Birke#7714«",
		"giriş bilgileri bo / »Yagmur#7714«",
	},
	"PuTTY": {
		"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\nAAAA\n»Private-Lines: 1\nBBBB\n" +
			"Private-MAC: " + randomText(100, hexes, 64) + "«",
	},
}

// notes are sentences of incidents without a secret.
var notes = strings.Split(strings.TrimSpace(`
the password was rotated by bo at 14:05
Passwort von svc-ci um 14:05 durch bo erneuert
le mot de passe a été renouvelé par bo à 14:05
bo rotó la contraseña a las 14:05
şifre 14:05'te bo tarafından yenilendi
secret rotated, see da39a3ee5e6b4b0d3255bfef95601890afd80709
the secret was added in commit DA39A3EE5E6B4B0D3255BFEF95601890AFD80709
aws secret removed in 3a86382f1c9e4b5d6a7f8e9d0c1b2a3f4e5d6c7b
AWS key AKIAFAKENOTREALKEY7Q was disabled by bo
secret scanning alert 42 in src/main/java/com/acme/Payment
secret in services/Payment/src/Main/Config2Loader
IAM role 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
arn:aws:iam::123456789012:user/ci-deploy-2
arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/payments/db-AbCdEf
arn:aws:lambda:eu-west-1:123456789012:function:RotateSecretsEveryNight2
s3://acme-prod-logs/AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/29/
AwsSecretRotationControllerFactoryBeans2
secret CreateSecretRotationScheduleInputRequest
key AbstractAuthenticationProviderFactoryBean
the IamInstanceProfileAssociationStateChange9 event
CN=AmazonRootCA1, O=Amazon, serial 066c9fcf99bf8c0a39e2f0788a43e696365bca
SHA-1 fingerprint 8D:A7:F9:65:EC:5E:FC:37:91:0F:1C:6E:59:FD:C1:CC:6A:6E:DE:16
sha1 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12 of runner.img
image acme/api@sha256:2fd4e1c67a2d28fced849ee1bb76e7391b93eb122fd4e1c67a2d28fced849ee1
deployed v2.31.4-rc.1+build.8841 to production
go: github.com/acme/api v1.4.2 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
integrity sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC
x-amz-id-2: eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran
x-amz-request-id 318BC8BC148832E5 at 14:05:10
CloudTrail event 8f2b7a6d-1c3e-4a5b-9d8f-0a1b2c3d4e5f, AccessDenied
kubectl -n payments rollout restart deploy/api-7d9f8b6c5-x2k4p
pod api-7d9f8b6c5-x2k4p in namespace payments was deleted
https://grafana.example/d/abc123/api?orgId=1&from=1764403200000&to=1764406800000
https://console.aws.example/iam/home?region=eu-west-1#/users/ci-deploy
https://app.example/login?next=%2Fadmin%2Fusers%3Fpage%3D2
https://github.com/acme/api/blob/3a86382f1c9e4b5d6a7f8e9d0c1b2a3f4e5d6c7b/src/main.go#L42
https://acme.atlassian.net/browse/SEC-4411?focusedCommentId=100231
mail from attacker@evil.example to billing@acme.example at 13:12
bo@acme.example reset the password of cy@acme.example
password hash algorithm is argon2id since 2025
the password policy asks for 14 characters and a symbol
passwords of web01, web02 and db-3 were rotated
password of root is in the safe, envelope 12
no password was found in job 8841
password spraying: 412 accounts, 3 hits
the secret key of the HSM never left the module
access key id only; the secret was not logged
client secret expires on 2026-12-01
token expired at 2026-11-29T14:05:00Z
API key of user 8841 was revoked (ticket SEC-4411)
PublicKeyToken=b77a5c561934e089
System.Runtime, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGdhc3QxMjM0NTY3ODkwYWJjZGVmZ2hpamtsbW5v bo@laptop
KMS key 1234abcd-12ab-34cd-56ef-1234567890ab is scheduled for deletion
vault read -field=value secret/data/payments/db
export VAULT_TOKEN=$(cat ~/.vault-token)
aws iam delete-access-key --access-key-id AKIAFAKENOTREALKEY7Q --user-name ci
aws secretsmanager rotate-secret --secret-id prod/payments/db
git revert 3a86382f1c9e4b5d6a7f8e9d0c1b2a3f4e5d6c7b..da39a3ee5e6b4b0d3255bfef95601890afd80709
C:\Users\bo\AppData\Local\Packages\Acme2\Secrets.dll
the file /usr/lib/x86_64-linux-gnu/libsecret-1.so.0.20.5
Mot de passe oublié : 3 demandes depuis 203.0.113.7
Kennwortänderung für 412 Konten erzwungen
la clave pública está en el servidor
anahtar rotasyonu 14:05'te tamamlandı
the attacker used user-agent Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36
etag 9b2cf535f27731c974343645a3985328-17
S3 version id 3HL4kqtJlcpXroDTDmJrmSpXd3dIbrHY
request a1B2 took 340ms, then 502 from 10.2.3.4:8443
session id 8841 was ended at 14:05 by bo
the recovery code was used at 14:05 from 203.0.113.7
backup codes of bo were regenerated at 14:05
MFA seed was re-issued to cy
ssdeep 96:JKmboNgdAZLqBzbPRHNGZG6DRVL71pjKp6D4H/pJ:EmIgGZ+FbZcs6DRVP1p
"node_id": "MDE3OlB1bGxSZXF1ZXN0UmV2aWV3MjM3ODk1Njcx",
the body was QWNjZXNzLUNvbnRyb2wtQWxsb3ctT3JpZ2luOiAq
"fingerprint": "roz6Iph0eiPaih1shooPi1geiyuziitei0aiGhed"
aws request id fXEGnxqLtV6G0DZvMwynIMzrIr3rnIpusNRaF5VK
`), "\n")

// TestVariants: at least 95 of 100 further samples are found in full, and no note of an
// incident is taken for a secret.
func TestVariants(t *testing.T) {
	n, found := 0, 0
	for class, list := range variants {
		for _, marked := range list {
			before, rest, _ := strings.Cut(marked, "»")
			secret, after, _ := strings.Cut(rest, "«")
			text := before + secret + after
			n++
			got := secretscan.Find(text)
			if len(got) == 1 && text[got[0].From:got[0].To] == secret {
				found++
				continue
			}
			t.Logf("%s: %q\n got %s\nwant %q", class, text, words(text, got), secret)
		}
	}
	if n < 120 || found*100 < n*95 {
		t.Errorf("got %d of %d samples, want 95 of 100 and at least 120", found, n)
	}
	for _, text := range notes {
		if got := secretscan.Find(text); len(got) > 0 {
			t.Errorf("%q: got %s, want nothing", text, words(text, got))
		}
	}
}
