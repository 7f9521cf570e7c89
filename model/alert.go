package model

import (
	"context"
	"io"
	"time"
)

// Alert is a claim from a tool or a person, not yet judged: one finding as
// intake read it, whatever its source called it. Its texts were cleaned as by
// [CleanLine] and cut when it was read, and no secret stands in them.
type Alert struct {
	Source        string `json:"source"` // the tool, or who reports
	SourceVersion string `json:"source_version,omitempty"`
	Kind          string `json:"kind"` // one of AlertKinds
	Rule          string `json:"rule"`
	Title         string `json:"title"`
	Description   string `json:"description,omitempty"`

	SeverityRaw string `json:"severity_raw,omitempty"` // the source's own word
	Severity    string `json:"severity"`               // one of AlertSeverities
	Confidence  string `json:"confidence"`             // verified, likely, unverified, unknown

	Asset    AlertAsset    `json:"asset,omitzero"`
	Location AlertLocation `json:"location,omitzero"`

	FirstSeen time.Time `json:"first_seen,omitzero"`
	LastSeen  time.Time `json:"last_seen,omitzero"`
	Count     int       `json:"count"` // how often its source saw it
	Link      string    `json:"link,omitempty"`

	FindingKey string `json:"finding_key"` // exactly this finding
	GroupKey   string `json:"group_key"`   // what one incident would be about
	Secret     string `json:"secret,omitempty"`

	Sample   bool   `json:"sample,omitempty"`   // its source says that it is a test
	Resolved bool   `json:"resolved,omitempty"` // its source says that it is over
	State    string `json:"state,omitempty"`    // the source's word for its state, "" where it gives none

	Account  string `json:"account,omitempty"`  // of the cloud it lies in
	ARN      string `json:"arn,omitempty"`      // of the identity that a secret belongs to
	Validity string `json:"validity,omitempty"` // of a secret: active, inactive, unknown
	Public   bool   `json:"public,omitempty"`   // a secret that is publicly exposed
	Rotate   string `json:"rotate,omitempty"`   // link to how a secret is rotated

	FormerKey string `json:"-"` // the key that programs before finding keys of version 2 gave it
	AlsoKey   string `json:"-"` // the key under which another form of the same tool may have it; "": none
	LeftOut   string `json:"-"` // one of the Left* reasons: it only changes what is known already
}

// The reasons for which a finding is no new alert. It still closes the alert that
// holds it.
const (
	LeftPassed     = "passed"     // a check that passed, or was not applicable
	LeftSuppressed = "suppressed" // the tool was told to accept it
	LeftUnchanged  = "unchanged"  // in the tool's baseline
	LeftGone       = "gone"       // no longer found
)

// AlertAsset is what an alert is about.
type AlertAsset struct {
	Type string `json:"type,omitempty"`
	ID   string `json:"id,omitempty"`
}

// AlertLocation is where a finding lies.
type AlertLocation struct {
	URI    string `json:"uri,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Commit string `json:"commit,omitempty"`
}

// AlertKinds are the kinds of alerts.
var AlertKinds = []string{"secret", "vuln", "misconfig", "threat", "detection", "report"}

// AlertSeverities are the severities of alerts, the worst first. They are the
// sources' view; the severity of an incident is set by people.
var AlertSeverities = []string{"critical", "high", "medium", "low", "info", "unknown"}

// Intake is what became of one file or stream of alerts. Findings of zero
// never mean that all is well: the tool may have crashed.
type Intake struct {
	Format     string // how it was read, as "gitleaks-sarif"
	Findings   int
	Groups     int
	Skipped    int    // lines and records that are no finding
	Suppressed int    // findings that are no alert: passed, suppressed, unchanged or gone
	Passed     int    // of those, checks that passed
	Unchanged  int    // of those, what a baseline has already
	Reports    int    // reports of customers among the findings
	Bytes      int64  // after unpacking
	Sum        string // SHA-256 of what was read, in hexadecimal
	Notes      []Safe // what a person should know about it
}

// AlertSource reads the alerts of a file or a stream and hands them to emit,
// one after the other. What was handed out before an error must not be used:
// the document was not whole. It keeps nothing. Source is the name that a
// person gave for where it comes from, "" where none was given.
type AlertSource func(ctx context.Context, r io.Reader, source string, emit func(*Alert) error) (Intake, error)
