package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The kinds of signals of the silence radar, the most urgent first.
const (
	SignalCommand = "command"      // nobody commands, or the commander is silent
	SignalUpdate  = "update"       // an update is due soon, or overdue
	SignalAsk     = "ask"          // an ask is overdue
	SignalUrgent  = "urgent"       // nobody works on an urgent item
	SignalPage    = "page"         // nobody acknowledged a page
	SignalRole    = "role_empty"   // a mandatory role is vacant
	SignalDraft   = "draft"        // an update is prepared, or drafted and not sent
	SignalBlocked = "item_blocked" // an item is blocked
	SignalItem    = "item_silent"  // an item was started, and its owner is silent
	SignalSilent  = "role_silent"  // the holder of a role with open items is silent
	SignalEntry   = "no_entry"     // nobody writes
	SignalAge     = "age"          // the incident is another hour old
)

// signalOrder lists the kinds of signals, the most urgent first.
var signalOrder = []string{SignalCommand, SignalUpdate, SignalAsk, SignalUrgent, SignalPage, SignalRole, SignalDraft,
	SignalBlocked, SignalItem, SignalSilent, SignalEntry, SignalAge}

// ageShown is how long the radar shows the age of the incident.
const ageShown = 2 * time.Minute

// Signal is something that has been silent for too long, or that is due.
type Signal struct {
	Kind  string
	What  Safe
	Since time.Time // since when it is silent, or when it is due
	Line  string    // what to type to act on it, as far as known; if "", there is no suggestion
}

// Radar returns the signals at now, the hub's time, the most urgent first. They
// follow from the log, so every reader sees the same ones. There are none if the
// plan sets no limits, or if the room is not open.
func (r *Room) Radar(now time.Time) []Signal {
	if r.Plan == nil || r.Plan.Radar == nil || r.Status != Open || r.Lobby || r.DuplicateOf() != nil {
		return nil
	}
	x := radar{r: r, limits: *r.Plan.Radar, now: now}
	x.command()
	x.updates()
	x.asks()
	x.items()
	x.pages()
	x.roles()
	x.entries()
	slices.SortStableFunc(x.found, func(a, b Signal) int {
		return cmp.Or(cmp.Compare(slices.Index(signalOrder, a.Kind), slices.Index(signalOrder, b.Kind)),
			a.Since.Compare(b.Since))
	})
	return x.found
}

// radar collects signals.
type radar struct {
	r      *Room
	limits Radar
	now    time.Time
	found  []Signal
}

func (x *radar) add(kind string, since time.Time, line string, what Safe) {
	x.found = append(x.found, Signal{Kind: kind, What: what, Since: since, Line: line})
}

// isSilent reports whether the time since a moment exceeds a limit. A zero limit is
// never exceeded.
func (x *radar) isSilent(since time.Time, limit Duration) bool {
	return limit > 0 && !since.IsZero() && x.now.Sub(since) >= time.Duration(limit)
}

func (x *radar) span(since time.Time) Safe { return Span(x.now.Sub(since)) }

func (x *radar) command() {
	if g, ok := x.r.CommandGap(x.now); ok && g.Holder != "" {
		x.add(SignalCommand, g.Since, ":takeover "+g.Role.ID+" ", g.Words(x.now))
	}
}

func (x *radar) updates() {
	for _, v := range x.r.ClockViews(x.now) {
		soon := v.Remaining <= time.Duration(x.limits.UpdateSoon)
		if x.limits.UpdateSoon == 0 || v.Def.Every == 0 || v.Def.Audience == "" || v.State.rank() > 1 || !soon {
			continue
		}
		what := Safef("%s is due in %s", v.Def.Label, Span(v.Remaining))
		if v.Remaining <= 0 {
			what = Safef("%s is overdue by %s", v.Def.Label, Span(v.Remaining))
		}
		x.add(SignalUpdate, v.Run.DueAt, ":update "+v.Def.Audience, what)
	}
	for _, a := range x.r.PreparedUpdates() {
		x.add(SignalDraft, x.r.Exposure.At, ":update "+a.ID,
			Safef("exposure is %s: a draft to %s is prepared", x.r.Exposure.Level, a.Label))
	}
	for _, d := range x.r.WaitingDrafts() {
		if x.isSilent(d.At, x.limits.DraftWaits) {
			x.add(SignalDraft, d.At, Safef(":approve %d", d.N).String(),
				Safef("draft %d to %s by %s has not been sent for %s", d.N, x.r.Plan.Audience(d.Audience).Label, d.By,
					x.span(d.At)))
		}
	}
}

func (x *radar) asks() {
	for _, a := range x.r.OpenAsks() {
		if x.isSilent(a.Due, x.limits.AskOverdue) {
			x.add(SignalAsk, a.Due, Safef(":answer %d ", a.N).String(),
				Safef("ask %d to %s has no answer, overdue by %s", a.N, x.r.AskTo(&a), x.span(a.Due)))
		}
	}
}

