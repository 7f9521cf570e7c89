package room

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/shared"
	"warroom/ui/shell"
	"warroom/ui/state"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// bells are the notifications of a room for this person: beeps, and a summary of what
// happened while they were away.
type bells struct {
	me     string
	clock  *shell.Clock
	shared *shared.State
	beep   func()

	rung         map[string]time.Time // by clock: the due time that was beeped for
	summary      model.Safe           // "12 new since 14:02: ..."; Esc dismisses it
	disconnected disconnectedPeriod   // since the link was lost
	passing      passing              // who came or left
	away         state.Seen           // last line read before the person was away; zero: they were not away
}

// arrived makes the summary of what is new since the person last read the room, if been
// is set. It does not beep for clocks that ran out before.
func (b *bells) arrived(v *model.View, last state.Seen, been bool) {
	now := b.clock.Now()
	b.rung, b.passing.calm = map[string]time.Time{}, now.Add(findWait)
	for _, c := range v.Room.ClockViews(now) {
		if c.State == model.ClockOverdue {
			b.rung[c.Def.ID] = c.Run.DueAt
		}
	}
	b.rangAsks(v.Room, now)
	if been {
		b.away = last
		b.summary = present.CatchUp(v.Room, last.Seq, last.At.In(b.clock.Zone()), b.me)
	} else {
		last = state.Seen{Seq: v.Room.Seq, At: b.clock.Local()}
	}
	b.summary = present.Joined(b.summary, present.RanOut(v.Room, last.At, been, now))
	if v.Link.State != model.Live || len(v.Waiting) > 0 {
		b.disconnected = disconnectedPeriod{from: last}
	}
	if v.Link.State == model.Live {
		b.disconnected.met(b.clock.Local(), v)
	}
}

// took compares two views: the state of the link, and new lines that mention this person.
// key is the key that they write with.
func (b *bells) took(old, v *model.View, key string) {
	b.passing.came(b.shared, old, v, b.me, b.clock.Now())
	switch prev, is := old.Link.State, v.Link.State; {
	case prev == model.Live && is != model.Live:
		b.disconnected = disconnectedPeriod{from: state.Seen{Seq: old.Room.Seq, At: b.clock.Local()}, key: key}
	case prev != model.Live && is == model.Live:
		b.disconnected.met(b.clock.Local(), old, v)
	}
	lost := b.disconnected.from
	if t := b.disconnected.words(v, b.me, b.clock.Zone()); !t.IsEmpty() {
		b.summary, b.away = t, lost
	}
	if t := present.NewlyCut(old.Room, v.Room); !t.IsEmpty() {
		b.summary = t
		b.beep()
	}
	if t := present.NewlySecured(old.Room, v.Room); !t.IsEmpty() {
		b.summary = present.Joined(b.summary, t)
	}
	from, lines := len(old.Room.Lines()), v.Room.Lines()
	for i := max(from, len(lines)-1000); i < len(lines); i++ {
		l := lines[i]
		if l.By != b.me && l.Refused.IsEmpty() && l.Mentions(b.me) {
			b.beep()
			return
		}
	}
}

// overdue beeps once for each clock that ran out.
func (b *bells) overdue(r *model.Room) {
	for _, v := range b.shared.ClockViews(r, b.clock.Second()) {
		if v.State == model.ClockOverdue && !b.rung[v.Def.ID].Equal(v.Run.DueAt) {
			b.rung[v.Def.ID] = v.Run.DueAt
			b.beep()
		}
	}
	b.overdueAsks(r, b.clock.Second())
}

// dismiss removes the summary.
func (b *bells) dismiss() { b.summary = model.Safe{} }

// rows returns the rows of the summary, right-aligned if it fits in one row.
func (b *bells) rows(w int, th *theme.Theme) []draw.Line {
	if b.summary.IsEmpty() {
		return nil
	}
	seen := draw.L(draw.T(th.Warn, model.Lit("  (Esc dismisses) ")))
	if draw.Width(b.summary)+seen.Width() <= w {
		return []draw.Line{draw.Spread(w, nil, append(draw.L(draw.T(th.Warn, b.summary)), seen...))}
	}
	return view.Noted(th.Warn, b.summary, seen, w, 3)
}

// overdueAsks beeps once for each expired ask, for the asker, the asked and the
// commander, and for each ended poll, for the opener and the commander.
func (b *bells) overdueAsks(r *model.Room, now time.Time) {
	commands := slices.Contains(r.Commanders(), b.me)
	once := func(key string, at time.Time) {
		if !now.Before(at) && !b.rung[key].Equal(at) {
			b.rung[key] = at
			b.beep()
		}
	}
	for i := range r.Asks {
		if a := r.Asks[i]; !a.Done && r.Status != model.Closed && (commands || a.From == b.me || r.IsAsked(a, b.me)) {
			once("ask/"+a.ID, a.Due)
		}
	}
	for i := range r.Polls {
		if q := &r.Polls[i]; commands || q.By == b.me {
			once("poll/"+q.ID, q.EndedAt())
		}
	}
}

// rangAsks marks asks and polls that expired before the person came, so that they do not
// beep.
func (b *bells) rangAsks(r *model.Room, now time.Time) {
	for _, a := range r.Asks {
		if !now.Before(a.Due) {
			b.rung["ask/"+a.ID] = a.Due
		}
	}
	for _, q := range r.Polls {
		if !now.Before(q.EndedAt()) {
			b.rung["poll/"+q.ID] = q.EndedAt()
		}
	}
}
