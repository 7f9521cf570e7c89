package alerts

import (
	"html"
	"strings"

	"warroom/model"
)

// readASFF reads a finding in the AWS Security Finding Format, also with names in lower
// case: one alert for each of its vulnerabilities, or one if it has none.
func readASFF(w *work, v val) error {
	list := v.any("vulnerabilities")
	if list.at0().i == 0 {
		return w.alert(asffRaw(w, v, val{}))
	}
	first := true
	for vuln := range list.all() {
		r := asffRaw(w, v, vuln)
		if !first {
			r.former = nil
			if r.carried != nil {
				r.carried = append(r.carried, r.Rule)
			}
		}
		if err := w.alert(r); err != nil || r.Kind != "vuln" { // those of a threat are its details
			return err
		}
		first = false
	}
	return nil
}

// asffRaw reads a finding, as that of one of its vulnerabilities if it has any.
func asffRaw(w *work, v, vuln val) *raw {
	gen, product := v.any("generatorId").str(), v.any("productName").str()
	tool, rule := asffTool(v, gen, product)
	if tool == "trivy" && w.form == "asff" {
		w.form = "trivy-asff"
	}
	asset := v.any("resources").at0()
	r := &raw{
		Alert: model.Alert{
			Source:      tool,
			Kind:        "detection",
			Rule:        rule,
			Title:       v.any("title").str(),
			Description: v.any("description").str(),
			SeverityRaw: v.any("severity", "label").str(),
			FirstSeen:   v.any("firstObservedAt").when(),
			LastSeen:    v.any("updatedAt").when(),
			Asset: model.AlertAsset{
				Type: asset.any("type").str(),
				ID:   asset.any("id").str(),
			},
			Link:    v.any("sourceUrl").str(),
			Account: v.any("awsAccountId").str(),
			Sample:  v.any("sample").yes(),
		},
	}
	if r.FirstSeen.IsZero() {
		r.FirstSeen = v.any("createdAt").when()
	}
	if r.Link == "" {
		r.Link = v.any("remediation", "recommendation", "url").str()
	}
	asffSeverity(r, v)
	asffState(r, v)
	r.formerKind = "detection"
	if strings.HasPrefix(rule, "CVE-") {
		r.formerKind = "vuln"
	}
	r.former = []string{v.any("id").str(), r.Asset.ID}
	asffKind(r, v, vuln)
	asffNames(r, v)
	return r
}

// asffTool returns the product that a finding comes from, and its rule.
func asffTool(v val, gen, product string) (tool, rule string) {
	tool, rule, isPath := strings.Cut(gen, "/")
	if !isPath {
		tool, rule = "asff", gen
	}
	if id := v.any("compliance", "securityControlId").str(); id != "" {
		rule = id
	} else if strings.Contains(gen, "/v/") || strings.HasPrefix(gen, "arn:aws:securityhub") {
		rule = gen[strings.LastIndexByte(gen, '/')+1:]
	}
	switch {
	case strings.EqualFold(tool, "trivy"), strings.EqualFold(gen, "trivy"):
		return "trivy", rule
	case strings.HasPrefix(gen, "arn:aws:guardduty"), strings.EqualFold(product, "GuardDuty"):
		return "guardduty", asffType(v)
	case product != "":
		return strings.ToLower(product), rule
	case strings.Contains(gen, "/v/"), strings.HasPrefix(gen, "security-control/"):
		return "security hub", rule
	case strings.HasPrefix(gen, "arn:"), !isPath:
		if arn := v.any("productArn").str(); strings.Contains(arn, ":product/") {
			return arn[strings.LastIndexByte(arn, '/')+1:], rule
		}
	}
	return strings.ToLower(tool), rule
}

// asffType returns the type of a finding as GuardDuty names it: for "TTPs/Command and
// Control/ Backdoor:EC2-C&CActivity.B!DNS" the last part.
func asffType(v val) string {
	t := v.any("types").at0().str()
	if i := strings.LastIndexByte(t, '/'); i >= 0 && strings.Contains(t[i:], ":") {
		t = t[i+1:]
	}
	if kind, name, ok := strings.Cut(t, ":"); ok && !strings.Contains(name, "/") {
		t = kind + ":" + strings.Replace(name, "-", "/", 1)
	}
	if t == "" {
		return "GuardDuty Finding"
	}
	return t
}

func asffSeverity(r *raw, v val) {
	s := v.any("severity")
	switch {
	case r.SeverityRaw != "":
	case s.is('"'): // in lower-case variants some tools write the word
		r.SeverityRaw = s.str()
	default:
		if f, ok := s.any("normalized").float(); ok {
			r.SeverityRaw, r.Severity = s.any("normalized").str(), score(f/10)
		} else if f, ok := s.any("product").float(); ok {
			r.SeverityRaw, r.Severity = s.any("product").str(), score(f)
		} else {
			r.SeverityRaw = s.any("original").str()
		}
	}
}

