package model

import (
	"slices"
	"time"
)

// Contact is a person who can be called for a purpose.
type Contact struct {
	Purpose string    `json:"purpose"`
	Level   int       `json:"level"` // order of calling, from 1
	Name    string    `json:"name"`
	Phone   string    `json:"phone,omitempty"`
	Mail    string    `json:"mail,omitempty"`
	Until   time.Time `json:"until,omitzero"` // end of their shift; zero: not known
}

// Contacts is the list of people to call, as known at a time.
type Contacts struct {
	At     time.Time `json:"at,omitzero"` // when it was fetched; zero: it is from the configuration
	Source string    `json:"source,omitempty"`
	List   []Contact `json:"contacts"`
}

// Purposes returns the purposes for which there are contacts, sorted.
func (c Contacts) Purposes() []string {
	var out []string
	for _, p := range c.List {
		if !slices.Contains(out, p.Purpose) {
			out = append(out, p.Purpose)
		}
	}
	return out
}

// For returns the contacts for a purpose in the order of calling.
func (c Contacts) For(purpose string) []Contact {
	var out []Contact
	for _, p := range c.List {
		if p.Purpose == purpose {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Contact) int { return a.Level - b.Level })
	return out
}

// Words formats a contact: "1 Ana K., +90 555 0100, ana@example.org".
func (p Contact) Words(now time.Time) Safe {
	s := Safef("%d %s", p.Level, CleanLine(p.Name))
	for _, more := range []string{p.Phone, p.Mail} {
		if more != "" {
			s = Safef("%s, %s", s, CleanLine(more))
		}
	}
	if !p.Until.IsZero() && now.After(p.Until) {
		s = Safef("%s (until %s; the duty has since passed to somebody else)", s, FormatTime(p.Until))
	}
	return s
}

// Age describes how old the list is.
func (c Contacts) Age(now time.Time) Safe {
	if c.At.IsZero() {
		return Lit("from the configuration")
	}
	return Safef("according to %s, %s ago", c.Source, Span(now.Sub(c.At)))
}
