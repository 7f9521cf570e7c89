package model

import (
	"encoding/json"
	"slices"
)

// alertChange collects what one reading reports about the findings of one alert.
type alertChange struct {
	closed, opened map[findingKey]struct{}
	severity       int8
	verified       bool
	count          int
	head           *Alert
	found          bool // a finding is open in the reading, and not left out
}

// alertChanges collects what one reading reports about the alerts of a room.
type alertChanges struct {
	room   *Room
	sender string
	at     map[findingKey][]int // alerts by the keys of their findings
	all    map[int]*alertChange
}

// Updates returns the events for findings that the room has and that changed. Call
// it before Bodies, which drops the findings that the room has.
func (g *AlertGroups) Updates(r *Room, format, sum string) (out []*AlertUpdated) {
	changes := alertChanges{room: r, sender: g.Sender, at: r.alertsWith(g.Sender), all: map[int]*alertChange{}}
	if len(changes.at) == 0 {
		return nil
	}
	for _, c := range g.order {
		head, _ := findingKeyOf(c.worst.FindingKey)
		for _, m := range g.current(c.marks) {
			var worst *Alert
			if m.key == head {
				worst = &c.worst
			}
			changes.note(m, worst, !m.closed)
		}
	}
	for _, m := range g.current(g.left) {
		changes.note(m, nil, false)
	}
	for i := range r.Alerts {
		c, a := changes.all[i], &r.Alerts[i]
		if c == nil {
			continue
		}
		b := c.body(a, format, sum, g.Sender)
		if b.Found = c.found && a.Moved != ""; b.Found || b.Changes(a) {
			out = append(out, b)
		}
	}
	return out
}

// FindsOpen reports whether a finding of the room is open, and nobody judged its alert to be
// harmless.
func (g *AlertGroups) FindsOpen(r *Room) bool {
	at := r.alertsWith(g.Sender)
	for _, c := range g.order {
		for _, m := range g.current(c.marks) {
			_, found, _ := known(m, at)
			for _, i := range found {
				if !m.closed && !r.Alerts[i].IsHarmless() {
					return true
				}
			}
		}
	}
	return false
}

// alertsWith returns, by the keys of its findings, the indexes of the alerts that a finding of
// a sender may change: at most one for each sender.
func (r *Room) alertsWith(sender string) map[findingKey][]int {
	at := map[findingKey][]int{}
	for i := range r.Alerts {
		a := &r.Alerts[i]
		if !a.isKnownTo(sender) {
			continue
		}
		for _, s := range []string{a.Keys, a.Also} {
			set, _ := keySet(s)
			for k := range set {
				same := func(j int) bool { return r.Alerts[j].Sender == a.Sender }
				at[k] = append(slices.DeleteFunc(at[k], same), i)
			}
		}
	}
	return at
}

// note records the current state of a finding in the changes of the alerts that have it. What
// closes a finding, and the leading finding, count only if the sender may change the alert.
func (x *alertChanges) note(m findingMark, head *Alert, isFound bool) {
	key, alerts, _ := known(m, x.at)
	if head != nil && head.Resolved != m.closed { // its state is that of an earlier reading
		h := *head
		h.Resolved, h.State = m.closed, stateWord(m.closed)
		head = &h
	}
	for _, i := range alerts {
		a := &x.room.Alerts[i]
		own, leading := a.mayBeChangedBy(x.sender), head
		if !own {
			leading = nil
		}
		if m.closed && !own {
			continue
		}
		c := x.all[i]
		if c == nil {
			c = &alertChange{
				closed:   map[findingKey]struct{}{},
				opened:   map[findingKey]struct{}{},
				severity: int8(len(AlertSeverities)),
			}
			x.all[i] = c
		}
		c.found = c.found || isFound
		c.note(a, key, m, leading)
	}
}

// note records the state of a finding of an alert.
func (c *alertChange) note(a *RoomAlert, key findingKey, m findingMark, head *Alert) {
	key = a.ownKey(key)
	if _, own := a.keys()[key]; own {
		if m.closed {
			c.closed[key] = struct{}{}
		} else {
			c.opened[key] = struct{}{}
		}
	}
	if m.closed {
		if head != nil && c.head == nil {
			c.head = head
		}
		return
	}
	if m.severity < c.severity {
		c.severity = m.severity
	}
	c.verified = c.verified || m.verified
	c.count = max(c.count, int(m.count))
	if head != nil && (c.head == nil || worse(head, c.head)) {
		c.head = head
	}
}

// body returns the event for the change.
func (c *alertChange) body(a *RoomAlert, format, sum, sender string) *AlertUpdated {
	b := &AlertUpdated{Alert: a.ID, Format: format, Sum: sum, Sender: sender}
	done := a.closedKeys()
	for k := range c.closed {
		if _, ok := done[k]; ok {
			delete(c.closed, k)
		}
	}
	for k := range c.opened {
		if _, ok := done[k]; !ok {
			delete(c.opened, k)
		}
	}
	if len(c.closed) > 0 {
		b.Closed = setKeys(c.closed)
	}
	if len(c.opened) > 0 {
		b.Opened = setKeys(c.opened)
	}
	c.raise(a, b)
	c.state(a, b)
	if c.head != nil {
		if c.head.Validity != a.Alert.Validity {
			b.Validity = cutText(c.head.Validity, 60)
		}
		b.Public = c.head.Public && !a.Alert.Public
	}
	return b
}

// state sets the state of the alert in the event, as the source writes it for the leading
// finding. A source that states nothing may still have closed or opened findings.
func (c *alertChange) state(a *RoomAlert, b *AlertUpdated) {
	closed := a.allClosed(len(a.closedKeys()) + len(c.closed))
	switch changed := len(c.closed)+len(c.opened) > 0; {
	case !changed && b.Severity == "" && b.Confidence == "":
	case c.head != nil && c.head.State != "" && (!changed || c.head.Resolved == (len(c.opened) == 0)):
		b.State = cutText(c.head.State, 60)
	case len(c.opened) > 0:
		b.State = stateWord(false)
	case closed:
		b.State = stateWord(true)
	}
}

// stateWord is the state of a finding whose source states none.
func stateWord(closed bool) string {
	if closed {
		return "closed"
	}
	return "open"
}

// raise sets in the event what became worse: severity, confidence, the leading
// finding, or the number of occurrences.
func (c *alertChange) raise(a *RoomAlert, b *AlertUpdated) {
	after := Alert{Severity: a.Alert.Severity, Confidence: a.Alert.Confidence}
	if int(c.severity) < slices.Index(AlertSeverities, a.Alert.Severity) {
		after.Severity = AlertSeverities[c.severity]
	}
	if c.verified {
		after.Confidence = "verified"
	}
	if weight(&after) < weight(&a.Alert) {
		if after.Severity != a.Alert.Severity {
			b.Severity = after.Severity
		}
		if after.Confidence != a.Alert.Confidence {
			b.Confidence = after.Confidence
		}
		if c.head != nil && c.head.FindingKey != a.Alert.FindingKey && weight(c.head) <= weight(&after) {
			b.Head = headOf(c.head)
		}
	}
	if c.count*2 >= a.Alert.Count*3 && c.count > a.Alert.Count {
		b.Count = c.count
	}
}

// headOf returns a copy of a finding with its texts cut, to be the leading finding
// of an alert.
func headOf(a *Alert) *Alert {
	g := alertGroup{worst: *a, n: 1}
	h := g.body("", "", 1).Alert
	if raw, err := json.Marshal(h); err != nil || len(raw) > MaxBody/2 {
		h.Description, h.Link = "", ""
	}
	return &h
}
