package jsonform

import (
	"time"

	"warroom/model"
)

// RoomStatus is the output of status --json.
type RoomStatus struct {
	ID         string       `json:"id"`
	ULID       string       `json:"ulid"`
	Title      string       `json:"title"`
	Kind       string       `json:"kind"`
	Severity   string       `json:"severity"`
	Criterion  string       `json:"criterion,omitempty"`
	Status     model.Status `json:"status"`
	Phase      string       `json:"phase"`
	DeclaredAt time.Time    `json:"declared_at"`
	DeclaredBy string       `json:"declared_by"`
	Drill      bool         `json:"drill"`
	Restricted []string     `json:"restricted"` // the only people who may see the room; null: everybody

	Roles      []roleRow                  `json:"roles"`
	Items      []itemRow                  `json:"items"`
	Clocks     []Clock                    `json:"clocks"`
	People     []personRow                `json:"people"`
	Left       []personRow                `json:"left"` // people who have left
	Milestones map[string]model.Milestone `json:"milestones"`
	Measures   map[string]int64           `json:"measures_s"`
	Exposure   *model.Exposure            `json:"exposure"`
	Statuses   []model.StatusSpan         `json:"statuses"`   // each resolution and reopening
	Phases     []model.PhaseSpan          `json:"phases"`     // over time
	Severities []model.LevelSpan          `json:"severities"` // over time
	RoleRuns   []model.Assignment         `json:"role_history"`
	Notices    []model.Notice             `json:"notices"`
	Updates    []model.Dispatch           `json:"updates"` // in the order of the log
	// milestones in an impossible order
	Odd       []string          `json:"contradictions"`
	AgeS      int64             `json:"age_s"` // in seconds; stops when the incident ends
	EndedAt   *time.Time        `json:"ended_at"`
	Ended     string            `json:"ended,omitempty"` // resolved, or closed if it was never resolved
	Validated *model.Validation `json:"validated"`
	Followups []model.Followup  `json:"followups"`
	Links     []model.LinkedTo  `json:"links"`
	Alerts    []alertRow        `json:"alerts"`
	Channels  []model.Channel   `json:"channels"` // channels that were judged
	Evidence  []EvidenceItem    `json:"evidence"`
	Lobby     bool              `json:"lobby,omitempty"` // the lobby, which is not an incident
	Reports   int               `json:"customer_reports"`

	Handoffs   []handoffRow     `json:"handoffs"` // offers of roles, with the brief; those that ended come first
	Command    *commandRow      `json:"command"`  // gap in command; null: none
	TwoJobs    *twoJobsRow      `json:"two_jobs"` // a person who is commander and scribe; null: nobody
	Asks       []askRow         `json:"asks"`
	Polls      []pollRow        `json:"polls"`
	Pages      []model.Page     `json:"pages"`      // people who were paged
	Deliveries []model.Delivery `json:"deliveries"` // results of the bridges
	Drafts     []draftRow       `json:"drafts"`     // updates that are prepared, or wait or waited for approval
	Radar      []signalRow      `json:"radar"`      // signals, the most pressing first
	LeftOpen   []string         `json:"left_open"`  // what resolving or closing now would leave open

	OpenPoints   []pointRow          `json:"open_points"`   // the same by name, for :close answer POINT REASON
	PointAnswers []model.PointAnswer `json:"point_answers"` // reasons for what was left open

	// The attack, and related rooms.
	Assets     []assetRow  `json:"assets"`
	Indicators []Indicator `json:"indicators"`

	Hypotheses []hypothesisRow   `json:"hypotheses"`
	Impact     []impactRow       `json:"impact"`
	Related    []model.Related   `json:"related"`
	Unrelated  []model.Unrelated `json:"unrelated"` // relations that ended

	Plan      string `json:"plan"`
	PlanSum   string `json:"plan_sha256"`
	Entries   int    `json:"entries"`
	Waiting   int    `json:"waiting"`
	Seq       uint64 `json:"seq"`
	StateHash string `json:"state_hash"`
	Verified  string `json:"verified"` // ok, pending, newer (a newer version is needed), bad
}

type roleRow struct {
	ID        string   `json:"id"`
	Label     string   `json:"label"`
	Holders   []string `json:"holders"`
	Mandatory bool     `json:"mandatory"`

	Short       string             `json:"short,omitempty"`
	NamedSelf   []string           `json:"named_themselves"` // holders who gave themselves a role that checks others
	Unconfirmed []string           `json:"unconfirmed"`      // holders whose powers are not confirmed yet
	Assignments []model.Assignment `json:"assignments"`      // all assignments, with name, job and scope
	Proposals   []model.Proposal   `json:"proposals"`        // to take it, with how they ended; if "", open
}

