package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Plan is a playbook as data. It is written to the log in full when the room is
// declared, and the fold uses no other copy.
type Plan struct {
	Name       string      `json:"name"`             // file name without ".toml"
	Title      string      `json:"title"`            // title for people
	Source     string      `json:"source,omitempty"` // the document that it was derived from
	Notice     string      `json:"notice,omitempty"` // shown with legal clocks: not legal advice
	Kinds      []KindDef   `json:"kinds,omitempty"`  // kinds of incident
	Severities []Severity  `json:"severities"`       // by rank, the worst first
	Roles      []RoleDef   `json:"roles"`            // in the order in which they are displayed
	Phases     []PhaseDef  `json:"phases"`           // in the order of work
	Items      []ItemDef   `json:"items,omitempty"`  // the checklist, by phase
	Conditions []Condition `json:"conditions,omitempty"`
	Groups     []GroupDef  `json:"groups,omitempty"`
	Clocks     []ClockDef  `json:"clocks,omitempty"`
	Audiences  []Audience  `json:"audiences,omitempty"`
	Controls   []Control   `json:"controls,omitempty"`
	Triggers   []Trigger   `json:"triggers,omitempty"`
	Artifacts  []Artifact  `json:"artifacts,omitempty"`

	Radar *Radar `json:"radar,omitempty"` // limits of the silence radar; if nil, it is off

	// Resolving and closing are refused while something is open that is neither done
	// nor answered with a reason.
	AnswerOpen bool `json:"answer_open,omitempty"`
	// The hub adds the report to the evidence of the room when it is closed.
	StoreReport bool `json:"store_report,omitempty"`
}

// KindDef is one kind of incident. Items may apply to some kinds only.
type KindDef struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	From  string `json:"from,omitempty"` // origin in the source, as "file:line"
}

// Severity is one severity level.
type Severity struct {
	ID         string      `json:"id"`                // "SEV-1"
	Aliases    []string    `json:"aliases,omitempty"` // "P0"
	Label      string      `json:"label"`             // "Critical"
	Rank       int         `json:"rank"`              // 1 is the worst
	Definition string      `json:"definition,omitempty"`
	Criteria   []Criterion `json:"criteria,omitempty"`
	From       string      `json:"from,omitempty"`
}

// Criterion is one reason for choosing a severity.
type Criterion struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	From string `json:"from,omitempty"`
}

// Power allows the holder of a role to do something beyond the right to write.
type Power string

// The powers that a plan may give to a role. Every reader checks them at the event's
// position in the log.
const (
	PowerAll      Power = "all"      // every power, like the right "command"
	PowerAmend    Power = "amend"    // amend and pin the entries of others
	PowerUpdates  Power = "updates"  // send updates, record notices
	PowerClocks   Power = "clocks"   // snooze, move and waive clocks; set milestones and phases
	PowerExposure Power = "exposure" // assess exposure, control the legal clocks
	PowerTrust    Power = "trust"    // judge channels; PowerExposure includes it
	PowerRedact   Power = "redact"   // remove text from the log permanently
)

// RoleDef is one role of the plan.
type RoleDef struct {
	ID        string   `json:"id"`                // "commander"
	Aliases   []string `json:"aliases,omitempty"` // "ic"
	Label     string   `json:"label"`
	Short     string   `json:"short,omitempty"` // short form of the label: "IC"
	Duties    []string `json:"duties,omitempty"`
	Mandatory bool     `json:"mandatory,omitempty"` // the screen shows for how long it has been vacant
	Many      bool     `json:"many,omitempty"`      // it may have several holders
	Powers    []Power  `json:"powers,omitempty"`
	From      string   `json:"from,omitempty"`

	DeputyOf    string   `json:"deputy_of,omitempty"`    // the role that its holders are offered when it is vacant
	SilentAfter Duration `json:"silent_after,omitempty"` // time without a line after which its holder is silent
}

// PhaseDef is one phase of the work.
type PhaseDef struct {
	ID        string   `json:"id"` // triage, containment, eradication, recovery, monitoring, review
	Aliases   []string `json:"aliases,omitempty"`
	Label     string   `json:"label"`
	Objective string   `json:"objective,omitempty"`
	From      string   `json:"from,omitempty"`
}

// ItemDef is one line of the checklist.
type ItemDef struct {
	ID        string   `json:"id"`
	Phase     string   `json:"phase"`
	Text      string   `json:"text"`
	Kinds     []string `json:"kinds,omitempty"`             // kinds of incident that it applies to; if empty, all
	If        string   `json:"if,omitempty"`                // id of the Condition under which it applies
	Needs     []string `json:"needs,omitempty"`             // ids of items or groups that have to be done before
	Group     string   `json:"group,omitempty"`             // id of a GroupDef
	Role      string   `json:"role,omitempty"`              // role that is to do it
	OnlyRole  bool     `json:"only_role,omitempty"`         // only a holder of Role may check it off
	Preserves string   `json:"preserves,omitempty"`         // class of evidence it preserves: log, metric, snapshot
	Destroys  bool     `json:"destroys_evidence,omitempty"` // blocked until all items with Preserves are settled
	Urgent    bool     `json:"urgent,omitempty"`            // shown first, with its age ("immediately" in the plan)
	Ref       string   `json:"ref,omitempty"`               // a document to consult
	From      string   `json:"from,omitempty"`              // origin in the source, as "file:line"
	Meets     string   `json:"meets,omitempty"`             // id of a clock that it meets
	// Milestone that it sets, unless that is set already.
	Milestone string `json:"milestone,omitempty"`
	Contains  string `json:"contains,omitempty"` // type of asset: done once each asset of that type is contained

	Pages string `json:"pages,omitempty"` // done by a page for this purpose

	Evidence  []string `json:"evidence,omitempty"`   // classes that have to be in the register before it is done
	TwoPeople bool     `json:"two_people,omitempty"` // doing it out of order needs a second person

	ScanAfter   []string `json:"scan_after,omitempty"`  // items or groups that a new scan has to follow
	IfDone      string   `json:"if_done,omitempty"`     // needed only if that other item was done
	FollowUp    string   `json:"follow_up,omitempty"`   // follow-up on resolution, unless the item is settled
	Independent []string `json:"independent,omitempty"` // items or groups that somebody else should have done
}

