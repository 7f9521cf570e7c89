package model

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// The kinds about alerts.
const (
	KindAlertReceived Kind = "alert.received"
	KindAlertJudged   Kind = "alert.judged"
)

var _ = register(bodyOf[AlertReceived](KindAlertReceived), bodyOf[AlertJudged](KindAlertJudged))

// Limits on events about alerts.
const (
	maxAlerts     = 500  // in a room
	maxAlertKeys  = 1500 // findings of one event that are listed by key
	MaxAlertRules = 12   // rules of one event that are listed, the worst
	maxRule       = 60   // characters of a rule in the list of them
)

// AlertReceived is a group of findings that arrived together, as one event. Alert is
// the worst of them.
type AlertReceived struct {
	Alert    Alert       `json:"alert"`
	Format   string      `json:"format,omitempty"` // the format in which it was read
	Findings int         `json:"findings"`         // number of findings that the room did not have
	Groups   int         `json:"groups,omitempty"` // number of groups that were merged; if 0, one
	Rules    []AlertRule `json:"rules,omitempty"`  // the rules with the worst and most findings, if there are several
	Keys     string      `json:"keys"`             // the first 8 bytes of each finding's key, in base64
	Also     string      `json:"also,omitempty"`   // keys from another form of the tool
	Closed   string      `json:"closed,omitempty"` // keys of findings that the source has closed
	Sum      string      `json:"sum"`              // SHA-256 of the input
	Sender   string      `json:"sender,omitempty"` // the machine that sent it; "" if a person brought it

	Origin   string        `json:"origin,omitempty"`   // ULID of its event in the lobby, if it comes from there
	Received *time.Time    `json:"received,omitempty"` // when the lobby received it; its clock counts from then
	Judged   *AlertVerdict `json:"judged,omitempty"`   // how it was judged in the lobby
}

