package model

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
