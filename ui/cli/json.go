package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode"
	"unicode/utf16"

	"warroom/model"
)

// status is what status --json prints.
type status struct {
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
	Restricted []string     `json:"restricted"` // who alone may see the room; null: everybody

	Roles      []roleRow                  `json:"roles"`
	Items      []itemRow                  `json:"items"`
	Clocks     []clockRow                 `json:"clocks"`
	People     []personRow                `json:"people"`
	Left       []personRow                `json:"left"` // who is not here
	Milestones map[string]model.Milestone `json:"milestones"`
	Measures   map[string]int64           `json:"measures_s"`
	Exposure   *model.Exposure            `json:"exposure"`
	Statuses   []model.StatusSpan         `json:"statuses"`   // each resolution, each reopening
	Phases     []model.PhaseSpan          `json:"phases"`     // over time
	Severities []model.LevelSpan          `json:"severities"` // over time
	RoleRuns   []model.Assignment         `json:"role_history"`
	Notices    []model.Notice             `json:"notices"`
	Odd        []string                   `json:"contradictions"` // milestones in an order in which they cannot have been
	AgeS       int64                      `json:"age_s"`          // until it ended
	EndedAt    *time.Time                 `json:"ended_at"`
	Ended      string                     `json:"ended,omitempty"` // resolved, or closed: never resolved
	Validated  *model.Validation          `json:"validated"`
	Followups  []model.Followup           `json:"followups"`
	Links      []model.LinkedTo           `json:"links"`
	Alerts     []alertRow                 `json:"alerts"`
	Channels   []model.Channel            `json:"channels"` // that were judged
	Evidence   []evidenceRow              `json:"evidence"`
	Lobby      bool                       `json:"lobby,omitempty"` // no incident: alerts wait here
	Reports    int                        `json:"customer_reports"`

	Pages      []model.Page     `json:"pages"`      // who was called from outside
	Deliveries []model.Delivery `json:"deliveries"` // what bridges did

	Plan      string `json:"plan"`
	PlanSum   string `json:"plan_sha256"`
	Entries   int    `json:"entries"`
	Waiting   int    `json:"waiting"`
	Seq       uint64 `json:"seq"`
	StateHash string `json:"state_hash"`
	Verified  string `json:"verified"` // ok, pending, newer (a newer program is needed), bad
}

type roleRow struct {
	ID        string   `json:"id"`
	Label     string   `json:"label"`
	Holders   []string `json:"holders"`
	Mandatory bool     `json:"mandatory"`

	Unconfirmed []string           `json:"unconfirmed"` // holders whose powers wait for a confirmation
	Assignments []model.Assignment `json:"assignments"` // who holds it, with name, job and scope
}

type itemRow struct {
	N         int             `json:"n"`
	ID        string          `json:"id"`
	Phase     string          `json:"phase"`
	Text      string          `json:"text"`
	State     model.ItemState `json:"state"`
	By        string          `json:"by"`
	At        *time.Time      `json:"at"`
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
	Gate      string          `json:"gate,omitempty"`  // what has to come first
	Stale     string          `json:"stale,omitempty"` // why it has to be done again
}

type personRow struct {
	Handle   string    `json:"handle"`
	Via      string    `json:"via"`
	LastSeen time.Time `json:"last_seen"`
	From     string    `json:"from,omitempty"`
	Name     string    `json:"name,omitempty"` // with the job, as their door says
}

