package backend

import "warroom/model"

// BridgeFinding is a result of checking a bridge, for doctor.
type BridgeFinding struct {
	OK       bool
	What, Do model.Safe
}
