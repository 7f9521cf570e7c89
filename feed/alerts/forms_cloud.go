package alerts

// cloudForms are the forms of cloud services and their monitoring.
var cloudForms = []form{
	{
		name: "guardduty-object-scan",
		tool: "GuardDuty",
		made: "EventBridge rule to an API destination",
		item: []string{"source=aws.guardduty", "detail.scanResultDetails{}"},
		read: readObjectScan,
	},
	{
		name: "guardduty-eventbridge",
		tool: "GuardDuty",
		made: "EventBridge rule to an API destination",
		item: []string{"source=aws.guardduty", "detail{}"},
		read: readEventBridge,
		note: "findings, attack sequences, runtime, malware, EKS; a clean malware scan is not an alert",
	},
	{
		name: "guardduty-eventbridge",
		tool: "GuardDuty",
		made: "EventBridge rule to an API destination",
		item: []string{"detail-type=GuardDuty Finding"},
		read: readEventBridge,
	},
	{
		name: "guardduty-eventbridge",
		tool: "GuardDuty",
		made: "EventBridge rule to an API destination",
		item: []string{"detail.service{}", "detail.type~:"},
		read: readEventBridge,
	},
	{
		name: "guardduty",
		tool: "GuardDuty",
		made: "aws guardduty get-findings",
		item: []string{"type~:", "service{}", "id"},
		read: readGuardDuty,
	},
	{
		name: "guardduty",
		tool: "GuardDuty",
		made: "aws guardduty get-findings",
		item: []string{"Type~:", "Service{}", "Id"},
		read: readGuardDuty,
	},
	{
		name: "guardduty",
		tool: "GuardDuty",
		made: "aws guardduty get-findings",
		item: []string{"Type~:", "Id", "Severity", "!SchemaVersion", "!GeneratorId"},
		read: readGuardDuty,
	},
	{
		name: "asff",
		tool: "Security Hub (ASFF)",
		made: "aws securityhub get-findings",
		doc:  []string{"Findings[]"},
		item: []string{"SchemaVersion=2018-10-08", "Id"},
		read: readASFF,
		note: "of any product; by get-findings, EventBridge or Trivy's template, also with names in lower case",
	},
	{
		name: "asff",
		tool: "Security Hub (ASFF)",
		made: "aws securityhub get-findings",
		item: []string{"GeneratorId", "AwsAccountId", "Severity{}"},
		read: readASFF,
	},
	{
		name: "asff",
		tool: "Security Hub (ASFF)",
		made: "aws securityhub get-findings",
		item: []string{"schemaVersion=2018-10-08", "id"},
		read: readASFF,
	},
	{
		name: "asff",
		tool: "Security Hub (ASFF)",
		made: "aws securityhub get-findings",
		item: []string{"generatorId", "awsAccountId", "severity"},
		read: readASFF,
	},
	{
		name: "securityhub-eventbridge",
		tool: "Security Hub (ASFF)",
		made: "EventBridge rule to an API destination",
		doc:  []string{"source=aws.securityhub", "detail.findings[]"},
	},
	{
		name: "inspector",
		tool: "Inspector",
		made: "aws inspector2 list-findings",
		item: []string{"findingArn", "severity", "type"},
		m:    inspectorFields(),
		note: "also by EventBridge",
	},
	{
		name: "inspector",
		tool: "Inspector",
		made: "aws inspector2 list-findings",
		doc:  []string{"findings[]"},
		is:   isBareList,
	},
	{
		name: "inspector-eventbridge",
		tool: "Inspector",
		made: "EventBridge rule to an API destination",
		item: []string{"source=aws.inspector2", "detail.findingArn"},
		read: readInspectorEvent,
	},
	{
		name: "ocsf",
		tool: "OCSF",
		made: "OCSF 1.1 to 1.5, as Security Lake and Prowler write it",
		item: []string{"class_uid", "metadata"},
		is:   isOCSFFinding,
		read: readOCSF,
		note: "detection, compliance, vulnerability, security and data findings; passed checks are left out and " +
			"counted",
	},
	{
		name: "prowler-json",
		tool: "Prowler 3",
		made: "prowler aws -M json",
		item: []string{"CheckID", "FindingUniqueId", "Status"},
		m: &fields{
			tool: "prowler", source: "=prowler", kind: "misconfig", rule: "CheckID", title: "CheckTitle",
			text: "StatusExtended|Description", severity: "Severity", assetType: "ResourceType",
			asset: "ResourceArn|ResourceId", account: "AccountId|SubscriptionId|ProjectId",
			link: "Remediation.Recommendation.Url|RelatedUrl", first: "AssessmentStartTime",
			passed: "Status=PASS,INFO,MANUAL,MUTED",
			also: func(r *raw, v val) {
				r.what, r.where = []string{r.Rule}, []string{r.Asset.ID,
					v.get("Region").str()}
				r.position = []string{r.Description}
				r.carried = prowlerCarried(r.Rule, r.Asset.ID, v.get("StatusExtended").str())
			}},
	},
	{
		name: "prowler2-json",
		tool: "Prowler 2",
		made: "prowler -M json",
		item: []string{"Control ID", "Status", "Message"},
		m: &fields{
			tool: "prowler", source: "=prowler", kind: "misconfig", rule: "Control ID", title: "Control",
			text: "Message", severity: "Severity", assetType: "=resource",
			asset:   "Resource ID|Account Number",
			account: "Account Number", link: "Doc link", first: "Timestamp", passed: "Status=PASS,INFO,WARNING"},
	},
}

func inspectorFields() *fields {
	return &fields{
		tool:   "inspector",
		source: "=inspector",
		kind:   "vuln",
		rule: "packageVulnerabilityDetails.vulnerabilityId|codeVulnerabilityDetails.ruleId|" +
			"codeVulnerabilityDetails.detectorId|title",
		title:     "title",
		text:      "description",
		severity:  "severity",
		score:     "inspectorScore",
		state:     "status",
		asset:     "resources.0.id",
		assetType: "resources.0.type",
		account:   "awsAccountId",
		first:     "firstObservedAt",
		last:      "lastObservedAt|updatedAt",
		link:      "packageVulnerabilityDetails.sourceUrl|packageVulnerabilityDetails.referenceUrls.0",
		uri: "codeVulnerabilityDetails.filePath.filePath|" +
			"packageVulnerabilityDetails.vulnerablePackages.0.filePath",
		line:    "codeVulnerabilityDetails.filePath.startLine",
		pkg:     "packageVulnerabilityDetails.vulnerablePackages.0.name",
		release: "packageVulnerabilityDetails.vulnerablePackages.0.version",
		also: func(r *raw, v val) {
			r.carried = awsCarried(v.get("findingArn").str())
			switch v.get("type").str() {
			case "NETWORK_REACHABILITY":
				r.Kind = "misconfig"
			case "CODE_VULNERABILITY":
				r.Kind = "detection"
			}
		},
	}
}

// readInspectorEvent reads a finding of Inspector as delivered by EventBridge.
func readInspectorEvent(w *work, v val) error {
	return w.mapped(&form{m: inspector}, v.get("detail"))
}

// inspector are the fields of Inspector's findings.
var inspector = func() *fields {
	f := inspectorFields()
	f.compile()
	return f
}()

// isBareList reports whether a document has only a list of findings: the AWS command line
// writes that if there are none.
func isBareList(v val) bool {
	n := 0
	for m := range v.all() {
		if m.is('[') && m.node().child > 0 {
			return false
		}
		if k := m.key(); k != "nextToken" && k != "NextToken" {
			n++
		}
	}
	return n == 1
}
