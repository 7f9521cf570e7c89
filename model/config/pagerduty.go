package config

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// PagerDuty configures paging by PagerDuty. It is not used if there are neither pages nor a
// token.
type PagerDuty struct {
	From   string `toml:"from"`   // mail address of the user to write as; if "", the token's own
	API    string `toml:"api"`    // base URL of the REST API; if "", PagerDuty's
	Events string `toml:"events"` // base URL of the Events API; if "", PagerDuty's
	Poll   string `toml:"poll"`   // interval of polling for answers; "0s": never
	// Clocks that page the first purpose if they run out while nobody is in the
	// room.
	Overdue []string        `toml:"on_overdue"`
	Updates []string        `toml:"updates"` // audiences whose updates are copied
	Notes   bool            `toml:"notes"`   // copy decisions as notes
	Token   SecretFrom      `toml:"token"`   // key of the REST API
	Webhook SecretFrom      `toml:"webhook"` // secret that signs webhooks
	Pages   []PagerDutyPage `toml:"page"`
}

// PagerDutyPage configures whom a purpose pages: the integration of a service, a
// service, an escalation policy, or a user.
type PagerDutyPage struct {
	Purpose  string     `toml:"purpose"`
	Severity string     `toml:"severity"` // page automatically from this severity on; if "", only on request
	Service  string     `toml:"service"`
	Policy   string     `toml:"policy"`
	User     string     `toml:"user"`
	Key      SecretFrom `toml:"routing_key"`
}

// Contact is a person to call for purposes that no service covers.
type Contact struct {
	Purpose string `toml:"purpose"`
	Level   int    `toml:"level"`
	Name    string `toml:"name"`
	Phone   string `toml:"phone"`
	Mail    string `toml:"mail"`
}

// Used reports whether PagerDuty is configured.
func (p PagerDuty) Used() bool { return len(p.Pages) > 0 || p.Token.many() > 0 }

// Every returns the interval of polling for answers. The configuration has to be
// checked before.
func (p PagerDuty) Every() time.Duration {
	d, err := model.ParseLength(p.Poll)
	if err != nil {
		return 0
	}
	return d
}

// check returns an error for a setting that cannot work. path is the file.
func (p PagerDuty) check(path string) error {
	if d, err := model.ParseLength(p.Poll); err != nil || d < 0 || d > 0 && d < 5*time.Second {
		return model.Refuse(model.Invalid,
			"%s: pagerduty.poll is a time of 5s or more, such as 30s, or 0s for never, not %q", path, p.Poll)
	}
	var seen []string
	for _, t := range p.Pages {
		where := "pagerduty.page " + t.Purpose
		ways := 0
		for _, set := range []bool{t.Key.many() > 0, t.Service != "", t.User != "", t.Policy != "" && t.Service == "" &&
			t.Key.many() == 0} {
			if set {
				ways++
			}
		}
		switch {
		case !model.ValidHandle(t.Purpose):
			return model.Refuse(model.Invalid,
				`%s: every [[pagerduty.page]] needs a purpose from a-z 0-9 _ -, such as "security", not %q`,
				path, t.Purpose)
		case slices.Contains(seen, t.Purpose):
			return model.Refuse(model.Invalid, "%s: %s appears twice", path, where)
		case ways != 1:
			return model.Refuse(model.Invalid,
				"%s: %s names one of routing_key, service, policy and user (a policy may go with the first two)", path,
				where)
		case t.Key.many() == 0 && p.Token.many() == 0:
			return model.Refuse(model.Invalid, "%s: %s needs a token of the REST API; set pagerduty.token", path, where)
		}
		seen = append(seen, t.Purpose)
	}
	if len(p.Overdue) > 0 && (len(p.Pages) == 0 || p.Pages[0].Key.many() == 0 && p.Pages[0].Service == "") {
		return model.Refuse(model.Invalid,
			"%s: pagerduty.on_overdue pages the first [[pagerduty.page]], which has to have a routing_key or a "+
				"service",
			path)
	}
	for _, a := range []string{p.API, p.Events} {
		if a != "" && !strings.HasPrefix(a, "https://") && !strings.HasPrefix(a, "http://127.0.0.1:") &&
			!strings.HasPrefix(a, "http://localhost:") {
			return model.Refuse(model.Invalid, "%s: pagerduty.api and pagerduty.events have to be https:// "+
				"addresses, not %q",
				path, a)
		}
	}
	return nil
}

// KnownContacts returns the people in the configuration.
func (c Config) KnownContacts() model.Contacts {
	var out model.Contacts
	for _, p := range c.Contacts {
		out.List = append(out.List,
			model.Contact{Purpose: p.Purpose, Level: max(p.Level, 1), Name: p.Name, Phone: p.Phone, Mail: p.Mail})
	}
	return out
}
