package ui

import (
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// headerLine is the top line: what it is, how bad, how old, who is here, and
// whether what is shown can be relied on.
//
// Where it is narrow, what matters least gives way to a piece of the title.
func headerLine(v *model.View, now time.Time, w int, moved bool, th *theme) draw.Line {
	var left, right draw.Line
	for without := range noTime + 1 {
		left, right = headerLeft(v, without, th), headerRight(v, now, w, without, moved, th)
		title := min(titleCells, draw.Width(model.CleanLine(v.Room.Title)))
		if without >= noAge { // what follows gives way to marks alone
			title = 0
		}
		if left.Width()+right.Width()+title <= w {
			break
		}
	}
	return spread(w, append(left, draw.T(th.bold, model.CleanLine(v.Room.Title))), right)
}

// titleCells is how much of the title the header shows at least, where dropping
// something makes room for it.
const titleCells = 12

// What the header does without, the first of them first.
const (
	noCount = 1 + iota // of people
	noPhase            // of an incident that is over
	noAge              // of an incident that is watched
	noWatch            // how long it still is: its clock says so
	noSince            // when the hub went, and how much is still to be read
	noTime             // how old the incident is
)

func headerLeft(v *model.View, without int, th *theme) draw.Line {
	r := v.Room
	left := draw.L(draw.T(th.plain, model.Lit(" ")))
	if r.Severity != "" {
		left = append(left, draw.T(th.level(rankOf(r)), model.Safef(" %s ", r.Severity)), draw.T(th.plain, model.Lit(" ")))
	}
	left = append(left, marks(r, th)...)
	if p := phaseLabel(r); !p.IsEmpty() && (without < noPhase || r.Status == model.Open) {
		left = append(left, draw.T(th.bold, model.Safef("%s  ", strings.ToUpper(p.String()))))
	}
	return append(left, draw.T(th.accent, model.CleanLine(v.Short)), draw.T(th.plain, model.Lit("  ")))
}

func headerRight(v *model.View, now time.Time, w, without int, moved bool, th *theme) draw.Line {
	gap := draw.T(th.plain, model.Lit("  "))
	if w < 100 {
		gap = draw.T(th.plain, model.Lit(" "))
	}
	right := draw.L(draw.T(th.plain, model.Lit("  ")))
	left, watched := watchLeft(v.Room, now)
	if watched && without < noWatch {
		right = append(right, draw.T(th.warn, model.Safef("WATCH %s left", model.Span(left))), gap)
	}
	if !v.Room.Lobby && !v.Room.DeclaredAt.IsZero() && (without < noAge || !watched && without < noTime) {
		right = append(right, draw.T(th.bold, sinceDeclared(v.Room, now)), gap)
	}
	if w >= 72 && without < noCount && v.Link.State != model.Offline { // nobody is seen without the hub
		right = append(right, draw.T(th.plain, model.Safef("%d here", here(v))), gap)
	}
	right = append(right, linkSpan(v.Link, now, w < 80 || without >= noSince, moved, th), gap)
	return append(right, recordSpan(v.Proof, w, th), draw.T(th.plain, model.Lit(" ")))
}

// marks say in words what the room is besides open.
func marks(r *model.Room, th *theme) draw.Line {
	var out draw.Line
	add := func(on bool, s draw.Span) {
		if on {
			out = append(out, s, draw.T(th.plain, model.Lit(" ")))
		}
	}
	add(r.IsRestricted(), draw.T(th.bad.Reverse(true), model.Lit(" RESTRICTED ")))
	cut := cutMark(r)
	add(!cut.IsEmpty(), draw.T(th.alarm, cut))
	add(r.Drill, draw.T(th.warn.Reverse(true), model.Lit(" DRILL ")))
	add(r.Status == model.Resolved, draw.T(th.good.Reverse(true), model.Lit(" RESOLVED ")))
	add(r.Status == model.Closed, draw.T(th.bold.Reverse(true), model.Lit(" CLOSED ")))
	return out
}

func rankOf(r *model.Room) int {
	if r.Plan == nil {
		return 9
	}
	if s := r.Plan.Severity(r.Severity); s != nil {
		return s.Rank
	}
	return 9
}

func phaseLabel(r *model.Room) model.Safe {
	if r.Plan != nil {
		if p := r.Plan.Phase(r.Phase); p != nil {
			return model.CleanLine(p.Label)
		}
	}
	return model.CleanLine(r.Phase)
}

// sinceDeclared is the age of the incident: it stands still once it ended.
func sinceDeclared(r *model.Room, now time.Time) model.Safe {
	d := r.Lifetime().Age(now)
	h := int(d.Hours())
	if h >= 100 {
		return model.Safef("T+%dd %02d:%02d", h/24, h%24, int(d.Minutes())%60)
	}
	return model.Safef("T+%02d:%02d:%02d", h, int(d.Minutes())%60, int(d.Seconds())%60)
}

// watchLeft is how long the room must still be watched.
func watchLeft(r *model.Room, now time.Time) (time.Duration, bool) {
	if r.Status == model.Closed {
		return 0, false
	}
	for _, v := range r.ClockViews(now) {
		if v.Def.AtLeast > 0 && (v.State == model.ClockRunning || v.State == model.ClockWarning) {
			return v.Remaining, true
		}
	}
	return 0, false
}

// here counts people, not terminals.
func here(v *model.View) int { return len(distinct(v.Here)) }

func linkSpan(l model.Link, now time.Time, brief, moved bool, th *theme) draw.Span {
	switch {
	case l.State == model.Offline && brief:
		return draw.T(th.alarm, model.Lit(" OFFLINE "))
	case l.State == model.Offline:
		return draw.T(th.alarm, model.Safef(" OFFLINE since %s ", l.Since.In(now.Location()).Format("15:04")))
	case l.State == model.Catching && l.Behind > 0 && !brief:
		return draw.T(th.warn, model.Safef("catching up, %d to go", l.Behind))
	case l.State == model.Catching:
		return draw.T(th.warn, model.Lit("catching up"))
	case moved && !l.Hosting:
		return draw.T(th.warn, model.Lit("live, hub moved"))
	case moved:
		return draw.T(th.warn, model.Lit("live, hub moved here"))
	}
	return draw.T(th.good, model.Lit("live"))
}

func recordSpan(p model.Proof, w int, th *theme) draw.Span {
	switch {
	case p.Held:
		return draw.T(th.alarm, model.Lit(" HELD "))
	case !p.Alarm.IsEmpty():
		return draw.T(th.alarm, model.Lit(" RECORD DIFFERS "))
	case !p.Newer.IsEmpty() && w >= 80:
		return draw.T(th.warn, model.Lit("newer warroom needed"))
	case !p.Newer.IsEmpty():
		return draw.T(th.warn, model.Lit("newer needed"))
	case p.Bad > 0:
		return draw.T(th.alarm, model.Safef(" RECORD BAD %d ", p.Bad))
	case p.Pending && w >= 100:
		return draw.T(th.warn, model.Safef("record pending %d%%", p.Percent()))
	case p.Pending:
		return draw.T(th.warn, model.Safef("pending %d%%", p.Percent()))
	case p.Sealed.IsCosigned() && w >= 100:
		return draw.T(th.good, model.Lit("record cosigned"))
	case p.Sealed.IsCosigned() && w >= 80:
		return draw.T(th.good, model.Lit("cosigned"))
	case w >= 100:
		return draw.T(th.good, model.Lit("record ok"))
	}
	return draw.T(th.good, model.Lit("ok"))
}

// attention is the one thing that waits for this person now, in at most three
// rows, or nothing.
func attention(v *model.View, me string, now time.Time, w int, th *theme) []draw.Line {
	r := v.Room
	if !v.Proof.Alarm.IsEmpty() {
		return alarmRows(v.Proof, w, th)
	}
	if !v.Link.Trouble.IsEmpty() {
		return noted(th.bad, model.Safef("! %s", v.Link.Trouble), nil, w, 3)
	}
	if v.Link.Bares(r) {
		return noted(th.bad, model.Safef("! %s", model.OpenRoom), nil, w, 2)
	}
	for _, h := range r.Handoffs {
		if h.To == me {
			return noted(th.mark, model.Safef("@ %s offers you %s: :accept %s or :decline %s", h.From, roleLabel(r, h.Role), h.Role, h.Role), nil, w, 2)
		}
	}
	for _, a := range r.Asks {
		if a.To == me && !a.Done {
			return askRows(a, now, w, th)
		}
	}
	for _, t := range r.BridgeTroubles(now) {
		return noted(th.warn, model.Safef("! %s", t.Words(now.Location())), nil, w, 1)
	}
	if len(v.Knocks) > 0 {
		k := v.Knocks[0]
		return noted(th.warn, model.Safef("? %s is at the door: :admit %s write lets them in", k.Handle, k.Handle), nil, w, 2)
	}
	return nil
}

// alarmRows say that the record cannot be relied on, or that nothing is written
// to it until it is mended.
func alarmRows(p model.Proof, w int, th *theme) []draw.Line {
	say := model.Safef("two truths: %s", p.Alarm)
	if p.Held { // which it says
		say = p.Alarm
	}
	rows := noted(th.alarm, say, nil, w, 3)
	for i, l := range rows {
		rows[i] = append(l, draw.T(th.alarm, spaces(w-l.Width())))
	}
	return rows
}

// noted is a sentence in at most n rows of w cells, a blank before each, and at
// the right end of the last what can be done about it, which is never cut.
func noted(style tcell.Style, say model.Safe, tail draw.Line, w, n int) []draw.Line {
	rows := wrapped(style, say, w-2)
	for i, l := range rows {
		rows[i] = append(draw.L(draw.T(style, model.Lit(" "))), l...)
	}
	if len(rows) > n {
		rest := append(rows[n-1], draw.T(style, model.Lit(" ")))
		rows = append(rows[:n-1], append(rest, rows[n][1:]...).Clip(w))
	}
	last := rows[len(rows)-1]
	switch {
	case len(tail) == 0:
	case last.Width()+tail.Width() > w && len(rows) < n:
		rows = append(rows, spread(w, nil, tail))
	default:
		rows[len(rows)-1] = spread(w, last, tail)
	}
	return rows
}

func askRows(a model.Ask, now time.Time, w int, th *theme) []draw.Line {
	left := a.Due.Sub(now)
	say, style := model.Safef("%s left", model.Span(left)), th.mark
	if left <= 0 {
		say, style = model.Safef("OVERDUE %s", model.Span(left)), th.bad
	}
	reply := model.Safef(":ack %d, :answer %d TEXT", a.N, a.N)
	if a.Acked {
		reply = model.Safef(":answer %d TEXT", a.N)
	}
	return noted(style, model.Safef("@ %s asks you (%s): %s", a.From, say, model.CleanLine(a.Text)), draw.L(draw.T(th.dim, model.Safef("  %s ", reply))), w, 2)
}

func roleLabel(r *model.Room, id string) model.Safe {
	if r.Plan != nil {
		if d := r.Plan.Role(id); d != nil {
			return model.CleanLine(d.Label)
		}
	}
	return model.CleanLine(id)
}