// Condition is a question whose answer determines whether items apply.
type Condition struct {
	ID       string `json:"id"`
	Text     string `json:"text"`               // "if sessions are involved"
	Exposure bool   `json:"exposure,omitempty"` // also answered by exposure.assessed
	From     string `json:"from,omitempty"`
}

// GroupDef is a set of items of which one has to be done.
type GroupDef struct {
	ID   string `json:"id"`
	Text string `json:"text"` // "one of: patch, configuration, hotfix or revert"
	From string `json:"from,omitempty"`
}

// The start events of clocks.
const (
	StartAlert    = "alert"    // the alert was received (milestone detected), or else the declaration
	StartDeclared = "declared" // the declaration; the clock stops on resolution and restarts on reopening
	StartSeverity = "severity" // a severity of the clock's list was set
	StartResolved = "resolved" // the incident was resolved
	StartExposure = "exposure" // awareness: exposure was assessed as suspected or confirmed
)

// ClockStarts lists the start events in the order of the documentation, each with
// the texts that the screen shows.
var ClockStarts = []struct {
	ID    string
	From  lit // "from: the alert"
	Needs lit // "not started: needs ..."
}{
	{StartAlert, "the alert", "the alert"},
	{StartDeclared, "the declaration", "the declaration"},
	{StartSeverity, "this severity being set", "one of its severities"},
	{StartResolved, "the resolution", "the incident resolved"},
	{StartExposure, "awareness", "exposure to be assessed"},
}

// ClockDef is one clock of the plan. It has exactly one of After, Every and AtLeast.
type ClockDef struct {
	ID         string              `json:"id"`
	Label      string              `json:"label"`
	Start      string              `json:"start"`                 // one of the start events
	After      Duration            `json:"after,omitempty"`       // a deadline, this long after the start
	Every      Duration            `json:"every,omitempty"`       // it repeats, due this long after each time it is met
	AtLeast    Duration            `json:"at_least,omitempty"`    // minimum that has to pass before the room is closed
	BySeverity map[string]Duration `json:"by_severity,omitempty"` // other lengths for Every or After, by severity id
	Severities []string            `json:"severities,omitempty"`  // severities at which it runs; if empty, all
	Audience   string              `json:"audience,omitempty"`    // an update or notice to it meets the clock
	Owner      string              `json:"owner,omitempty"`       // role id
	Law        bool                `json:"law,omitempty"`         // set by law
	Regime     string              `json:"regime,omitempty"`      // "gdpr", "kvkk"
	MetBy      string              `json:"met_by,omitempty"`      // milestone that meets it
	From       string              `json:"from,omitempty"`
}

// Audience is a group of people to whom updates and notices are sent.
type Audience struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	Channel string `json:"channel,omitempty"` // "#incidents"
	From    string `json:"from,omitempty"`

	// Templates of an update. {severity} and the other [UpdateFields] are replaced
	// by the state of the room when the update is drafted. If a template is empty,
	// the default is used.
	Conditions string `json:"conditions,omitempty"`
	Actions    string `json:"actions,omitempty"`
	Needs      string `json:"needs,omitempty"`

	Approval   bool `json:"approval,omitempty"`    // updates to it need the approval of the commander
	OnExposure bool `json:"on_exposure,omitempty"` // a draft is prepared once exposure is suspected
}

// Control is one row of the compliance table.
type Control struct {
	ID          string   `json:"id"`
	Framework   string   `json:"framework"`   // "SOC2 CC7.1"
	Requirement string   `json:"requirement"` // "Detection"
	Text        string   `json:"text"`        // the control
	Tools       []string `json:"tools,omitempty"`
	Kinds       []string `json:"event_kinds,omitempty"` // kinds of events that show it was met
	From        string   `json:"from,omitempty"`
}

// Trigger is a source of alerts that the plan lists.
type Trigger struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	From  string `json:"from,omitempty"`
}

// Artifact is a document that should exist after the incident.
type Artifact struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	From  string `json:"from,omitempty"`
}

// Encode returns the plan as it is written to the log, and the SHA-256 of exactly
// these bytes in hexadecimal.
func (p *Plan) Encode() (raw json.RawMessage, sum string) {
	raw, err := json.Marshal(p)
	if err != nil {
		panic("model: a plan cannot be encoded: " + err.Error()) // it has only strings and numbers
	}
	h := sha256.Sum256(raw)
	return raw, hex.EncodeToString(h[:])
}
