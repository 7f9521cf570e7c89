package alerts

import (
	"net/url"
	"strings"

	"warroom/model"
)

// hubForms are the forms of GitHub: its webhooks, REST API and GraphQL API.
var hubForms = []form{
	{
		name: "dependabot",
		tool: "Dependabot",
		made: "gh api repos/O/R/dependabot/alerts",
		item: []string{"security_advisory{}", "dependency{}"},
		read: readDependabot,
		note: "list, webhook, GraphQL; have a query ask for number, which identifies an alert in all of them",
	},
	{
		name: "dependabot",
		tool: "Dependabot",
		made: "webhook dependabot_alert",
		item: []string{"alert.security_advisory{}", "action"},
		read: readDependabot,
	},
	{
		name: "dependabot-old",
		tool: "Dependabot",
		made: "webhook repository_vulnerability_alert",
		item: []string{"alert.affected_package_name", "action"},
		read: readDependabotOld,
	},
	{
		name: "dependabot-graphql",
		tool: "Dependabot",
		made: "GraphQL vulnerabilityAlerts",
		item: []string{"data{}", "!alert"},
		is:   isAlertGraph,
		read: readDependabotGraph,
	},
	{
		name: "github-secret-scanning",
		tool: "GitHub secret scanning",
		made: "gh api repos/O/R/secret-scanning/alerts",
		item: []string{"secret_type", "number"},
		read: readGitHubSecret,
		note: "list and webhook, with validity and public exposure",
	},
	{
		name: "github-secret-scanning",
		tool: "GitHub secret scanning",
		made: "webhook secret_scanning_alert",
		item: []string{"alert.secret_type", "action"},
		read: readGitHubSecret,
	},
	{
		name: "github-code-scanning",
		tool: "GitHub code scanning",
		made: "gh api repos/O/R/code-scanning/alerts",
		item: []string{"rule{}", "tool{}", "html_url", "number"},
		read: readGitHubCode,
		note: "list and webhook",
	},
	{
		name: "github-code-scanning",
		tool: "GitHub code scanning",
		made: "webhook code_scanning_alert",
		item: []string{"alert.rule{}", "alert.tool", "action"},
		read: readGitHubCode,
	},
}

// githubEvent returns the alert in a webhook event, with the action and the repository.
func githubEvent(v val) (alert val, action, repo string) {
	alert = v
	if v.get("alert").is('{') {
		alert, action = v.get("alert"), v.get("action").str()
	}
	for _, from := range []val{v, alert} {
		if r := from.get("repository", "full_name").str(); r != "" {
			return alert, action, r
		}
	}
	return alert, action, repoOf(alert.first("html_url", "url"))
}

// repoOf returns "acme/app" from a GitHub URL.
func repoOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.TrimPrefix(strings.Trim(u.Path, "/"), "repos/"), "/")
	if len(parts) < 3 {
		return ""
	}
	return parts[0] + "/" + parts[1]
}

// githubState sets the state from an alert, or from the event's action if the alert has
// none.
func (r *raw) githubState(alert val, action string) {
	word := alert.get("state").str()
	if word == "" {
		switch action {
		case "fixed", "resolved", "dismissed", "auto_dismissed", "closed_by_user", "dismiss", "resolve", "revoked":
			word = action
		case "publicly_leaked",
			"validated",
			"created",
			"create",
			"reopened",
			"reopened_by_user",
			"auto_reopened",
			"reintroduced",
			"appeared_in_branch":
			word = "open"
		default:
			word = "open"
			if res := alert.get("resolution").str(); res != "" && res != "None" {
				word = "resolved"
			}
		}
	}
	r.state(word, append([]string{"closed_by_user", "dismiss", "resolve"}, closedStates...)...)
	if why := alert.first("resolution", "dismissed_reason", "dismiss_reason"); r.Resolved && why != "" &&
		why != "None" {
		r.State += ": " + why
	}
}

// readGitHubSecret reads an alert of secret scanning.
func readGitHubSecret(w *work, v val) error {
	alert, action, repo := githubEvent(v)
	r := &raw{
		tool: "github-secret-scanning",
		Alert: model.Alert{Source: "github secret scanning", Kind: "secret", Rule: alert.get("secret_type").str(),
			Title: alert.first("secret_type_display_name", "secret_type"), Severity: "high", Confidence: "unverified",
			FirstSeen: alert.get("created_at").when(),
			LastSeen:  alert.get("updated_at").when(),
			Link:      alert.get("html_url").str(), Asset: model.AlertAsset{Type: "repository", ID: repo},
			Validity: validity(
				alert.get("validity").str(),
			), Public: alert.get("publicly_leaked").yes() || action == "publicly_leaked"},
	}
	if s := alert.get("secret").str(); s != "" {
		r.secrets = []string{s}
	}
	if r.Validity == "active" {
		r.Severity, r.Confidence, r.SeverityRaw = "critical", "verified", "active"
	}
	at := v.get("location", "details")
	if !at.is('{') {
		at = alert.get("first_location_detected")
	}
	r.Location = model.AlertLocation{
		URI:    at.first("path", "html_url"),
		Line:   at.get("start_line").num(),
		Column: at.get("start_column").num(),
		Commit: at.get("commit_sha").str(),
	}
	r.githubState(alert, action)
	r.what, r.where = []string{alert.get("number").str()}, []string{repo, r.Rule}
	return w.alert(r)
}

// readGitHubCode reads an alert of code scanning.
func readGitHubCode(w *work, v val) error {
	alert, action, repo := githubEvent(v)
	rule, now := alert.get("rule"), alert.get("most_recent_instance")
	if !now.is('{') {
		now = alert.get("instances").at0()
	}
	r := &raw{
		tool: "github-code-scanning",
		Alert: model.Alert{
			Source:        strings.ToLower(alert.get("tool", "name").str()),
			SourceVersion: alert.get("tool", "version").str(),
			Kind:          "detection",
			Rule:          rule.first("id", "name"),
			Title:         rule.first("description", "full_description"),
			Description:   now.get("message", "text").str(),
			SeverityRaw:   rule.first("security_severity_level", "severity"),
			Confidence:    "likely",
			FirstSeen:     alert.get("created_at").when(),
			LastSeen:      alert.get("updated_at").when(),
			Link:          alert.get("html_url").str(),
			Asset:         model.AlertAsset{Type: "repository", ID: repo},
			Location: model.AlertLocation{
				URI:    now.get("location", "path").str(),
				Line:   now.get("location", "start_line").num(),
				Column: now.get("location", "start_column").num(),
				Commit: now.get("commit_sha").str(),
			},
		},
	}
	if r.Source == "" || r.Source == "none" {
		r.Source = "code scanning"
	}
	if isAdvisory(r.Rule) {
		r.Kind = "vuln"
	}
	r.githubState(alert, action)
	r.what, r.where, r.position = []string{r.Rule, alert.get("number").str()}, []string{repo}, []string{r.Location.URI}
	r.numbered(repo, alert.get("number").str())
	return w.alert(r)
}
