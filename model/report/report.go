package report

import (
	"time"

	"warroom/model"
)

// Form is the version of the JSON form.
const Form = 1

// Reader is the person a report is made for, and what is known besides the log.
type Reader struct {
	Short string         // the room's id on this hub
	Now   time.Time      // the hub's time
	Zone  *time.Location // the reader's zone; if nil, UTC
	Alarm model.Safe     // a fault of the record that this reader detected
	Paper string         // paper size of the HTML form: a4 (the default), letter

	Rooms    []model.RoomInfo // the rooms of this hub, to name related ones; if nil, they are named as in the log
	AllRooms bool             // Rooms has every room of this hub
}

// Report is the draft of a review as data.
type Report struct {
	Form   int       `json:"form"`
	MadeAt time.Time `json:"made_at"`
	Zone   string    `json:"zone"`

	Profile string `json:"profile,omitempty"` // the profile that left something out

	Room       string       `json:"room"`
	ULID       string       `json:"ulid"`
	Title      model.Safe   `json:"title"`
	Kind       model.Safe   `json:"kind"`
	Severity   model.Safe   `json:"severity"`
	Criterion  model.Safe   `json:"criterion"` // of the plan, for people
	Worst      string       `json:"worst_severity"`
	Status     model.Status `json:"status"`
	Final      bool         `json:"final"` // the room is closed
	Drill      bool         `json:"drill"`
	Restricted []string     `json:"restricted"` // who may see the room; if empty, everybody
	DeclaredAt time.Time    `json:"declared_at"`
	DeclaredBy model.Safe   `json:"declared_by"`
	LastedS    int64        `json:"lasted_s"` // from the declaration to the resolution, or the closing, or now
	Lasted     model.Safe   `json:"lasted"`   // LastedS for people
	EndedAt    *time.Time   `json:"ended_at"` // null: it is open
	Ended      model.Status `json:"ended"`    // resolved, closed (never resolved), open
	Reopened   int          `json:"reopened"`
	Blameless  bool         `json:"blameless"` // roles replace people
	// entries in which a word that can be the name of a person was kept
	NamesLeft []uint64 `json:"names_left,omitempty"`
	// lists that are empty because the profile leaves them out
	NotShown []string `json:"not_shown,omitempty"`

	Sections   []Section   `json:"review"`
	Missing    []Gap       `json:"missing"`
	Numbers    []Number    `json:"numbers"`
	Alerts     []Alert     `json:"alerts"`
	Validated  *Validated  `json:"validated"` // null: not validated
	Exposure   *Exposure   `json:"exposure"`
	Assessed   []Exposure  `json:"assessments"` // assessments of exposure, in order
	Aware      []Aware     `json:"awareness"`   // who was aware of it, and since when
	Notices    []Notice    `json:"notices"`     // who was informed, by notices and updates
	Pages      []Page      `json:"pages"`       // who was paged
	Deliveries []Carried   `json:"deliveries"`  // what bridges sent
	Milestones []Milestone `json:"milestones"`
	Odd        []Odd       `json:"contradictions"` // milestones or notices in an impossible order
	Measures   []Measure   `json:"measures"`
	Severities []Span      `json:"severities"`
	Statuses   []Span      `json:"statuses"`
	Phases     []Span      `json:"phases"`
	Roles      []Holder    `json:"roles"`
	Handoffs   []Line      `json:"handoffs"`
	Offers     []Offer     `json:"offers"`    // of roles, each with its outcome
	Proposals  []Proposal  `json:"proposals"` // to take command
	Points     []Point     `json:"left_open"` // what was left open, each with the reason
	Items      Checklist   `json:"checklist"`
	Deeds      []Deed      `json:"who_did_what"`
	Guesses    []Statement `json:"hypotheses"`
	Asks       []Statement `json:"asks"`
	Polls      []Statement `json:"polls"`
	Decisions  []Line      `json:"decisions"`
	Followups  []Followup  `json:"followups"`
	Evidence   Evidence    `json:"evidence"`
	Links      []Link      `json:"links"`
	Redactions []Redaction `json:"redactions"`
	Exports    []Export    `json:"exports"`
	Controls   []Control   `json:"controls"`
	Assets     []Asset     `json:"assets"`
	Scopes     []Scope     `json:"scope"` // assets by type
	Indicators []Indicator `json:"indicators"`
	Impacts    []Impact    `json:"impact"`
	Adversary  []Line      `json:"adversary"` // what the attacker did
	Related    []Related   `json:"related"`   // other rooms
	Timeline   []Line      `json:"timeline"`
	LeftOut    int         `json:"timeline_left_out,omitempty"` // lines that the reader did not ask for
	Record     Record      `json:"record"`

	zone  *time.Location
	lean  bool // for the general public
	paper string
}

