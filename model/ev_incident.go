package model

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// The kinds of events about the incident as a whole.
const (
	KindIncidentDeclared Kind = "incident.declared"
	KindPlanAdopted      Kind = "plan.adopted"
	KindIncidentRenamed  Kind = "incident.renamed"
	KindKindChanged      Kind = "kind.changed"
	KindSeverityChanged  Kind = "severity.changed"
	KindIncidentResolved Kind = "incident.resolved"
	KindIncidentReopened Kind = "incident.reopened"
	KindIncidentClosed   Kind = "incident.closed"
	KindIncidentLinked   Kind = "incident.linked"
)

var _ = register(
	bodyOf[IncidentDeclared](KindIncidentDeclared), bodyOf[PlanAdopted](KindPlanAdopted),
	bodyOf[IncidentRenamed](KindIncidentRenamed), bodyOf[KindChanged](KindKindChanged),
	bodyOf[SeverityChanged](KindSeverityChanged), bodyOf[IncidentResolved](KindIncidentResolved),
	bodyOf[IncidentReopened](KindIncidentReopened), bodyOf[IncidentClosed](KindIncidentClosed),
	bodyOf[IncidentLinked](KindIncidentLinked),
)

// MaxTitle is the maximum length of a title in characters.
const MaxTitle = 200

