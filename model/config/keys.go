package config

import (
	"maps"
	"reflect"

	"warroom/model/schema"
)

// Document describes the form of config.toml, with the meaning of every key.
func Document() *schema.Document {
	keys := maps.Clone(fixedKeys)
	for path, text := range secretKeys {
		keys[path] = schema.Key{Text: text + ". Name one source"}
		keys[path+".file"] = schema.Key{Text: "a file that only you can read, with the secret in it"}
		keys[path+".env"] = schema.Key{Text: "the name of an environment variable"}
		keys[path+".command"] = schema.Key{Text: "a program that prints the secret, run without a shell",
			Example: `["secret-tool", "lookup", "service", "warroom"]`}
	}
	return &schema.Document{ID: "config.schema.json", Title: "Configuration", Intro: intro,
		Type: reflect.TypeFor[Config](), Keys: keys}
}

const intro = "`config.toml` is optional: warroom works without it. `warroom doctor` prints the path at which " +
	"it\nis looked for (on Linux `~/.config/warroom/config.toml`); `--config FILE` names another. A flag overrides " +
	"the\nfile, and the file overrides the default. An unknown key is an error, which names its line. The file is " +
	"not\nread if others may write to it, because it can name programs that run as you.\n\n`config.example.toml` " +
	"has every key with its default and a comment. `docs/config.schema.json` is a JSON\nSchema for editors. The " +
	"file never contains a secret: a table names a file, an environment variable or a\nprogram that it comes " +
	"from.\n\nThis page and the schema are generated from the code: `go test ./model/config -run TestDocuments " +
	"-docs`.\n"

// secretKeys describes the tables that name the source of a secret.
var secretKeys = map[string]string{
	"evidence_key":               "The passphrase or key that encrypts evidence before it leaves this terminal",
	"at_rest":                    "The passphrase or key that encrypts the data on this disk",
	"http.token":                 "The token of senders of alerts, in `Authorization: Bearer`, 16 bytes or more",
	"http.sign":                  "The key that senders of alerts sign with, in `X-Warroom-Signature`",
	"http.github":                "The secret of GitHub's webhooks",
	"pagerduty.token":            "The key of PagerDuty's REST API",
	"pagerduty.webhook":          "The secret that PagerDuty signs webhooks with",
	"pagerduty.page.routing_key": "The key of an Events API v2 integration that is paged",
	"slack.token":                "The bot's token, `xoxb-`",
	"slack.app_token":            "The app's token for Socket Mode, `xapp-`",
	"slack.signing_secret":       "The secret that Slack signs its HTTP requests with",
	"webhook.secret":             "The secret that signs events",
	"webhook.old_secret":         "A second secret that also signs events, while the secret is being changed",
	"mail.password":              "The password of the login",
	"jira.token":                 "The token of the account",
	"notion.token":               "The token of the integration",
}