// Record describes what the report was made from.
type Record struct {
	Plan      model.Safe `json:"plan"`
	PlanSum   string     `json:"plan_sha256"`
	Notice    model.Safe `json:"notice"` // the plan's notice about law
	Events    uint64     `json:"events"`
	Entries   int        `json:"entries"`
	Bad       int        `json:"bad"`       // invalid messages
	Strays    int        `json:"strays"`    // messages by keys that are not in the room, which have no effect
	NoEffect  int        `json:"no_effect"` // events that were refused
	Restored  int        `json:"restored"`  // how often the log was restored from a copy
	Fold      int        `json:"fold"`
	StateHash string     `json:"state_hash"`
	Alarm     model.Safe `json:"alarm"`
}

// Of makes the report of a log. The events must be complete, in order and verified.
func Of(events []*model.Event, to Reader) Report {
	if to.Zone == nil {
		to.Zone = time.UTC
	}
	w := walked(events)
	r := w.room
	if to.Rooms != nil {
		r = r.RelatedHere(to.Rooms, to.AllRooms)
	}
	d := Report{Form: Form, MadeAt: to.Now.UTC().Truncate(time.Second), Zone: to.Zone.String(), zone: to.Zone,
		Room: to.Short, ULID: r.ID, Title: model.CleanLine(r.Title), Kind: kindOf(r),
		Severity: model.CleanLine(r.Severity), Criterion: criterionOf(r, r.Severity, r.Criterion),
		Status: r.Status, Final: r.Status == model.Closed, Drill: r.Drill,
		Restricted: append([]string{}, r.Restricted...),
		DeclaredAt: r.DeclaredAt, DeclaredBy: model.CleanLine(r.DeclaredBy)}
	d.paper = to.Paper
	if n := len(events); n > 0 && to.Now.Before(events[n-1].RecordedAt) { // the record proves that it was later
		to.Now = events[n-1].RecordedAt
	}
	at := (&writer{d: &d}).safeAt
	lifetime := r.Lifetime()
	d.LastedS, d.Lasted, d.EndedAt, d.Ended, d.Reopened = seconds(lifetime.Age(to.Now)), lifetime.Words(to.Now),
		maybe(lifetime.Until), lifetime.Outcome, lifetime.Reopened
	d.Sections = sectionsOf(r)
	d.Numbers = numbersOf(r, to.Now, at)
	d.Alerts, d.Validated = alertsOf(r), w.validated()
	d.Exposure, d.Notices = exposureOf(r), noticesOf(r)
	d.Assessed, d.Aware = assessedOf(r), awareOf(r)
	d.Pages, d.Deliveries = pagesOf(r), deliveriesOf(r)
	d.Milestones, d.Measures, d.Odd = milestonesOf(r), measuresOf(r), w.oddOf(at)
	d.Severities, d.Statuses, d.Phases, d.Roles = levelsOf(r, to.Now), statusesOf(r, to.Now), phasesOf(r, to.Now),
		rolesOf(r, to.Now)
	d.Worst = worstOf(r)
	d.Items, d.Deeds, d.Evidence = w.checklist(), w.deeds(), w.evidence()
	d.Guesses, d.Asks, d.Polls = hypothesesOf(r), asksOf(r, to.Now), pollsOf(r, to.Now)
	d.Followups, d.Links = followupsOf(r), linksOf(r)
	d.Controls, d.Redactions, d.Exports = controlsOf(r), redactionsOf(r), exportsOf(r)
	d.Assets, d.Scopes, d.Indicators = assetsOf(r), scopesOf(r), indicatorsOf(r)
	d.Impacts, d.Related = impactsOf(r, to.Now), relatedOf(r)
	d.Timeline = timelineOf(r)
	d.Adversary = adversaryOf(d.Timeline)
	d.Decisions, d.Handoffs = decisionsOf(d.Timeline), handoffsOf(d.Timeline)
	d.Proposals, d.Offers, d.Points = proposalsOf(r), offersOf(r), pointsOf(r)
	d.Record = recordOf(w.room, to)
	d.Missing = d.gaps(r)
	return d
}

func recordOf(r *model.Room, to Reader) Record {
	c := Record{PlanSum: r.PlanSum, Events: r.Seq, Entries: r.Entries, Bad: r.Bad, Strays: r.Strays,
		NoEffect: r.Rejected,
		Restored: len(r.Breaks),
		Fold:     r.Fold, StateHash: r.StateHash(), Alarm: to.Alarm}
	if r.Plan != nil {
		c.Plan, c.Notice = model.CleanLine(r.Plan.Title), model.CleanLine(r.Plan.Notice)
	}
	return c
}

func kindOf(r *model.Room) model.Safe {
	if d := r.Plan.KindDef(r.Kind); d != nil {
		return model.CleanLine(d.Label)
	}
	return model.CleanLine(r.Kind)
}

// criterionOf returns the plan's text of the criterion for which a severity was chosen.
func criterionOf(r *model.Room, severity, id string) model.Safe {
	if s := r.Plan.Severity(severity); s != nil {
		for _, c := range s.Criteria {
			if c.ID == id {
				return model.CleanLine(c.Text)
			}
		}
	}
	return model.CleanLine(id)
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
