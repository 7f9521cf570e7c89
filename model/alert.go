package model

import (
	"context"
	"io"
	"time"
)

// Alert is one finding of a tool, or one report by a person, that nobody has judged
// yet. Intake cleans its texts as [CleanLine] does, limits their length, and removes
// secrets from them.
type Alert struct {
	Source        string `json:"source"` // the tool, or the person who reports
	SourceVersion string `json:"source_version,omitempty"`
	Kind          string `json:"kind"` // one of AlertKinds
	Rule          string `json:"rule"`
	Title         string `json:"title"`
	Description   string `json:"description,omitempty"`

	SeverityRaw string `json:"severity_raw,omitempty"` // as the source wrote it
	Severity    string `json:"severity"`               // one of AlertSeverities
	Confidence  string `json:"confidence"`             // verified, likely, unverified, unknown

	Asset    AlertAsset    `json:"asset,omitzero"`
	Location AlertLocation `json:"location,omitzero"`

	FirstSeen time.Time `json:"first_seen,omitzero"`
	LastSeen  time.Time `json:"last_seen,omitzero"`
	Count     int       `json:"count"` // how often the source saw it
	Link      string    `json:"link,omitempty"`

	FindingKey string `json:"finding_key"` // identifies exactly this finding
	GroupKey   string `json:"group_key"`   // identifies what one incident would be about
	Secret     string `json:"secret,omitempty"`

	Sample   bool   `json:"sample,omitempty"`   // the source marks it as a test
	Resolved bool   `json:"resolved,omitempty"` // the source marks it as resolved
	State    string `json:"state,omitempty"`    // state as the source writes it; "" if it has none

	Account  string `json:"account,omitempty"`  // of the cloud provider
	ARN      string `json:"arn,omitempty"`      // of the identity that a secret belongs to
	Validity string `json:"validity,omitempty"` // of a secret: active, inactive, unknown
	Public   bool   `json:"public,omitempty"`   // a secret that is publicly exposed
	Rotate   string `json:"rotate,omitempty"`   // link to instructions for rotating the secret

	FormerKey string `json:"-"` // key of the finding before version 2 of finding keys
	AlsoKey   string `json:"-"` // key under which another form of the same tool may list it; if "", none
	LeftOut   string `json:"-"` // one of the Left* reasons: the finding only updates a known alert
}

// The reasons for which a finding does not become a new alert. If an alert has the
// finding already, it is closed there, except for LeftUnchanged.
const (
	LeftPassed     = "passed"     // a check that passed or does not apply
	LeftSuppressed = "suppressed" // suppressed in the tool
	LeftUnchanged  = "unchanged"  // in the tool's baseline
	LeftGone       = "gone"       // no longer found
)

// AlertAsset is the system or object that an alert is about.
type AlertAsset struct {
	Type string `json:"type,omitempty"`
	ID   string `json:"id,omitempty"`
}

// AlertLocation is the place of a finding, such as a file and a line.
type AlertLocation struct {
	URI    string `json:"uri,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Commit string `json:"commit,omitempty"`
}

// AlertKinds are the kinds of alerts.
var AlertKinds = []string{"secret", "vuln", "misconfig", "threat", "detection", "report"}

// AlertSeverities are the severities of alerts, the worst first. They are the
// source's rating; the severity of an incident is set by people.
var AlertSeverities = []string{"critical", "high", "medium", "low", "info", "unknown"}

// Intake is the result of reading one file or stream of alerts. Zero findings do not
// mean that nothing was found: the tool may have crashed.
type Intake struct {
	Format     string // the format that was recognized, such as "gitleaks-sarif"
	Findings   int
	Groups     int
	Skipped    int    // lines and records that are not findings
	Suppressed int    // findings that are not alerts: passed, suppressed, unchanged or gone
	Passed     int    // of those, checks that passed
	Unchanged  int    // of those, findings that a baseline contains
	Reports    int    // findings that are reports by customers
	Bytes      int64  // after unpacking
	Sum        string // SHA-256 of the input, in hexadecimal
	Notes      []Safe // remarks for the person who imports it
}

// NoFindings returns the note on an input without findings.
func NoFindings() Safe {
	return Lit("no findings: there was nothing to find, or the tool failed; check its exit code and its messages. " +
		"This does not mean that all is well")
}

// AlertSource reads the alerts of a file or stream and passes them to emit one at a
// time. Source names where the input comes from, or is "" if nobody named it. If
// AlertSource returns an error, the document was incomplete and the alerts emitted
// so far must be discarded. It keeps no reference to an alert.
type AlertSource func(ctx context.Context, r io.Reader, source string, emit func(*Alert) error) (Intake, error)
