package model

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// KindAlertUpdated is the kind of an update of known findings by their source.
const KindAlertUpdated Kind = "alert.updated"

var _ = register(bodyOf[AlertUpdated](KindAlertUpdated))

// AlertUpdated records what changed in the findings of a known alert: worse,
// verified, more frequent, closed by the source, or open again. Empty fields did not
// change.
type AlertUpdated struct {
	Alert      string `json:"alert"` // ULID of the event that received it
	Severity   string `json:"severity,omitempty"`
	Confidence string `json:"confidence,omitempty"`
	Count      int    `json:"count,omitempty"`
	State      string `json:"state,omitempty"`    // state as the source writes it
	Validity   string `json:"validity,omitempty"` // of a secret
	Public     bool   `json:"public,omitempty"`
	Head       *Alert `json:"head,omitempty"`     // the finding that the alert is named after from now on
	Closed     string `json:"closed,omitempty"`   // keys of findings that the source closed, as in alert.received
	Opened     string `json:"opened,omitempty"`   // keys of findings that are open again
	Returned   bool   `json:"returned,omitempty"` // the room that has it is closed, so it waits in the lobby again
	Format     string `json:"format,omitempty"`
	Sum        string `json:"sum,omitempty"`
	Sender     string `json:"sender,omitempty"` // the machine that sent it; "" if a person brought it

	// Found is set in the lobby for an alert that was moved and is found again. Nothing else may
	// have changed; the alert returns if its room is closed and did not dismiss it.
	Found bool `json:"-"`
}

func (b *AlertUpdated) free() []*string {
	if b.Head == nil {
		return nil
	}
	h := b.Head
	return []*string{&h.Title, &h.Description, &h.Asset.ID, &h.Location.URI, &h.Link}
}

func (b *AlertUpdated) check(r *Room, _ *Event) error {
	a := r.alertByID(b.Alert)
	closed, ok1 := keySet(b.Closed)
	opened, ok2 := keySet(b.Opened)
	switch {
	case a == nil:
		return Refuse(NotFound, "there is no such alert in this room")
	case b.Severity != "" && !slices.Contains(AlertSeverities, b.Severity),
		b.Confidence != "" && !slices.Contains(confidences, b.Confidence):
		return Refuse(Invalid, "the update has an unknown severity or confidence")
	case !ok1 || !ok2 || b.Count < 0 || b.Count > 1<<30 || len(b.State) > 60 || len(b.Validity) > 60 ||
		len(b.Sum) > 64 || len(b.Format) > 64 || len(b.Sender) > MaxSender:
		return Refuse(Invalid, "a field of the update is longer than its limit")
	case !subset(closed, a.keys()) || !subset(opened, a.keys()):
		return Refuse(Invalid, "the update names findings that alert %d does not have", a.N)
	case !a.mayBeChangedBy(b.Sender) && (len(closed) > 0 || b.Validity != "" || b.Head != nil):
		return Refuse(Forbidden, "alert %d came from another sender: only that sender and people close or rename it",
			a.N)
	case b.Returned && a.Moved == "":
		return Refuse(Conflict, "alert %d is not in a room", a.N)
	case !b.Changes(a):
		return Refuse(Conflict, "alert %d is already in that state", a.N)
	}
	if h := b.Head; h != nil {
		if !slices.Contains(AlertKinds, h.Kind) || !slices.Contains(AlertSeverities, h.Severity) {
			return Refuse(
				Invalid,
				"an alert needs a kind (%s) and a severity (%s)",
				strings.Join(AlertKinds, ", "),
				strings.Join(AlertSeverities, ", "),
			)
		}
		for _, s := range []string{h.Source, h.Rule, h.Title} {
			if err := oneLine("source, rule or title of the alert", s, 400); err != nil {
				return err
			}
		}
		return longText(
			"alert",
			strings.Join(
				[]string{
					h.Description,
					h.SourceVersion,
					h.SeverityRaw,
					h.Confidence,
					h.Asset.Type,
					h.Asset.ID,
					h.Location.URI,
					h.Location.Commit,
					h.Link,
				},
				" ",
			),
			true,
		)
	}
	return validText("state", b.State+b.Validity)
}

