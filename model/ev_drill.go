package model

import "strings"

// KindIncidentDrill is the kind that turns a room into a drill, or back into an
// incident.
const KindIncidentDrill Kind = "incident.drill"

var _ = register(bodyOf[IncidentDrill](KindIncidentDrill))

// IncidentDrill records whether a room is a drill.
type IncidentDrill struct {
	On     bool   `json:"on"`
	Reason string `json:"reason"`
}

func (*IncidentDrill) need(*Room, *Event) Power { return PowerAll }

func (b *IncidentDrill) free() []*string { return []*string{&b.Reason} }

func (b *IncidentDrill) check(r *Room, _ *Event) error {
	word := map[bool]string{true: "on", false: "off"}[b.On]
	switch {
	case b.On == r.Drill && b.On:
		return Refuse(Conflict, "the room is already a drill")
	case b.On == r.Drill:
		return Refuse(Conflict, "the room is not a drill")
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :drill %s REASON", word)
	}
	return longText("reason", b.Reason, false)
}

func (b *IncidentDrill) apply(r *Room, _ *Event) { r.Drill = b.On }

func (b *IncidentDrill) line(*Room, *Event) Safe {
	if b.On {
		return because(Lit("this is a DRILL"), b.Reason)
	}
	return because(Lit("this is NOT a drill"), b.Reason)
}

func parseDrill(a *args) (Body, error) {
	b := &IncidentDrill{}
	switch w := strings.ToLower(a.word()); w {
	case "on":
		b.On = true
	case "off":
	case "":
		return nil, Refuse(Invalid, "write on or off: :drill on|off REASON")
	default:
		return nil, Refuse(Invalid, "write on or off, not %s: :drill on|off REASON", quoted(w))
	}
	a.as("drill", Safef("%s", map[bool]string{true: "on", false: "off"}[b.On]))
	b.Reason = a.reason()
	return b, nil
}
