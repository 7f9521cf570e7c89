package ui

import (
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// headerLine is the top line: what it is, how bad, how old, who is here, and
// whether what is shown can be relied on.
func headerLine(v *model.View, now time.Time, w int, moved bool, th *theme) draw.Line {
	r := v.Room
	left := draw.L(draw.T(th.plain, model.Lit(" ")))
	if r.Severity != "" {
		left = append(left, draw.T(th.level(rankOf(r)), model.Safef(" %s ", r.Severity)), draw.T(th.plain, model.Lit(" ")))
	}
	left = append(left, marks(r, th)...)
	if p := phaseLabel(r); !p.IsEmpty() {
		left = append(left, draw.T(th.bold, model.Safef("%s  ", strings.ToUpper(p.String()))))
	}
	left = append(left, draw.T(th.accent, model.CleanLine(v.Short)), draw.T(th.plain, model.Lit("  ")),
		draw.T(th.bold, model.CleanLine(r.Title)))
	return spread(w, left, headerRight(v, now, w, moved, th))
}

func headerRight(v *model.View, now time.Time, w int, moved bool, th *theme) draw.Line {
	gap := draw.T(th.plain, model.Lit("  "))
	if w < 100 {
		gap = draw.T(th.plain, model.Lit(" "))
	}
	right := draw.L(draw.T(th.plain, model.Lit("  ")))
	if left, ok := watchLeft(v.Room, now); ok {
		right = append(right, draw.T(th.warn, model.Safef("WATCH %s left", model.Span(left))), gap)
	}
	if !v.Room.DeclaredAt.IsZero() {
		right = append(right, draw.T(th.bold, sinceDeclared(v.Room, now)), gap)
	}
	if w >= 72 {
		right = append(right, draw.T(th.plain, model.Safef("%d here", here(v))), gap)
	}
	right = append(right, linkSpan(v.Link, now, w, moved, th), gap)
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

// sinceDeclared is the age of the incident: it stands still once it is closed.
func sinceDeclared(r *model.Room, now time.Time) model.Safe {
	if m, ok := r.Milestones[model.MilestoneClosed]; ok && r.Status == model.Closed {
		now = m.At
	}
	d := max(0, now.Sub(r.DeclaredAt))
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

func linkSpan(l model.Link, now time.Time, w int, moved bool, th *theme) draw.Span {
	switch {
	case l.State == model.Offline && w < 80:
		return draw.T(th.alarm, model.Lit(" OFFLINE "))
	case l.State == model.Offline:
		return draw.T(th.alarm, model.Safef(" OFFLINE since %s ", l.Since.In(now.Location()).Format("15:04")))
	case l.State == model.Catching && l.Behind > 0:
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
	case !p.Alarm.IsEmpty():
		return draw.T(th.alarm, model.Lit(" RECORD BAD "))
	case p.Bad > 0:
		return draw.T(th.alarm, model.Safef(" RECORD BAD %d ", p.Bad))
	case p.Pending && w >= 100:
		return draw.T(th.warn, model.Lit("record pending"))
	case p.Pending:
		return draw.T(th.warn, model.Lit("pending"))
	case w >= 100:
		return draw.T(th.good, model.Lit("record ok"))
	}
	return draw.T(th.good, model.Lit("ok"))
}

// attention is the one thing that waits for this person now, or nothing.
func attention(v *model.View, me string, now time.Time, th *theme) draw.Line {
	r := v.Room
	if !v.Proof.Alarm.IsEmpty() {
		return draw.L(draw.T(th.alarm, model.Safef(" two truths: %s ", v.Proof.Alarm)))
	}
	if !v.Link.Trouble.IsEmpty() {
		return draw.L(draw.T(th.bad, model.Safef(" ! %s", v.Link.Trouble)))
	}
	if v.Link.Bares(r) {
		return draw.L(draw.T(th.bad, model.Safef(" ! %s", model.OpenRoom)))
	}
	for _, h := range r.Handoffs {
		if h.To == me {
			return draw.L(draw.T(th.mark, model.Safef(" @ %s offers you %s: :accept %s or :decline %s", h.From, roleLabel(r, h.Role), h.Role, h.Role)))
		}
	}
	for _, a := range r.Asks {
		if a.To == me && !a.Done {
			return askLine(a, now, th)
		}
	}
	if len(v.Knocks) > 0 {
		k := v.Knocks[0]
		return draw.L(draw.T(th.warn, model.Safef(" ? %s is at the door: :admit %s write lets them in", k.Handle, k.Handle)))
	}
	return nil
}

func askLine(a model.Ask, now time.Time, th *theme) draw.Line {
	left := a.Due.Sub(now)
	say, style := model.Safef("%s left", model.Span(left)), th.mark
	if left <= 0 {
		say, style = model.Safef("OVERDUE %s", model.Span(left)), th.bad
	}
	reply := model.Safef(":ack %d, :answer %d TEXT", a.N, a.N)
	if a.Acked {
		reply = model.Safef(":answer %d TEXT", a.N)
	}
	return draw.L(draw.T(style, model.Safef(" @ %s asks you (%s): %s  ", a.From, say, model.CleanLine(a.Text))), draw.T(th.dim, reply))
}

func roleLabel(r *model.Room, id string) model.Safe {
	if r.Plan != nil {
		if d := r.Plan.Role(id); d != nil {
			return model.CleanLine(d.Label)
		}
	}
	return model.CleanLine(id)
}
