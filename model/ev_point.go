package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// KindPointAnswered is the kind by which one open point is left open with a reason.
const KindPointAnswered Kind = "point.answered"

var _ = register(bodyOf[PointAnswered](KindPointAnswered))

// maxPointAnswers is the maximum number of reasons that a room keeps for open points.
const maxPointAnswers = 2000

// PointAnswer is the reason why a point was left open when the incident was resolved or
// closed. It ends when the incident is reopened, or the item, or when the point was done.
type PointAnswer struct {
	Point  string    `json:"point"` // as it is typed: "item 5"
	Text   string    `json:"text"`  // what was open, by name
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Seq    uint64    `json:"seq"`

	Same    bool      `json:"same,omitempty"` // the reason was given for everything that was open
	EndedAt time.Time `json:"ended_at,omitzero"`
	Done    bool      `json:"done,omitempty"` // it ended because the point had been done
}

// PointAnswered gives the reason why one open point is left open.
type PointAnswered struct {
	Point  string `json:"point"`
	Reason string `json:"reason"`
}

func (*PointAnswered) need(*Room, *Event) Power { return PowerAll }

func (b *PointAnswered) free() []*string { return []*string{&b.Reason} }

func (b *PointAnswered) check(r *Room, e *Event) error {
	if !r.Plan.AnswerOpen {
		return Refuse(Conflict, "the plan of this room does not ask for a reason for each open point; "+
			":close override REASON gives one for all")
	}
	p := r.pointToClose(b.Point, e.RecordedAt)
	switch {
	case p == nil:
		return Refuse(NotFound, "%s is not an open point; the open points are %s",
			quoted(b.Point), r.pointIDs(e.RecordedAt))
	case p.Answer != nil:
		return Refuse(Conflict, "%s is already answered, by %s: %s", p.ID, p.Answer.By, CleanLine(p.Answer.Reason))
	case len(r.PointAnswers) >= maxPointAnswers:
		return Refuse(Conflict, "the room has %d reasons for open points, which is the limit", maxPointAnswers)
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: %s answer %s REASON", r.closingVerb(), p.ID)
	}
	return longText("reason", b.Reason, false)
}

func (b *PointAnswered) apply(r *Room, e *Event) {
	p := *r.pointToClose(b.Point, e.RecordedAt)
	r.answerPoints([]OpenPoint{p}, b.Reason, false, e)
}

func (b *PointAnswered) line(r *Room, e *Event) Safe {
	return because(r.pointToClose(b.Point, e.RecordedAt).Text, b.Reason)
}

// answerPoints records the reason for points that have none.
func (r *Room) answerPoints(points []OpenPoint, reason string, same bool, e *Event) {
	if reason == "" || !r.Plan.AnswerOpen {
		return
	}
	for _, p := range unansweredOf(points) {
		r.PointAnswers = push(r.PointAnswers, PointAnswer{Point: p.ID, Text: p.Text.String(), Reason: reason,
			By: e.By, At: e.RecordedAt, Seq: e.Seq, Same: same})
	}
}

// endAnswers ends the reasons for points that are open again; point is "" for all.
func (r *Room) endAnswers(point string, at time.Time) {
	cloned := false
	for i, a := range r.PointAnswers {
		if !a.EndedAt.IsZero() || point != "" && a.Point != point {
			continue
		}
		if !cloned {
			r.PointAnswers, cloned = slices.Clone(r.PointAnswers), true
		}
		r.PointAnswers[i].EndedAt = at
	}
}

// endDone ends the reasons for points that have been done since.
func (r *Room) endDone(at time.Time) {
	if len(r.PointAnswers) == 0 {
		return
	}
	open := r.pointsToClose(at)
	cloned := false
	for i, a := range r.PointAnswers {
		isOpen := slices.ContainsFunc(open, func(p OpenPoint) bool { return p.ID == a.Point })
		if isOpen || a.Same || !a.EndedAt.IsZero() {
			continue
		}
		if !cloned {
			r.PointAnswers, cloned = slices.Clone(r.PointAnswers), true
		}
		r.PointAnswers[i].EndedAt, r.PointAnswers[i].Done = at, true
	}
}

// endItemAnswers ends the reasons for an item that is reopened, and for its group.
func (r *Room) endItemAnswers(it *Item, at time.Time) {
	r.endAnswers("item "+strconv.Itoa(it.N), at)
	if g := r.Def(it).Group; g != "" {
		r.endAnswers("group "+g, at)
	}
}

// pointAnswer returns the reason that was given for one open point, or nil if there is none.
// A reason for everything that was open counts only for the step that it was given with, so
// what was left open at the resolution is looked at again when the room is closed.
func (r *Room) pointAnswer(id string) *PointAnswer {
	for i := range r.PointAnswers {
		if a := &r.PointAnswers[i]; a.Point == id && !a.Same && a.EndedAt.IsZero() {
			return a
		}
	}
	return nil
}