// IncidentDeclared is the first message of every room. It admits the first keys: the
// key of its author, with the right "command", and the hub's key if there is a hub.
type IncidentDeclared struct {
	Title     string     `json:"title"`
	Kind_     string     `json:"kind"`
	Severity  string     `json:"severity"`
	Criterion string     `json:"criterion,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Detected  *time.Time `json:"detected,omitempty"`
	Drill     bool       `json:"drill,omitempty"`
	HubKey    string     `json:"hub_key,omitempty"`
	Salt      string     `json:"salt,omitempty"` // for fingerprints of secrets, see package secretscan

	Restricted []string `json:"restricted,omitempty"` // the other people who may see the room; if empty, everybody
}

// Declare returns the first two acts of a room.
func (d Declaration) Declare(hubKey string) (declared, adopted Act) {
	b := &IncidentDeclared{Title: d.Title, Kind_: d.Kind, Severity: d.Severity, Criterion: d.Criterion,
		Reason: d.Reason, Drill: d.Drill, HubKey: hubKey, Salt: d.Salt, Restricted: d.Restricted}
	if !d.Detected.IsZero() {
		t := d.Detected.UTC()
		b.Detected = &t
	}
	raw, sum := d.Plan.Encode()
	return Act{Body: b}, Act{Body: &PlanAdopted{Name: d.Plan.Name, SHA256: sum, Plan: raw, Rules: RulesVersion}}
}

func (b *IncidentDeclared) check(r *Room, e *Event) error {
	if r.ID != "" || e.Seq > 1 {
		return Refuse(Conflict, "the room is already declared")
	}
	if !ValidHandle(e.By) {
		return badHandle(e.By)
	}
	if err := namedHandles(b.Restricted); err != nil {
		return err
	}
	if len(b.Salt) > 100 {
		return Refuse(Invalid, "the salt is longer than 100 bytes")
	}
	return oneLine("title", b.Title, MaxTitle)
}

func (b *IncidentDeclared) apply(r *Room, e *Event) {
	r.ID, r.Title, r.Kind, r.Severity, r.Criterion = e.Room, b.Title, b.Kind_, b.Severity, b.Criterion
	r.Salt = b.Salt
	r.Status, r.Drill, r.DeclaredAt, r.DeclaredBy = Open, b.Drill, e.RecordedAt, e.By
	r.Members = map[string]Member{e.Key: {Handle: e.By, Right: Command, Came: Command, Via: e.Via, Since: e.RecordedAt}}
	if len(b.Restricted) > 0 {
		r.Restricted = (&RoomRestricted{Mode: RestrictTo, Handles: b.Restricted}).Named(r, e.By)
	}
	if b.HubKey != "" && b.HubKey != e.Key {
		r.Members[b.HubKey] = Member{Handle: "hub", Right: Command, Via: "hub", Hub: true}
	}
	r.Milestones = map[string]Milestone{MilestoneDeclared: {At: e.RecordedAt, By: e.By, Seq: e.Seq,
		RecordedAt: e.RecordedAt}}
	if b.Detected != nil && !b.Detected.After(e.RecordedAt) {
		r.Milestones[MilestoneDetected] = Milestone{At: *b.Detected, By: e.By, Seq: e.Seq, RecordedAt: e.RecordedAt}
	}
	r.Levels = []LevelSpan{{Severity: b.Severity, Criterion: b.Criterion, Reason: b.Reason, From: e.RecordedAt,
		By: e.By}}
	r.States = []StatusSpan{{Status: Open, From: e.RecordedAt, At: e.At, By: e.By, Seq: e.Seq, Reason: b.Reason}}
}

// maxCriterion is the number of characters of a criterion's id that the line of a declaration has.
const maxCriterion = 60

func (b *IncidentDeclared) line(_ *Room, e *Event) Safe {
	s := Safef("%s %s", b.Severity, b.Title)
	if b.Drill {
		s = Safef("DRILL %s", s)
	}
	if b.Kind_ != "" {
		s = Safef("%s (%s)", s, strings.ReplaceAll(b.Kind_, "_", " "))
	}
	if b.Criterion != "" { // by its id: the plan with its text is the next message
		s = Safef("%s, criterion %s", s, cutText(b.Criterion, maxCriterion))
	}
	if len(b.Restricted) > 0 {
		s = Safef("%s RESTRICTED to %s", s,
			atAll(append([]string{e.By},
				slices.DeleteFunc(slices.Clone(b.Restricted), func(h string) bool { return h == e.By })...)))
	}
	if b.Detected != nil {
		form := "2006-01-02 15:04 MST"
		if at := b.Detected.UTC(); at.Format(time.DateOnly) == e.RecordedAt.UTC().Format(time.DateOnly) {
			form = "15:04 MST"
		}
		s = Safef("%s, detected %s", s, b.Detected.UTC().Format(form))
	}
	return because(s, b.Reason)
}

// PlanAdopted is the second message of every room. It contains the whole plan, which
// is the only one that the fold uses.
type PlanAdopted struct {
	Name   string          `json:"name"`
	SHA256 string          `json:"sha256"` // of the bytes of Plan
	Plan   json.RawMessage `json:"plan"`
	Rules  int             `json:"rules,omitempty"` // see RulesVersion
	plan   *Plan
}

func (*PlanAdopted) need(*Room, *Event) Power { return PowerAuthority }

func (b *PlanAdopted) check(r *Room, e *Event) error {
	if r.Plan != nil {
		return Refuse(Conflict, "the room already has a plan")
	}
	if b.Rules >= rulesDuplicates && e.Duplicate != "" {
		return e.ambiguous()
	}
	p := new(Plan)
	if err := json.Unmarshal(b.Plan, p); err != nil {
		return Refuse(Invalid, "the plan cannot be read: %s", err)
	}
	if sumOf(b.Plan) != b.SHA256 {
		return Refuse(Invalid, "the plan does not match its SHA-256")
	}
	if len(p.Severities) == 0 || len(p.Phases) == 0 {
		return Refuse(Invalid, "the plan has no severities or no phases")
	}
	b.plan = p
	return nil
}

func (b *PlanAdopted) apply(r *Room, e *Event) {
	r.Plan, r.PlanSum, r.Rules = b.plan, b.SHA256, b.Rules
	if r.Lobby {
		return
	}
	if s := r.Plan.severityOf(r.Severity); s != nil {
		r.Severity = s.ID
		r.Levels = set(r, r.Levels, 0,
			LevelSpan{Severity: s.ID, Criterion: r.Criterion, Reason: r.Levels[0].Reason, From: r.Levels[0].From,
				By: r.Levels[0].By})
	}
	first := r.Plan.Phases[0].ID
	r.Phase, r.Phases = first, []PhaseSpan{{Phase: first, From: r.DeclaredAt, By: r.DeclaredBy}}
	r.addPlanItems()
	r.Clocks = make([]ClockRun, len(r.Plan.Clocks))
	for i, d := range r.Plan.Clocks {
		r.Clocks[i] = ClockRun{ID: d.ID}
	}
	by := *e
	by.Seq, by.By = 1, r.DeclaredBy // the declaration starts them
	r.begin(StartDeclared, r.DeclaredAt, &by)
	r.begin(StartSeverity, r.DeclaredAt, &by)
	r.begin(StartAlert, r.AlertAt(), &by)
}

func (b *PlanAdopted) line(_ *Room, _ *Event) Safe {
	short := b.SHA256
	if len(short) > 12 {
		short = short[:12]
	}
	return Safef("%s (SHA-256 %s)", b.plan.Title, short)
}

// IncidentRenamed changes the title of the incident.
type IncidentRenamed struct {
	Title string `json:"title"`
}

func (*IncidentRenamed) need(*Room, *Event) Power        { return PowerAll }
func (b *IncidentRenamed) check(r *Room, _ *Event) error { return oneLine("title", b.Title, MaxTitle) }
func (b *IncidentRenamed) apply(r *Room, _ *Event)       { r.Title = b.Title }
func (b *IncidentRenamed) line(r *Room, _ *Event) Safe   { return Safef("%s, was: %s", b.Title, r.Title) }

func (b *IncidentRenamed) free() []*string { return []*string{&b.Title} }

// KindChanged sets the kind of the incident, and adds the items of that kind.
type KindChanged struct {
	To string `json:"to"` // id in the plan
}

func (*KindChanged) need(*Room, *Event) Power { return PowerAll }

func (b *KindChanged) check(r *Room, _ *Event) error {
	if r.Plan.KindDef(b.To) == nil {
		return Refuse(NotFound, "the plan has no kind %s; it has: %s", b.To, r.Plan.kindIDs())
	}
	if b.To == r.Kind {
		return Refuse(Conflict, "the kind of incident is already %s", b.To)
	}
	return nil
}

func (b *KindChanged) apply(r *Room, _ *Event) {
	r.Kind = b.To
	r.addPlanItems()
}

func (b *KindChanged) line(r *Room, _ *Event) Safe {
	label := func(id string) string {
		if d := r.Plan.KindDef(id); d != nil {
			return d.Label
		}
		return id
	}
	if r.Kind == "" {
		return Safef("%s", label(b.To))
	}
	return Safef("%s, was %s", label(b.To), label(r.Kind))
}

// SeverityChanged sets the severity, and starts and adjusts the clocks that depend
// on it.
type SeverityChanged struct {
	To        string `json:"to"`                  // id in the plan
	Criterion string `json:"criterion,omitempty"` // id of the criterion that was chosen
	Reason    string `json:"reason,omitempty"`
}

func (*SeverityChanged) need(*Room, *Event) Power { return PowerAll }

func (b *SeverityChanged) free() []*string { return []*string{&b.Reason} }

func (b *SeverityChanged) check(r *Room, _ *Event) error {
	s := r.Plan.severityOf(b.To)
	if s == nil {
		return Refuse(NotFound, "the plan has no severity %s; it has: %s", b.To, r.Plan.severityIDs())
	}
	if s.ID == r.Severity {
		return Refuse(Conflict, "the severity is already %s", s.ID)
	}
	if b.Criterion == "" && strings.TrimSpace(b.Reason) == "" {
		return Refuse(Invalid, "a change of severity needs a criterion or a reason: :sev %s "+
			"%s", s.ID, s.criteriaHint())
	}
	if b.Criterion != "" && !slices.ContainsFunc(s.Criteria, func(c Criterion) bool { return c.ID == b.Criterion }) {
		return Refuse(NotFound, "%s has no criterion %s; it has: %s", s.ID, b.Criterion, s.criteriaHint())
	}
	return longText("reason", b.Reason, true)
}

func (b *SeverityChanged) apply(r *Room, e *Event) {
	r.Severity, r.Criterion = r.Plan.severityOf(b.To).ID, b.Criterion
	r.endLevel(e.RecordedAt)
	r.Levels = push(r.Levels,
		LevelSpan{Severity: r.Severity, Criterion: b.Criterion, Reason: b.Reason, From: e.RecordedAt, By: e.By})
	r.relevel(e)
}

func (b *SeverityChanged) line(r *Room, e *Event) Safe {
	s := Safef("%s, was %s", b.To, r.Severity)
	if d := r.Plan.severityOf(b.To); d != nil {
		for _, c := range d.Criteria {
			if c.ID == b.Criterion {
				s = Safef("%s: %s", s, c.Text)
			}
		}
	}
	return because(s, b.Reason)
}

// IncidentLinked links to a record elsewhere, such as a ticket or another room.
type IncidentLinked struct {
	System string `json:"system"`
	URL    string `json:"url"`
	Title  string `json:"title,omitempty"`

	Relation string `json:"relation,omitempty"` // relation to another room, see ev_related.go
	Room     string `json:"room,omitempty"`     // short id of that room
	RoomID   string `json:"room_id,omitempty"`  // ULID of that room
	Reason   string `json:"reason,omitempty"`
}

func (b *IncidentLinked) free() []*string { return []*string{&b.Title, &b.Reason} }

func (b *IncidentLinked) check(r *Room, e *Event) error {
	switch {
	case b.Relation != "":
		return b.checkRelated(r, e)
	case r.Members[e.Key].Hub:
		return Refuse(Forbidden, "the hub's own key cannot link records")
	}
	if err := oneLine("system", b.System, 40); err != nil {
		return err
	}
	if b.URL == "" {
		return Refuse(Invalid, "give the web address, as in :link notion https://...")
	}
	if !strings.HasPrefix(b.URL, "https://") && !strings.HasPrefix(b.URL, "http://") {
		return Refuse(Invalid, "%s is not a web address; begin it with https://", b.URL)
	}
	return oneLine("address", b.URL, 2000)
}

func (b *IncidentLinked) apply(r *Room, e *Event) {
	if b.Relation != "" {
		r.Related = push(r.Related,
			Related{Room: b.Room, RoomID: b.RoomID, Relation: b.Relation, Reason: b.Reason, By: e.By,
				At: e.At, Seq: e.Seq})
		if b.Relation == RelationDuplicate {
			r.standAsDuplicate(e)
		}
		return
	}
	r.Links = push(r.Links, LinkedTo{System: b.System, URL: b.URL, Title: b.Title, By: e.By, At: e.At})
}

func (b *IncidentLinked) line(*Room, *Event) Safe {
	if b.Relation != "" {
		return because((&Related{Relation: b.Relation, Room: b.Room}).Words(), b.Reason)
	}
	return Safef("%s %s %s", b.System, b.URL, b.Title)
}