type itemRow struct {
	N         int             `json:"n"`
	ID        string          `json:"id"`
	Phase     string          `json:"phase"`
	Text      string          `json:"text"`
	State     model.ItemState `json:"state"`
	By        string          `json:"by"`
	At        *time.Time      `json:"at"`          // recorded
	DoneAt    *time.Time      `json:"done_at"`     // when that was, as reported by By
	Recorded  *time.Time      `json:"recorded_at"` // as At
	Reason    string          `json:"reason"`
	Owner     string          `json:"owner,omitempty"`
	If        string          `json:"if,omitempty"`
	Override  string          `json:"override,omitempty"`
	NotNeeded string          `json:"not_needed,omitempty"`
	Source    string          `json:"source,omitempty"`
	Group     string          `json:"group,omitempty"`
	Needs     []string        `json:"needs,omitempty"`
	Role      string          `json:"role,omitempty"`
	OnlyRole  bool            `json:"only_role,omitempty"`
	Preserves string          `json:"preserves,omitempty"`
	Destroys  bool            `json:"destroys_evidence,omitempty"`
	BlockedBy string          `json:"gate,omitempty"` // what has to be done first
	Waits     *model.Override `json:"override_asked"` // an override that waits for a second person
	SecondBy  string          `json:"second_by,omitempty"`
	Checked   string          `json:"self_checked,omitempty"` // set if the same person did the work
	DueAt     *time.Time      `json:"due_at"`                 // null: no due time was set
	Stale     string          `json:"stale,omitempty"`        // why it has to be done again

	Contains  string        `json:"contains,omitempty"`  // type of the assets that have to be contained
	Contained int           `json:"contained,omitempty"` // number of contained assets
	Linked    int           `json:"linked,omitempty"`    // number of linked assets
	Excepted  []exceptedRow `json:"excepted,omitempty"`
}

type personRow struct {
	Handle   string    `json:"handle"`
	Via      string    `json:"via"`
	LastSeen time.Time `json:"last_seen"`
	From     string    `json:"from,omitempty"`
	Name     string    `json:"name,omitempty"` // with the job, as reported by the listener
}

// Status returns the JSON form of a view. now is the hub's time.
func Status(v *model.View, now time.Time) RoomStatus {
	r := v.Room
	s := RoomStatus{ID: v.Short, ULID: r.ID, Title: r.Title, Kind: r.Kind, Severity: r.Severity, Criterion: r.Criterion,
		Status: r.Status,
		Phase:  r.Phase, DeclaredAt: r.DeclaredAt, DeclaredBy: r.DeclaredBy, Drill: r.Drill, Roles: []roleRow{},
		Items:  []itemRow{},
		Clocks: []Clock{}, People: []personRow{}, Left: []personRow{}, Restricted: r.Restricted,
		Milestones: r.Milestones, Measures: map[string]int64{}, Exposure: r.Exposure,
		Followups: append([]model.Followup{}, r.Followups...), Links: append([]model.LinkedTo{}, r.Links...),
		Alerts: alertRows(r, now), Channels: append([]model.Channel{}, r.Channels...), Evidence: Evidence(r),
		PlanSum: r.PlanSum,
		Pages:   append([]model.Page{}, r.PageViews()...), Deliveries: append([]model.Delivery{}, r.Deliveries...),
		Entries: r.Entries, Waiting: len(v.Waiting), Lobby: r.Lobby, Reports: r.CustomerReports(), Seq: r.Seq,
		StateHash: r.StateHash(), Verified: "ok"}
	switch {
	case !v.Proof.Alarm.IsEmpty() || r.Bad > 0:
		s.Verified = "bad"
	case !v.Proof.Newer.IsEmpty():
		s.Verified = "newer"
	case v.Proof.Pending:
		s.Verified = "pending"
	}
	s.Handoffs = handoffRows(r)
	s.Command, s.TwoJobs = commandOf(r, now), twoJobsOf(r)
	s.Asks, s.Polls = askRows(r, now), pollRows(r, now)
	s.history(r, now)
	s.process(r, now)
	s.Assets, s.Indicators, s.Hypotheses = assetRows(r), Indicators(r), hypothesisRows(r)
	s.Impact, s.Related = impactRows(r), append([]model.Related{}, r.Related...)
	s.Unrelated = append([]model.Unrelated{}, r.Unrelated...)
	for _, p := range v.Here {
		s.People = append(s.People, personOf(r, p))
	}
	for _, p := range v.Absent() {
		s.Left = append(s.Left, personOf(r, p))
	}
	for _, m := range r.Measures() {
		s.Measures[m.Name.String()] = int64(m.Took / time.Second)
	}
	if r.Plan != nil {
		s.Plan = r.Plan.Name
		s.rows(r, now)
	}
	return s
}

