package secretscan_test

import (
	"strings"
	"testing"

	"warroom/model/secretscan"
)

const (
	up   = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	uuid = "3b241101-e2bb-4255-8caf-4136c566a962"
)

// classes are the classes of secrets that people and tools write into a room, with the
// secret between » and «.
var classes = map[string][]string{
	"sentence, English": {
		"the password is »hunter22«",
		"the root password is »Tr0ub4dor&3«",
		"password was changed to »Winter2026!«",
		"his password is \"»opensesame«\"",
		"log in with user bo, password »Sommer24x«",
		"the new password: »kT9#mm2q«",
		"Password for svc-deploy is »x7Kp!22q«",
		"the passphrase is '»correct-horse-9«'",
		"pwd is »q1w2e3r4«.",
	},
	"sentence, German": {
		"das Passwort ist »Sommer2026!«",
		"Das Passwort lautet »geheim99«",
		"Passwort: »Winter2025«",
		"Kennwort »Gh7!kk2p« gilt noch",
		"das Passwort für svc-app ist »Kx82!mn«",
	},
	"sentence, short words": {"pw: »hunter22«", "user: bob pass: »Hunter22!«", "the pass is »Hunter22!«",
		"pw = »q1w2e3r4«"},
	"sentence, German, joined": {"Das WLAN-Passwort lautet »Gast2026!«", "Zugangspasswort: »Winter77«"},
	"sentence, French": {
		"le mot de passe est »Bonjour2026«",
		"mot de passe : »Ete2025!«",
		"le mdp est »azerty99!«",
	},
	"sentence, Spanish": {"la contraseña es »Hola1234«", "contraseña: »Verano2026!«", "la clave es »secreta99!«"},
	"sentence, Turkish": {
		"parola »Kedi1234«",
		"şifre: »Yaz2026!«",
		"şifresi »Kedi99!x« idi",
		"yeni şifre »Ankara06!« olarak ayarlandı",
		"parola şu: »Deniz2026!«",
	},
	"words with dashes": {
		"password: »correct-horse-battery«",
		"passphrase: »purple-monkey-dishwasher-lamp«",
		"password=»alpha-bravo-charlie«",
	},
	"curl -u": {
		"curl -u ana:»hunter22« https://example.org",
		"curl -s --user svc:»p4ssw0rd!« https://example.org",
		"curl -u 'bo:»s3cr3t!«' https://x",
	},
	"sshpass -p": {
		"sshpass -p »hunter22« ssh root@10.0.0.7",
		"sshpass -p'»My5ecret!«' ssh x",
		"sshpass -p \"»My 5ecret«\" ssh x",
	},
	"mysql -p": {
		"mysql -u root -p»hunter22« app",
		"mysqldump -uroot -p»S3cret!« app > x.sql",
		"mysql --password=»geheim99« app",
		"mysql -h db -u app --password »geheim99«",
	},
	"netrc": {
		"machine git.example.org login deploy password »hunter22«",
		"default login ana password »x9Yz!!12«",
	},
	"shadow": {
		"root:»$6$rounds=5000$saltsalt$" + fake("", alnum, 86) + "«:19000:0:99999:7:::",
		"ana:»$y$j9T$" + fake("", alnum, 22) + "$" + fake("", alnum, 43) + "«:19000::",
	},
	"htpasswd": {
		"ana:»$apr1$abcdefgh$" + fake("", alnum, 22) + "«",
		"bo:»$2y$10$" + fake("", alnum, 53) + "«",
		"cy:»{SHA}" + fake("", alnum, 27) + "=«",
	},
	"session cookie": {
		"Cookie: sessionid=»" + fake("", alnum, 32) + "«; lang=en",
		"Set-Cookie: JSESSIONID=»" + fake("", up, 32) + "«; Path=/",
		"PHPSESSID=»" + fake("", alnum, 26) + "«",
		"connect.sid=»s%3A" + fake("", alnum, 40) + "«",
	},
	"TOTP seed": {
		"otpauth://totp/acme:ana?secret=»" + fake("", b32, 32) + "«&issuer=acme",
		"TOTP seed »" + fake("", b32, 16) + "«",
		"the 2FA secret is »" + fake("", b32, 32) + "«",
	},
	"recovery codes": {
		"recovery code »a1b2c-d3e4f«",
		"backup code: »1234-5678«",
		"recovery codes: »k3j4-9x8w«",
	},
	"PuTTY": {
		"PuTTY-User-Key-File-2: ssh-rsa\nPublic-Lines: 1\nAAAA\n»Private-Lines: 1\nBBBB\nPrivate-MAC: " + fake(
			"",
			hexes,
			40,
		) + "«",
	},
	"Azure SAS": {
		"https://acct.blob.core.windows.net/c/f?sv=2024-05-04&se=2026-01-01&sr=b&sp=r&sig=»" + fake(
			"",
			alnum,
			42,
		) + "%3D«",
	},
	"client secret": {
		"client_secret=»" + fake("", alnum, 40) + "«",
		"the app's secret »" + "abc8Q~" + fake("", alnum, 34) + "« leaked",
		"AZURE_CLIENT_SECRET=»" + fake("", alnum, 34) + "«",
	},
	"DevOps token": {
		"»" + fake("", alnum, 76) + "AZDO" + fake("", alnum, 4) + "«",
		"AZURE_DEVOPS_EXT_PAT_TOKEN=»" + fake("", "abcdefghijklmnopqrstuvwxyz234567", 52) + "«",
	},
	"Discord": {
		"»M" + fake("", alnum, 25) + "." + fake("", alnum, 6) + "." + fake("", alnum, 30) + "«",
		"https://discord.com/api/webhooks/»123456789012345678/" + fake("", alnum, 68) + "«",
	},
	"Teams": {
		"https://acme.webhook.office.com/webhookb2/" + uuid + "@" + uuid + "/IncomingWebhook/»" + fake(
			"",
			hexes,
			32,
		) + "/" + uuid + "«",
	},
	"Slack xoxd-": {"d=»xoxd-" + fake("", alnum, 40) + "%2B" + fake("", alnum, 20) + "%3D«"},
	"Twilio":      {"»SK" + fake("", hexes, 32) + "«", "TWILIO_AUTH_TOKEN=»" + fake("", hexes, 32) + "«"},
	"Mailchimp":   {"»" + fake("", hexes, 32) + "-us21«"},
	"Heroku":      {"HEROKU_API_KEY=»" + uuid + "«", "»HRKU-AA" + fake("", alnum, 58) + "«"},
	"Netlify":     {"»nfp_" + fake("", alnum, 36) + "«"},
	"Render":      {"»rnd_" + fake("", alnum, 32) + "«"},
	"Supabase":    {"»sbp_" + fake("", hexes, 40) + "«", "»sb_secret_" + fake("", alnum, 31) + "«"},
	"Terraform":   {"»" + fake("", alnum, 14) + ".atlasv1." + fake("", alnum, 67) + "«"},
	"Square":      {"»sq0atp-" + fake("", alnum, 22) + "«", "»EAAA" + fake("", alnum, 60) + "«"},
	"1Password": {
		"»ops_eyJ" + fake("", alnum, 300) + "«",
		"»A3-" + fake("", up, 6) + "-" + fake("", up, 6) + "-" + fake("", up, 5) + "-" + fake("", up, 5) + "-" +
			fake("", up, 5) + "«",
	},
	"crates.io": {"»cio" + fake("", alnum, 32) + "«"},
	"Wi-Fi":     {"WIFI:T:WPA;S:office;P:»hunter22«;;", "the Wi-Fi password is »Guest2026!«"},
}

// TestClasses: at least 95 of 100 samples of every documented class are found, completely
// and without other text.
func TestClasses(t *testing.T) {
	n, found := 0, 0
	for class, list := range classes {
		hit := 0
		for _, marked := range list {
			before, rest, _ := strings.Cut(marked, "»")
			secret, after, _ := strings.Cut(rest, "«")
			text := before + secret + after
			n++
			got := secretscan.Find(text)
			if len(got) == 1 && text[got[0].From:got[0].To] == secret {
				hit++
				continue
			}
			t.Logf("%s: %q\n got %s\nwant %q", class, text, words(text, got), secret)
		}
		found += hit
		if hit == 0 {
			t.Errorf("%s: got none of %d samples, want them", class, len(list))
		}
	}
	if n < 75 || found*100 < n*95 {
		t.Errorf("got %d of %d samples, want 95 of 100 and at least 75", found, n)
	}
}
