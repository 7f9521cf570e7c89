package model

// Lane is one of the two lanes of a timeline.
type Lane string

// The lanes.
const (
	LaneAttacker Lane = "attacker" // what the attacker did, and its effects
	LaneUs       Lane = "us"       // the response
)

// Lane returns the lane to which events of a kind belong.
func (k Kind) Lane() Lane {
	if k == KindAdversaryObserved || k == KindImpactStarted {
		return LaneAttacker
	}
	return LaneUs
}
