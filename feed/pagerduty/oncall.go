package pagerduty

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/PagerDuty/go-pagerduty"

	"warroom/model"
)

// onCallEvery is the interval of refreshing the on-call cache.
const onCallEvery = 10 * time.Minute

// maxLevel is the number of levels of a policy that are cached.
const maxLevel = 3

// OnCall requests who is on call for every purpose, and caches that for when the service
// cannot be reached.
func (b *Bridge) OnCall(ctx context.Context) (model.Contacts, error) {
	out := model.Contacts{At: b.c.Now().UTC(), Source: Name}
	for _, t := range b.c.Pages {
		list, err := b.levels(ctx, t)
		if err != nil {
			return out, err
		}
		out.List = append(out.List, list...)
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return out, err
	}
	if err := os.MkdirAll(b.c.Dir, 0o700); err != nil {
		return out, err
	}
	if b.c.Box != nil {
		raw = b.c.Box.Seal(raw, cacheContext)
	}
	path := cachePath(b.c.Dir)
	if err := os.WriteFile(path+".new", raw, 0o600); err != nil {
		return out, err
	}
	return out, os.Rename(path+".new", path)
}

// levels returns who is on call for a target, by level.
func (b *Bridge) levels(ctx context.Context, t Target) ([]model.Contact, error) {
	policy := t.Policy
	var list []model.Contact
	err := b.callREST(ctx, func(ctx context.Context, c *pagerduty.Client) error {
		list = nil
		switch {
		case t.User != "":
			u, err := c.GetUserWithContext(ctx, t.User, pagerduty.GetUserOptions{})
			if err == nil {
				list = append(list, b.person(ctx, c, t.Purpose, 1, *u))
			}
			return err
		case policy == "" && t.Service != "":
			s, err := c.GetServiceWithContext(ctx, t.Service, &pagerduty.GetServiceOptions{})
			if err != nil {
				return err
			}
			policy = s.EscalationPolicy.ID
		}
		if policy == "" {
			return nil // an integration key does not reveal who is paged
		}
		for offset := uint(0); offset < 1000; {
			l, err := c.ListOnCallsWithContext(ctx,
				pagerduty.ListOnCallOptions{EscalationPolicyIDs: []string{policy}, Includes: []string{"users"},
					Earliest: true, Limit: 100, Offset: offset})
			if err != nil {
				return err
			}
			for _, o := range l.OnCalls {
				if o.EscalationLevel < 1 || o.EscalationLevel > maxLevel {
					continue
				}
				p := b.person(ctx, c, t.Purpose, int(o.EscalationLevel), o.User)
				if at, err := time.Parse(time.RFC3339, o.End); err == nil {
					p.Until = at.UTC()
				}
				list = append(list, p)
			}
			if !l.More || len(l.OnCalls) == 0 {
				break
			}
			offset += l.Limit
		}
		return nil
	})
	slices.SortStableFunc(list, func(x, y model.Contact) int { return x.Level - y.Level })
	return list, err
}

// person returns one contact, with a phone number if the token may read it.
func (b *Bridge) person(ctx context.Context, c *pagerduty.Client, purpose string, level int,
	u pagerduty.User) model.Contact {
	if u.Name == "" || u.Email == "" { // only a reference was returned
		if more, err := c.GetUserWithContext(ctx, u.ID, pagerduty.GetUserOptions{}); err == nil {
			u = *more
		}
	}
	p := model.Contact{Purpose: purpose, Level: level, Name: u.Name, Mail: u.Email}
	if p.Name == "" {
		p.Name = u.Summary
	}
	l, err := c.ListUserContactMethodsWithContext(ctx, u.ID)
	if err != nil {
		return p // the name alone is useful
	}
	for _, m := range l.ContactMethods {
		if strings.HasPrefix(m.Type, "phone") && p.Phone == "" {
			p.Phone = m.Address
			if m.CountryCode > 0 {
				p.Phone = "+" + strconv.Itoa(m.CountryCode) + " " + m.Address
			}
		}
	}
	return p
}

// cacheContext binds encrypted data to its purpose.
var cacheContext = []byte("bridges/oncall")

func cachePath(dir string) string { return filepath.Join(dir, "oncall.json") }

// Cached returns the cached on-call list, empty if there is none.
func Cached(dir string, box model.Sealer) model.Contacts {
	var c model.Contacts
	raw, err := os.ReadFile(cachePath(dir))
	if err == nil && box != nil && !json.Valid(raw) {
		raw, err = box.Open(raw, cacheContext)
	}
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return model.Contacts{}
	}
	return c
}
