package model

import (
	"encoding/base64"
	"slices"
)

// MaxSender is the maximum length of the name of a sender of alerts, in bytes.
const MaxSender = 80

// A machine that sends alerts is identified by what it authenticates with: a credential of HTTP,
// or a login of NATS. Whoever has one of them can neither close the alerts of another sender nor
// take their place: findings of two machines are never the same alert. People may change all of
// them, and what a person brought is known to every machine.

// isKnownTo reports whether findings of an alert are not new if a sender brings them again.
func (a *RoomAlert) isKnownTo(sender string) bool {
	return sender == "" || a.Sender == "" || a.Sender == sender
}

// mayBeChangedBy reports whether a sender may close findings of an alert and rename it. Every
// sender that knows an alert may open and raise it.
func (a *RoomAlert) mayBeChangedBy(sender string) bool { return sender == "" || a.Sender == sender }

// eachFinding calls fn with the key of every finding in the room that a sender cannot bring
// again.
func (r *Room) eachFinding(sender string, fn func([]byte)) {
	for i := range r.Alerts {
		if !r.Alerts[i].isKnownTo(sender) {
			continue
		}
		for _, s := range []string{r.Alerts[i].Keys, r.Alerts[i].Also} {
			keys, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				continue // the check has validated it
			}
			for k := range slices.Chunk(keys, alertKey) {
				fn(k)
			}
		}
	}
}

// hasAll reports whether the room has all of the given keys for a sender.
func (r *Room) hasAll(sender, keys string) bool {
	want, _ := keySet(keys)
	r.eachFinding(sender, func(k []byte) { delete(want, findingKey(k)) })
	return len(want) == 0
}

func (r *Room) hasFile(sender, sum, group string) bool {
	return slices.ContainsFunc(r.Alerts, func(a RoomAlert) bool {
		return a.Sum == sum && a.Alert.GroupKey == group && a.isKnownTo(sender)
	})
}
