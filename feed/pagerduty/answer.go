package pagerduty

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/go-pagerduty"

	"warroom/feed/bridge"
	"warroom/model"
)

// pageUpdate is a change of a page, as the service reports it.
type pageUpdate struct {
	duty   string // key of the page
	state  string
	who    string
	ref    string // id of the incident
	source string // id of the message that reported it
	at     time.Time
}

// take records a change of a page in the room, once.
func (b *Bridge) take(ctx context.Context, in bridge.Inlet, p bridge.OpenRoom, n pageUpdate) error {
	purpose := purposeOf(n.duty)
	prev, ok := p.Room.Page(purpose)
	switch {
	case purpose == "clock" || ok && prev.Duty() != n.duty: // no longer the current page
		return nil
	case !ok && model.PageDuty(purpose, 1) != n.duty:
		return nil
	case ok && n.at.Before(prev.AnsweredAt): // older than what is recorded
		return nil
	case n.state == model.PageRinging && prev.State == model.PageRinging && prev.Who != n.who:
		n.state = model.PageNext
	}
	if n.state == model.PageRinging && prev.State == model.PageNext && prev.Who == n.who || ok &&
		prev.State == n.state &&
		prev.Who == n.who {
		return nil
	}
	at := n.at
	if at.After(p.Now) {
		at = p.Now
	}
	err := in.Append(ctx, p.Short,
		model.Act{At: at,
			Body: &model.PageAnswered{Purpose: purpose, Bridge: Name, State: n.state, Who: cut(n.who, 200), Ref: n.ref,
				Source: cut(n.source, 100)}})
	// recorded meanwhile, cut, or in the outbox
	if c := model.CodeOf(err); c == model.Conflict || c == model.Forbidden || c == model.Queued {
		return nil
	}
	return err
}

// Listen polls the state of open pages, and who is on call.
func (b *Bridge) Listen(ctx context.Context, in bridge.Inlet) {
	if b.c.Token == nil {
		<-ctx.Done()
		return
	}
	every := b.c.Poll
	if every <= 0 {
		every = time.Minute // for the on-call list
	}
	asked := Cached(b.c.Dir, b.c.Box).At
	for {
		if now := b.c.Now(); now.Sub(asked).Abs() >= onCallEvery {
			asked = now
			once, cancel := context.WithTimeout(ctx, time.Minute)
			if _, err := b.OnCall(once); err != nil && ctx.Err() == nil {
				in.Log(model.Safef("pagerduty: the people on call could not be read: %s", err))
			}
			cancel()
		}
		if b.c.Poll > 0 {
			b.ask(ctx, in)
		}
		if b.http.pause(ctx, every) != nil {
			return
		}
	}
}

// ask polls the state of the pages of all rooms.
func (b *Bridge) ask(ctx context.Context, in bridge.Inlet) {
	for _, p := range in.Rooms() {
		for _, d := range p.Room.Deliveries {
			if d.Bridge != Name || d.State != model.DeliverySent || !strings.HasPrefix(d.Duty, "page/") ||
				strings.HasPrefix(d.Duty, "page/clock/") || over(p.Room, d.Duty) {
				continue
			}
			once, cancel := context.WithTimeout(ctx, 20*time.Second)
			n, err := b.stands(once, p.Room, d)
			if err == nil && n.state != "" {
				err = b.take(once, in, p, n)
			}
			cancel()
			if ctx.Err() != nil || err != nil { // an unreachable service is reported by its duties
				return
			}
		}
	}
}

// stands reads the state of one page.
func (b *Bridge) stands(ctx context.Context, r *model.Room, d model.Delivery) (pageUpdate, error) {
	n := pageUpdate{duty: d.Duty, at: b.c.Now()}
	t, _ := b.target(purposeOf(d.Duty))
	from := d.Duty
	if t.joins() {
		open := b.opened(r)
		if len(open) == 0 {
			return n, nil
		}
		from = open[0].Duty
	}
	i, err := b.find(ctx, key(r, strings.TrimPrefix(from, "page/")))
	if err != nil || i == nil {
		return n, err
	}
	n.ref = i.ID
	if t.joins() {
		for _, x := range i.IncidentResponders {
			if strings.HasPrefix(x.Message, joinMark(t.Purpose)) {
				n.who, n.state = x.User.Summary, replies[x.State]
			}
		}
		return n, nil
	}
	n.state, n.who = stateOf(i)
	return n, nil
}

// replies maps the answers to a request to join to states of a page.
var replies = map[string]string{"pending": model.PageRinging, "joined": model.PageAcknowledged,
	"declined": model.PageDeclined}

// stateOf returns the state of an incident, and who is responsible for it.
func stateOf(i *pagerduty.Incident) (state, who string) {
	switch i.Status {
	case "resolved":
		return model.PageOver, i.LastStatusChangeBy.Summary
	case "acknowledged":
		if n := len(i.Acknowledgements); n > 0 {
			return model.PageAcknowledged, i.Acknowledgements[n-1].Acknowledger.Summary
		}
		return model.PageAcknowledged, i.LastStatusChangeBy.Summary
	}
	var names []string
	for _, a := range i.Assignments {
		names = append(names, a.Assignee.Summary)
	}
	slices.Sort(names)
	return model.PageRinging, strings.Join(names, ", ")
}
