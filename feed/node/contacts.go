package node

import (
	"context"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/config"
)

// contacts is a bridge that sends nothing. It records that a page which nobody acknowledged
// goes to the next contact, so that people call them. Pages that a service delivers are
// left to the service.
type contacts struct {
	bridge.SendOnly
	known func() model.Contacts
}

var _ bridge.Bridge = contacts{}

// contactLists returns the contacts of the on-call cache and, for other purposes, those of
// the configuration.
func contactLists(cached, configured model.Contacts) model.Contacts {
	out := cached
	for _, p := range configured.List {
		if len(cached.For(p.Purpose)) == 0 {
			out.List = append(out.List, p)
		}
	}
	return out
}

// newContacts returns the bridge for the contacts of a configuration, and false if it has none.
func (n *Node) newContacts(data string, c config.Bridges, box model.Sealer) (contacts, bool) {
	if len(c.Contacts.List) == 0 && !c.PagerDuty.Used() {
		return contacts{}, false
	}
	return contacts{known: func() model.Contacts { return contactLists(n.Contacts(data, box), c.Contacts) }}, true
}

// Name implements [bridge.Bridge].
func (contacts) Name() string { return "contacts" }

// Duties implements [bridge.Bridge]: nothing is sent.
func (contacts) Duties(*model.Room) []bridge.Duty { return nil }

// Deliver implements [bridge.Bridge].
func (contacts) Deliver(context.Context, bridge.Job) (bridge.Result, error) {
	return bridge.Result{}, nil
}

// Check implements [bridge.Bridge].
func (contacts) Check(context.Context) []bridge.Finding { return nil }

// contactEvery is the interval of checking the pages, unless one is due sooner.
const contactEvery = 5 * time.Second

// Listen implements [bridge.Bridge].
func (c contacts) Listen(ctx context.Context, in bridge.Inlet) {
	for {
		t := time.NewTimer(c.advance(ctx, in))
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
	}
}

// advance records the pages that go to the next contact now. It returns the time of the
// next check.
func (c contacts) advance(ctx context.Context, in bridge.Inlet) time.Duration {
	wait := contactEvery
	known := c.known()
	for _, p := range in.Rooms() {
		for _, next := range p.Room.NextContacts(known) {
			if left := next.At.Sub(p.Now); left > 0 {
				wait = min(wait, left)
				continue
			}
			err := in.Append(ctx, p.Short, model.Act{Body: next.Page})
			code := model.CodeOf(err)
			if err != nil && ctx.Err() == nil && code != model.Conflict && code != model.Queued {
				in.Log(model.Safef("%s: passing the page for %s to the next contact could not be recorded: %s", p.Short,
					next.Page.Purpose, model.Sentence(err)))
			}
		}
	}
	return wait
}