// AlertVerdict is how an alert was judged before it came into a room.
type AlertVerdict struct {
	Verdict string    `json:"verdict"`
	Why     string    `json:"why"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// AlertRule counts the findings of one rule.
type AlertRule struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Findings int    `json:"findings"`
}

func (b *AlertReceived) free() []*string {
	return []*string{&b.Alert.Title, &b.Alert.Description, &b.Alert.Asset.ID, &b.Alert.Location.URI, &b.Alert.Link}
}

func (b *AlertReceived) check(r *Room, e *Event) error {
	a := &b.Alert
	keys, err := base64.StdEncoding.DecodeString(b.Keys)
	switch {
	case !slices.Contains(AlertKinds, a.Kind) || !slices.Contains(AlertSeverities, a.Severity):
		return Refuse(Invalid, "an alert needs a kind (%s) and a severity (%s)", strings.Join(AlertKinds, ", "),
			strings.Join(AlertSeverities, ", "))
	case err != nil || len(keys) == 0 || len(keys)%alertKey != 0 || len(keys) > maxAlertKeys*alertKey:
		return Refuse(Invalid, "the list of the alert's findings is malformed")
	case b.Findings < len(keys)/alertKey || b.Findings > 1<<30 || b.Groups < 0 || b.Groups > b.Findings || a.Count < 0:
		return Refuse(Invalid, "the alert counts fewer findings than it names")
	case len(b.Rules) > MaxAlertRules || len(b.Sum) > 64 || len(a.GroupKey) > 64 || len(a.FindingKey) > 64 ||
		len(b.Format) > 64 || len(a.Secret) > 64 || len(b.Sender) > MaxSender:
		return Refuse(Invalid, "a field of the alert is longer than its limit")
	case !b.keysFit():
		return Refuse(Invalid, "a list of the alert's keys is malformed")
	case len(b.Origin) > 64 || b.Judged != nil &&
		(!slices.Contains(Verdicts, b.Judged.Verdict) || len(b.Judged.Why) > MaxText || !ValidHandle(b.Judged.By)):
		return Refuse(Invalid, "the origin of the alert is malformed")
	case b.Received != nil && b.Received.After(e.RecordedAt.Add(Skew)):
		return Refuse(Invalid, "%s is in the future; give the time at which the alert was "+
			"received", FormatTime(*b.Received))
	case r.Lobby && len(r.Alerts) >= maxAlerts && r.oldestSettled() < 0:
		return Refuse(Conflict, "the lobby is full (%d alerts): judge and close some", maxAlerts)
	case !r.Lobby && len(r.Alerts) >= maxAlerts:
		return Refuse(Conflict, "the room has %d alerts, which is the limit", maxAlerts)
	}
	if added := r.countUnknown(b, keys); added == 0 {
		return Refuse(Conflict, "all findings of this alert are already in the room")
	}
	for _, s := range []string{a.Source, a.Rule, a.Title, cmp.Or(b.Sender, a.Source)} {
		if err := oneLine("source, rule, title or sender of the alert", s, 400); err != nil {
			return err
		}
	}
	return longText("alert",
		strings.Join([]string{a.Description, a.SourceVersion, a.SeverityRaw, a.Confidence, a.Asset.Type, a.Asset.ID,
			a.Location.URI, a.Location.Commit, a.Link}, " "), true)
}

// keysFit reports whether Also and Closed are well-formed lists of keys.
func (b *AlertReceived) keysFit() bool {
	_, also := keySet(b.Also)
	_, closed := keySet(b.Closed)
	return also && closed
}

// alertKey is the number of bytes of a finding's key that the log stores.
const alertKey = 8

// countUnknown returns the number of findings of an alert that the room does not
// have. Findings beyond maxAlertKeys are not listed by key; they count as known if
// the room has an alert of the same group from the same file.
func (r *Room) countUnknown(b *AlertReceived, keys []byte) int {
	named := len(keys) / alertKey
	left := make(map[string]struct{}, named)
	for k := range slices.Chunk(keys, alertKey) {
		left[string(k)] = struct{}{}
	}
	r.eachFinding(b.Sender, func(k []byte) { delete(left, string(k)) })
	n := len(left)
	if n > 0 && b.Also != "" && r.hasAll(b.Sender, b.Also) { // matched by the keys from another form of the tool
		n = 0
	}
	if more := b.Findings - named; more > 0 && !r.hasFile(b.Sender, b.Sum, b.Alert.GroupKey) {
		n += more
	}
	return n
}

// HasAlert reports whether all findings of an alert are in the room.
func (r *Room) HasAlert(b *AlertReceived) bool {
	keys, err := base64.StdEncoding.DecodeString(b.Keys)
	return err == nil && r.countUnknown(b, keys) == 0
}

func (b *AlertReceived) apply(r *Room, e *Event) {
	keys, err := base64.StdEncoding.DecodeString(b.Keys)
	if err != nil {
		return // the check has validated it
	}
	a := RoomAlert{N: r.nextAlert(), ID: e.ID, Seq: e.Seq, By: e.By, At: e.RecordedAt, Alert: b.Alert,
		Findings: b.Findings,
		New:      r.countUnknown(b, keys), Groups: b.Groups, Rules: b.Rules, Keys: b.Keys, Also: b.Also, Done: b.Closed,
		Sum: b.Sum, Sender: b.Sender, Origin: b.Origin}
	if b.Received != nil && b.Received.Before(a.At) {
		a.At = b.Received.UTC()
	}
	if v := b.Judged; v != nil {
		a.Verdict, a.Why, a.JudgedBy, a.JudgedAt, a.ValidAt = v.Verdict, v.Why, v.By, v.At, v.At
		if v.By != e.By {
			a.StatedBy = e.By
		}
	}
	if a.Done == "" && b.Alert.Resolved {
		a.Done = b.Keys // the worst finding is resolved, so all are
	}
	if closed, _ := keySet(a.Done); len(closed) > 0 && a.allClosed(len(closed)) {
		a.Over, a.Alert.Resolved = e.RecordedAt, true
	}
	if r.Lobby { // a lobby is as old as its hub
		r.AlertsSeen = a.N
		if i := r.oldestSettled(); len(r.Alerts) >= maxAlerts && i >= 0 {
			r.Alerts = slices.Delete(slices.Clone(r.Alerts), i, i+1)
		}
	}
	r.Alerts = push(r.Alerts, a)
}

// nextAlert returns the number of the next alert.
func (r *Room) nextAlert() int {
	if r.Lobby {
		return r.AlertsSeen + 1
	}
	return len(r.Alerts) + 1
}

// oldestSettled returns the index of the oldest settled alert, or -1 if there is
// none.
func (r *Room) oldestSettled() int {
	return slices.IndexFunc(r.Alerts, func(a RoomAlert) bool { return a.Settled() })
}

func (b *AlertReceived) line(r *Room, _ *Event) Safe {
	a := &b.Alert
	s := Safef("%d  %s  %s: %s", r.nextAlert(), a.Severity, a.Source, a.What())
	if b.Groups > 1 {
		s = Safef("%d  %s  %s: %d findings in %d groups; the worst: %s", r.nextAlert(), a.Severity, a.Source,
			b.Findings, b.Groups, a.What())
	}
	where := a.Where()
	switch {
	case b.Findings > 1 && b.Groups <= 1 && where.IsEmpty():
		s = Safef("%s; %d findings", s, b.Findings)
	case b.Findings > 1 && b.Groups <= 1:
		s = Safef("%s; %d findings, one is in %s", s, b.Findings, where)
	case !where.IsEmpty():
		s = Safef("%s in %s", s, where)
	}
	if also := otherRules(a, b.Rules); !also.IsEmpty() {
		s = Safef("%s; %s", s, also)
	}
	for i := range r.Alerts {
		if o := &r.Alerts[i]; o.Alert.GroupKey == a.GroupKey {
			s = Safef("%s; more findings for alert %d", s, o.N)
			break
		}
	}
	if n := r.CustomerReports(); a.isCustomerReport() && n > 0 {
		s = Safef("%s; customer report %d", s, n+max(1, b.Findings))
	}
	switch {
	case a.Sample:
		s = Safef("%s; marked as a sample by its source", s)
	case a.Resolved:
		s = Safef("%s; resolved at its source", s)
	}
	if b.Received != nil {
		s = Safef("%s; from the lobby, received %s", s, FormatTime(*b.Received))
	}
	if b.Judged != nil {
		s = Safef("%s; judged %s there by %s", s, strings.ReplaceAll(b.Judged.Verdict, "_", " "), b.Judged.By)
	}
	if h := r.AlertHint(a); !h.IsEmpty() {
		s = Safef("%s; %s", s, h)
	}
	return s
}

// maxRulesNamed is the maximum number of rules that the line of an alert names besides its own.
const maxRulesNamed = 3

// otherRules names the rules of an alert's findings other than that of the worst one, or is
// empty if there are none.
func otherRules(a *Alert, rules []AlertRule) Safe {
	var names []Safe
	more := 0
	for i := range rules {
		switch {
		case rules[i].Rule == cutText(a.Rule, maxRule):
		case len(names) < maxRulesNamed:
			names = append(names, CleanLine(rules[i].Rule))
		default:
			more++
		}
	}
	switch {
	case len(names) == 0:
		return Safe{}
	case len(rules) >= MaxAlertRules: // the list ends there
		return Safef("also %s and others", JoinSafe(Lit(", "), names...))
	case more > 0:
		return Safef("also %s and %d more", JoinSafe(Lit(", "), names...), more)
	}
	return Safef("also %s", JoinSafe(Lit(", "), names...))
}

// OtherRules names the rules of its findings other than that of the worst one, or is empty
// if there are none.
func (a *RoomAlert) OtherRules() Safe { return otherRules(&a.Alert, a.Rules) }

// RoomAlert is an alert in a room, with how it was judged.
type RoomAlert struct {
	N        int         `json:"n"` // its number on every screen
	ID       string      `json:"id"`
	Seq      uint64      `json:"seq"`
	By       string      `json:"by"`
	At       time.Time   `json:"at"` // when it was received, in the room or in the lobby
	Alert    Alert       `json:"alert"`
	Findings int         `json:"findings"`
	New      int         `json:"new"` // of them, findings that the room did not have
	Groups   int         `json:"groups,omitempty"`
	Rules    []AlertRule `json:"rules,omitempty"`
	Keys     string      `json:"keys"`
	Also     string      `json:"also,omitempty"` // keys of its findings from another form of the tool
	Done     string      `json:"done,omitempty"` // keys of findings that the source has closed
	Sum      string      `json:"sum"`
	Sender   string      `json:"sender,omitempty"` // the machine that sent it, as in alert.received

	Over      time.Time `json:"over,omitzero"`    // when the source had closed all of its findings
	Since     time.Time `json:"since,omitzero"`   // from when its clock counts again, because it returned or got worse
	UpdatedAt time.Time `json:"updated,omitzero"` // when the source last changed it
	Before    string    `json:"before,omitempty"` // its verdict before it returned

	Verdict  string    `json:"verdict,omitempty"` // "" until it is judged
	Why      string    `json:"why,omitempty"`
	JudgedBy string    `json:"judged_by,omitempty"`
	StatedBy string    `json:"stated_by,omitempty"` // who wrote here that JudgedBy judged it, if somebody else
	JudgedAt time.Time `json:"judged_at,omitzero"`
	ValidAt  time.Time `json:"valid_at,omitzero"` // when it was first judged

	Origin    string `json:"origin,omitempty"` // of an alert from the lobby: its event there
	Moved     string `json:"moved,omitempty"`  // in the lobby: the room it went to
	Closed    string `json:"closed,omitempty"` // in the lobby: why it was closed
	SettledBy string `json:"settled_by,omitempty"`
}

// Judge returns who judged the alert. The log of a room proves that only if the judge wrote
// it here; otherwise the name of whoever states it is with it.
func (a *RoomAlert) Judge() Safe {
	if a.StatedBy == "" {
		return CleanLine(a.JudgedBy)
	}
	return Safef("%s, according to %s", a.JudgedBy, a.StatedBy)
}

// Verdicts are the possible verdicts on an alert.
var Verdicts = []string{"true_positive_with_impact", "true_positive_without_impact", "false_positive", "benign",
	"inconclusive"}

// AlertJudged records the verdict on an alert. An alert may be judged again; the
// newest verdict counts, and all of them stay in the timeline.
type AlertJudged struct {
	Alert   string `json:"alert"` // ULID of the event
	Verdict string `json:"verdict"`
	Why     string `json:"why"`
}

func (b *AlertJudged) free() []*string { return []*string{&b.Why} }

func (b *AlertJudged) check(r *Room, _ *Event) error {
	a := r.alertByID(b.Alert)
	switch {
	case a == nil:
		return Refuse(NotFound, "there is no such alert in this room")
	case !slices.Contains(Verdicts, b.Verdict):
		return Refuse(Invalid, "%s is not a verdict; the verdicts are: "+
			"%s", quoted(b.Verdict), strings.Join(Verdicts, ", "))
	case a.Moved != "":
		return Refuse(Conflict, "alert %d was moved to %s; judge it there", a.N, a.Moved)
	case a.Verdict == b.Verdict:
		return Refuse(Conflict, "alert %d already has that verdict, by %s", a.N, a.Judge())
	case strings.TrimSpace(b.Why) == "":
		return Refuse(Invalid, "give a reason: :judge %d %s REASON", a.N, b.Verdict)
	}
	return longText("reason", b.Why, false)
}

func (b *AlertJudged) apply(r *Room, e *Event) {
	r.setAlert(b.Alert, func(a *RoomAlert) {
		a.Verdict, a.Why, a.JudgedBy, a.JudgedAt, a.StatedBy = b.Verdict, b.Why, e.By, e.RecordedAt, ""
		a.Closed = "" // reopened by the new verdict
		a.valid(e)
	})
}

func (b *AlertJudged) line(r *Room, _ *Event) Safe {
	a := r.alertByID(b.Alert)
	s := Safef("%d  %s", a.N, strings.ReplaceAll(b.Verdict, "_", " "))
	if a.Verdict != "" {
		s = Safef("%s, was %s", s, strings.ReplaceAll(a.Verdict, "_", " "))
	}
	return because(s, b.Why)
}

// AlertN returns the alert with number n, or nil if there is none.
func (r *Room) AlertN(n int) *RoomAlert {
	i := slices.IndexFunc(r.Alerts, func(a RoomAlert) bool { return a.N == n })
	if i < 0 {
		return nil
	}
	return &r.Alerts[i]
}

func (r *Room) alertByID(id string) *RoomAlert {
	i := slices.IndexFunc(r.Alerts, func(a RoomAlert) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return &r.Alerts[i]
}
