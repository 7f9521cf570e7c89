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
		a.as("time", Stamp(at))
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
	return &EntryRetracted{Entry: l.ID, Seq: l.Seq, Reason: a.reason()}, nil
}

func parseRedact(a *args) (Body, error) {
	l, err := a.anyLine()
	if err != nil {
		return nil, err
	}
	return &EntryRedacted{Entry: l.ID, Seq: l.Seq, Reason: a.reason()}, nil
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

// parseHypothesis reads a hypothesis, or what became of one: "12 eliminated WHY".
func parseHypothesis(a *args) (Body, error) {
	w := a.words()
	if len(w) < 2 || !onlyNumbers(w[0]) {
		return parseEntry(KindHypothesisOpened)(a)
	}
	kind := map[string]Kind{"supported": KindHypothesisSupported, "confirmed": KindHypothesisSupported, "eliminated": KindHypothesisEliminated, "refuted": KindHypothesisEliminated}[strings.ToLower(w[1])]
	if kind == "" {
		return parseEntry(KindHypothesisOpened)(a)
	}
	l, err := a.entry()
	if err != nil {
		return nil, err
	}
	a.as("outcome", CleanLine(a.word()))
	return &HypothesisSettled{Entry: l.ID, Seq: l.Seq, Reason: a.reason(), kind: kind}, nil
}

// parseTime corrects when something happened: "12 @14:05 WHY".
func parseTime(a *args) (Body, error) {
	l, err := a.anyLine()
	if err != nil {
		return nil, err
	}
	at, err := a.when()
	if err == nil && at.IsZero() {
		at, err = a.lastTime(true)
	}
	if err == nil && at.IsZero() {
		err = Refuse(Invalid, "say to when: :time %d @14:05 REASON", l.Seq)
	}
	return &TimeCorrected{Of: l.ID, Seq: l.Seq, When: at.UTC(), Reason: a.reason()}, err
}

func parseLink(a *args) (Body, error) {
	b := &IncidentLinked{System: a.word(), URL: a.word()}
	a.as("system", CleanLine(b.System))
	a.as("address", CleanLine(b.URL))
	b.Title = a.textAs("title")
	return b, nil
}