// confidences are the levels of a source's confidence, the highest first.
var confidences = []string{"verified", "likely", "unverified", "unknown"}

// Changes reports whether the update changes alert a.
func (b *AlertUpdated) Changes(a *RoomAlert) bool {
	closed, _ := keySet(b.Closed)
	opened, _ := keySet(b.Opened)
	done := a.closedKeys()
	for k := range closed {
		if _, ok := done[k]; !ok {
			return true
		}
	}
	for k := range opened {
		if _, ok := done[k]; ok {
			return true
		}
	}
	return b.Returned && a.Moved != "" || b.Severity != "" && b.Severity != a.Alert.Severity ||
		b.Confidence != "" && b.Confidence != a.Alert.Confidence ||
		b.Count > a.Alert.Count ||
		b.Validity != "" && b.Validity != a.Alert.Validity ||
		b.Public && !a.Alert.Public
}

// raises reports whether the update makes an alert more urgent.
func (b *AlertUpdated) raises(a *RoomAlert) bool {
	after := Alert{Severity: a.Alert.Severity, Confidence: a.Alert.Confidence}
	if b.Severity != "" {
		after.Severity = b.Severity
	}
	if b.Confidence != "" {
		after.Confidence = b.Confidence
	}
	return weight(&after) < weight(&a.Alert)
}

// Wakes reports whether an alert that was settled needs work after the update: it is open
// again, or more urgent.
func (b *AlertUpdated) Wakes(a *RoomAlert) bool {
	opened, _ := keySet(b.Opened)
	return len(opened) > 0 || a.Over.IsZero() && b.raises(a)
}

func (b *AlertUpdated) apply(r *Room, e *Event) {
	r.setAlert(b.Alert, func(a *RoomAlert) {
		raised, wasOver := b.raises(a), !a.Over.IsZero()
		if b.Returned {
			a.Moved, a.SettledBy = "", ""
		}
		if b.Head != nil {
			resolved := a.Alert.Resolved
			a.Alert = *b.Head
			a.Alert.Resolved = resolved
		}
		b.setFields(&a.Alert)
		closed, _ := keySet(b.Closed)
		opened, _ := keySet(b.Opened)
		done := a.closedKeys()
		for k := range closed {
			done[k] = struct{}{}
		}
		for k := range opened {
			delete(done, k)
		}
		a.Done, a.UpdatedAt = setKeys(done), e.RecordedAt
		switch over := a.allClosed(len(done)); {
		case over && !wasOver:
			a.Over, a.Alert.Resolved = e.RecordedAt, true
		case !over && wasOver:
			a.Over, a.Alert.Resolved = time.Time{}, false
			a.wake(e)
		case b.Returned && !over:
			a.wake(e)
		case raised && a.Settled() && !over:
			a.wake(e)
		}
	})
}

func (b *AlertUpdated) setFields(a *Alert) {
	for _, f := range []struct{ to, from *string }{{&a.Severity, &b.Severity}, {&a.Confidence,
		&b.Confidence}, {&a.State, &b.State}, {&a.Validity, &b.Validity}} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	a.Count, a.Public = max(a.Count, b.Count), a.Public || b.Public
}

// wake restarts the clock of an alert that returned, or that got worse after it was
// settled. Earlier verdicts stay in the timeline.
func (a *RoomAlert) wake(e *Event) {
	if a.Moved != "" {
		return
	}
	if a.Verdict != "" {
		a.Before = a.Verdict
	}
	a.Verdict, a.Closed, a.ValidAt, a.Since = "", "", time.Time{}, e.RecordedAt
}

// keys returns the keys of the alert's findings.
func (a *RoomAlert) keys() map[findingKey]struct{} {
	set, _ := keySet(a.Keys)
	return set
}

