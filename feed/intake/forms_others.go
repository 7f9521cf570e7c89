package intake

// otherForms are those of what watches systems, of people, and this program's own.
func otherForms() []form {
	return []form{
		{
			name: "alertmanager",
			tool: "Alertmanager",
			made: "a webhook receiver, version 4",
			doc:  []string{"alerts[]", "version=4", "groupKey"},
			item: []string{"labels{}", "startsAt"},
			read: (*work).alertmanager,
			note: "also Grafana's; resolved closes the alert that fired",
		},
		{
			name: "alertmanager",
			tool: "Alertmanager",
			made: "a webhook receiver, version 4",
			doc:  []string{"alerts[]", "receiver"},
			item: []string{"labels.alertname", "status"},
			read: (*work).alertmanager,
		},
		{
			name: "falco",
			tool: "Falco",
			made: "json_output: true, http_output or falcosidekick",
			item: []string{"rule", "priority", "output_fields"},
			read: (*work).falco,
		},
		{
			name: "falco",
			tool: "Falco",
			made: "json_output: true, http_output or falcosidekick",
			item: []string{"rule", "priority", "output"},
			read: (*work).falco,
		},
		{
			name: formNormal,
			tool: "warroom's own",
			made: "warroom ingest --dry-run --json FILE",
			doc:  []string{"alerts[]", "format", "findings"},
			item: []string{"finding_key", "group_key", "kind", "severity"},
			read: (*work).normal,
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
			read: (*work).generic,
		},
		{
			name: "report-json",
			tool: "a report as JSON, mail or form",
			made: "written by a person",
			item: []string{"title"},
			is:   isReport,
			read: (*work).report,
		},
		{
			name: "report-json",
			tool: "a report as JSON, mail or form",
			made: "written by a person",
			item: []string{"subject"},
			is:   isReport,
			read: (*work).report,
		},
		{
			name: "report-json",
			tool: "a report as JSON, mail or form",
			made: "written by a person",
			item: []string{"summary"},
			is:   isReport,
			read: (*work).report,
		},
	}
}
