package alerts

// genericWay is the way out where a tool or service writes no form that is supported.
const genericWay = "send the generic form of docs/alerts.md"

// foreignServices are the events of services that are refused by name.
var foreignServices = []foreignForm{
	{
		what: "Prometheus' API",
		has:  []string{"data.alerts", "status"},
		way:  "use a webhook receiver of Alertmanager, or amtool alert query -o json",
	},
	{
		what: "Grafana's legacy alerting",
		has:  []string{"evalMatches", "ruleName"},
		way:  "use Grafana's unified alerting, whose webhook is supported",
	},
	{
		what: "Macie's JSON",
		has:  []string{"findings.0.classificationDetails"},
		or:   [][]string{{"findings.0.type~SensitiveData:"}, {"findings.0.type~Policy:IAMUser"}},
		way:  "Security Hub has the same findings: aws securityhub get-findings",
	},
	{
		what: "Access Analyzer's JSON",
		has:  []string{"findings.0.resourceOwnerAccount"},
		way:  "Security Hub has the same findings: aws securityhub get-findings",
	},
	{
		what: "a message of Amazon SNS",
		has:  []string{"TopicArn", "Message"},
		way:  "turn on raw message delivery for the subscription, so that the finding itself is sent",
	},
	{
		what: "an alarm of CloudWatch",
		has:  []string{"AlarmName", "NewStateValue"},
		way:  genericWay,
	},
	{
		what: "an event of AWS",
		has:  []string{"source~aws.", "detail-type"},
		way:  "supported are GuardDuty, Security Hub and Inspector; Security Hub has the findings of other services",
	},
	{
		what: "a finding of Security Command Center",
		has:  []string{"finding.category"},
		or:   [][]string{{"finding.resourceName"}},
		way:  genericWay,
	},
	{
		what: "an alert of Microsoft's cloud",
		has:  []string{"type~Microsoft.Security"},
		or:   [][]string{{"value.0.type~Microsoft.Security"}, {"value.0.serviceSource~microsoft"}},
		way:  genericWay,
	},
	{
		what: "an alert of Azure Monitor",
		has:  []string{"schemaId~azureMonitor"},
		way:  genericWay,
	},
	{
		what: "an event of Datadog",
		has:  []string{"event_type", "alert_type"},
		way:  "its webhook has a template: write the generic form of docs/alerts.md in it",
	},
	{
		what: "an event of Sentry",
		has:  []string{"installation", "data"},
		way:  genericWay,
	},
	{
		what: "an event of PagerDuty",
		has:  []string{"event.event_type", "event.data"},
		or:   [][]string{{"payload.summary", "event_action"}},
		way:  genericWay,
	},
	{
		what: "an alert of Elastic",
		has:  []string{"'kibana.alert.rule.name'"},
		or:   [][]string{{"hits.hits"}},
		way:  genericWay,
	},
	{
		what: "an alert of Wazuh",
		has:  []string{"rule.level", "agent", "manager"},
		way:  genericWay,
	},
	{
		what: "an alert of Splunk",
		has:  []string{"search_name", "result"},
		way:  genericWay,
	},
	{
		what: "an event of Suricata",
		has:  []string{"event_type", "src_ip"},
		way:  genericWay,
	},
	{
		what: "an event of CrowdStrike",
		has:  []string{"metadata.eventType", "event"},
		way:  genericWay,
	},
	{
		what: "an alert of Opsgenie",
		has:  []string{"alert.alertId"},
		way:  "its webhook has a template: write the generic form of docs/alerts.md in it",
	},
	{
		what: "a ping of GitHub",
		has:  []string{"zen", "hook_id"},
		way:  "the webhook works, and this has nothing to read",
	},
	{
		what: "an event of GitHub without an alert",
		has:  []string{"repository.full_name", "!alert", "!rule", "!secret_type", "!security_advisory"},
		way:  "select these events of the webhook: code scanning, Dependabot and secret scanning alerts",
	},
}
