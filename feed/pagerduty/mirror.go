package pagerduty

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/PagerDuty/go-pagerduty"

	"warroom/feed/bridge"
)

// maxMirror is the max length of a mirrored text.
const maxMirror = 2000

// mark returns the mark by which a mirrored text is recognized, so that one that was
// already sent is found.
func mark(id string) string { return " [warroom " + id + "]" }

// incident returns the incident that a mirrored text belongs to.
func (b *Bridge) incident(c *call) (*pagerduty.Incident, error) {
	i, err := b.find(c.ctx, key(c.Room, strings.TrimPrefix(c.task.page, "page/")))
	switch {
	case err != nil:
		return nil, err
	case i == nil:
		return nil, errNotYet
	case i.Status == "resolved":
		return nil, bridge.Never(fmt.Errorf("the incident %s is resolved at PagerDuty", i.ID))
	}
	return i, nil
}

// update sends a status update to the subscribers of an incident. If the account's plan
// does not include these, it writes a note.
func (b *Bridge) update(c *call) (bridge.Result, error) {
	i, err := b.incident(c)
	if err != nil {
		return bridge.Result{}, err
	}
	text := cut(c.text, maxMirror) + mark(c.id)
	if c.MaybeDelivered || c.Attempt > 1 {
		if there, err := b.logged(c.ctx, i.ID, mark(c.id)); err != nil || there {
			return bridge.Result{Ref: i.ID}, err
		}
	}
	from, err := b.from(c.ctx)
	if err != nil {
		return bridge.Result{}, err
	}
	var sent pagerduty.IncidentStatusUpdate
	err = b.callREST(c.ctx, func(ctx context.Context, cl *pagerduty.Client) error {
		sent, err = cl.CreateIncidentStatusUpdate(ctx, i.ID, from, text)
		if err == nil && sent.ID == "" {
			err = unconfirmed{"status update"}
		}
		return err
	})
	if s := status(err); s == http.StatusPaymentRequired || s == http.StatusForbidden || s == http.StatusNotFound {
		res, nerr := b.note(c)
		if nerr == nil {
			res.Detail = "as a note: " + err.Error()
		}
		return res, nerr
	}
	return bridge.Result{Ref: i.ID, Detail: sent.ID}, err
}

// logged searches the log of an incident for a text with a mark. It parses the log itself,
// because the library cannot decode every kind of entry.
func (b *Bridge) logged(ctx context.Context, id, mark string) (bool, error) {
	var there bool
	err := b.callREST(ctx, func(ctx context.Context, c *pagerduty.Client) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.c.API+"/incidents/"+id+"/log_entries?limit=100",
			nil)
		if err != nil {
			return err
		}
		res, err := c.Do(req, true)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }() // it is in memory
		if res.StatusCode >= 300 {
			return fmt.Errorf("refused")
		}
		var l struct {
			Entries []json.RawMessage `json:"log_entries"`
		}
		if err := json.NewDecoder(res.Body).Decode(&l); err != nil {
			return err
		}
		if l.Entries == nil {
			return unconfirmed{"entries of the log"}
		}
		for _, e := range l.Entries {
			there = there || strings.Contains(string(e), mark)
		}
		return nil
	})
	return there, err
}

// note adds a note to an incident.
func (b *Bridge) note(c *call) (bridge.Result, error) {
	i, err := b.incident(c)
	if err != nil {
		return bridge.Result{}, err
	}
	from, err := b.from(c.ctx)
	if err != nil {
		return bridge.Result{}, err
	}
	res := bridge.Result{Ref: i.ID}
	err = b.callREST(c.ctx, func(ctx context.Context, cl *pagerduty.Client) error {
		if c.MaybeDelivered || c.Attempt > 1 {
			l, err := cl.ListIncidentNotesWithContext(ctx, i.ID)
			if err != nil {
				return err
			}
			if l == nil {
				return unconfirmed{"notes"}
			}
			for _, n := range l {
				if strings.Contains(n.Content, mark(c.id)) {
					return nil
				}
			}
		}
		n, err := cl.CreateIncidentNoteWithContext(ctx, i.ID,
			pagerduty.IncidentNote{User: pagerduty.APIObject{Summary: from},
				Content: cut(c.text, maxMirror) + mark(c.id)})
		if err == nil && n.ID == "" {
			err = unconfirmed{"note"}
		}
		if err == nil {
			res.Detail = n.ID
		}
		return err
	})
	return res, err
}

// resolve resolves the incident that a page opened.
func (b *Bridge) resolve(c *call) (bridge.Result, error) {
	if c.target.Key != nil {
		return b.event(c, "resolve")
	}
	i, err := b.find(c.ctx, key(c.Room, strings.TrimPrefix(c.task.page, "page/")))
	switch {
	case err != nil:
		return bridge.Result{}, err
	case i == nil || i.Status == "resolved":
		return bridge.Result{Detail: "it was already resolved"}, nil
	}
	from, err := b.from(c.ctx)
	if err != nil {
		return bridge.Result{}, err
	}
	err = b.callREST(c.ctx, func(ctx context.Context, cl *pagerduty.Client) error {
		done, err := cl.ManageIncidentsWithContext(ctx, from,
			[]pagerduty.ManageIncidentsOptions{{ID: i.ID, Status: "resolved"}})
		if err == nil && len(done.Incidents) == 0 {
			err = unconfirmed{"incident"}
		}
		return err
	})
	return bridge.Result{Ref: i.ID}, err
}
