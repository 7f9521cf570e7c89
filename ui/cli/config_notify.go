package cli

import "warroom/model"

// The places to which updates go. Each is used where it is configured.

// Slack is an app in a workspace.
type Slack struct {
	Channels map[string]string `toml:"channels"`       // audience to channel
	Announce []string          `toml:"announce"`       // audiences whose channel hears of an incident at once
	Reaction string            `toml:"reaction"`       // that makes an entry of a message; "": none does
	Team     string            `toml:"team"`           // id of the workspace; "": that of the token
	Starters []string          `toml:"starters"`       // ids of who may declare; none: everybody in the workspace
	API      string            `toml:"api"`            // address of Slack's methods; "": Slack's
	Token    SecretFrom        `toml:"token"`          // of the bot, xoxb-
	App      SecretFrom        `toml:"app_token"`      // for Socket Mode, xapp-
	Signing  SecretFrom        `toml:"signing_secret"` // for what Slack sends by HTTP
}

// Used says whether Slack is configured.
func (s Slack) Used() bool { return !s.Token.IsEmpty() }

// Webhook is one address that gets signed events.
type Webhook struct {
	Name   string     `toml:"name"`          // as a channel, too
	URL    string     `toml:"url"`           // https
	Events []string   `toml:"events"`        // which; none: all
	Inside bool       `toml:"allow_private"` // the address may lie inside this network
	Secret SecretFrom `toml:"secret"`        // it is signed with
	Old    SecretFrom `toml:"old_secret"`    // signs too, while the secret is changed
}

// Mail is a server that takes mail from us.
type Mail struct {
	Server   string              `toml:"server"`   // host:port
	TLS      string              `toml:"tls"`      // starttls, tls, or none on this machine
	From     string              `toml:"from"`     // who writes
	Username string              `toml:"username"` // "": without a login
	To       map[string][]string `toml:"to"`       // audience to addresses
	Password SecretFrom          `toml:"password"` // of the login
}

// Used says whether mail is configured.
func (m Mail) Used() bool { return m.Server != "" }

// Jira is a project in Jira Cloud.
type Jira struct {
	URL     string     `toml:"url"`         // https://NAME.atlassian.net
	Email   string     `toml:"email"`       // of the token's account
	Project string     `toml:"project"`     // its key
	Ticket  string     `toml:"ticket_type"` // type of the issue of a follow-up
	Page    string     `toml:"page_type"`   // type of the issue of the incident
	Pages   bool       `toml:"pages"`       // the incident has an issue that is kept current
	Token   SecretFrom `toml:"token"`
}

// Used says whether Jira is configured.
func (j Jira) Used() bool { return j.URL != "" }

// Notion is a database in Notion.
type Notion struct {
	Database string     `toml:"database"` // its id
	API      string     `toml:"api"`      // address; "": Notion's
	Pages    bool       `toml:"pages"`    // the incident has a page that is kept current
	Token    SecretFrom `toml:"token"`
}

// Used says whether Notion is configured.
func (n Notion) Used() bool { return n.Database != "" }

// Notify are the places of the configuration to which updates go.
type Notify struct {
	Slack    Slack     `toml:"slack"`
	Webhooks []Webhook `toml:"webhook"`
	Mail     Mail      `toml:"mail"`
	Jira     Jira      `toml:"jira"`
	Notion   Notion    `toml:"notion"`
}

// defaultNotify is what holds of it without a file.
func defaultNotify() Notify {
	return Notify{Slack: Slack{Announce: []string{"responders"}}, Mail: Mail{TLS: "starttls"},
		Jira: Jira{Ticket: "Task", Page: "Task", Pages: true}, Notion: Notion{Pages: true}}
}

// check refuses what cannot be meant.
func (n Notify) check(path string) error {
	seen := map[string]bool{"slack": true, "mail": true, "jira": true, "notion": true, "pagerduty": true}
	for i, w := range n.Webhooks {
		switch {
		case !model.ValidHandle(w.Name):
			return model.Refuse(model.Invalid, "%s: every [[webhook]] has a name of a-z 0-9 _ -, not %q", path, w.Name)
		case seen[w.Name]:
			return model.Refuse(model.Invalid, "%s: [[webhook]] %d cannot be called %s, which there is already", path, i+1, w.Name)
		}
		seen[w.Name] = true
	}
	return nil
}
