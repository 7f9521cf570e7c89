package alerts

// otherForms are the forms of system monitoring, of people, and this program's own.
var otherForms = []form{
	{
		name: "alertmanager",
		tool: "Alertmanager",
		made: "a webhook receiver, version 4",
		doc:  []string{"alerts[]", "version=4", "groupKey"},
		item: []string{"labels{}", "startsAt"},
		read: readAlertmanager,
		note: "also Grafana's, and amtool alert query -o json; resolved closes the alert that fired, silenced and " +
			"inhibited ones are left out",
	},
	{
		name: "alertmanager",
		tool: "Alertmanager",
		made: "a webhook receiver, version 4",
		doc:  []string{"alerts[]", "receiver"},
		item: []string{"labels.alertname", "status"},
		read: readAlertmanager,
	},
	{
		name: "falco",
		tool: "Falco",
		made: "json_output: true, http_output or falcosidekick",
		item: []string{"rule", "priority", "output_fields"},
		read: readFalco,
	},
	{
		name: "falco",
		tool: "Falco",
		made: "json_output: true, http_output or falcosidekick",
		item: []string{"rule", "priority", "output"},
		read: readFalco,
	},
	{
		name: formNormal,
		tool: "warroom's own",
		made: "warroom ingest --dry-run --json FILE",
		doc:  []string{"alerts[]", "format", "findings"},
		item: []string{"finding_key", "group_key", "kind", "severity"},
		read: readNormal,
	},
	{
		name: "generic",
		tool: "the generic form",
		made: "see below; docs/alerts.schema.json",
		doc:  []string{"warroom=alerts/1", "alerts[]"},
	},
	{
		name: "generic",
		tool: "the generic form",
		made: "see below; docs/alerts.schema.json",
		item: []string{"warroom=alert/1", "title"},
		read: readGeneric,
	},
	{
		name: "report-json",
		tool: "a report as JSON, mail or form",
		made: "written by a person",
		item: []string{"title"},
		is:   isReport,
		read: readReport,
	},
	{
		name: "report-json",
		tool: "a report as JSON, mail or form",
		made: "written by a person",
		item: []string{"subject"},
		is:   isReport,
		read: readReport,
	},
	{
		name: "report-json",
		tool: "a report as JSON, mail or form",
		made: "written by a person",
		item: []string{"summary"},
		is:   isReport,
		read: readReport,
	},
}
