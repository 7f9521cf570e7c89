package model

import (
	"strconv"
	"strings"
	"time"
)

// OpenPoint is one thing that is open when an incident is resolved or closed. It is done, or
// left open with a reason of its own.
type OpenPoint struct {
	ID    string // as it is typed: "item 5", "ask 1", "role security-lead", "exposure"
	Text  Safe
	Asked Safe // the words of an ask, which not every profile of a report shows

	Answer *PointAnswer // why it is left open; nil if nobody gave a reason
}

// Words describes the point to people in the room.
func (p *OpenPoint) Words() Safe {
	if p.Asked.IsEmpty() {
		return p.Text
	}
	return Safef("%s: %s", p.Text, p.Asked)
}

// LeftOpen returns what is open without a reason when an incident is resolved or closed. See
// [Room.OpenPoints].
func (r *Room) LeftOpen(now time.Time) []Safe { return textsOf(unansweredOf(r.OpenPoints(now))) }

// OpenPoints returns what is open when an incident is resolved or closed: items, asks, polls,
// drafts of updates, deadlines, impact without an end, follow-ups without owner or date, mandatory roles that nobody
// held, and a missing assessment of exposure. Items that the plan puts after the resolution
// do not count before it.
func (r *Room) OpenPoints(now time.Time) []OpenPoint {
	if r.Plan == nil {
		return nil
	}
	l := &pointList{room: r}
	l.items()
	for _, a := range r.OpenAsks() {
		l.add("ask", strconv.Itoa(a.N), Safef("ask %d to %s", a.N, r.AskTo(&a)))
		l.points[len(l.points)-1].Asked = CleanLine(a.Text)
	}
	for _, p := range r.OpenPolls(now) {
		l.add("poll", strconv.Itoa(p.N), Safef("poll %d: %s", p.N, CleanLine(p.Text)))
	}
	for _, d := range r.WaitingDrafts() {
		l.add("draft", strconv.Itoa(d.N), Safef("draft %d to %s is not sent", d.N, CleanLine(d.Audience)))
	}
	for _, v := range r.ClockViews(now) {
		if v.State.rank() <= 1 && v.Def.Every == 0 && v.Def.AtLeast == 0 {
			l.add("clock", v.Def.ID, Safef("clock %s", v.Def.Label))
		}
	}
	for i := range r.Impacts {
		if m := &r.Impacts[i]; m.Until.IsZero() {
			l.add("impact", strconv.Itoa(i+1), Safef("the impact for %s has no end", r.ImpactWords(m)))
		}
	}
	for i := range r.Followups {
		if f := &r.Followups[i]; f.IsOpen() && (f.Owner == "" || f.Due == "") {
			l.add("follow-up", strconv.Itoa(f.N), Safef("follow-up %d %s (no owner or no date)", f.N, f.Title))
		}
	}
	for _, d := range r.neverHeld() {
		l.add("role", d.ID, Safef("nobody was %s", d.Label))
	}
	if r.Exposure == nil {
		l.add("exposure", "", Lit("exposure was never assessed"))
	}
	return l.points
}

// pointsToClose returns what is open when the room is closed: [Room.OpenPoints], the
// resolution, times of monitoring that are not over, and unwritten parts of the review.
func (r *Room) pointsToClose(now time.Time) []OpenPoint {
	l := &pointList{room: r}
	if r.Status == Open {
		l.add("resolution", "", Lit("the incident is not resolved"))
	}
	for _, v := range r.ClockViews(now) {
		if v.Def.AtLeast > 0 && v.State.rank() <= 1 {
			l.add("clock", v.Def.ID, Safef("%s runs for another %s", v.Def.Label, Took(v.Remaining)))
		}
	}
	l.points = append(l.points, r.OpenPoints(now)...)
	if r.reviewed() {
		for _, p := range r.UnwrittenSections() {
			l.add("review", p, Safef("%s is not written", Lit(reviewTitles[p])))
		}
	}
	return l.points
}

// pointList collects open points, each with the answer that the room has for it.
type pointList struct {
	room   *Room
	points []OpenPoint
}

func (l *pointList) add(kind, name string, text Safe) {
	id := strings.TrimSuffix(kind+" "+name, " ")
	l.points = append(l.points, OpenPoint{ID: id, Text: text, Answer: l.room.pointAnswer(id)})
}

// items adds the items that are not settled, or have to be done again. A group of which one
// item is enough is one point.
func (l *pointList) items() {
	r, groups := l.room, map[string]bool{}
	for i := range r.Items {
		it := &r.Items[i]
		if r.Status == Open && (it.Phase == "monitoring" || it.Phase == "review") {
			continue
		}
		n, g := strconv.Itoa(it.N), r.Plan.Group(r.Def(it).Group)
		switch {
		case it.Asked != nil:
			l.add("item", n, Safef("item %d %s (override needs :confirm %d)", it.N, it.Text, it.N))
		case r.Settled(it) && r.StaleWhy(it).IsEmpty():
		case g != nil && groups[g.ID]: // one item of the group is enough
		case g != nil:
			groups[g.ID] = true
			l.add("group", g.ID, Safef("%s (items %s)", g.Text, r.groupNumbers(g.ID)))
		default:
			l.add("item", n, Safef("item %d %s", it.N, it.Text))
		}
	}
}

