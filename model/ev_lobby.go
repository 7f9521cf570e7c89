package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// LobbyShort is the short id of the lobby, the log in which alerts wait that belong
// to no incident yet. docs/adr explains why it is a log like that of a room.
const LobbyShort = "lobby"

// RestrictedRoom replaces the name of a restricted room in the lobby.
const RestrictedRoom = "a restricted room"

// The kinds of events in the lobby only.
const (
	KindLobbyOpened Kind = "lobby.opened"
	KindAlertMoved  Kind = "alert.moved"
	KindAlertClosed Kind = "alert.closed"
)

var _ = register(bodyOf[LobbyOpened](KindLobbyOpened), bodyOf[AlertMoved](KindAlertMoved),
	bodyOf[AlertClosed](KindAlertClosed))

// inLobby lists the kinds that the lobby accepts.
var inLobby = []Kind{KindPlanAdopted, KindAlertReceived, KindAlertUpdated, KindAlertJudged, KindAlertMoved,
	KindAlertClosed, KindEntryNoted, KindEntryAmended, KindEntryRetracted,
	KindEntryPinned, KindEntryRedacted, KindKeyAdmitted, KindKeyRevoked, KindRightChanged, KindLogResumed}

// checkLobbyKind refuses kinds that are not allowed in the lobby, or only there.
func (r *Room) checkLobbyKind(k Kind) error {
	switch {
	case r.Lobby && k.Known() && !slices.Contains(inLobby, k):
		return Refuse(Conflict,
			"the lobby is not an incident: here alerts are judged, declared, attached or closed; :declare N "+
				"SEVERITY TITLE makes a room for one")
	case !r.Lobby && (k == KindAlertMoved || k == KindAlertClosed):
		return Refuse(Conflict,
			"alerts are moved and closed only in the lobby; judge this one with :judge N VERDICT REASON")
	}
	return nil
}

// Begins reports whether an event of the kind is the first of a log.
func (k Kind) Begins() bool { return k == KindIncidentDeclared || k == KindLobbyOpened }

// LobbyOpened is the first message of a hub's lobby.
type LobbyOpened struct {
	HubKey string `json:"hub_key,omitempty"`
	Salt   string `json:"salt,omitempty"`
}

// OpenLobby returns the first two acts of a lobby.
func OpenLobby(hubKey, salt string, p *Plan) (opened, adopted Act) {
	raw, sum := p.Encode()
	return Act{Body: &LobbyOpened{HubKey: hubKey, Salt: salt}},
		Act{Body: &PlanAdopted{Name: p.Name, SHA256: sum, Plan: raw, Rules: RulesVersion}}
}

func (b *LobbyOpened) check(r *Room, e *Event) error {
	switch {
	case r.ID != "" || e.Seq > 1:
		return Refuse(Conflict, "the lobby is already open")
	case !ValidHandle(e.By):
		return badHandle(e.By)
	case len(b.Salt) > 100:
		return Refuse(Invalid, "the salt is longer than 100 bytes")
	}
	return nil
}

func (b *LobbyOpened) apply(r *Room, e *Event) {
	r.ID, r.Lobby, r.Title, r.Salt, r.Status = e.Room, true, "Alerts that belong to no incident yet", b.Salt, Open
	r.DeclaredAt, r.DeclaredBy = e.RecordedAt, e.By
	r.Members = map[string]Member{e.Key: {Handle: e.By, Right: Command, Came: Command, Via: e.Via,
		Hub: b.HubKey == e.Key, Since: e.RecordedAt}}
	if b.HubKey != "" && b.HubKey != e.Key {
		r.Members[b.HubKey] = Member{Handle: "hub", Right: Command, Via: "hub", Hub: true}
	}
}

func (*LobbyOpened) line(*Room, *Event) Safe {
	return Lit("alerts that belong to no incident yet")
}

// AlertMoved records the room to which an alert of the lobby was moved. That room
// already has the alert; after a crash between the two events, the move is completed
// from there.
type AlertMoved struct {
	Alert    string `json:"alert"`   // ULID of the event that received it here
	Room     string `json:"room"`    // short id on this hub
	RoomID   string `json:"room_id"` // ULID
	Declared bool   `json:"declared,omitempty"`

	New *Declaration `json:"-"` // the room to declare for it
}

func (b *AlertMoved) check(r *Room, _ *Event) error {
	a, err := r.openAlert(b.Alert)
	switch {
	case err != nil:
		return err
	case len(b.Room) > 64 || len(b.RoomID) > 64:
		return Refuse(Invalid, "there is no such room")
	case b.New != nil:
		return oneLine("title", b.New.Title, MaxTitle)
	case b.Room == "" || b.Room == LobbyShort:
		return Refuse(Invalid, "name the room: :attach %d inc-1", a.N)
	}
	return oneLine("room", b.Room, 64)
}

