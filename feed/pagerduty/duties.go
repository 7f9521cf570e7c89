package pagerduty

import (
	"slices"
	"strings"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
)

// How long a duty is worth delivering.
const (
	pageFor   = 4 * time.Hour
	mirrorFor = time.Hour
)

// task is the content of a duty.
type task struct {
	do      func(*Bridge, *call) (bridge.Result, error)
	target  Target
	page    string // key of the duty that opened its incident
	subject string // of a page: the reason
	id      string // of the event to mirror
	text    string
}

// Duties implements [bridge.Bridge]: whom to page, what to mirror, and what to resolve.
func (b *Bridge) Duties(r *model.Room) []bridge.Duty {
	out := b.pages(r)
	out = append(out, b.escalations(r)...)
	out = append(out, b.overdue(r)...)
	if r.Status != model.Open {
		return append(b.mirrors(r), b.resolves(r)...)
	}
	return append(out, b.mirrors(r)...)
}

// pages returns the pages of a room, by severity and on request.
func (b *Bridge) pages(r *model.Room) []bridge.Duty {
	var out []bridge.Duty
	add := func(purpose string, n int, since time.Time, why string) {
		k := model.PageDuty(purpose, n)
		if r.Status != model.Open || slices.ContainsFunc(out, func(d bridge.Duty) bool { return d.Key == k }) {
			return
		}
		t, ok := b.target(purpose)
		do := (*Bridge).page
		if !ok {
			do = (*Bridge).nobody
		}
		out = append(out,
			bridge.Duty{Key: k, What: "page " + purpose, Since: since, Until: since.Add(pageFor), Urgent: true,
				Content: task{do: do, target: orPurpose(t, purpose), page: k, subject: why}})
	}
	for _, t := range b.c.Pages {
		if since, ok := reached(r, t.Severity); ok && !t.joins() {
			add(t.Purpose, 1, since, "")
		}
	}
	for _, p := range r.Pages {
		add(p.Purpose, p.N, p.At, p.Reason)
	}
	for _, t := range b.c.Pages { // joining requires an open incident
		if since, ok := reached(r, t.Severity); ok && t.joins() {
			add(t.Purpose, 1, since, "")
		}
	}
	return out
}

func orPurpose(t Target, purpose string) Target {
	t.Purpose = purpose
	return t
}

// reached returns since when a room has a severity or a worse one.
func reached(r *model.Room, severity string) (time.Time, bool) {
	d := r.Plan.Severity(severity)
	now := r.Plan.Severity(r.Severity)
	if severity == "" || d == nil || now == nil || now.Rank > d.Rank {
		return time.Time{}, false
	}
	since := r.DeclaredAt
	for _, l := range slices.Backward(r.Levels) {
		s := r.Plan.Severity(l.Severity)
		if s == nil || s.Rank > d.Rank {
			break
		}
		since = l.From
	}
	return since, true
}

// overdue returns the pages for clocks that expire while nobody is in the room.
func (b *Bridge) overdue(r *model.Room) []bridge.Duty {
	if len(b.c.Pages) == 0 || r.Status == model.Closed {
		return nil
	}
	var out []bridge.Duty
	for _, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		runs := d != nil && d.AtLeast == 0 && !c.StartedAt.IsZero() && c.MetAt.IsZero() && c.StoodAt.IsZero() &&
			c.Waived == ""
		if !runs || !slices.Contains(b.c.Overdue, c.ID) {
			continue
		}
		at := c.DueAt
		if c.Snoozed.After(at) {
			at = c.Snoozed
		}
		k := "page/clock/" + c.ID + "/" + at.UTC().Format("20060102T150405")
		out = append(out,
			bridge.Duty{Key: k, What: "page: " + d.Label + " is overdue", Since: at, Until: at.Add(pageFor),
				Urgent: true, WhenUnattended: true,
				Content: task{do: (*Bridge).page, target: b.c.Pages[0], page: k,
					subject: d.Label + " is overdue, and nobody is in the room"}})
	}
	return out
}

// opened returns the deliveries of a room that opened an incident at the service, the
// oldest first.
func (b *Bridge) opened(r *model.Room) []model.Delivery {
	var out []model.Delivery
	for _, d := range r.Deliveries {
		if d.Bridge != Name || d.State != model.DeliverySent || !strings.HasPrefix(d.Duty, "page/") {
			continue
		}
		if t, ok := b.target(purposeOf(d.Duty)); strings.HasPrefix(d.Duty, "page/clock/") || ok && !t.joins() {
			out = append(out, d)
		}
	}
	return out
}

// purposeOf returns the purpose in the key of a page.
func purposeOf(duty string) string {
	p, _, _ := strings.Cut(strings.TrimPrefix(duty, "page/"), "/")
	return p
}

// mirrors returns the updates and decisions to mirror to the first incident. Restricted
// rooms are not mirrored.
func (b *Bridge) mirrors(r *model.Room) []bridge.Duty {
	open := b.opened(r)
	if len(open) == 0 || b.c.Token == nil || r.IsRestricted() {
		return nil
	}
	at, page := open[0].Begun, open[0].Duty // lines that are written while the page is in transit are sent after it
	var out []bridge.Duty
	add := func(what, id, text string, since time.Time, do func(*Bridge, *call) (bridge.Result, error)) {
		if since.Before(at) {
			return // people who respond to the page read the room
		}
		out = append(out,
			bridge.Duty{Key: Name + "/" + what + "/" + id, What: what, Since: since, Until: since.Add(mirrorFor),
				Order: page, Content: task{do: do, page: page, id: id, text: text}})
	}
	for _, d := range r.Dispatches {
		if slices.Contains(b.c.Updates, d.Audience) {
			add("update", d.ID, dispatchText(d), d.RecordedAt, (*Bridge).update)
		}
	}
	if !b.c.Notes {
		return out
	}
	for _, l := range r.Lines() {
		if l.Kind == model.KindDecisionMade && l.Refused.IsEmpty() && r.Marks[l.Seq].Retracted == "" {
			add("note", l.ID, l.By+" decided: "+l.Text.String(), l.RecordedAt, (*Bridge).note)
		}
	}
	return out
}

func dispatchText(d model.Dispatch) string {
	s := d.Conditions
	if d.Actions != "" {
		s += " | actions: " + d.Actions
	}
	if d.Needs != "" {
		s += " | needs: " + d.Needs
	}
	return model.CleanLine(s).String()
}

// resolves returns the incidents at the service to resolve.
func (b *Bridge) resolves(r *model.Room) []bridge.Duty {
	since := r.RecordedAt
	for _, m := range []string{model.MilestoneClosed, model.MilestoneResolved} {
		if at, ok := r.Milestones[m]; ok {
			since = at.At
		}
	}
	var out []bridge.Duty
	for _, d := range b.opened(r) {
		t, _ := b.target(purposeOf(d.Duty))
		if strings.HasPrefix(d.Duty, "page/clock/") && len(b.c.Pages) > 0 {
			t = b.c.Pages[0]
		}
		if t.Key == nil && b.c.Token == nil || over(r, d.Duty) {
			continue
		}
		out = append(out,
			bridge.Duty{Key: Name + "/resolve/" + strings.TrimPrefix(d.Duty, "page/"), What: "resolve " + d.What,
				Since: since, Until: since.Add(24 * time.Hour),
				Content: task{do: (*Bridge).resolve, target: t, page: d.Duty}})
	}
	return out
}

// over reports whether the service reported that a page is over.
func over(r *model.Room, duty string) bool {
	return slices.ContainsFunc(r.Pages,
		func(p model.Page) bool { return p.Duty() == duty && p.State == model.PageOver })
}
