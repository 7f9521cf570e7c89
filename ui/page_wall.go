package ui

import (
	"slices"
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// wallPage is a room to be read from across a room. It takes no input.
type wallPage struct{ a *app }

func (p *wallPage) scope() scope        { return inWall }
func (p *wallPage) key(*tcell.EventKey) {}
func (p *wallPage) paste(string)        {}

func (p *wallPage) draw(s tcell.Screen, r rect) {
	a := p.a
	v, now, th := a.in.view, a.now(), a.th
	draw.Put(s, r.x, r.y, r.w, headerLine(v, now, r.w, false, th))
	foot := wallFoot(v, now, r.w, th)
	for i, l := range foot {
		draw.Put(s, r.x, r.y+r.h-len(foot)+i, r.w, l.Clip(r.w))
	}
	y, h := r.y+2, r.h-len(foot)-3
	for i, l := range wallLines(v.Room, now, r.w-4, h, th) {
		draw.Put(s, r.x+2, y+i, r.w-4, l.Clip(r.w-4))
	}
}

// wallLines are the phase, or that it is over, and the most urgent clocks in big
// figures, as many as fit, the first as large as it can be.
func wallLines(r *model.Room, now time.Time, w, h int, th *theme) []draw.Line {
	if r.Lobby {
		return lobbyRows(r, now, w, h, th)
	}
	live := wallClocks(r, now)
	out := []draw.Line{draw.L(draw.T(th.level(rankOf(r)), model.Safef("  %s  ", r.Severity)),
		draw.T(th.bold, model.Safef("   %s   %s", spaced(wallWord(r)), sinceDeclared(r, now))))}
	if r.Status == model.Resolved || r.Status == model.Closed {
		out = append(out, nil)
		out = append(out, bigLines(wallWord(r).String(), 1, th.good.Bold(true), th.ascii)...)
	}
	if len(live) == 0 {
		return append(out, nil, draw.L(draw.T(th.dim, model.Lit("no clock runs"))))
	}
	big := 0
	for i := range live {
		v := &live[i]
		if v.State == model.ClockSnoozed && live[0].State != model.ClockSnoozed {
			break // others are due
		}
		scale := 1
		if i == 0 {
			scale = wallScale(v, w, h-len(out)-3)
		}
		rows := wallClock(v, now, scale, w, th)
		if len(out)+1+len(rows)+min(1, len(live)-i-1) > h {
			break
		}
		out = append(append(out, nil), rows...)
		big++
	}
	return append(out, wallRest(live[big:], w, h-len(out), th)...)
}

// wallWord is the phase, or that the incident is over.
func wallWord(r *model.Room) model.Safe {
	switch r.Status {
	case model.Resolved:
		return model.Lit("RESOLVED")
	case model.Closed:
		return model.Lit("CLOSED")
	}
	return phaseLabel(r)
}

// wallClocks are the clocks that count, those that were put off last.
func wallClocks(r *model.Room, now time.Time) []model.ClockView {
	live := liveClocks(r, now)
	slices.SortStableFunc(live, func(a, b model.ClockView) int {
		snoozed := func(v model.ClockView) int {
			if v.State == model.ClockSnoozed {
				return 1
			}
			return 0
		}
		return snoozed(a) - snoozed(b)
	})
	return live
}

// wallRest are the clocks that have no big figures: in a row each where that
// fits, and always how many are left out.
func wallRest(left []model.ClockView, w, h int, th *theme) []draw.Line {
	var out []draw.Line
	if len(left) > 0 && h > 1 {
		out = append(out, nil)
	}
	for i := range left {
		if len(out)+1 >= h && i < len(left)-1 {
			say := model.Safef("and %s", plural(len(left)-i, "more clock", "more clocks"))
			if n := lawOf(left[i:]); n > 0 {
				say = model.Safef("%s, %d of law", say, n)
			}
			return append(out, draw.L(draw.T(th.warn, say)))
		}
		out = append(out, clockLine(&left[i], min(w, 60), th))
	}
	return out
}

// wallScale is the largest size at which a clock fits, and leaves room for one
// more.
func wallScale(v *model.ClockView, w, h int) int {
	text := wallText(v)
	for scale := 4; scale > 1; scale-- { // half the height: the other half is for the next ones
		if bigWidth(text, scale) <= w && digitRows*max(1, scale/2) <= h/2 {
			return scale
		}
	}
	return 1
}

func wallText(v *model.ClockView) string {
	text := model.Span(v.Remaining).String()
	if v.State == model.ClockOverdue {
		return "+" + text
	}
	return text
}

// wallClock is one clock: its name and start in words, its time in figures.
func wallClock(v *model.ClockView, now time.Time, scale, w int, th *theme) []draw.Line {
	look := th.clock(v)
	label := model.CleanLine(v.Def.Label)
	if v.Def.Law {
		label = model.Safef("%s (law)", label)
	}
	head := draw.L(draw.T(look.style, model.Safef("%s %s  %s", look.glyph, label, strings.ToUpper(look.word.String()))),
		draw.T(th.dim, model.Safef("   from %s, %s", v.Start, v.Run.From.In(now.Location()).Format("15:04"))))
	out := []draw.Line{head.Clip(w)}
	if scale > 1 {
		out = append(out, nil)
	}
	return append(out, bigLines(wallText(v), scale, look.style, th.ascii)...)
}

// wallFoot is who does what, what was last said, and how to leave.
func wallFoot(v *model.View, now time.Time, w int, th *theme) []draw.Line {
	line := draw.L(draw.T(th.plain, model.Lit(" ")))
	if v.Room.Plan != nil {
		for i := range v.Room.Plan.Roles {
			d := &v.Room.Plan.Roles[i]
			holders := v.Room.Holders(d.ID)
			switch {
			case len(holders) > 0:
				line = append(line, draw.T(th.dim, model.Safef(" %s: ", d.Label)), draw.T(th.bold, model.JoinSafe(model.Lit(", "), cleanAll(holders)...)), draw.T(th.plain, model.Lit("  ")))
			case d.Mandatory && v.Room.Status != model.Closed:
				line = append(line, draw.T(th.warn, model.Safef(" ! %s needed %s  ", d.Label, model.Span(now.Sub(v.Room.VacantSince(d.ID))))))
			}
		}
	}
	return []draw.Line{draw.L(draw.T(th.dim, rule(w, th))), line, lastUpdate(v.Room, now, th), draw.L(draw.T(th.dim, model.Lit("  q quit")))}
}

// lastUpdate is the newest update that went out.
func lastUpdate(r *model.Room, now time.Time, th *theme) draw.Line {
	var newest model.LastUpdate
	audience := ""
	for id, u := range r.Updates {
		if u.At.After(newest.At) || u.At.Equal(newest.At) && id < audience {
			newest, audience = u, id
		}
	}
	if audience == "" {
		return draw.L(draw.T(th.dim, model.Lit("  no update was sent yet")))
	}
	text := model.Safe{}
	if l := r.Line(newest.Seq); l != nil {
		text = model.CleanLine(l.Text.String())
	}
	return draw.L(draw.T(th.dim, model.Safef("  last update %s ago by %s: ", model.Span(now.Sub(newest.At)), newest.By)), draw.T(th.plain, text))
}

// spaced is text with blanks between its letters.
func spaced(s model.Safe) model.Safe {
	return model.CleanLine(strings.Join(strings.Split(strings.ToUpper(s.String()), ""), " "))
}
