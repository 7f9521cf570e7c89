package uitest

import (
	"time"

	"warroom/model"
)

func min15(n int) model.Duration { return model.Duration(time.Duration(n) * time.Minute) }

// Plan returns a small playbook that has one of everything that a screen shows.
func Plan() *model.Plan {
	return &model.Plan{
		Name: "test", Title: "Security incident response", Source: "made for tests",
		Notice: "Clocks marked as law come from the law, not from the plan. This is not legal advice: ask your " +
			"counsel.",
		Kinds: []model.KindDef{{ID: "credential_leak", Label: "Leaked credential"},
			{ID: "app_exploit", Label: "Application exploit"}},
		Severities: []model.Severity{
			{ID: "SEV-1", Aliases: []string{"P0"}, Label: "Critical", Rank: 1,
				Definition: "Data was exposed, an attack is in progress or a master key is exposed.",
				Criteria: []model.Criterion{{ID: "data-breach", Text: "data breach"},
					{ID: "active-exploit", Text: "exploit in progress"},
					{ID: "master-key", Text: "master key exposed"}}},
			{ID: "SEV-2", Aliases: []string{"P1"}, Label: "High", Rank: 2,
				Definition: "An entry point is open to the public or a compliance check failed.",
				Criteria:   []model.Criterion{{ID: "public-vulnerability", Text: "vulnerable public endpoint"}}},
			{ID: "SEV-3", Aliases: []string{"P2"}, Label: "Medium", Rank: 3,
				Definition: "Only internal systems are at risk, or the attempt was blocked."},
		},
		Roles: []model.RoleDef{
			{ID: "commander", Aliases: []string{"ic"}, Label: "Incident Commander", Mandatory: true,
				Powers: []model.Power{model.PowerAll}, Duties: []string{"coordinates the response"}},
			{ID: "scribe", Label: "Scribe", Mandatory: true,
				Powers: []model.Power{model.PowerAmend, model.PowerUpdates, model.PowerClocks},
				Duties: []string{"writes down what happens"}},
			{ID: "security-lead", Aliases: []string{"seclead"}, Label: "Security Lead", Mandatory: true,
				Powers: []model.Power{model.PowerExposure, model.PowerClocks}},
			{ID: "sre", Label: "SRE Representative", Many: true},
			{ID: "comms", Label: "Communications Lead", Powers: []model.Power{model.PowerUpdates}},
		},
		Phases: []model.PhaseDef{
			{ID: "triage", Label: "Triage", Objective: "Find out whether it is real and how bad it is"},
			{ID: "containment", Label: "Containment", Objective: "Stop the damage from growing and keep the traces"},
			{ID: "recovery", Label: "Recovery", Objective: "Bring the service back"},
			{ID: "monitoring", Label: "Monitoring", Objective: "See that it does not come back"},
			{ID: "review", Label: "Review", Objective: "Learn without blame"},
		},
		Conditions: []model.Condition{{ID: "sessions", Text: "if session or JWT keys are involved"},
			{ID: "exposure", Text: "if data exposure is suspected", Exposure: true}},
		Groups: []model.GroupDef{{ID: "fix", Text: "one of: patch, configuration fix, revert"}},
		Items:  planItems(),
		Clocks: []model.ClockDef{
			{ID: "validate", Label: "Validate", Start: model.StartAlert, After: min15(15),
				MetBy: model.MilestoneValidated},
			{ID: "update", Label: "Update", Start: model.StartDeclared, Every: min15(15), Audience: "responders",
				Owner: "comms"},
			{ID: "executives", Label: "Executives", Start: model.StartSeverity, After: min15(30),
				Severities: []string{"SEV-1"}, Audience: "executives"},
			{ID: "legal", Label: "Legal", Start: model.StartSeverity, After: min15(30), Severities: []string{"SEV-1"},
				Audience: "legal"},
			{ID: "watch", Label: "Watch", Start: model.StartResolved, AtLeast: min15(24 * 60)},
			{ID: "review", Label: "Review", Start: model.StartResolved, After: min15(48 * 60),
				MetBy: model.MilestoneReviewed},
			{ID: "gdpr", Label: "GDPR", Start: model.StartExposure, After: min15(72 * 60), Audience: "regulator",
				Law: true, Regime: "gdpr"},
		},
		Audiences: []model.Audience{{ID: "responders", Label: "Responders"}, {ID: "executives", Label: "Executives"},
			{ID: "legal", Label: "Legal"}, {ID: "regulator", Label: "Regulator"}},
	}
}

func planItems() []model.ItemDef {
	return []model.ItemDef{
		{ID: "validate", Phase: "triage", Text: "Validate that the alert is real", Meets: "validate",
			Milestone: model.MilestoneValidated, From: "seed.txt:8"},
		{ID: "assets", Phase: "triage", Text: "List the affected services and credentials"},
		{ID: "rotate", Phase: "containment", Text: "Revoke or rotate the exposed secrets", Urgent: true,
			Role: "security-lead", Ref: "docs/security/secret-operations.md"},
		{ID: "sessions", Phase: "containment", Text: "Rotate JWT_SECRET and log every user out", If: "sessions"},
		{ID: "isolate", Phase: "containment", Text: "Isolate the affected services"},
		{ID: "keep-logs", Phase: "containment", Text: "Evidence: capture the logs", Role: "scribe", Preserves: "log"},
		{ID: "rebuild", Phase: "containment", Text: "Rebuild the runner", Destroys: true},
		{ID: "patch", Phase: "recovery", Text: "Patch", Group: "fix"},
		{ID: "config", Phase: "recovery", Text: "Fix the configuration", Group: "fix"},
		{ID: "revert", Phase: "recovery", Text: "Revert to the last good build", Group: "fix"},
		{ID: "staging", Phase: "recovery", Text: "Validate in staging", Needs: []string{"fix"}},
		{ID: "watch-logs", Phase: "monitoring", Text: "Watch logs, metrics and IDS"},
		{ID: "causes", Phase: "review", Text: "Root cause and blast radius"},
	}
}
