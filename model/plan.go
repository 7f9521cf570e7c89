package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Plan is a playbook as data: what a room is run by. The whole of it is
// written into the log when the room is declared, and the fold knows no other.
type Plan struct {
	Name       string      `json:"name"`             // file name without ".toml"
	Title      string      `json:"title"`            // as people say it
	Source     string      `json:"source,omitempty"` // where it was written down
	Notice     string      `json:"notice,omitempty"` // shown with law clocks: no legal advice
	Kinds      []KindDef   `json:"kinds,omitempty"`  // kinds of incident
	Severities []Severity  `json:"severities"`       // by rank, the worst first
	Roles      []RoleDef   `json:"roles"`            // in the order of the screen
	Phases     []PhaseDef  `json:"phases"`           // in the order of work
	Items      []ItemDef   `json:"items,omitempty"`  // the checklist, by phase
	Conditions []Condition `json:"conditions,omitempty"`
	Groups     []GroupDef  `json:"groups,omitempty"`
	Clocks     []ClockDef  `json:"clocks,omitempty"`
	Audiences  []Audience  `json:"audiences,omitempty"`
	Controls   []Control   `json:"controls,omitempty"`
	Triggers   []Trigger   `json:"triggers,omitempty"`
	Artifacts  []Artifact  `json:"artifacts,omitempty"`
}

// KindDef is one kind of incident; checklist items may apply to some kinds only.
type KindDef struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	From  string `json:"from,omitempty"` // source, "file:line"
}

// Severity is one level.
type Severity struct {
	ID         string      `json:"id"`                // "SEV-1"
	Aliases    []string    `json:"aliases,omitempty"` // "P0"
	Label      string      `json:"label"`             // "Critical"
	Rank       int         `json:"rank"`              // 1 is the worst
	Definition string      `json:"definition,omitempty"`
	Criteria   []Criterion `json:"criteria,omitempty"`
	From       string      `json:"from,omitempty"`
}

// Criterion is one reason that makes an incident be of a severity.
type Criterion struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	From string `json:"from,omitempty"`
}

// Power is what a role may do beyond the right to write.
type Power string

// The powers a plan may give to a role. Every reader checks them at the
// event's place in the log.
const (
	PowerAll      Power = "all"      // everything, like the right command
	PowerAmend    Power = "amend"    // amend and pin the entries of others
	PowerUpdates  Power = "updates"  // send updates, note who was notified
	PowerClocks   Power = "clocks"   // snooze, move, waive clocks; set milestones and phases
	PowerExposure Power = "exposure" // assess exposure, run the clocks of law
	PowerTrust    Power = "trust"    // judge channels; who may assess exposure may too
	PowerRedact   Power = "redact"   // take text out of the log for good
)

// RoleDef is one role of the plan.
type RoleDef struct {
	ID        string   `json:"id"`                // "commander"
	Aliases   []string `json:"aliases,omitempty"` // "ic"
	Label     string   `json:"label"`
	Duties    []string `json:"duties,omitempty"`
	Mandatory bool     `json:"mandatory,omitempty"` // nags with its age while unfilled
	Many      bool     `json:"many,omitempty"`      // several holders at once
	Powers    []Power  `json:"powers,omitempty"`
	From      string   `json:"from,omitempty"`
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
	Kinds     []string `json:"kinds,omitempty"`             // incident kinds it applies to; none: all
	If        string   `json:"if,omitempty"`                // id of a Condition
	Needs     []string `json:"needs,omitempty"`             // ids of items or groups that come first
	Group     string   `json:"group,omitempty"`             // id of a GroupDef
	Role      string   `json:"role,omitempty"`              // who is to do it
	OnlyRole  bool     `json:"only_role,omitempty"`         // nobody else may check it
	Preserves string   `json:"preserves,omitempty"`         // evidence class that it secures: log, metric, snapshot
	Destroys  bool     `json:"destroys_evidence,omitempty"` // waits for every item that preserves
	Urgent    bool     `json:"urgent,omitempty"`            // "immediately" in the plan: shown first with its age
	Ref       string   `json:"ref,omitempty"`               // a document
	From      string   `json:"from,omitempty"`              // "file:line" of the seed
	Meets     string   `json:"meets,omitempty"`             // id of a clock that checking this meets
	Milestone string   `json:"milestone,omitempty"`         // milestone that checking this sets, where it is not set yet
}

