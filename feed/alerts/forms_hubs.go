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
		note: "list, webhook, GraphQL",
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
	return w.alert(r)
}

// readDependabot reads an alert of Dependabot, as listed by the API or sent by a webhook.
func readDependabot(w *work, v val) error {
	alert, action, repo := githubEvent(v)
	adv, pkg := alert.get("security_advisory"), alert.get("dependency", "package")
	rule := adv.first("cve_id", "ghsa_id")
	r := &raw{
		tool: "dependabot",
		Alert: model.Alert{
			Source:      "dependabot",
			Kind:        "vuln",
			Rule:        rule,
			Title:       pkg.get("name").str() + ": " + adv.get("summary").str(),
			Description: adv.get("description").str(),
			SeverityRaw: adv.get("severity").str(),
			Confidence:  "likely",
			FirstSeen:   alert.get("created_at").when(),
			LastSeen:    alert.get("updated_at").when(),
			Asset:       model.AlertAsset{Type: "repository", ID: repo},
			Link:        alert.get("html_url").str(),
			Location:    model.AlertLocation{URI: alert.get("dependency", "manifest_path").str()},
		},
	}
	if r.Asset.ID == "" {
		r.Asset = model.AlertAsset{Type: "package", ID: pkg.get("name").str()}
	}
	r.githubState(alert, action)
	full := v.get("repository", "full_name").str()
	if full == "" {
		full = alert.get("repository", "full_name").str()
	}
	r.former = []string{
		full,
		alert.get("url").str(),
		alert.get("number").str(),
		rule,
		pkg.get("name").str(),
		r.Location.URI,
	}
	r.what, r.where = []string{adv.first("ghsa_id", "cve_id"), pkg.get("name").str()}, []string{repo, r.Location.URI}
	r.group = []string{rule}
	return w.alert(r)
}

// readDependabotOld reads the event that preceded dependabot_alert.
func readDependabotOld(w *work, v val) error {
	alert, action, repo := githubEvent(v)
	rule, pkg := alert.first("external_identifier", "ghsa_id"), alert.get("affected_package_name").str()
	r := &raw{
		tool: "dependabot",
		Alert: model.Alert{
			Source:      "dependabot",
			Kind:        "vuln",
			Rule:        rule,
			Title:       pkg + " " + alert.get("affected_range").str() + ": " + rule,
			SeverityRaw: alert.get("severity").str(),
			Confidence:  "likely",
			FirstSeen:   alert.get("created_at").when(),
			Asset:       model.AlertAsset{Type: "repository", ID: repo},
			Link:        alert.get("external_reference").str(),
		},
	}
	r.githubState(alert, action)
	r.what, r.where = []string{alert.first("ghsa_id", "external_identifier"), pkg}, []string{repo, ""}
	r.group = []string{rule}
	return w.alert(r)
}

// maxGraphDepth is how deep the alerts may be in a GraphQL answer.
const maxGraphDepth = 8

// isAlertGraph reports whether a GraphQL answer has alerts, or errors in their place.
func isAlertGraph(v val) bool {
	if v.get("errors").at0().has("message") {
		return true
	}
	var has func(v val, depth int) bool
	has = func(v val, depth int) bool {
		if v.get("vulnerabilityAlerts").is('{') {
			return true
		}
		for m := range v.all() {
			if depth < maxGraphDepth && has(m, depth+1) {
				return true
			}
		}
		return false
	}
	return has(v.get("data"), 0)
}

// readDependabotGraph reads a GraphQL answer with vulnerabilityAlerts, of one repository or
// several.
func readDependabotGraph(w *work, v val) error {
	var walk func(v val, repo string, depth int) error
	walk = func(v val, repo string, depth int) error {
		if v.is('{') && v.has("nameWithOwner") {
			repo = v.get("nameWithOwner").str()
		} else if n := v.get("name").str(); v.is('{') && n != "" && v.has("vulnerabilityAlerts") {
			repo = n
		}
		list := v.get("vulnerabilityAlerts")
		if !list.is('{') {
			for m := range v.all() {
				if depth >= maxGraphDepth {
					break
				}
				if err := walk(m, repo, depth+1); err != nil {
					return err
				}
			}
			return nil
		}
		w.examined, w.paged = true, w.paged || list.get("pageInfo", "hasNextPage").yes()
		for e := range list.get("edges").all() {
			if err := readGraphAlert(w, e.get("node"), repo); err != nil {
				return err
			}
		}
		for n := range list.get("nodes").all() {
			if err := readGraphAlert(w, n, repo); err != nil {
				return err
			}
		}
		return nil
	}
	w.errors += v.get("errors").count()
	return walk(v.get("data"), "", 0)
}

func readGraphAlert(w *work, v val, repo string) error {
	if !v.is('{') {
		w.skip()
		return nil
	}
	vuln := v.get("securityVulnerability")
	adv, pkg := vuln.get("advisory"), vuln.get("package", "name").str()
	rule, ghsa := "", adv.get("ghsaId").str()
	for id := range adv.get("identifiers").all() {
		switch value := id.get("value").str(); {
		case id.get("type").equal("CVE"):
			rule = value
		case id.get("type").equal("GHSA"):
			ghsa = value
		case rule == "" && ghsa == "":
			ghsa = value
		}
	}
	if rule == "" {
		rule = ghsa
	}
	r := &raw{
		tool: "dependabot",
		Alert: model.Alert{
			Source:      "dependabot",
			Kind:        "vuln",
			Rule:        rule,
			Title:       pkg + ": " + adv.get("summary").str(),
			Description: adv.get("description").str(),
			SeverityRaw: vuln.get("severity").str(),
			Confidence:  "likely",
			FirstSeen:   v.get("createdAt").when(),
			Asset:       model.AlertAsset{Type: "repository", ID: repo},
			Link:        adv.get("permalink").str(),
			Location:    model.AlertLocation{URI: v.first("vulnerableManifestPath", "vulnerableManifestFilename")},
		},
	}
	if s := v.get("state").str(); s != "" {
		r.state(s, closedStates...)
	} else if at := v.get("dismissedAt").str(); at != "" {
		r.state("dismissed", "dismissed")
	}
	if ghsa == "" {
		ghsa = rule
	}
	r.what, r.where, r.group = []string{ghsa, pkg}, []string{repo, r.Location.URI}, []string{rule}
	r.position = []string{v.get("id").str()}
	return w.alert(r)
}
