package view

import (
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// HeaderLine returns the top line: severity, title, age, people, link, and the state of
// the record.
//
// In a narrow terminal, the least important parts are dropped in favor of the title.
func HeaderLine(v *model.View, now time.Time, w int, moved bool, th *theme.Theme) draw.Line {
	left, right := headerEnds(v, now, w, moved, th)
	return draw.Spread(w, append(left, draw.T(th.Bold, model.CleanLine(v.Room.Title))), right)
}

// wallTitleRows is the maximum number of rows for the title of a wall display.
const wallTitleRows = 2

// WallHeader returns the top line of the wall display. A title that it would cut off has rows
// of its own below it.
func WallHeader(v *model.View, now time.Time, w int, th *theme.Theme) []draw.Line {
	left, right := headerEnds(v, now, w, false, th)
	title := model.CleanLine(v.Room.Title)
	if left.Width()+draw.Width(title)+right.Width() <= w {
		return []draw.Line{draw.Spread(w, append(left, draw.T(th.Bold, title)), right)}
	}
	rows := Noted(th.Bold, title, nil, w-2, wallTitleRows)
	return append([]draw.Line{draw.Spread(w, left, right)}, draw.Indent(rows, 1)...)
}

// headerEnds returns what stands to the left and to the right of the title.
func headerEnds(v *model.View, now time.Time, w int, moved bool, th *theme.Theme) (left, right draw.Line) {
	for without := range noTime + 1 {
		left, right = headerLeft(v, without, th), headerRight(v, now, w, without, moved, th)
		title := min(titleCells, draw.Width(model.CleanLine(v.Room.Title)))
		if without >= noAge { // the remaining parts take precedence over the title
			title = 0
		}
		if left.Width()+right.Width()+title <= w {
			break
		}
	}
	return left, right
}

// titleCells is the width of the title, at most, for which the header drops other parts.
const titleCells = 12

// The parts that the header drops, in this order.
const (
	noScope = 1 + iota // number of contained assets
	noCount            // number of people
	noPhase            // phase of an incident that has ended
	noAge              // age of an incident that is watched
	noWatch            // remaining watch time, which its clock shows too
	noSince            // since when the hub is gone, and how much is still to be read
	noTime             // age of the incident
)

func headerLeft(v *model.View, without int, th *theme.Theme) draw.Line {
	r := v.Room
	left := draw.L(draw.T(th.Plain, model.Lit(" ")))
	if r.Severity != "" {
		left = append(left, draw.T(th.Level(rankOf(r)), model.Safef(" %s ", r.Severity)),
			draw.T(th.Plain, model.Lit(" ")))
	}
	left = append(left, marks(r, th)...)
	if p := present.Phases(r); !p.IsEmpty() && (without < noPhase || r.Status == model.Open) {
		left = append(left, draw.T(th.Bold, model.Safef("%s  ", strings.ToUpper(p.String()))))
	}
	return append(left, draw.T(th.Accent, model.CleanLine(v.Short)), draw.T(th.Plain, model.Lit("  ")))
}

func headerRight(v *model.View, now time.Time, w, without int, moved bool, th *theme.Theme) draw.Line {
	gap := draw.T(th.Plain, model.Lit("  "))
	if w < 100 {
		gap = draw.T(th.Plain, model.Lit(" "))
	}
	right := draw.L(draw.T(th.Plain, model.Lit("  ")))
	left, watched := watchLeft(v.Room, now)
	if watched && without < noWatch {
		right = append(right, draw.T(th.Warn, model.Safef("MONITORING %s left", model.Span(left))), gap)
	}
	if !v.Room.Lobby && !v.Room.DeclaredAt.IsZero() && (without < noAge || !watched && without < noTime) {
		right = append(right, draw.T(th.Bold, present.IncidentAge(v.Room, now).Short), gap)
	}
	if s := scopeSpan(v.Room, th); without < noScope && !s.Text.IsEmpty() {
		right = append(right, s, gap)
	}
	if w >= 72 && without < noCount && v.Link.State != model.Offline { // without the hub, presence is unknown
		right = append(right, draw.T(th.Plain, model.Safef("%d here", here(v))), gap)
	}
	right = append(right, LinkSpan(v.Link, now, w < 80 || without >= noSince, moved, th), gap)
	return append(right, recordSpan(v.Proof, w, th), draw.T(th.Plain, model.Lit(" ")))
}

// marks returns the badges of a room.
func marks(r *model.Room, th *theme.Theme) draw.Line {
	var out draw.Line
	add := func(on bool, s draw.Span) {
		if on {
			out = append(out, s, draw.T(th.Plain, model.Lit(" ")))
		}
	}
	add(r.IsRestricted(), draw.T(th.Alarm, model.Safef(" %s ", present.RestrictedMark)))
	cut := present.CutMark(r)
	add(!cut.IsEmpty(), draw.T(th.Alarm, cut))
	add(r.Drill, draw.T(th.WarnBadge, model.Safef(" %s ", present.DrillMark)))
	add(r.Status == model.Resolved, draw.T(th.GoodBadge, model.Lit(" RESOLVED ")))
	add(r.Status == model.Closed, draw.T(th.PlainBadge, model.Lit(" CLOSED ")))
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

// watchLeft returns how long the room must still be watched.
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

// here counts people, not terminals. The viewer is one of them even before the hub has
// reported who is here.
func here(v *model.View) int {
	seen := make(map[string]bool, len(v.Here))
	for i := range v.Here {
		seen[v.Here[i].Handle] = true
	}
	return max(1, len(seen))
}

// LinkSpan describes the state of the link in a word or two.
func LinkSpan(l model.Link, now time.Time, brief, moved bool, th *theme.Theme) draw.Span {
	switch {
	case l.State == model.Offline && brief:
		return draw.T(th.Alarm, model.Lit(" OFFLINE "))
	case l.State == model.Offline:
		return draw.T(th.Alarm, model.Safef(" OFFLINE since %s ", model.DayTime(l.Since, now)))
	case l.State == model.Catching && l.Lag > 0 && !brief:
		return draw.T(th.Warn, model.Safef("catching up, %d to go", l.Lag))
	case l.State == model.Catching:
		return draw.T(th.Warn, model.Lit("catching up"))
	case moved && !l.Hosting:
		return draw.T(th.Warn, model.Lit("live, hub moved"))
	case moved:
		return draw.T(th.Warn, model.Lit("live, hub moved here"))
	}
	return draw.T(th.Good, model.Lit("live"))
}

func recordSpan(p model.Proof, w int, th *theme.Theme) draw.Span {
	switch {
	case p.Held:
		return draw.T(th.Alarm, model.Lit(" HELD "))
	case !p.Alarm.IsEmpty():
		return draw.T(th.Alarm, model.Lit(" RECORD DIFFERS "))
	case !p.Newer.IsEmpty() && w >= 80:
		return draw.T(th.Warn, model.Lit("newer warroom needed"))
	case !p.Newer.IsEmpty():
		return draw.T(th.Warn, model.Lit("newer needed"))
	case p.Bad > 0:
		return draw.T(th.Alarm, model.Safef(" RECORD BAD %d ", p.Bad))
	case p.Pending && w >= 100:
		return draw.T(th.Warn, model.Safef("record pending %d%%", p.Percent()))
	case p.Pending:
		return draw.T(th.Warn, model.Safef("pending %d%%", p.Percent()))
	case p.Sealed.IsCosigned() && w >= 100:
		return draw.T(th.Good, model.Lit("record cosigned"))
	case p.Sealed.IsCosigned() && w >= 80:
		return draw.T(th.Good, model.Lit("cosigned"))
	case w >= 100:
		return draw.T(th.Good, model.Lit("record ok"))
	}
	return draw.T(th.Good, model.Lit("ok"))
}

// MatterRows returns the most important matter that waits for this person, in at most
// three rows.
func MatterRows(m present.Matter, p model.Proof, w int, th *theme.Theme) []draw.Line {
	if m.Kind == present.MatterRecord {
		return alarmRows(p, w, th)
	}
	mark, style, rows := matterLook(m.Kind, th)
	var tail draw.Line
	if !m.Reply.IsEmpty() {
		tail = draw.L(draw.T(th.Dim, model.Safef("  %s ", m.Reply)))
	}
	return Noted(style, model.Safef("%s %s", mark, m.What.Short), tail, w, rows)
}

// matterLook returns the mark and the style of a matter, and in how many rows it is shown.
func matterLook(k present.MatterKind, th *theme.Theme) (mark model.Safe, style tcell.Style, rows int) {
	switch k {
	case present.MatterLink:
		return model.Lit("!"), th.Bad, 3
	case present.MatterOpen, present.MatterCommand:
		return model.Lit("!"), th.Bad, 2
	case present.MatterOffer, present.MatterAsk:
		return model.Lit("@"), th.Mark, 2
	case present.MatterLateAsk:
		return model.Lit("@"), th.Bad, 2
	case present.MatterJoin:
		return model.Lit("?"), th.Warn, 2
	}
	return model.Lit("!"), th.Warn, 1
}

// alarmRows describes why the record cannot be relied on, or why the room is held.
func alarmRows(p model.Proof, w int, th *theme.Theme) []draw.Line {
	rows := Noted(th.Alarm, present.Alarm(p), nil, w, 3)
	for i, l := range rows {
		rows[i] = append(l, draw.T(th.Alarm, draw.Spaces(w-l.Width())))
	}
	return rows
}

// Noted returns a sentence in at most n rows of w cells. tail, which names what can be
// done, is at the right end and is never cut off.
func Noted(style tcell.Style, message model.Safe, tail draw.Line, w, n int) []draw.Line {
	rows := draw.Rows(style, message, w-2)
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
		rows = append(rows, draw.Spread(w, nil, tail))
	default:
		rows[len(rows)-1] = draw.Spread(w, last, tail)
	}
	return rows
}
