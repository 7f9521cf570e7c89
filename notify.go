package main

import (
	"warroom/feed/bridge"
	"warroom/feed/notify"
	"warroom/ui/cli"
)

// notifiers makes the bridges by which updates go out. One that is configured
// wrongly stands there all the same, and says so to doctor.
func notifiers(c cli.Bridges) []bridge.Bridge {
	n, now := c.Notify, clock{}.Now
	var out []bridge.Bridge
	if s := n.Slack; s.Used() {
		out = append(out, notify.NewSlackBridge(notify.SlackConfig{
			Token: source(c, "slack.token", s.Token), AppToken: source(c, "slack.app_token", s.App), Signing: source(c, "slack.signing_secret", s.Signing),
			API: s.API, Channels: s.Channels, Announce: s.Announce, Reaction: s.Reaction, Team: s.Team, Starters: s.Starters, Plan: c.Plan, Now: now}))
	}
	for _, w := range n.Webhooks {
		out = append(out, made(notify.NewWebhookBridge(notify.WebhookConfig{Name: w.Name, URL: w.URL, Events: w.Events, AllowPrivate: w.Inside, Now: now,
			Secret: source(c, "webhook.secret of "+w.Name, w.Secret), Old: source(c, "webhook.old_secret of "+w.Name, w.Old)}))(w.Name))
	}
	if m := n.Mail; m.Used() {
		out = append(out, made(notify.NewMailBridge(notify.MailConfig{Server: m.Server, TLS: m.TLS, From: m.From, Username: m.Username,
			Password: source(c, "mail.password", m.Password), To: m.To, Now: now}))("mail"))
	}
	if j := n.Jira; j.Used() {
		out = append(out, made(notify.NewTrackerBridge(notify.TrackerConfig{Name: "jira", Pages: j.Pages, Token: source(c, "jira.token", j.Token),
			Make: func(token string) (notify.Tracker, error) {
				return notify.NewJira(notify.JiraOptions{URL: j.URL, Email: j.Email, Token: token, Project: j.Project, Ticket: j.Ticket, Page: j.Page, Now: now})
			}}))("jira"))
	}
	if t := n.Notion; t.Used() {
		out = append(out, made(notify.NewTrackerBridge(notify.TrackerConfig{Name: "notion", Pages: t.Pages, Token: source(c, "notion.token", t.Token),
			Make: func(token string) (notify.Tracker, error) {
				return notify.NewNotion(notify.NotionOptions{Token: token, Database: t.Database, API: t.API, Now: now})
			}}))("notion"))
	}
	return out
}

// made returns the bridge that was made, or what stands for one that could not
// be, by its name.
func made[B bridge.Bridge](b B, err error) func(name string) bridge.Bridge {
	return func(name string) bridge.Bridge {
		if err != nil {
			return notify.Broken(name, err)
		}
		return b
	}
}