// WithRelated returns the status with the names that the hub of the reader has for related rooms.
func (s RoomStatus) WithRelated(r *model.Room) RoomStatus {
	s.Related = append([]model.Related{}, r.Related...)
	s.Unrelated = append([]model.Unrelated{}, r.Unrelated...)
	return s
}

// history adds the history of the room, and how it ended.
func (s *RoomStatus) history(r *model.Room, now time.Time) {
	s.Statuses, s.Phases = append([]model.StatusSpan{}, r.States...), append([]model.PhaseSpan{}, r.Phases...)
	s.Severities, s.RoleRuns = append([]model.LevelSpan{}, r.Levels...), append([]model.Assignment{}, r.Roles...)
	s.Notices, s.Odd, s.Validated = append([]model.Notice{}, r.Notices...), []string{}, r.Validated
	s.Updates = append([]model.Dispatch{}, r.Dispatches...)
	for _, c := range r.Contradictions() {
		s.Odd = append(s.Odd, c.Words(model.FormatTime).String())
	}
	for _, o := range r.OddTimes(model.FormatTime) {
		s.Odd = append(s.Odd, o.Words.String())
	}
	lifetime := r.Lifetime()
	s.AgeS, s.EndedAt = int64(lifetime.Age(now)/time.Second), maybe(lifetime.Until)
	if s.EndedAt != nil {
		s.Ended = string(lifetime.Outcome)
	}
}

func personOf(r *model.Room, p model.Presence) personRow {
	return personRow{Handle: p.Handle, Via: p.Via, LastSeen: p.LastSeen, From: p.From,
		Name: model.JoinSafe(model.Lit("; "), r.Known(p.Handle)...).String()}
}

func (s *RoomStatus) rows(r *model.Room, now time.Time) {
	for _, d := range r.Plan.Roles {
		row := roleRow{ID: d.ID, Label: d.Label, Holders: append([]string{}, r.Holders(d.ID)...),
			Mandatory: d.Mandatory, Short: d.Short, NamedSelf: namedSelf(r, d.ID),
			Unconfirmed: append([]string{}, r.Unconfirmed(d.ID)...), Assignments: []model.Assignment{},
			Proposals: []model.Proposal{}}
		for _, h := range r.Roles {
			if h.Role == d.ID && h.Until.IsZero() {
				row.Assignments = append(row.Assignments, h)
			}
		}
		for _, p := range r.Proposals {
			if p.Role == d.ID {
				row.Proposals = append(row.Proposals, p)
			}
		}
		s.Roles = append(s.Roles, row)
	}
	for i := range r.Items {
		it := &r.Items[i]
		d := r.Def(it)
		c := r.Containment(it)
		s.Items = append(s.Items,
			itemRow{Contains: c.Type, Contained: c.Done, Linked: c.All, Excepted: exceptedRows(r, it), N: it.N,
				ID: it.ID, Phase: it.Phase, Text: it.Text, State: it.State, By: it.By, At: maybe(it.At),
				DoneAt: maybe(it.DoneAt), Recorded: maybe(it.At),
				Reason: it.Reason, Owner: it.Owner, If: d.If, Override: it.Override,
				NotNeeded: r.NotNeeded(it).String(), Source: d.From,
				Group: d.Group, Needs: d.Needs, Role: d.Role, OnlyRole: d.OnlyRole, Preserves: d.Preserves,
				Destroys: d.Destroys, BlockedBy: blockedBy(r, it),
				Waits: it.Asked, SecondBy: it.SecondBy, Checked: r.SelfChecked(it).String(), DueAt: maybe(it.Due),
				Stale: r.StaleWhy(it).String()})
	}
	s.Clocks = Clocks(r, now)
}

// blockedBy returns what blocks an open item, or "".
func blockedBy(r *model.Room, it *model.Item) string {
	if it.State == model.ItemDone {
		return ""
	}
	return r.BlockedBy(it).String()
}

func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
