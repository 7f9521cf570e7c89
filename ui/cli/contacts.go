package cli

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// known returns the contacts of the on-call service and those of the configuration.
func (a *app) known() []model.Contacts {
	out := []model.Contacts{a.cfg.KnownContacts()}
	if a.Contacts != nil {
		out = append([]model.Contacts{a.Contacts(a.cfg.Data, a.box)}, out...)
	}
	return out
}

// receiversOf returns the function that names the receivers of an update, or nil if the
// configuration of the process that hosts the hub is not known here.
func receiversOf(a *app) func(audience string) model.Safe {
	switch {
	case a.visitor:
		return a.hostReceivers
	case a.cfg.Server != "" || a.cfg.Creds != "":
		return nil
	}
	return a.cfg.Notify.Receivers
}

// contacts describes the people to call for a purpose, or that there are none; if "", all of
// them.
func (a *app) contacts(purpose string, now time.Time) []model.Safe {
	out := contactsFor(a, purpose, now)
	if len(out) == 0 && purpose != "" {
		return []model.Safe{noContact(a, purpose)}
	}
	return out
}

// noContact is the message that there is no contact for a purpose, with the known purposes.
func noContact(a *app, purpose string) model.Safe {
	s := model.Safef("there is no contact for %s; add one under [[contact]] in the configuration", purpose)
	var have []string
	for _, c := range a.known() {
		have = append(have, c.Purposes()...)
	}
	if slices.Sort(have); len(have) > 0 {
		s = model.Safef("%s; there are contacts for: %s", s, strings.Join(slices.Compact(have), ", "))
	}
	return s
}

// contactsFor describes the people to call for a purpose; if "", all of them.
func contactsFor(a *app, purpose string, now time.Time) []model.Safe {
	var out []model.Safe
	for _, c := range a.known() {
		for _, p := range c.Purposes() {
			if purpose != "" && p != purpose {
				continue
			}
			out = append(out, model.Safef("to call for %s, %s:", p, c.Age(now)))
			for _, who := range c.For(p) {
				out = append(out, model.Safef("  %s", who.Words(now)))
			}
		}
	}
	return out
}