func (b *AlertMoved) apply(r *Room, e *Event) {
	r.setAlert(b.Alert, func(a *RoomAlert) { a.Moved, a.SettledBy = b.Room, e.By; a.valid(e) })
}

func (b *AlertMoved) line(r *Room, _ *Event) Safe {
	a := r.alertByID(b.Alert)
	if b.Declared {
		return Safef("%d  declared as %s  %s", a.N, b.Room, a.Alert.What())
	}
	return Safef("%d  attached to %s  %s", a.N, b.Room, a.Alert.What())
}

// AlertClosed closes an alert that was judged and needs no further work.
type AlertClosed struct {
	Alert string `json:"alert"`
	Why   string `json:"why"`
}

func (b *AlertClosed) free() []*string { return []*string{&b.Why} }

func (b *AlertClosed) check(r *Room, _ *Event) error {
	a, err := r.openAlert(b.Alert)
	switch {
	case err != nil:
		return err
	case a.Verdict == "":
		return Refuse(Conflict, "alert %d has not been judged yet; judge it first: :judge %d VERDICT REASON", a.N, a.N)
	case a.IsHarmless():
		return Refuse(Conflict, "alert %d does not need to be closed: it was judged %s", a.N, a.VerdictWords())
	case strings.TrimSpace(b.Why) == "":
		return Refuse(Invalid, "give a reason: :close %d REASON", a.N)
	}
	return longText("reason", b.Why, false)
}

func (b *AlertClosed) apply(r *Room, e *Event) {
	r.setAlert(b.Alert, func(a *RoomAlert) { a.Closed, a.SettledBy = b.Why, e.By })
}

func (b *AlertClosed) line(r *Room, _ *Event) Safe {
	a := r.alertByID(b.Alert)
	return because(Safef("%d  closed  %s", a.N, a.Alert.What()), b.Why)
}

// setAlert replaces one alert in a copy of the list.
func (r *Room) setAlert(id string, fn func(*RoomAlert)) {
	i := slices.IndexFunc(r.Alerts, func(a RoomAlert) bool { return a.ID == id })
	a := r.Alerts[i]
	fn(&a)
	r.Alerts = set(r, r.Alerts, i, a)
}

// valid records when the alert was first judged.
func (a *RoomAlert) valid(e *Event) {
	if a.ValidAt.IsZero() {
		a.ValidAt = e.RecordedAt
	}
}

// Settled reports whether nothing is left to do about an alert of the lobby: it was
// moved, closed, judged false positive or benign, or its source closed it.
func (a *RoomAlert) Settled() bool {
	return a.Moved != "" || a.Closed != "" || a.IsHarmless() || !a.Over.IsZero()
}

// IsHarmless reports whether the alert was judged false positive or benign.
func (a *RoomAlert) IsHarmless() bool { return a.Verdict == Verdicts[2] || a.Verdict == Verdicts[3] }

// VerdictWords returns the verdict as it is displayed.
func (a *RoomAlert) VerdictWords() Safe { return VerdictWords(a.Verdict) }

// VerdictWords returns a verdict as it is displayed.
func VerdictWords(verdict string) Safe { return CleanLine(strings.ReplaceAll(verdict, "_", " ")) }

// defaultValidate is the time within which an alert has to be judged if the plan
// sets none.
const defaultValidate = 15 * time.Minute

// AlertClock is the clock for judging an alert. It counts from when the alert was
// received, in the room or in the lobby.
type AlertClock struct {
	Length    time.Duration
	Due       time.Time
	Remaining time.Duration // until it is due; negative: overdue, or how late it was
	State     ClockState    // running, warning, overdue, met, missed or stopped
}

// AlertClock returns the clock of an alert at now, the hub's time.
func (r *Room) AlertClock(a *RoomAlert, now time.Time) AlertClock {
	c := AlertClock{Length: r.validateIn(), State: ClockRunning}
	from := a.At
	if a.Since.After(from) {
		from = a.Since
	}
	c.Due = from.Add(c.Length)
	if end, state := a.ValidAt, ClockMet; !end.IsZero() || !a.Over.IsZero() {
		if end.IsZero() { // not judged, but closed by its source
			end, state = a.Over, ClockStopped
		}
		c.Remaining, c.State = c.Due.Sub(end), state
		if c.Remaining < 0 {
			c.State = ClockMissed
		}
		return c
	}
	switch c.Remaining = c.Due.Sub(now); {
	case c.Remaining <= 0:
		c.State = ClockOverdue
	case c.Remaining*3 <= c.Length:
		c.State = ClockWarning
	}
	return c
}

