package pagerduty

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/PagerDuty/go-pagerduty"

	"warroom/feed/bridge"
	"warroom/model"
)

// The limits of the service.
const (
	maxSummary = 1024
	maxTitle   = 255
)

// nobody returns the error for a purpose without a target.
func (b *Bridge) nobody(c *call) (bridge.Result, error) {
	var names []string
	for _, t := range b.c.Pages {
		names = append(names, t.Purpose)
	}
	return bridge.Result{},
		bridge.Never(fmt.Errorf("the configuration pages nobody for %s, only for %s; call them by other means",
			c.target.Purpose, strings.Join(names, ", ")))
}

// page pages the person on call, in the way that the target requires.
func (b *Bridge) page(c *call) (bridge.Result, error) {
	switch {
	case c.target.Key != nil:
		return b.event(c, "trigger")
	case c.target.joins():
		return b.join(c)
	}
	return b.open(c)
}

// summary returns the first line that the paged person reads. For a restricted room it only
// names the room.
func summary(c *call, limit int) string {
	r := c.Room
	s := fmt.Sprintf("[%s] %s %s", r.Severity, c.Short, r.Title)
	if r.IsRestricted() {
		s = fmt.Sprintf("[%s] %s is restricted: open warroom", r.Severity, c.Short)
	} else if c.subject != "" {
		s += ": " + c.subject
	}
	return cut(model.CleanLine(s).String(), limit)
}

// details returns further facts for the paged person.
func details(c *call) map[string]string {
	r := c.Room
	d := map[string]string{"room": c.Short, "severity": r.Severity, "purpose": c.target.Purpose}
	if !r.IsRestricted() {
		d["kind"], d["declared by"], d["declared at"], d["status"] = r.Kind, r.DeclaredBy,
			model.FormatTime(r.DeclaredAt).String(), string(r.Status)
	}
	for k, s := range d {
		d[k] = cut(model.CleanLine(s).String(), maxTitle) // a plan may come from anybody who declares a room
	}
	return d
}

// urgency maps a severity to one of the four of the Events API.
func urgency(r *model.Room) string {
	s := r.Plan.Severity(r.Severity)
	words := []string{"critical", "error", "warning", "info"}
	if s == nil {
		return words[1]
	}
	return words[min(max(s.Rank, 1), len(words))-1]
}

// event sends an event. Because of its key, sending it twice has no effect.
func (b *Bridge) event(c *call, action string) (bridge.Result, error) {
	k := key(c.Room, strings.TrimPrefix(c.task.page, "page/"))
	e := &pagerduty.V2Event{Action: action, DedupKey: k, Client: "warroom"}
	if action == "trigger" {
		e.Payload = &pagerduty.V2Payload{Summary: summary(c, maxSummary), Source: "warroom", Severity: urgency(c.Room),
			Component: c.Short, Details: details(c)}
	}
	err := b.with(c.ctx, c.target.Key, func(ctx context.Context, routing string) error {
		one := *e
		one.RoutingKey = routing
		cl := pagerduty.NewClient("", pagerduty.WithAPIEndpoint(b.c.API), pagerduty.WithV2EventsAPIEndpoint(b.c.Events))
		cl.HTTPClient = b.http
		done, err := cl.ManageEventWithContext(ctx, &one)
		if err == nil && (done.Status != "success" || done.DedupKey == "") {
			err = unconfirmed{"event"}
		}
		return err
	})
	return bridge.Result{}, err
}

// open opens an incident on a service. If one with the same key is open, it returns that
// one.
func (b *Bridge) open(c *call) (bridge.Result, error) {
	k := key(c.Room, strings.TrimPrefix(c.task.page, "page/"))
	if c.MaybeDelivered || c.Attempt > 1 {
		if i, err := b.find(c.ctx, k); err == nil && i != nil {
			return bridge.Result{Ref: i.ID}, nil
		}
	}
	in := map[string]any{"type": "incident", "title": summary(c, maxTitle), "incident_key": k, "urgency": "high",
		"service": ref(c.target.Service, "service_reference"),
		"body":    map[string]string{"type": "incident_body", "details": summary(c, maxSummary)}}
	if c.target.Policy != "" {
		in["escalation_policy"] = ref(c.target.Policy, "escalation_policy_reference")
	}
	var out struct{ Incident pagerduty.Incident }
	err := b.post(c.ctx, "/incidents", map[string]any{"incident": in}, &out,
		func() bool { return out.Incident.ID != "" })
	if status(err) == http.StatusBadRequest { // it is already open, or the request is invalid
		if i, ferr := b.find(c.ctx, k); ferr == nil && i != nil {
			return bridge.Result{Ref: i.ID}, nil
		}
	}
	return bridge.Result{Ref: out.Incident.ID}, err
}

func ref(id, kind string) map[string]string { return map[string]string{"id": id, "type": kind} }