// fixedKeys describes all other keys.
var fixedKeys = map[string]schema.Key{
	"as":   {Text: "your handle in the room, 1 to 32 characters from a-z 0-9 _ -; empty: `$USER`", Example: `"ana"`},
	"data": {Text: "directory of keys, outboxes, drafts and the embedded hub"},
	"server": {Text: "address of a NATS server to use instead of the embedded hub, or several, separated by commas",
		Example: `"tls://nats.example.org:4222"`},
	"creds": {Text: "the invitation that you were given, or credentials for `server`; readable only by you"},
	"nats":  {Text: "address that `warroom serve` opens for terminals elsewhere", Example: `"0.0.0.0:4222"`},
	"ca": {Text: "PEM file of the authority that signed the server's certificate, if the system does not " +
		"know it"},
	"playbooks": {Text: "directory of your own playbooks, as `NAME.toml`"},
	"playbook":  {Text: "playbook for new rooms", Example: `"security"`},

	"http": {Text: "The port at which `warroom serve` accepts alerts over HTTP"},
	"http.addr": {Text: "address to listen on; one that other machines can reach needs a certificate; empty: off",
		Example: `"127.0.0.1:8080"`},
	"http.cert":    {Text: "PEM file of the certificate"},
	"http.key":     {Text: "PEM file of its private key"},
	"http.limit":   {Text: "maximum size of a body, in MB"},
	"http.at_once": {Text: "how many bodies of alerts are read at the same time; each takes up to 64 MB of memory"},

	"metrics": {Text: "The port at which `warroom serve` has /metrics, /healthz and /readyz"},
	"metrics.addr": {Text: "address to listen on; one that other machines can reach needs `public`; empty: off",
		Example: `"127.0.0.1:9321"`},
	"metrics.public": {Text: "allow an address that other machines can reach; it needs no login"},

	"log":        {Text: "How `warroom serve` writes its log"},
	"log.format": {Text: "sentences, or lines of log/slog", Enum: []string{"plain", "text", "json"}},
	"log.level":  {Text: "the lowest level that is written", Enum: []string{"debug", "info", "warn", "error"}},

	"screen":       {Text: "How the full-screen program looks"},
	"screen.zone":  {Text: "time zone of the times that you see; empty: the system's", Example: `"Europe/Istanbul"`},
	"screen.mouse": {Text: "use the mouse; selecting text then needs Shift"},
	"screen.bell":  {Text: "ring the bell when a clock runs out or somebody mentions you"},
	"screen.ascii": {Text: "draw with ASCII only"},
	"screen.plain": {Text: "plain lines instead of the full screen"},

	"screen.theme": {Text: "the colours: `auto` asks the terminal for its background, `terminal` uses its own " +
		"colours; the environment variable `WARROOM_THEME` overrides it", Enum: Themes()},

	"contact":         {Text: "People to call if no service names one; shown when a page has no answer"},
	"contact.purpose": {Text: "what they are called for", Example: `"security"`},
	"contact.level":   {Text: "1 is called first, then 2, 3"},
	"contact.name":    {Text: "name that people read"},
	"contact.phone":   {Text: "telephone number"},
	"contact.mail":    {Text: "mail address"},

	"pagerduty": {Text: "PagerDuty, see docs/bridges.md; used if there is a `[[pagerduty.page]]` or a token"},
	"pagerduty.from": {Text: "mail address of the PagerDuty user in whose name warroom writes; empty: the " +
		"token's"},
	"pagerduty.api":        {Text: "address of the REST API; empty: PagerDuty's"},
	"pagerduty.events":     {Text: "address of the Events API; empty: PagerDuty's"},
	"pagerduty.poll":       {Text: "how often warroom asks who answered, 5s or more; `0s`: never", Length: true},
	"pagerduty.on_overdue": {Text: "clocks that page the first purpose when they run out with nobody in the room"},
	"pagerduty.updates":    {Text: "audiences whose updates become status updates of the incident there"},
	"pagerduty.notes":      {Text: "decisions become notes of the incident there"},
	"pagerduty.page": {Text: "Whom `:page PURPOSE` pages: exactly one of `routing_key`, `service`, " +
		"`policy` and `user`"},
	"pagerduty.page.purpose":  {Text: "the purpose, as people type it", Required: true, Example: `"security"`},
	"pagerduty.page.severity": {Text: "paged automatically at this severity or worse; empty: only by a person"},
	"pagerduty.page.service":  {Text: "id of a service"},
	"pagerduty.page.policy": {Text: "id of an escalation policy; beside a key or a service it shows who is on " +
		"call"},
	"pagerduty.page.user": {Text: "id of a user"},

	"slack":          {Text: "Slack, see docs/bridges.md; used if a token is set"},
	"slack.channels": {Text: "the channel of each audience, by its id", Example: `{ responders = "C0123ABCD" }`},
	"slack.announce": {Text: "audiences whose channel gets a message when an incident is declared"},
	"slack.reaction": {Text: "the reaction that turns a message into an entry; empty: none", Example: `"memo"`},
	"slack.team":     {Text: "id of the workspace from which commands are accepted; empty: the token's"},
	"slack.starters": {Text: "ids of the users who may declare; if left out, everybody in the workspace"},
	"slack.api":      {Text: "address of Slack's API, for proxies; empty: Slack's"},

	"webhook":               {Text: "Addresses that get signed events"},
	"webhook.name":          {Text: "name of the channel, from a-z 0-9 _ -", Required: true, Example: `"siem"`},
	"webhook.url":           {Text: "https address", Required: true},
	"webhook.events":        {Text: "events that are sent; if left out, all of them", Example: `["update.sent"]`},
	"webhook.allow_private": {Text: "the address may be inside your network"},

	"mail":        {Text: "Mail to the people of an audience; used if server is set"},
	"mail.server": {Text: "the mail server", Example: `"smtp.example.org:587"`},
	"mail.tls": {Text: "how the connection is protected; `none` is only for a server on this machine",
		Enum: []string{"starttls", "tls", "none"}},
	"mail.from":     {Text: "sender", Example: `"Incidents <incidents@example.org>"`},
	"mail.username": {Text: "login; empty: none"},
	"mail.to":       {Text: "the addresses of each audience", Example: `{ legal = ["legal@example.org"] }`},

	"jira": {Text: "Jira Cloud: follow-ups become issues, and the incident gets one too; used if url is " +
		"set"},
	"jira.url":         {Text: "address of the site", Example: `"https://example.atlassian.net"`},
	"jira.email":       {Text: "account that the token belongs to"},
	"jira.project":     {Text: "key of the project"},
	"jira.ticket_type": {Text: "type of the issue of a follow-up"},
	"jira.page_type":   {Text: "type of the issue of the incident"},
	"jira.pages":       {Text: "keep an issue of the incident up to date"},

	"notion": {Text: "Notion: follow-ups become pages of a database, and the incident gets a page too; used if " +
		"database is set"},
	"notion.database": {Text: "id of the database: the 32 digits in its address; it needs a text property \"Warroom\""},
	"notion.api":      {Text: "address of Notion's API, for proxies; empty: Notion's"},
	"notion.pages":    {Text: "keep a page of the incident up to date"},
}
