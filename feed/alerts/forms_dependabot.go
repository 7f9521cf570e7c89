package alerts

import (
	"strings"

	"warroom/model"
)

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
			Title:       strings.TrimPrefix(pkg.get("name").str()+": "+adv.get("summary").str(), ": "),
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
	r.dependabotNames(alert.get("number").str(), adv.first("ghsa_id", "cve_id"), pkg.get("name").str(), repo)
	r.group = []string{rule}
	return w.alert(r)
}

// dependabotNames sets the identity of an alert, which is its number in the repository: one
// package of a manifest may have several alerts for one advisory, one for each range of
// versions, and one for each time that it came back.
func (r *raw) dependabotNames(number, advisory, pkg, repo string) {
	r.what, r.where = []string{advisory, pkg}, []string{repo, r.Location.URI}
	if number == "" {
		return
	}
	r.formerWhat, r.formerWhere = r.what, r.where
	r.what, r.where = []string{advisory, pkg, "#" + number}, []string{repo}
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
	number := alert.get("number").str()
	if id := alert.get("id").str(); number == "" && id != "" {
		number = "id " + id
	}
	r.dependabotNames(number, alert.first("ghsa_id", "external_identifier"), pkg, repo)
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
		if !list.get("edges").is('[') && !list.get("nodes").is('[') && !list.has("totalCount") {
			return notList("Dependabot", "vulnerabilityAlerts.nodes")
		}
		more := list.get("pageInfo", "hasNextPage").yes()
		w.examined, w.paged = true, w.paged || more
		if n := list.get("edges").count() + list.get("nodes").count(); !more {
			w.fewer(list.get("totalCount").num(), n, "alerts of Dependabot")
		}
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
			Title:       strings.TrimPrefix(pkg+": "+adv.get("summary").str(), ": "),
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
	r.dependabotNames(v.get("number").str(), ghsa, pkg, repo)
	r.group, r.position = []string{rule}, []string{v.get("id").str()}
	return w.alert(r)
}
