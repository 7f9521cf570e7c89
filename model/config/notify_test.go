package config_test

import (
	"testing"

	"warroom/model"
	"warroom/model/config"
)

// TestReceivers: the receivers of an update are those of the services that are configured.
func TestReceivers(t *testing.T) {
	n := config.Notify{
		Slack: config.Slack{Channels: map[string]string{"responders": "#incidents", "customers": "#status"}},
		Mail: config.Mail{Server: "mail.example.org:587",
			To: map[string][]string{"responders": {"a@example.org", "b@example.org"}, "legal": {"c@example.org"}}},
		Webhooks: []config.Webhook{{Name: "siem", Events: []string{"incident.declared"}}},
	}
	check := func(want map[string]string) {
		t.Helper()
		for audience, want := range want {
			if got := n.Receivers(audience); got != model.CleanLine(want) {
				t.Errorf("%s: got %q, want %q", audience, got, want)
			}
		}
	}
	check(map[string]string{"responders": "2 mail addresses", "legal": "1 mail address", "customers": ""})
	n.Slack.Token = config.SecretFrom{Env: "SLACK_TOKEN"}
	n.Webhooks = append(n.Webhooks, config.Webhook{Name: "wiki"})
	check(map[string]string{"responders": "Slack #incidents, 2 mail addresses, webhook wiki",
		"legal": "1 mail address, webhook wiki", "customers": "Slack #status, webhook wiki", "board": "webhook wiki"})
}
