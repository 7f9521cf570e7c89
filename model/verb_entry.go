package model

import "strings"

// Commands about entries.

func parseEntry(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		if err := a.timed(false); err != nil {
			return nil, err
		}
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
	at, rest, err := LeadingTime(strings.TrimLeft(a.remaining, " "), a.Now, a.Zone)
	if err != nil {
		return nil, err
	}
	if !at.IsZero() {
		at = at.UTC()
		b.When, a.remaining = &at, rest
		a.as("time", FormatTime(at))
	}
	if b.Text = a.text(); b.Text == "" && b.When != nil {
		b.Text = a.Room.Text(l).String()
	}
	return b, nil
}

func parseRetract(a *args) (Body, error) {
	l, err := a.anyLine()
	switch {
	case err != nil:
		return nil, err
	case l.Kind == KindNoticeGiven && l.Refused.IsEmpty():
		return &NoticeRetracted{Of: l.ID, Seq: l.Seq, Reason: a.reason()}, nil
	case !l.IsEntry():
		return nil, notEntry(l)
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

// parseHypothesis parses a new hypothesis, or the outcome of one: "12 eliminated
// WHY".
func parseHypothesis(a *args) (Body, error) {
	switch b, err := a.settled(); {
	case err != nil:
		return nil, err
	case b != nil:
		return b, nil
	}
	return parseEntry(KindHypothesisOpened)(a)
}

// parseAdversary parses what the attacker did, and when.
func parseAdversary(a *args) (Body, error) {
	return parseEntry(KindAdversaryObserved)(a)
}

// parseTime parses a correction of a time: "12 @14:05 WHY".
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
		err = Refuse(Invalid, "give the right time: :time %d @14:05 REASON", l.Seq)
	}
	return &TimeCorrected{Of: l.ID, Seq: l.Seq, When: at.UTC(), Reason: a.reason()}, err
}

func parseLink(a *args) (Body, error) {
	if w := a.words(); len(w) > 0 && strings.EqualFold(w[0], "off") &&
		(len(w) == 1 || !strings.Contains(w[1], "://")) {
		a.word()
		return a.unrelated(RelationLinked)
	}
	if w := a.words(); len(w) > 0 && (len(w) == 1 || !strings.Contains(w[1], "://")) && roomForm.MatchString(w[0]) {
		return a.related(RelationLinked)
	}
	if len(a.words()) == 0 {
		return nil, Refuse(Invalid, "name the tracker and its address, or another room: %s", a.usage())
	}
	b := &IncidentLinked{System: a.word(), URL: a.word()}
	a.as("system", CleanLine(b.System))
	a.as("address", CleanLine(b.URL))
	b.Title = a.textAs("title")
	return b, nil
}
