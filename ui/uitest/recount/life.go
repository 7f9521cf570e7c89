package recount

import (
	"encoding/json"
	"slices"
	"time"

	"warroom/model"
)

// Life has the roles, phases, severities, statuses, notices and assessments of exposure of a
// log, computed from the bytes of its events by an independent implementation of the rules.
type Life struct {
	Roles      []Held // in the order of assumption
	Phases     []Stretch
	Severities []Stretch
	Statuses   []Stretch
	Notified   []Notified // in the order of the log
	Assessed   []Assessed // in the order of the log
	Claims     []Claim    // of awareness, in the order of the log
	Aware      time.Time  // the earliest of them; zero: none
}

// Held is a role that a person held for some time.
type Held struct {
	Role, Person, By string
	From, Until      time.Time // as recorded; Until is zero while it is held
}

// Stretch is the duration of a phase, a severity or a status.
type Stretch struct {
	ID, By      string
	From, Until time.Time // as recorded; Until is zero while it lasts
	At          time.Time // of a status: when it happened, according to By
}

// Notified is an update or a notice.
type Notified struct {
	Audience, By, Who string // Who: of a notice
	At, Recorded      time.Time
	Entry             uint64
	Update            bool
}

// Assessed is an assessment of exposure with what it keeps of those before.
type Assessed struct {
	Level, Subjects, By string
	Regimes             []string
	Aware, Recorded     time.Time // Aware: the earliest so far; zero: none
	Entry               uint64
}

// Claim is a time of awareness that somebody gave, or that of an entry without one.
type Claim struct {
	At    time.Time
	By    string
	Entry uint64
	Given bool // the entry had a time
}

// fields has the members of events that LifeOf needs.
type fields struct {
	Severity, To, Role, Person, Phase, Handle, Right, Audience, Who string
	Level, Subjects, Clock                                          string
	Regimes                                                         []string
	Aware, Start                                                    *time.Time

	Overlap bool
	Held    *string
	Seq     uint64
	When    time.Time
}

// several are the roles of the shipped plan that several people may hold.
var several = []string{"sre", "sme"}

// offer is a role offer without an answer.
type offer struct{ from, to string }

// living is the state of LifeOf.
type living struct {
	Life
	offers map[string]offer
	closed bool
}

// LifeOf computes the life of a log with the shipped plan "security".
func LifeOf(log []*model.Event) Life {
	l := &living{offers: map[string]offer{}}
	for _, e := range log {
		var f fields
		_ = json.Unmarshal(e.Body, &f) // fields of another type do not count
		l.event(e, &f)
	}
	return l.Life
}

func (l *living) event(e *model.Event, f *fields) {
	switch e.Kind {
	case model.KindIncidentDeclared:
		l.Severities = append(l.Severities, Stretch{ID: f.Severity, By: e.By, From: e.RecordedAt})
		l.Statuses = append(l.Statuses, Stretch{ID: "open", By: e.By, From: e.RecordedAt, At: e.At})
		l.Phases = append(l.Phases, Stretch{ID: "triage", By: e.By, From: e.RecordedAt})
	case model.KindSeverityChanged:
		end(l.Severities, "", e.RecordedAt)
		l.Severities = append(l.Severities, Stretch{ID: f.To, By: e.By, From: e.RecordedAt})
	case model.KindPhaseEntered:
		l.enter(f.Phase, f.Overlap, e)
	case model.KindPhaseLeft:
		end(l.Phases, f.Phase, e.RecordedAt)
	case model.KindUpdateSent, model.KindNoticeGiven:
		l.Notified = append(l.Notified,
			Notified{Audience: f.Audience, By: e.By, Who: f.Who, At: e.At, Recorded: e.RecordedAt,
				Entry: e.Seq, Update: e.Kind == model.KindUpdateSent})
	case model.KindExposureAssessed:
		l.assess(e, f)
	case model.KindClockRetimed:
		if f.Clock != "gdpr" && f.Clock != "kvkk" {
			return
		}
		l.claim(Claim{At: f.Start.UTC(), By: e.By, Entry: e.Seq, Given: true})
	case model.KindTimeCorrected:
		for i := range l.Notified {
			if l.Notified[i].Entry == f.Seq {
				l.Notified[i].At = f.When
			}
		}
	case model.KindIncidentResolved, model.KindIncidentReopened, model.KindIncidentClosed:
		l.turn(e)
	default:
		l.role(e, f)
	}
}