// ownKey returns the key that the alert has for the finding of a key, which may be one from
// another form of its tool. Those are listed in the order of the keys; if only some
// findings have one, it is not known whose they are, and the key itself is returned.
func (a *RoomAlert) ownKey(key findingKey) findingKey {
	keys, kerr := base64.StdEncoding.DecodeString(a.Keys)
	also, aerr := base64.StdEncoding.DecodeString(a.Also)
	if kerr != nil || aerr != nil || len(keys) != len(also) {
		return key
	}
	for at := 0; at+alertKey <= len(also); at += alertKey {
		if findingKey(also[at:at+alertKey]) == key {
			return findingKey(keys[at : at+alertKey])
		}
	}
	return key
}

// closedKeys returns the keys of the findings that the source has closed.
func (a *RoomAlert) closedKeys() map[findingKey]struct{} {
	set, ok := keySet(a.Done)
	if !ok {
		return map[findingKey]struct{}{}
	}
	return set
}

// allClosed reports whether the source has closed every finding of the alert; closed
// is the number that it closed. An alert that does not list all of its findings
// stays open.
func (a *RoomAlert) allClosed(closed int) bool {
	raw, err := base64.StdEncoding.DecodeString(a.Keys)
	n := len(raw) / alertKey
	return err == nil && n > 0 && closed >= n && a.Findings <= n
}

func subset(some, all map[findingKey]struct{}) bool {
	for k := range some {
		if _, ok := all[k]; !ok {
			return false
		}
	}
	return true
}

func (b *AlertUpdated) line(r *Room, _ *Event) Safe {
	a := r.alertByID(b.Alert)
	var parts []Safe
	if b.Confidence != "" && b.Confidence != a.Alert.Confidence {
		parts = append(parts, Safef("now %s, was %s", b.Confidence, a.Alert.Confidence))
	}
	if b.Severity != "" && b.Severity != a.Alert.Severity {
		parts = append(parts, Safef("now %s, was %s", b.Severity, a.Alert.Severity))
	}
	if b.Count > a.Alert.Count {
		parts = append(parts, Safef("seen %d times, was %d", b.Count, a.Alert.Count))
	}
	if b.Validity != "" && b.Validity != a.Alert.Validity {
		parts = append(parts, Safef("the secret is %s", b.Validity))
	}
	if b.Public && !a.Alert.Public {
		parts = append(parts, Lit("publicly exposed"))
	}
	parts = append(parts, b.stateWords(a)...)
	if b.Returned {
		if len(parts) == 0 {
			parts = append(parts, Lit("found again"))
		}
		parts = append(parts, Safef("%s is closed, so it waits here again", a.Moved))
	}
	s := Safef("%d  %s  %s", a.N, JoinSafe(Lit("; "), parts...), a.Alert.What())
	after := a.Alert
	if b.Head != nil {
		after = *b.Head
	}
	b.setFields(&after)
	after.Resolved = false
	if h := r.AlertHint(&after); !h.IsEmpty() && b.raises(a) {
		s = Safef("%s; %s", s, h)
	}
	return s
}

// stateWords describes which findings were closed or reopened.
func (b *AlertUpdated) stateWords(a *RoomAlert) (out []Safe) {
	closed, _ := keySet(b.Closed)
	opened, _ := keySet(b.Opened)
	word := CleanLine(b.State)
	if word.IsEmpty() || len(opened) > 0 { // then the state is that of what is open
		word = Lit("closed")
	}
	done := a.closedKeys()
	for k := range closed {
		done[k] = struct{}{}
	}
	for k := range opened {
		delete(done, k)
	}
	switch n := len(closed); {
	case n > 0 && a.allClosed(len(done)):
		out = append(out, Safef("resolved at its source (%s); its clock stops", word))
	case n > 0:
		out = append(out, Safef("%d of %d findings %s at their source", n, a.Findings, word))
	}
	switch n := len(opened); {
	case n > 0 && !a.Over.IsZero():
		out = append(out, Lit("reopened at its source; its clock restarts"))
	case n == 1:
		out = append(out, Lit("1 finding reopened at its source"))
	case n > 1:
		out = append(out, Safef("%d findings reopened at their source", n))
	}
	return out
}
