package config

import (
	"slices"

	"warroom/model"
)

// Services that receive updates. Each is used if it is configured.

// Slack configures an app in a Slack workspace.
type Slack struct {
	Channels map[string]string `toml:"channels"`       // channel by audience
	Announce []string          `toml:"announce"`       // audiences whose channel is notified when a room is declared
	Reaction string            `toml:"reaction"`       // emoji that turns a message into an entry; if "", none
	Team     string            `toml:"team"`           // id of the workspace; if "", the token's
	Starters []string          `toml:"starters"`       // ids of who may declare; if empty, the workspace
	API      string            `toml:"api"`            // base URL of the API; if "", Slack's
	Token    SecretFrom        `toml:"token"`          // bot token, xoxb-
	App      SecretFrom        `toml:"app_token"`      // app token for Socket Mode, xapp-
	Signing  SecretFrom        `toml:"signing_secret"` // signing secret for requests from Slack by HTTP
}

// Used reports whether Slack is configured.
func (s Slack) Used() bool { return !s.Token.IsEmpty() }

// Webhook configures a URL that receives signed events.
type Webhook struct {
	Name         string     `toml:"name"`          // name of its channel
	URL          string     `toml:"url"`           // https
	Events       []string   `toml:"events"`        // kinds of events; if empty, all
	AllowPrivate bool       `toml:"allow_private"` // the URL may be inside this network
	Secret       SecretFrom `toml:"secret"`        // key that signs the events
	Old          SecretFrom `toml:"old_secret"`    // previous key, which also signs during a rotation
}

// Mail configures the mail server that sends updates.
type Mail struct {
	Server   string              `toml:"server"`   // host:port
	TLS      string              `toml:"tls"`      // starttls, tls, or none (on this machine only)
	From     string              `toml:"from"`     // sender address
	Username string              `toml:"username"` // "": no login
	To       map[string][]string `toml:"to"`       // addresses by audience
	Password SecretFrom          `toml:"password"` // of the login
}

// Used reports whether mail is configured.
func (m Mail) Used() bool { return m.Server != "" }

// Jira configures a project in Jira Cloud.
type Jira struct {
	URL     string     `toml:"url"`         // https://NAME.atlassian.net
	Email   string     `toml:"email"`       // account of the token
	Project string     `toml:"project"`     // key of the project
	Ticket  string     `toml:"ticket_type"` // issue type for follow-ups
	Page    string     `toml:"page_type"`   // issue type for the incident
	Pages   bool       `toml:"pages"`       // keep an issue for the incident up to date
	Token   SecretFrom `toml:"token"`
}

// Used reports whether Jira is configured.
func (j Jira) Used() bool { return j.URL != "" }

// Notion configures a database in Notion.
type Notion struct {
	Database string     `toml:"database"` // id of the database
	API      string     `toml:"api"`      // base URL of the API; if "", Notion's
	Pages    bool       `toml:"pages"`    // keep a page for the incident up to date
	Token    SecretFrom `toml:"token"`
}

// Used reports whether Notion is configured.
func (n Notion) Used() bool { return n.Database != "" }

// Notify configures the services that receive updates.
type Notify struct {
	Slack    Slack     `toml:"slack"`
	Webhooks []Webhook `toml:"webhook"`
	Mail     Mail      `toml:"mail"`
	Jira     Jira      `toml:"jira"`
	Notion   Notion    `toml:"notion"`
}

// Receivers returns who receives the updates to an audience, and by what: "Slack #incidents,
// 2 mail addresses". It is empty if nobody does.
func (n Notify) Receivers(audience string) model.Safe {
	var out []model.Safe
	if c := n.Slack.Channels[audience]; c != "" && n.Slack.Used() {
		out = append(out, model.Safef("Slack %s", c))
	}
	switch to := len(n.Mail.To[audience]); {
	case to == 0 || !n.Mail.Used():
	case to == 1:
		out = append(out, model.Lit("1 mail address"))
	default:
		out = append(out, model.Safef("%d mail addresses", to))
	}
	for _, w := range n.Webhooks {
		if len(w.Events) == 0 || slices.Contains(w.Events, "update.sent") {
			out = append(out, model.Safef("webhook %s", w.Name))
		}
	}
	return model.JoinSafe(model.Lit(", "), out...)
}

// defaultNotify returns the defaults.
func defaultNotify() Notify {
	return Notify{Slack: Slack{Announce: []string{"responders"}}, Mail: Mail{TLS: "starttls"},
		Jira: Jira{Ticket: "Task", Page: "Task", Pages: true}, Notion: Notion{Pages: true}}
}

// check returns an error for a setting that cannot work. path is the file.
func (n Notify) check(path string) error {
	seen := map[string]bool{"slack": true, "mail": true, "jira": true, "notion": true, "pagerduty": true,
		"contacts": true}
	for i, w := range n.Webhooks {
		switch {
		case !model.ValidHandle(w.Name):
			return model.Refuse(model.Invalid, "%s: every [[webhook]] needs a name from a-z 0-9 _ -, not %q",
				path, w.Name)
		case seen[w.Name]:
			return model.Refuse(model.Invalid, "%s: [[webhook]] %d cannot be called %s, which already exists", path,
				i+1, w.Name)
		}
		seen[w.Name] = true
	}
	return nil
}