// asffState reads whether a check passed, and the state of the finding.
func asffState(r *raw, v val) {
	switch strings.ToUpper(v.any("compliance", "status").str()) {
	case "PASSED", "NOT_AVAILABLE":
		r.LeftOut = model.LeftPassed
	}
	workflow, record := v.any("workflow", "status").str(), v.any("recordState").str()
	if workflow == "" {
		workflow = v.any("workflowState").str()
	}
	switch {
	case strings.EqualFold(record, "ARCHIVED"):
		r.state("archived", "archived")
	case workflow != "":
		r.state(workflow, "resolved", "suppressed")
	case record != "":
		r.state(record)
	}
}

// asffKind determines the kind of a finding from its members and its type.
func asffKind(r *raw, v, vuln val) {
	types := strings.ToLower(v.any("types").at0().str())
	id := vuln.any("id").str()
	if id == "" && r.Source != "guardduty" {
		id = asffAdvisory(r, v, types)
	}
	switch {
	case r.Source == "guardduty",
		strings.HasPrefix(types, "ttps"),
		strings.HasPrefix(types, "unusual behaviors"),
		strings.HasPrefix(types, "effects"):
		r.Kind = "threat"
	case isAdvisory(r.Rule), id != "":
		r.Kind = "vuln"
		if id != "" {
			r.Rule = id
		}
		r.group = []string{r.Rule}
	case v.any("compliance").is('{'),
		strings.Contains(types, "industry and regulatory"),
		strings.Contains(types, "aws security best practices"):
		r.Kind = "misconfig"
	}
}

// asffAdvisory returns the advisory of a finding without a list of vulnerabilities, from
// its product's own fields or from its title.
func asffAdvisory(r *raw, v val, types string) string {
	if id := v.any("resources").at0().any("details", "other").get("CVE ID").str(); isAdvisory(id) {
		return id
	}
	words := strings.Fields(r.Title)
	if !strings.Contains(types, "vulnerabilities") && r.Source != "trivy" {
		words = words[:min(len(words), 1)]
	}
	for _, w := range words {
		if isAdvisory(w) {
			return w
		}
	}
	return ""
}

// asffNames sets the identity of a finding, the same as in the tool's own form if that is
// supported too.
func asffNames(r *raw, v val) {
	id := v.any("id").str()
	r.carried = awsCarried(id)
	switch r.Source {
	case "trivy":
		setTrivyASFF(r, v)
	case "prowler":
		check := strings.TrimPrefix(v.any("generatorId").str(), "prowler-")
		r.carried = prowlerCarried(check, r.Asset.ID, r.Description)
	case "guardduty":
		r.tool = "guardduty"
		r.what, r.where = guardDutyNames(r.Rule, id[strings.LastIndexByte(id, '/')+1:]), []string{
			r.Account,
			v.any("region").str(),
		}
		if arn := strings.Split(id, ":"); r.where[1] == "" && len(arn) > 4 {
			r.where[1] = arn[3]
		}
		r.position = []string{r.Asset.ID}
		r.group = []string{"guardduty", r.Rule, r.Asset.ID}
	}
	if r.what != nil {
		return
	}
	r.what, r.where, r.position = []string{r.Rule, r.Title}, []string{r.Asset.ID, r.Account},
		[]string{id, r.Description}
	if r.Kind == "threat" || r.Kind == "detection" { // another one of the same type is another attack
		r.what, r.position = append(r.what, id), []string{r.Description}
	}
}

// setTrivyASFF sets the identity of a finding of Trivy's template. Each finding has a time
// of creation of its own, and several may be equal otherwise.
func setTrivyASFF(r *raw, v val) {
	id, other := r.Asset.ID, v.any("resources").at0().any("details", "other")
	r.tool = "trivy"
	switch pkg := other.get("PkgName").str(); {
	case pkg != "":
		image := strings.Contains(id, " (") || !strings.Contains(baseName(id), ".")
		r.what = []string{r.Rule, pkg, other.get("Installed Package").str()}
		r.where = []string{trivyLocation(id, image)}
		r.carried = trivyCarried(id, r.what...)
	case strings.HasPrefix(v.any("types").at0().str(), "Sensitive Data"):
		r.Kind, r.Confidence = "secret", "unverified"
		if _, title, ok := strings.Cut(r.Title, id+": "); ok {
			r.Rule = title
		} else if i := strings.LastIndex(r.Title, ": "); i >= 0 {
			r.Rule = r.Title[i+2:]
		}
		r.Location.URI = id
		r.what, r.where = []string{"secret", r.Rule}, []string{trivyLocation(id, false)}
		r.carried = trivyCarried(id, r.what...)
	default:
		r.carried = trivyCarried(id, "misconfig", r.Rule, html.UnescapeString(other.get("Message").str()))
		return
	}
	r.position = []string{v.any("createdAt").str()}
}

// awsCarried returns what the forms of a finding of AWS have in common: its ARN.
func awsCarried(id string) []string {
	if strings.HasPrefix(id, "arn:aws") && strings.Contains(id, "/") {
		return []string{"aws", id}
	}
	return nil
}

// prowlerCarried returns what Prowler's forms have in common. Its texts have numbers that
// change every day.
func prowlerCarried(check, resource, text string) []string {
	return []string{"prowler", check, resource, blurred(text)}
}