func (x *radar) items() {
	r := x.r
	for i := range r.Items {
		it := &r.Items[i]
		if r.Settled(it) {
			continue
		}
		line := Safef(":start %d", it.N).String()
		switch begun := x.itemSince(it); it.State {
		case ItemTodo:
			if r.Def(it).Urgent && it.Owner == "" && !r.Asked(it) && x.isSilent(begun, x.limits.UrgentIdle) {
				x.add(SignalUrgent, begun, line,
					Safef("item %d is urgent, and nobody has started it in %s: %s", it.N, x.span(begun), it.Text))
			}
		case ItemBlocked:
			if x.isSilent(it.At, x.limits.ItemBlocked) {
				s := Safef("item %d has been blocked for %s", it.N, x.span(it.At))
				if it.Reason != "" {
					s = Safef("%s (%s)", s, it.Reason)
				}
				x.add(SignalBlocked, it.At, line, s)
			}
		case ItemDoing:
			if last := latest(it.At, r.LastWrote[it.Owner]); x.isSilent(last, x.limits.ItemSilent) {
				x.add(SignalItem, last, Safef(":ask @%s 5m how far along is item %d?", it.Owner, it.N).String(),
					Safef("item %d is in progress, and %s has written nothing for %s", it.N, it.Owner, x.span(last)))
			}
		}
	}
}

// itemSince returns since when an item waits: since its last change, or since the
// declaration.
func (x *radar) itemSince(it *Item) time.Time { return latest(x.r.DeclaredAt, it.At) }

func (x *radar) pages() {
	for _, p := range x.r.PageViews() {
		answered := p.State == PageAcknowledged || !p.Open() || x.r.Drill
		if !answered && x.isSilent(p.At, x.limits.PageSilent) {
			x.add(SignalPage, p.At, ":paged "+p.Purpose+" ",
				Safef("nobody has acknowledged the page for %s in %s", p.Purpose, x.span(p.At)))
		}
	}
}

func (x *radar) roles() {
	r := x.r
	command := r.CommandRole()
	for i := range r.Plan.Roles {
		d := &r.Plan.Roles[i]
		held := r.Holders(d.ID)
		if since := r.VacantSince(d.ID); len(held) == 0 && d.Mandatory && x.isSilent(since, x.limits.RoleEmpty) {
			x.add(SignalRole, since, ":role "+d.ID+" @",
				Safef("the role of %s has been vacant for %s", d.Label, x.span(since)))
		}
		n := r.openItems(d.ID)
		if n == 0 || command != nil && command.ID == d.ID && d.SilentAfter > 0 {
			continue
		}
		for _, h := range held {
			if last := r.lastWrote(d.ID, h); x.isSilent(last, x.limits.RoleSilent) {
				x.add(SignalSilent, last, Safef(":ask @%s 5m what is the status?", h).String(),
					Safef("%s is %s with %d open items and has written nothing for %s", h, d.Label, n, x.span(last)))
			}
		}
	}
}

// openItems returns the number of items of the current phase that a role has to do.
func (r *Room) openItems(role string) int {
	n := 0
	for i := range r.Items {
		it := &r.Items[i]
		if it.Phase == r.Phase && r.Def(it).Role == role && !r.Settled(it) && !r.Asked(it) {
			n++
		}
	}
	return n
}

func (x *radar) entries() {
	last := x.r.DeclaredAt
	for _, at := range x.r.LastWrote {
		last = latest(last, at)
	}
	if x.isSilent(last, x.limits.NoEntry) {
		x.add(SignalEntry, last, "", Safef("nobody has written anything for %s", x.span(last)))
	}
	every := time.Duration(x.limits.Age)
	age := x.now.Sub(x.r.DeclaredAt)
	if every > 0 && age >= every && age%every < ageShown {
		x.add(SignalAge, x.r.DeclaredAt.Add(age.Truncate(every)), ":update",
			Safef("the incident has lasted %s", Took(age.Truncate(every))))
	}
}

// latest returns the later of two times.
func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// RadarLine summarizes signals in one line: the most urgent one, and how many more
// there are. It is empty if there are none.
func RadarLine(list []Signal) Safe {
	switch n := len(list); n {
	case 0:
		return Safe{}
	case 1:
		return list[0].What
	default:
		return Safef("%s (+%d more)", list[0].What, n-1)
	}
}

// AbsentCommander returns a signal if no commander is present, as seen by this
// client. Presence is not in the log, so it may differ between clients. It returns
// false if a commander is present, if one was seen or wrote within the time for
// which a role may be vacant, or if presence is not available.
func (v *View) AbsentCommander(now time.Time) (Signal, bool) {
	r := v.Room
	held := r.Commanders()
	if len(held) == 0 || r.Status != Open || len(v.Here) == 0 || v.Link.State == Offline || r.Plan.Radar == nil ||
		r.Plan.Radar.RoleEmpty == 0 {
		return Signal{}, false
	}
	var last time.Time
	for _, p := range append(v.Absent(), v.Here...) {
		if slices.Contains(held, p.Handle) {
			last = latest(last, p.LastSeen)
		}
	}
	for _, p := range v.Here {
		if slices.Contains(held, p.Handle) || now.Sub(last) < time.Duration(r.Plan.Radar.RoleEmpty) {
			return Signal{}, false
		}
	}
	return Signal{Kind: SignalCommand, Since: last, Line: ":ask @" + held[0] + " 3m are you there?",
		What: Safef("%s, %s, is not connected", strings.Join(held, ", "), r.CommandRole().Label)}, true
}
