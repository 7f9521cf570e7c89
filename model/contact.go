package model

import (
	"slices"
	"time"
)

// Contact is somebody who can be called for a purpose.
type Contact struct {
	Purpose string    `json:"purpose"`
	Level   int       `json:"level"` // 1: called first
	Name    string    `json:"name"`
	Phone   string    `json:"phone,omitempty"`
	Mail    string    `json:"mail,omitempty"`
	Until   time.Time `json:"until,omitzero"` // when somebody else takes over
}

// Contacts are the people to call, as they were known at a time.
type Contacts struct {
	At     time.Time `json:"at,omitzero"` // zero: they stand in the configuration
	Source string    `json:"source,omitempty"`
	List   []Contact `json:"contacts"`
}

// Purposes are what there are contacts for, in order.
func (c Contacts) Purposes() []string {
	var out []string
	for _, p := range c.List {
		if !slices.Contains(out, p.Purpose) {
			out = append(out, p.Purpose)
		}
	}
	return out
}

// For are the contacts for a purpose, the first to call first.
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

// Words say whom to call: "1 Ana K., +90 555 0100, ana@example.org".
func (p Contact) Words(now time.Time) Safe {
	s := Safef("%d %s", p.Level, CleanLine(p.Name))
	for _, more := range []string{p.Phone, p.Mail} {
		if more != "" {
			s = Safef("%s, %s", s, CleanLine(more))
		}
	}
	if !p.Until.IsZero() && now.After(p.Until) {
		s = Safef("%s (until %s, somebody else by now)", s, Stamp(p.Until))
	}
	return s
}

// Age says how old what is known is.
func (c Contacts) Age(now time.Time) Safe {
	if c.At.IsZero() {
		return Lit("from the configuration")
	}
	return Safef("as %s said %s ago", c.Source, Span(now.Sub(c.At)))
}