// post sends a request that the library would encode wrongly: with a null priority, which
// is refused. Confirmed reports whether out names what was created.
func (b *Bridge) post(ctx context.Context, path string, in, out any, confirmed func() bool) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	from, err := b.from(ctx)
	if err != nil {
		return err
	}
	return b.callREST(ctx, func(ctx context.Context, c *pagerduty.Client) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.c.API+path, bytes.NewReader(raw))
		if err != nil {
			return err
		}
		req.Header.Set("From", from)
		res, err := c.Do(req, true)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }() // it is in memory
		if res.StatusCode >= 300 {
			return errors.New("refused")
		}
		if err = json.NewDecoder(res.Body).Decode(out); err == nil && !confirmed() {
			err = unconfirmed{"incident"}
		}
		return err
	})
}

// from returns the mail address of the user that requests are made for.
func (b *Bridge) from(ctx context.Context) (string, error) {
	if _, err := b.user(ctx); err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.mail, nil
}

// user returns the id of the user that requests are made for: the token's own, or the one
// with the configured address.
func (b *Bridge) user(ctx context.Context) (string, error) {
	b.mu.Lock()
	me, mail := b.me, b.mail
	b.mu.Unlock()
	if me != "" {
		return me, nil
	}
	err := b.callREST(ctx, func(ctx context.Context, c *pagerduty.Client) error {
		if mail == "" {
			u, err := c.GetCurrentUserWithContext(ctx, pagerduty.GetCurrentUserOptions{})
			if err == nil {
				me, mail = u.ID, u.Email
			}
			return err
		}
		l, err := c.ListUsersWithContext(ctx, pagerduty.ListUsersOptions{Query: mail})
		if err != nil {
			return err
		}
		if l.Users == nil {
			return unconfirmed{"users"}
		}
		i := slices.IndexFunc(l.Users, func(u pagerduty.User) bool { return strings.EqualFold(u.Email, mail) })
		if i >= 0 {
			me = l.Users[i].ID
		}
		return nil
	})
	switch {
	case status(err) == http.StatusBadRequest:
		return "", bridge.Never(errors.New("the token belongs to the account, not to a user: set from in " +
			"[pagerduty] to the mail address of a user"))
	case err != nil:
		return "", err
	case me == "":
		return "", bridge.Never(fmt.Errorf("PagerDuty has no user with the mail address %s that is set as from "+
			"in [pagerduty]", mail))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.me, b.mail = me, mail
	return me, nil
}

// find returns the incident with a key, or nil if there is none (yet).
func (b *Bridge) find(ctx context.Context, k string) (*pagerduty.Incident, error) {
	var found *pagerduty.Incident
	err := b.callREST(ctx, func(ctx context.Context, c *pagerduty.Client) error {
		l, err := c.ListIncidentsWithContext(ctx, pagerduty.ListIncidentsOptions{IncidentKey: k, DateRange: "all"})
		if err != nil {
			return err
		}
		if l.Incidents == nil {
			return unconfirmed{"incidents"}
		}
		for i := range l.Incidents {
			if l.Incidents[i].IncidentKey == k && (found == nil || l.Incidents[i].Status != "resolved") {
				found = &l.Incidents[i]
			}
		}
		return nil
	})
	return found, err
}

// errNotYet is the error for an incident that was created but is not listed: the service
// needs a moment.
var errNotYet = errors.New("PagerDuty does not show the incident yet")

// join asks somebody to join the incident that was opened first.
func (b *Bridge) join(c *call) (bridge.Result, error) {
	open := b.opened(c.Room)
	if len(open) == 0 {
		return bridge.Result{},
			bridge.Never(errors.New("there is no page yet that they could join: page another purpose first"))
	}
	i, err := b.find(c.ctx, key(c.Room, strings.TrimPrefix(open[0].Duty, "page/")))
	if err == nil && i == nil {
		err = errNotYet
	}
	if err != nil {
		return bridge.Result{}, err
	}
	mark := joinMark(c.target.Purpose)
	if (c.MaybeDelivered || c.Attempt > 1) &&
		slices.ContainsFunc(i.IncidentResponders,
			func(r pagerduty.IncidentResponders) bool { return strings.HasPrefix(r.Message, mark) }) {
		return bridge.Result{Ref: i.ID}, nil
	}
	me, err := b.user(c.ctx)
	if err != nil {
		return bridge.Result{}, err
	}
	from, err := b.from(c.ctx)
	if err != nil {
		return bridge.Result{}, err
	}
	to := pagerduty.APIObject{ID: c.target.Policy, Type: "escalation_policy_reference"}
	if c.target.User != "" {
		to = pagerduty.APIObject{ID: c.target.User, Type: "user_reference"}
	}
	o := pagerduty.ResponderRequestOptions{From: from, RequesterID: me, Message: mark + summary(c, 100),
		Targets: []pagerduty.ResponderRequestTargetWrapper{{Target: pagerduty.ResponderRequestTarget{APIObject: to}}}}
	err = b.callREST(c.ctx, func(ctx context.Context, cl *pagerduty.Client) error {
		done, err := cl.ResponderRequestWithContext(ctx, i.ID, o)
		if err == nil && done.ResponderRequest.Incident.ID == "" && done.ResponderRequest.Message == "" {
			err = unconfirmed{"request"}
		}
		return err
	})
	return bridge.Result{Ref: i.ID}, err
}

// joinMark returns the mark by which a request to join is recognized.
func joinMark(purpose string) string { return "warroom " + purpose + ": " }