// Condition is a question that decides whether items apply.
type Condition struct {
	ID       string `json:"id"`
	Text     string `json:"text"`               // "if sessions are involved"
	Exposure bool   `json:"exposure,omitempty"` // answered by exposure.assessed too
	From     string `json:"from,omitempty"`
}

// GroupDef is a set of items of which one is enough.
type GroupDef struct {
	ID   string `json:"id"`
	Text string `json:"text"` // "one of: patch, configuration, hotfix or revert"
	From string `json:"from,omitempty"`
}

// The start events that a clock may name.
const (
	StartAlert    = "alert"    // the alert was received (milestone detected); else the declaration
	StartDeclared = "declared" // the room was declared; stops when resolved, starts again when reopened
	StartSeverity = "severity" // a severity of the clock's list was set
	StartResolved = "resolved" // the incident was resolved
	StartExposure = "exposure" // awareness: exposure was assessed as suspected or confirmed
)

// ClockStarts are the start events in the order of documentation, each with the
// words that the screen shows.
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

// ClockDef is one clock of the plan. Exactly one of After, Every and AtLeast is
// set.
type ClockDef struct {
	ID         string              `json:"id"`
	Label      string              `json:"label"`
	Start      string              `json:"start"`                 // one of the start events
	After      Duration            `json:"after,omitempty"`       // a deadline
	Every      Duration            `json:"every,omitempty"`       // due again after each time it is met
	AtLeast    Duration            `json:"at_least,omitempty"`    // must run out before the room may be closed
	BySeverity map[string]Duration `json:"by_severity,omitempty"` // other lengths of Every or After by severity id
	Severities []string            `json:"severities,omitempty"`  // runs only at these; none: at all
	Audience   string              `json:"audience,omitempty"`    // an update or a notice to it meets the clock
	Owner      string              `json:"owner,omitempty"`       // role id
	Law        bool                `json:"law,omitempty"`         // from law, not from the plan
	Regime     string              `json:"regime,omitempty"`      // "gdpr", "kvkk"
	MetBy      string              `json:"met_by,omitempty"`      // a milestone that meets it
	From       string              `json:"from,omitempty"`
}

// Audience is whom an update or a notice is for.
type Audience struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	Channel string `json:"channel,omitempty"` // "#lumi-incidents"
	From    string `json:"from,omitempty"`
}

// Control is one row of the compliance table.
type Control struct {
	ID          string   `json:"id"`
	Framework   string   `json:"framework"`   // "SOC2 CC7.1"
	Requirement string   `json:"requirement"` // "Detection"
	Text        string   `json:"text"`        // the control
	Tools       []string `json:"tools,omitempty"`
	Kinds       []string `json:"event_kinds,omitempty"` // events that answer it
	From        string   `json:"from,omitempty"`
}

// Trigger is a source of alerts that the plan names.
type Trigger struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	From  string `json:"from,omitempty"`
}

// Artifact is something that the plan wants to exist in the end.
type Artifact struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	From  string `json:"from,omitempty"`
}

// Duration is a length of time that reads and writes as "15m" or "72h".
type Duration time.Duration

// String returns the shortest form: "15m", "24h", "1h30m".
func (d Duration) String() string {
	s := time.Duration(d).String()
	for _, z := range []string{"m0s", "h0m"} {
		if len(s) > len(z) && s[len(s)-len(z):] == z {
			s = s[:len(s)-len(z)+1]
		}
	}
	return s
}

// MarshalText writes the form of String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what time.ParseDuration reads.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

// Encode returns the plan as it is written into the log, and its SHA-256 in
// hexadecimal over these very bytes.
func (p *Plan) Encode() (raw json.RawMessage, sum string) {
	raw, err := json.Marshal(p)
	if err != nil {
		panic("model: a plan cannot be encoded: " + err.Error()) // only strings and numbers: cannot happen
	}
	h := sha256.Sum256(raw)
	return raw, hex.EncodeToString(h[:])
}
