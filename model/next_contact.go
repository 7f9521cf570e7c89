package model

import "time"

// NextContact is the contact who is called next for a page that nobody acknowledged in the
// plan's time.
type NextContact struct {
	At   time.Time // from when on
	Page *PageAnswered
}

// NextContacts returns the pages of a room that go to another contact, now or later. Known are
// the people to call. What a service delivered is left to its bridge and to its own policy,
// and the time is page-silent of the radar: a plan without it keeps to the first contact.
func (r *Room) NextContacts(known Contacts) []NextContact {
	if r.Plan == nil || r.Plan.Radar == nil || r.Plan.Radar.PageSilent <= 0 || r.Drill || r.Status != Open {
		return nil
	}
	var out []NextContact
	for i := range r.Pages {
		p := &r.Pages[i]
		if r.pageIndex(p.Purpose) != i || p.State != "" && p.State != PageNext {
			continue
		}
		if d, ok := r.Delivery(p.Duty()); ok && !r.unpaged(*p) && d.State != "" {
			continue
		}
		list, since := known.For(p.Purpose), p.At
		if p.AnsweredAt.After(since) {
			since = p.AnsweredAt
		}
		if next := p.callee(list) + 1; next < len(list) {
			out = append(out, NextContact{At: since.Add(time.Duration(r.Plan.Radar.PageSilent)),
				Page: &PageAnswered{Purpose: p.Purpose, State: PageNext, Who: list[next].Name, Level: next + 1}})
		}
	}
	return out
}

// callee is the position, in a list of contacts, of the person who is called now.
func (p *Page) callee(list []Contact) int {
	for i := range list {
		if p.Who != "" && list[i].Name == p.Who {
			return i
		}
	}
	return max(p.Level-1, 0)
}