// pointToClose returns an open point by its id, or nil if it is not open.
func (r *Room) pointToClose(id string, now time.Time) *OpenPoint {
	list := r.pointsToClose(now)
	i := slices.IndexFunc(list, func(p OpenPoint) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// Points returns what is open as of now, the hub's time, if the plan asks for a reason for
// each: what :resolve would leave open, or :close if closes is true.
func (r *Room) Points(closes bool, now time.Time) []OpenPoint {
	if r.Plan == nil || !r.Plan.AnswerOpen || r.Status == Closed {
		return nil
	}
	if closes {
		return r.pointsToClose(now)
	}
	return r.OpenPoints(now)
}

// PointsLeft returns those of Points that have no reason.
func (r *Room) PointsLeft(closes bool, now time.Time) []OpenPoint {
	return unansweredOf(r.Points(closes, now))
}

// closingVerb returns the command that ends the incident next.
func (r *Room) closingVerb() Safe {
	if r.Status == Open {
		return Lit(":resolve")
	}
	return Lit(":close")
}

// pointIDs lists the ids of the open points without a reason.
func (r *Room) pointIDs(now time.Time) Safe {
	if left := r.PointsLeft(r.Status != Open, now); len(left) > 0 {
		return pointIDsOf(left)
	}
	return Lit("nothing")
}

// answeredWords lists the points that were left open with a reason of their own.
func answeredWords(points []OpenPoint) Safe {
	var out []Safe
	for _, p := range points {
		if p.Answer != nil {
			out = append(out, Safef("%s (%s: %s)", CleanLine(p.ID), p.Answer.By, CleanLine(p.Answer.Reason)))
		}
	}
	return JoinSafe(Lit("; "), out...)
}

// pointAnswer consumes "answer POINT REASON", or returns false if the line has no answer.
func (a *args) pointAnswer() (Body, bool, error) {
	if a.peek() != "answer" {
		return nil, false, nil
	}
	a.word()
	kind := strings.ToLower(strings.TrimSuffix(a.peek(), ":"))
	if kind == "followup" {
		kind = "follow-up"
	}
	var names []named
	for _, p := range a.Room.pointsToClose(a.Now) {
		k, name, _ := strings.Cut(p.ID, " ")
		switch {
		case k != kind:
		case name == "":
			a.word()
			return a.pointReason(p)
		default:
			names = append(names, named{id: name, words: a.Room.pointWords(k, name)})
		}
	}
	if len(names) == 0 {
		return nil, true, Refuse(NotFound, "name the open point: %s answer POINT REASON; the open points are %s",
			a.Room.closingVerb(), a.Room.pointIDs(a.Now))
	}
	a.word()
	w := strings.TrimPrefix(a.word(), "#")
	if w == "" {
		return nil, true, Refuse(Invalid, "name the %s, and a reason: %s answer %s REASON", kind,
			a.Room.closingVerb(), kind+" "+names[0].id)
	}
	id, several := meant(w, names)
	if i := slices.IndexFunc(names, func(n named) bool { return n.id == w }); i >= 0 {
		id = w
	}
	if id == "" && len(several) > 0 {
		return nil, true, Refuse(Invalid, "%s matches more than one: %s", quoted(w), strings.Join(several, ", "))
	}
	p := a.Room.pointToClose(kind+" "+id, a.Now)
	if p == nil || kind != "role" && kind != "clock" && kind != "group" && kind != "review" && id != w {
		return nil, true, Refuse(NotFound, "%s is not an open point; the open points are %s",
			quoted(kind+" "+w), a.Room.pointIDs(a.Now))
	}
	return a.pointReason(*p)
}

func (a *args) pointReason(p OpenPoint) (Body, bool, error) {
	a.as("open point", CleanLine(p.ID))
	a.about(p.Words())
	return &PointAnswered{Point: p.ID, Reason: a.reason()}, true, nil
}

// pointWords returns the words besides its id by which an open point may be named.
func (r *Room) pointWords(kind, name string) []string {
	switch kind {
	case "role":
		return []string{r.Plan.Role(name).Label}
	case "clock":
		return []string{r.Plan.Clock(name).Label}
	}
	return nil
}

// openPointKinds and openPointNames complete the point after answer.
func openPointKinds(c Ctx, words []string) []option {
	var out []option
	if len(words) < 2 || words[1] != "answer" {
		return nil
	}
	for _, p := range unansweredOf(c.Room.pointsToClose(c.Now)) {
		out = append(out, option{word: p.ID, help: p.Words()})
	}
	return out
}

func openPointNames(c Ctx, words []string) []option {
	var out []option
	for _, o := range openPointKinds(c, words) {
		if kind, name, ok := strings.Cut(o.word, " "); ok && kind == words[2] {
			out = append(out, option{word: name, help: o.help})
		}
	}
	return out
}

// closeWords completes the word after :resolve and :close.
func closeWords(c Ctx, _ []string) []option {
	if !c.Room.Plan.AnswerOpen {
		return []option{{word: "override", help: Lit("the reason for closing with open points")}}
	}
	return []option{{word: "answer", help: Lit("the reason for one open point")},
		{word: "override", help: Lit("one reason for all open points")}}
}
