package secretscan_test

import (
	"strings"
	"testing"

	"warroom/model/secretscan"
)

// sentencesWithSecrets are sentences as people write them in an incident, with the secret
// between » and «.
var sentencesWithSecrets = []string{
	// English
	"the password he used was »Tr0ub4dor3«",
	"the password that they used for the bastion was »Zebra!2291«",
	"password we set on the router: »Hq7!mm20«",
	"the passphrase she typed was '»lemon-tree-77«'",
	"the key »JBSWY3DPEHPK3PXPJBSW« for 2FA was in the ticket",
	"he pasted the seed »KRSXG5CTMVRXEZLUKN2H« for the authenticator app",
	"attacker logged in as root with password »Qwerty!77«",
	"the admin password has been »Summer#2031« since May",
	"service account svc-ci, pwd: »9fK!x02mQ«",
	"backup codes he printed: »k3j4-9x8w« »a8b7-22cd«",
	// German
	"das Passwort, das er benutzt hat, war »Herbst2031!«",
	"das Passwort für den Jump-Host war »Kaffee!99x«",
	"Root-Passwort war »Zx81!spectrum«",
	"das Kennwort lautete »Blau#4711x«",
	"der Schlüssel »MFRGGZDFMZTWQ2LKNNWG« für 2FA steht im Wiki",
	"das neue Kennwort ist »Regen!2031«",
	"Passwort des Druckers: »Drucker#12«",
	"im Skript stand Passwort=»geheim123!«",
	// French
	"le mot de passe qu'il utilisait était »Soleil2031!«",
	"le mot de passe du compte svc est »Paris!75011«",
	"la clé »GEZDGNBVGY3TQOJQGEZD« pour le 2FA a fuité",
	"son mdp était »Marseille13!«",
	"mot de passe wifi : »Invite#2031«",
	"mot de passe administrateur = »Adm1n!lyon«",
	// Spanish
	"la contraseña que usó era »Madrid2031!«",
	"la contraseña del servidor era »Sevilla#41«",
	"la clave »ONSWG4TFOQQHIZLTOQ2A« para 2FA estaba en el chat",
	"su contraseña es »Lima!15001«",
	"contraseña de root: »Bogota#571«",
	"la clave era »Quito!2031«",
	// Turkish
	"kullandığı şifre »İstanbul34!« idi",
	"şifre olarak »Izmir35!x« girilmiş",
	"root parolası »Bursa16!x« idi",
	"yeni parola: »Adana01!x«",
	"2FA anahtarı »NBSWY3DPO5XXE3DENBSW« sızdı",
	"wifi şifresi »Misafir2031!«",
	// commands and files
	"ŞİFRE: »Kars36!x«",
	"MOT DE PASSE ÉTAIT »Lille59!x«",
	"CONTRASEÑA: »Quito!2032«",
	"KENNWORT FÜR ROOT LAUTET »Bonn53!x«",
	"das WLAN-Passwort heißt »Gast2031!«",
	"le mot de passe root, c'est »Nantes44!«",
	"new password → »Autumn2031!«",
	"the password (»Autumn2031!«) was in the build log",
	"they use »Autumn2031!« as the password",
	"sie nutzen '»Herbst2032!«' als Passwort",
	"the totp secret is »JBSW Y3DP EHPK 3PXP«, typed by hand",
	"<user>app</user><db:password>»Xk9mQ2v7tt«</db:password>",
	"azure devops pat »2ricphkqdlmttns4lrwbqcabm6p4g37ztnovmizwdiaeq3kdfysp«",
	"he ran mysql -u root -p»Hunter!77« shop",
	"curl -u deploy:»Xy7!kk2p« https://repo.example/x",
	"sshpass -p '»Zq8!mm1x«' ssh root@10.2.0.9",
	"the .netrc has machine repo login ci password »Ab9!xx03«",
}

// untold are texts that must not be masked.
var untold = []string{
	"the password he used was rotated yesterday",
	"the password (see the vault) was rotated",
	"<password>${DB_PASSWORD}</password> in <file>web01</file>",
	"rotate it as a password would be rotated; use web01 as the jump host",
	"the totp app of CARL WITH DATA FROM web01",
	"ŞİFRE DEĞİŞTİRİLDİ",
	"the password that they used is in the vault under infra/db-2",
	"password spraying from 203.0.113.7 against 412 accounts",
	"the password he used was the default one",
	"she reset the password and told IT at 14:32",
	"password policy is NIST SP 800-63B",
	"the key for 2FA was not in the ticket",
	"key rotation for 2FA is planned for Q3",
	"KEYROTATION for MFA is on the list",
	"the passphrase was changed at 2026-11-29T12:40:00Z",
	"passwords for web01 and web02 were rotated",
	"the password hash is of type sha512crypt",
	"password manager: all entries exported at 12:40",
	"the pass is valid until 17:00",
	"the pwd was /home/svc/app when it ran",
	"PWD=/srv/app OLDPWD=/srv",
	"the password was stored in config.yaml:12",
	"password was set by ana@example.org",
	"password for ticket INC-4411 was reset",
	"the password field has 32 characters",
	"das Passwort, das er benutzt hat, war abgelaufen",
	"das Passwort wurde um 14:32 geändert",
	"Passwort-Reset für 412 Konten angestoßen",
	"das Kennwort ist im Tresor hinterlegt",
	"der Schlüssel für 2FA wurde getauscht",
	"le mot de passe qu'il utilisait était expiré",
	"le mot de passe a été changé à 14:32",
	"mot de passe oublié par l'utilisateur",
	"la clé pour le 2FA est en sécurité",
	"la contraseña que usó era la de siempre",
	"la contraseña fue cambiada a las 14:32",
	"la clave del problema es el proxy",
	"la clave está en el servidor web01",
	"kullandığı şifre değiştirildi",
	"şifre 14:32'de sıfırlandı",
	"parola politikası güncellendi",
	"2FA anahtarı iptal edildi",
	"the secret is that nobody looked at the logs",
	"sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 of the dump",
	"password=${DB_PASSWORD} in the unit file",
}

// TestSentences: at least 95 of 100 secrets in sentences are found, and nothing else.
func TestSentences(t *testing.T) {
	n, found := 0, 0
	for _, marked := range sentencesWithSecrets {
		var text strings.Builder
		var want []string
		for i, part := range strings.Split(marked, "»") {
			secret, after, ok := strings.Cut(part, "«")
			if i > 0 && ok {
				want = append(want, secret)
			}
			text.WriteString(secret + after)
		}
		n += len(want)
		got := secretscan.Find(text.String())
		for i, w := range want {
			if i < len(got) && text.String()[got[i].From:got[i].To] == w {
				found++
			} else {
				t.Logf("%q: got %s, want %q", text.String(), words(text.String(), got), w)
			}
		}
		if len(got) > len(want) {
			t.Errorf("%q: got %s, want %q only", text.String(), words(text.String(), got), want)
		}
	}
	if found*100 < n*95 {
		t.Errorf("got %d of %d secrets, want 95 of 100", found, n)
	}
	for _, text := range untold {
		if got := secretscan.Find(text); len(got) > 0 {
			t.Errorf("%q: got %s, want nothing", text, words(text, got))
		}
	}
}