// validateIn returns the plan's time limit for judging an alert.
func (r *Room) validateIn() time.Duration {
	if r.Plan != nil {
		for i := range r.Plan.Clocks {
			if d := &r.Plan.Clocks[i]; d.Start == StartAlert && d.After > 0 {
				return d.Length(r.Severity)
			}
		}
	}
	return defaultValidate
}

// OpenAlerts returns the alerts that still need work: those not judged first,
// ordered by urgency (see triage), then the oldest first.
func (r *Room) OpenAlerts() []*RoomAlert {
	var out []*RoomAlert
	for i := range r.Alerts {
		if a := &r.Alerts[i]; !a.Settled() && (r.Lobby || a.Verdict == "") {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b *RoomAlert) int {
		if judged := (a.Verdict != "") != (b.Verdict != ""); judged {
			return cmp.Compare(len(a.Verdict), len(b.Verdict))
		}
		return cmp.Or(cmp.Compare(triage(&a.Alert), triage(&b.Alert)), a.At.Compare(b.At), cmp.Compare(a.N, b.N))
	})
	return out
}

// Unjudged returns the number of alerts that nobody has judged, and the one that is due
// first. An alert that returned is due later than its age suggests.
func (r *Room) Unjudged() (n int, first *RoomAlert) {
	var due time.Time
	for _, a := range r.OpenAlerts() {
		if a.Verdict != "" {
			break
		}
		if c := r.AlertClock(a, time.Time{}); n == 0 || c.Due.Before(due) {
			first, due = a, c.Due
		}
		n++
	}
	return n, first
}

// LobbyLine describes the state of the lobby in one line.
func (r *Room) LobbyLine(now time.Time) Safe {
	n, first := r.Unjudged()
	judged := len(r.OpenAlerts()) - n
	var s Safe
	switch {
	case n == 0 && judged == 0:
		return Lit("Lobby: no alerts to triage")
	case n == 0:
		return Safef("Lobby: %s judged, not yet declared, attached or closed", alertCount(judged))
	default:
		s = Safef("Lobby: %s to triage, oldest waiting %s", alertCount(n), r.alertWait(first, now))
	}
	if judged > 0 {
		s = Safef("%s; %d more to declare, attach or close", s, judged)
	}
	return s
}

// alertWait returns how long an alert has waited since it came or returned, and its limit:
// "12:04 (limit 15:00)".
func (r *Room) alertWait(a *RoomAlert, now time.Time) Safe {
	c := r.AlertClock(a, now)
	waited := Span(max(0, c.Length-c.Remaining))
	if c.State == ClockOverdue {
		return Safef("%s, OVERDUE by %s", waited, Span(c.Remaining))
	}
	return Safef("%s (limit %s)", waited, Span(c.Length))
}

func alertCount(n int) Safe {
	if n == 1 {
		return Lit("1 alert")
	}
	return Safef("%d alerts", n)
}

// Handed returns the event that adds an alert of the lobby to a room, with when it
// was received and how it was judged.
func (r *Room) Handed(a *RoomAlert) *AlertReceived {
	at := a.At
	b := &AlertReceived{Alert: a.Alert, Findings: a.Findings, Groups: a.Groups, Rules: a.Rules, Keys: a.Keys,
		Also: a.Also, Closed: a.Done, Sum: a.Sum, Sender: a.Sender, Origin: a.ID, Received: &at}
	if a.Verdict != "" {
		b.Judged = &AlertVerdict{Verdict: a.Verdict, Why: cutText(a.Why, 500),
			By: cmp.Or(a.StatedBy, a.JudgedBy), At: a.JudgedAt}
	}
	b.shrink()
	return b
}

// SuggestedDeclaration returns the severity and kind that an alert of the lobby
// suggests for a new incident, and why. What a person types overrides them.
func (r *Room) SuggestedDeclaration(a *RoomAlert) (severity, kind string, why Safe) {
	if r.Plan == nil {
		return "", "", Safe{}
	}
	if rank, _ := alertRank(&a.Alert); rank > 0 {
		severity = r.nthSeverity(rank)
	}
	return severity, r.kindFor(&a.Alert), r.AlertHint(&a.Alert)
}

// openAlert returns an alert of the lobby that has not been moved or closed.
func (r *Room) openAlert(id string) (*RoomAlert, error) {
	a := r.alertByID(id)
	switch {
	case a == nil:
		return nil, Refuse(NotFound, "there is no such alert in the lobby")
	case a.Moved != "":
		return nil, Refuse(Conflict, "alert %d was already moved to %s, by %s", a.N, a.Moved, a.SettledBy)
	case a.Closed != "":
		return nil, Refuse(Conflict, "alert %d is already closed, by %s: %s", a.N, a.SettledBy, CleanLine(a.Closed))
	}
	return a, nil
}