// unansweredOf returns the points without a reason.
func unansweredOf(list []OpenPoint) []OpenPoint {
	var out []OpenPoint
	for _, p := range list {
		if p.Answer == nil {
			out = append(out, p)
		}
	}
	return out
}

// groupNumbers returns the numbers of the items of a group.
func (r *Room) groupNumbers(group string) string {
	var out []string
	for i := range r.Items {
		if r.Def(&r.Items[i]).Group == group {
			out = append(out, strconv.Itoa(r.Items[i].N))
		}
	}
	return strings.Join(out, ", ")
}

func textsOf(list []OpenPoint) []Safe {
	var out []Safe
	for _, p := range list {
		out = append(out, p.Words())
	}
	return out
}

// maxDescribed is the maximum number of open points that a sentence describes. If there are
// more, it has only the numbers of the items.
const maxDescribed = 4

// pointsInSentence describes open points.
func pointsInSentence(list []OpenPoint) Safe {
	if len(list) <= maxDescribed {
		return JoinSafe(Lit("; "), textsOf(list)...)
	}
	var out []Safe
	for i := 0; i < len(list); {
		if n := kindRun(list[i:]); n > 1 && strings.HasPrefix(list[i].ID, "item ") {
			out = append(out, PointGroups(list[i:i+n]))
			i += n
			continue
		}
		out = append(out, list[i].Words())
		i++
	}
	return JoinSafe(Lit("; "), out...)
}

// kindRun returns how many points at the beginning of a list are of one kind.
func kindRun(list []OpenPoint) int {
	kind, _, _ := strings.Cut(list[0].ID, " ")
	n := 1
	for n < len(list) && strings.HasPrefix(list[n].ID, kind+" ") {
		n++
	}
	return n
}

// pointIDsOf lists the ids of points as they are typed: "item 5, ask 1, exposure".
func pointIDsOf(list []OpenPoint) Safe {
	var out []Safe
	for _, p := range list {
		out = append(out, CleanLine(p.ID))
	}
	return JoinSafe(Lit(", "), out...)
}

// PointGroups lists the ids of points, with those of one kind together: "items 5, 7 and 11 to
// 13; role scribe; exposure".
func PointGroups(list []OpenPoint) Safe {
	var out []Safe
	for len(list) > 0 {
		n := kindRun(list)
		kind, _, named := strings.Cut(list[0].ID, " ")
		var names []Safe
		for _, p := range list[:n] {
			names = append(names, CleanLine(strings.TrimPrefix(p.ID, kind+" ")))
		}
		if n > 1 && kind != "review" {
			kind += "s"
		}
		if named {
			out = append(out, Safef("%s %s", kind, andAll(numberRuns(names))))
		} else {
			out = append(out, names[0])
		}
		list = list[n:]
	}
	return JoinSafe(Lit("; "), out...)
}

// numberRuns replaces three or more numbers in a row: "1, 2, 3, 5" becomes "1 to 3, 5".
func numberRuns(names []Safe) []Safe {
	var out []Safe
	for len(names) > 0 {
		n, first := 1, asNumber(names[0])
		for first > 0 && n < len(names) && asNumber(names[n]) == first+n {
			n++
		}
		if n > 2 {
			out = append(out, Safef("%d to %d", first, first+n-1))
		} else {
			out = append(out, names[:n]...)
		}
		names = names[n:]
	}
	return out
}

// asNumber returns the number that s is, or 0.
func asNumber(s Safe) int {
	n, err := strconv.Atoi(s.String())
	if err != nil {
		return 0
	}
	return n
}

// andAll joins words: "a, b and c".
func andAll(list []Safe) Safe {
	if n := len(list); n > 1 {
		return Safef("%s and %s", JoinSafe(Lit(", "), list[:n-1]...), list[n-1])
	}
	return JoinSafe(Lit(", "), list...)
}

// leftOpenWords describes what is left open, for the preview of :resolve and :close. same is
// the reason for all of it, if the line has one.
func (r *Room) leftOpenWords(now time.Time, points []OpenPoint, same string) Safe {
	left := unansweredOf(points)
	if len(left) == 0 {
		return Safe{}
	}
	s := Safef("left open; finish each, or answer it with a reason: %s", pointsInSentence(left))
	if same != "" && r.Plan.AnswerOpen {
		s = Safef("one reason for all open points (%d): %s", len(left), pointsInSentence(left))
	}
	if stale := r.StaleItems(); len(stale) > 0 {
		return Safef("%s; %s", r.staleWords(stale), s)
	}
	return s
}
