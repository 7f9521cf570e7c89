package notify

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

func secret(s string) model.Secret { return model.NewSecret([]byte(s)) }

func secrets(all ...string) (out []model.Secret) {
	for _, s := range all {
		out = append(out, secret(s))
	}
	return out
}

// TestNoSecretPrints: neither the options nor the client of a service print a secret, with
// any verb of fmt.
func TestNoSecretPrints(t *testing.T) {
	const word = "a-secret-that-nobody-prints"
	s := secret(word)
	hook, err := NewWebhook(WebhookOptions{Name: "siem", URL: "https://siem.example", Secrets: secrets(word),
		Now: time.Now})
	if err != nil {
		t.Fatalf("make a webhook bridge: %v", err)
	}
	jira := JiraOptions{URL: "https://a.example", Email: "bot@acme.example", Project: "OPS", Token: s, Now: time.Now}
	j, err := NewJira(jira)
	if err != nil {
		t.Fatalf("make the jira: %v", err)
	}
	mail := MailOptions{Server: "mx.example", From: "a@b.example", Username: "u", Password: s, Now: time.Now}
	m, err := NewMailer(mail)
	if err != nil {
		t.Fatalf("make the mailer: %v", err)
	}
	held := &held[*Slack]{of: s, made: true}
	numbers := strings.Trim(fmt.Sprint([]byte(word)), "[]")
	for _, v := range []any{SlackOptions{Token: s, AppToken: s}, NotionOptions{Token: s},
		WebhookOptions{Secrets: secrets(word)}, jira, mail, hook, j, m, held, *hook, *j, *m} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if out := fmt.Sprintf(verb, v); strings.Contains(out, word) || strings.Contains(out, numbers) ||
				strings.Contains(out, fmt.Sprintf("%x", word)) {
				t.Errorf("%T with %s: %s", v, verb, out)
			}
		}
		if raw, err := json.Marshal(v); err == nil && strings.Contains(string(raw), word) {
			t.Errorf("%T as JSON: %s", v, raw)
		}
	}
}