// statusOf makes the JSON form of a view at the hub's time.
func statusOf(v *model.View, now time.Time) status {
	r := v.Room
	s := status{ID: v.Short, ULID: r.ID, Title: r.Title, Kind: r.Kind, Severity: r.Severity, Criterion: r.Criterion, Status: r.Status,
		Phase: r.Phase, DeclaredAt: r.DeclaredAt, DeclaredBy: r.DeclaredBy, Drill: r.Drill, Roles: []roleRow{}, Items: []itemRow{},
		Clocks: []clockRow{}, People: []personRow{}, Left: []personRow{}, Restricted: r.Restricted, Milestones: r.Milestones, Measures: map[string]int64{}, Exposure: r.Exposure,
		Followups: append([]model.Followup{}, r.Followups...), Links: append([]model.LinkedTo{}, r.Links...), Alerts: alertRows(r, now), Channels: append([]model.Channel{}, r.Channels...), Evidence: evidenceRows(r), PlanSum: r.PlanSum,
		Pages: append([]model.Page{}, r.PageViews()...), Deliveries: append([]model.Delivery{}, r.Deliveries...),
		Entries: r.Entries, Waiting: len(v.Waiting), Lobby: r.Lobby, Reports: r.CustomerReports(), Seq: r.Seq, StateHash: r.StateHash(), Verified: "ok"}
	switch {
	case !v.Proof.Alarm.IsEmpty() || r.Bad > 0:
		s.Verified = "bad"
	case !v.Proof.Newer.IsEmpty():
		s.Verified = "newer"
	case v.Proof.Pending:
		s.Verified = "pending"
	}
	s.history(r, now)
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

// history adds what was over time, and what ended.
func (s *status) history(r *model.Room, now time.Time) {
	s.Statuses, s.Phases = append([]model.StatusSpan{}, r.States...), append([]model.PhaseSpan{}, r.Phases...)
	s.Severities, s.RoleRuns = append([]model.LevelSpan{}, r.Levels...), append([]model.Assignment{}, r.Roles...)
	s.Notices, s.Odd, s.Validated = append([]model.Notice{}, r.Notices...), []string{}, r.Validated
	for _, c := range r.Contradictions() {
		s.Odd = append(s.Odd, c.Words(model.Stamp).String())
	}
	life := r.Lifetime()
	s.AgeS, s.EndedAt = int64(life.Age(now)/time.Second), maybe(life.Until)
	if s.EndedAt != nil {
		s.Ended = string(life.How)
	}
}

func personOf(r *model.Room, p model.Presence) personRow {
	return personRow{p.Handle, p.Via, p.LastSeen, p.From, model.JoinSafe(model.Lit("; "), r.Known(p.Handle)...).String()}
}

func (s *status) rows(r *model.Room, now time.Time) {
	for _, d := range r.Plan.Roles {
		row := roleRow{ID: d.ID, Label: d.Label, Holders: append([]string{}, r.Holders(d.ID)...), Mandatory: d.Mandatory,
			Unconfirmed: append([]string{}, r.Unconfirmed(d.ID)...), Assignments: []model.Assignment{}}
		for _, h := range r.Roles {
			if h.Role == d.ID && h.Until.IsZero() {
				row.Assignments = append(row.Assignments, h)
			}
		}
		s.Roles = append(s.Roles, row)
	}
	for i := range r.Items {
		it := &r.Items[i]
		d := r.Def(it)
		s.Items = append(s.Items, itemRow{N: it.N, ID: it.ID, Phase: it.Phase, Text: it.Text, State: it.State, By: it.By, At: maybe(it.At),
			Reason: it.Reason, Owner: it.Owner, If: d.If, Override: it.Override, NotNeeded: r.NotNeeded(it).String(), Source: d.From,
			Group: d.Group, Needs: d.Needs, Role: d.Role, OnlyRole: d.OnlyRole, Preserves: d.Preserves, Destroys: d.Destroys, Gate: gate(r, it), Stale: r.StaleWhy(it).String()})
	}
	s.Clocks = clockRows(r, now)
}

// gate is what stands against an open item.
func gate(r *model.Room, it *model.Item) string {
	if it.State == model.ItemDone {
		return ""
	}
	return r.Gate(it).String()
}

func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// roomRow is one room in rooms --json.
type roomRow struct {
	ID         string       `json:"id"`
	ULID       string       `json:"ulid"`
	Title      string       `json:"title"`
	Kind       string       `json:"kind"`
	Severity   string       `json:"severity"`
	Status     model.Status `json:"status"`
	Phase      string       `json:"phase"`
	DeclaredAt time.Time    `json:"declared_at"`
	Drill      bool         `json:"drill"`
	Restricted bool         `json:"restricted"`
	Seq        uint64       `json:"seq"`
}

func roomList(list []model.RoomInfo) []roomRow {
	out := []roomRow{}
	for _, i := range list {
		r := i.Room
		out = append(out, roomRow{i.Short, r.ID, r.Title, r.Kind, r.Severity, r.Status, r.Phase, r.DeclaredAt, r.Drill, r.IsRestricted(), r.Seq})
	}
	return out
}

// logged is one event in tail --json.
type logged struct {
	V          int             `json:"v"`
	Room       string          `json:"room"`
	ID         string          `json:"id"`
	Key        string          `json:"key"`
	N          uint64          `json:"n"`
	Prev       string          `json:"prev"`
	Kind       model.Kind      `json:"kind"`
	At         string          `json:"at"`
	By         string          `json:"by"`
	Via        string          `json:"via"`
	Body       json.RawMessage `json:"body"`
	Seq        uint64          `json:"seq"`
	RecordedAt time.Time       `json:"recorded_at"`
	Verified   bool            `json:"verified"`
	Fault      string          `json:"fault,omitempty"`
	NoEffect   string          `json:"no_effect,omitempty"` // why the room refused it
	Redacted   bool            `json:"redacted,omitempty"`  // its text was taken out, and its signature cannot be checked any more
}

func loggedOf(e *model.Event, refused model.Safe) logged {
	l := logged{e.V, e.Room, e.ID, e.Key, e.N, e.Prev, e.Kind, e.At.UTC().Format(model.TimeForm), e.By, e.Via, e.Body, e.Seq, e.RecordedAt,
		e.Fault == "" && !e.Redacted, e.Fault, "", e.Redacted}
	if !json.Valid(e.Body) {
		l.Body = json.RawMessage("null")
	}
	if e.Fault == "" {
		l.NoEffect = refused.String()
	}
	return l
}

// sayJSON prints a value as one line of JSON in which nothing can reach a
// terminal as anything but text.
func (a *app) sayJSON(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	_, err = io.Copy(a.Stdout, bytes.NewReader(append(escapeJSON(b), '\n')))
	return err
}

// escapeJSON writes every rune that is not plain printable text as \uXXXX,
// which in JSON says the same.
func escapeJSON(b []byte) []byte {
	if !bytes.ContainsFunc(b, odd) {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for _, r := range string(b) {
		switch {
		case !odd(r):
			out = append(out, string(r)...)
		case r > 0xFFFF:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

func odd(r rune) bool { return r >= 0x7F && (!unicode.IsPrint(r) || unicode.Is(unicode.M, r)) }
