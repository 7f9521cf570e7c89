package notify

import (
	"time"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/config"
)

// FromConfig returns the configured bridges for updates. One with an invalid configuration
// is included too, and reports that to doctor.
func FromConfig(c config.Bridges, now func() time.Time) []bridge.Bridge {
	n := c.Notify
	var out []bridge.Bridge
	add := func(name string, b bridge.Bridge, err error) {
		if err != nil {
			b = Broken(name, err)
		}
		out = append(out, b)
	}
	if s := n.Slack; s.Used() {
		add("slack", NewSlackBridge(SlackConfig{Slack: s, Plan: c.Plan, Now: now,
			Token:    bridge.SourceFrom(c, "slack.token", s.Token),
			AppToken: bridge.SourceFrom(c, "slack.app_token", s.App),
			Signing:  bridge.SourceFrom(c, "slack.signing_secret", s.Signing)}), nil)
	}
	for _, w := range n.Webhooks {
		b, err := NewWebhookBridge(WebhookConfig{Webhook: w, Now: now,
			Secret: bridge.SourceFrom(c, "webhook.secret of "+w.Name, w.Secret),
			Old:    bridge.SourceFrom(c, "webhook.old_secret of "+w.Name, w.Old)})
		add(w.Name, b, err)
	}
	if m := n.Mail; m.Used() {
		b, err := NewMailBridge(MailConfig{Mail: m, Now: now,
			Password: bridge.SourceFrom(c, "mail.password", m.Password)})
		add("mail", b, err)
	}
	if j := n.Jira; j.Used() {
		b, err := NewTrackerBridge(TrackerConfig{Name: "jira", Pages: j.Pages,
			Token: bridge.SourceFrom(c, "jira.token", j.Token),
			Make: func(token model.Secret) (Tracker, error) {
				return NewJira(JiraOptions{URL: j.URL, Email: j.Email, Token: token, Project: j.Project,
					Ticket: j.Ticket, Page: j.Page, Now: now})
			}})
		add("jira", b, err)
	}
	if d := n.Notion; d.Used() {
		b, err := NewTrackerBridge(TrackerConfig{Name: "notion", Pages: d.Pages,
			Token: bridge.SourceFrom(c, "notion.token", d.Token),
			Make: func(token model.Secret) (Tracker, error) {
				return NewNotion(NotionOptions{Token: token, Database: d.Database, API: d.API, Now: now})
			}})
		add("notion", b, err)
	}
	return out
}
