package model

// Radar has the time limits after which the silence radar of a room reports
// something. A zero limit turns its check off.
type Radar struct {
	NoEntry     Duration `json:"no_entry,omitempty"`     // nobody wrote anything
	RoleEmpty   Duration `json:"role_empty,omitempty"`   // a mandatory role has no holder
	RoleSilent  Duration `json:"role_silent,omitempty"`  // the holder of a role with open items wrote nothing
	AskOverdue  Duration `json:"ask_overdue,omitempty"`  // an ask is overdue
	UrgentIdle  Duration `json:"urgent_idle,omitempty"`  // nobody works on an urgent item
	ItemSilent  Duration `json:"item_silent,omitempty"`  // an item was started and its owner wrote nothing
	ItemBlocked Duration `json:"item_blocked,omitempty"` // an item is blocked
	PageSilent  Duration `json:"page_silent,omitempty"`  // nobody acknowledged a page
	UpdateSoon  Duration `json:"update_soon,omitempty"`  // time before an update is due
	DraftWaits  Duration `json:"draft_waits,omitempty"`  // a draft of an update waits for approval
	Age         Duration `json:"age,omitempty"`          // interval at which the age of the incident is reported
}