// assess applies an assessment of exposure. What it does not mention stays, and the laws only
// become more, unless all of them count already.
func (l *living) assess(e *model.Event, f *fields) {
	a := Assessed{Level: f.Level, Subjects: f.Subjects, By: e.By, Regimes: f.Regimes, Recorded: e.RecordedAt,
		Entry: e.Seq}
	if n := len(l.Assessed); n > 0 {
		last := l.Assessed[n-1]
		if a.Subjects == "" {
			a.Subjects = last.Subjects
		}
		a.Regimes = slices.Clone(last.Regimes)
		if len(last.Regimes) > 0 || last.Aware.IsZero() {
			for _, g := range f.Regimes {
				if !slices.Contains(a.Regimes, g) {
					a.Regimes = append(a.Regimes, g)
				}
			}
		}
	}
	if f.Level != "none" {
		at := e.RecordedAt
		if f.Aware != nil {
			at = f.Aware.UTC()
		}
		l.claim(Claim{At: at, By: e.By, Entry: e.Seq, Given: f.Aware != nil})
	}
	if len(l.Assessed) > 0 || f.Level != "none" {
		a.Aware = l.Aware
	}
	l.Assessed = append(l.Assessed, a)
}

func (l *living) claim(c Claim) {
	l.Claims = append(l.Claims, c)
	if l.Aware.IsZero() || c.At.Before(l.Aware) {
		l.Aware = c.At
	}
}

// turn applies a change of status, with its effect on phases and severity.
func (l *living) turn(e *model.Event) {
	id := map[model.Kind]string{model.KindIncidentResolved: "resolved", model.KindIncidentReopened: "open",
		model.KindIncidentClosed: "closed"}[e.Kind]
	end(l.Statuses, "", e.RecordedAt)
	l.Statuses = append(l.Statuses, Stretch{ID: id, By: e.By, From: e.RecordedAt, At: e.At})
	switch id {
	case "resolved":
		l.enter("monitoring", false, e)
	case "closed":
		l.closed = true
		end(l.Phases, "", e.RecordedAt)
		end(l.Severities, "", e.RecordedAt)
	default:
		if l.closed {
			last := l.Severities[len(l.Severities)-1]
			l.Severities = append(l.Severities, Stretch{ID: last.ID, By: e.By, From: e.RecordedAt})
		}
		l.closed = false
		for _, p := range slices.Backward(l.Phases) {
			if p.ID != "monitoring" && p.ID != "review" {
				l.enter(p.ID, false, e)
				break
			}
		}
	}
}

// enter begins a phase. The others end, unless it overlaps them.
func (l *living) enter(id string, overlap bool, e *model.Event) {
	on := slices.ContainsFunc(l.Phases, func(s Stretch) bool { return s.ID == id && s.Until.IsZero() })
	if !overlap {
		for i, s := range l.Phases {
			if s.Until.IsZero() && s.ID != id {
				l.Phases[i].Until = e.RecordedAt
			}
		}
	}
	if !on {
		l.Phases = append(l.Phases, Stretch{ID: id, By: e.By, From: e.RecordedAt})
	}
}

// role applies events that give or take a role.
func (l *living) role(e *model.Event, f *fields) {
	switch e.Kind {
	case model.KindRoleAssumed:
		held := l.holders(f.Role)
		if !slices.Contains(several, f.Role) {
			if f.Held != nil && *f.Held != first(held) {
				return // somebody else was faster
			}
			l.drop(f.Role, "", e.RecordedAt)
			delete(l.offers, f.Role)
		}
		l.Roles = append(l.Roles, Held{Role: f.Role, Person: f.Person, By: e.By, From: e.RecordedAt})
	case model.KindRoleRenounced:
		l.drop(f.Role, f.Person, e.RecordedAt)
		if l.offers[f.Role].from == f.Person {
			delete(l.offers, f.Role)
		}
	case model.KindHandoffOffered:
		l.offers[f.Role] = offer{from: e.By, to: f.To}
	case model.KindHandoffDeclined, model.KindHandoffWithdrawn:
		delete(l.offers, f.Role)
	case model.KindHandoffAccepted:
		o := l.offers[f.Role]
		from := ""
		if slices.Contains(several, f.Role) {
			from = o.from
		}
		l.drop(f.Role, from, e.RecordedAt)
		delete(l.offers, f.Role)
		l.Roles = append(l.Roles, Held{Role: f.Role, Person: o.to, By: o.from, From: e.RecordedAt})
	case model.KindKeyRevoked:
		l.drop("", f.Handle, e.RecordedAt)
	case model.KindRightChanged:
		if f.Right == "watch" {
			l.drop("", f.Handle, e.RecordedAt)
		}
	}
}

func (l *living) holders(role string) (out []string) {
	for _, h := range l.Roles {
		if h.Role == role && h.Until.IsZero() {
			out = append(out, h.Person)
		}
	}
	return out
}

// drop ends the holding of a role, or of all roles of a person; "" matches any.
func (l *living) drop(role, person string, at time.Time) {
	for i, h := range l.Roles {
		if h.Until.IsZero() && (role == "" || h.Role == role) && (person == "" || h.Person == person) {
			l.Roles[i].Until = at
		}
	}
}

// end ends the open stretches of an id, or all of them if it is "".
func end(list []Stretch, id string, at time.Time) {
	for i, s := range list {
		if s.Until.IsZero() && (id == "" || s.ID == id) {
			list[i].Until = at
		}
	}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
