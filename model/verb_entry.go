package model

import "strings"

// Commands about entries.

func parseEntry(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		t := a.text()
		return NewEntry(k, t), longText("text", t, false)
	}
}

func parseAmend(a *args) (Body, error) {
	l, err := a.entry()
	if err != nil {
		return nil, err
	}
	b := &EntryAmended{Entry: l.ID, Seq: l.Seq}
	at, rest, err := LeadingTime(strings.TrimLeft(a.rest, " "), a.Now, a.Zone)
	if err != nil {
		return nil, err
	}
	if !at.IsZero() {
		at = at.UTC()
		b.When, a.rest = &at, rest
	}
	if b.Text = a.text(); b.Text == "" && b.When != nil {
		b.Text = a.Room.Text(l).String()
	}
	return b, nil
}

func parseRetract(a *args) (Body, error) {
	l, err := a.entry()
	if err != nil {
		return nil, err
	}
	return &EntryRetracted{Entry: l.ID, Seq: l.Seq, Reason: a.text()}, nil
}

func parseRedact(a *args) (Body, error) {
	l, err := a.anyLine()
	if err != nil {
		return nil, err
	}
	return &EntryRedacted{Entry: l.ID, Seq: l.Seq, Reason: a.text()}, nil
}

func parsePin(off bool) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		l, err := a.entry()
		if err != nil {
			return nil, err
		}
		return &EntryPinned{Entry: l.ID, Seq: l.Seq, Off: off}, nil
	}
}

func parseLink(a *args) (Body, error) {
	return &IncidentLinked{System: a.word(), URL: a.word(), Title: a.text()}, nil
}
