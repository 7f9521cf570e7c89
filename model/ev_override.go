package model

import "time"

// The kinds of events that end a request for an override: a second person confirms it, or it
// is withdrawn or declined.
const (
	KindGateOverridden    Kind = "gate.overridden"
	KindOverrideWithdrawn Kind = "override.withdrawn"
)

var _ = register(bodyOf[GateOverridden](KindGateOverridden), bodyOf[OverrideWithdrawn](KindOverrideWithdrawn))

// Override is a request to do an item out of order, which waits for a second person
// because the plan requires two.
type Override struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// GateOverridden confirms an override that somebody else requested.
type GateOverridden struct {
	Item string `json:"item"`
	Note string `json:"note,omitempty"`
}

func (b *GateOverridden) free() []*string { return []*string{&b.Note} }

func (b *GateOverridden) check(r *Room, e *Event) error {
	if err := r.hasItem(b.Item); err != nil {
		return err
	}
	it := r.ItemByID(b.Item)
	switch {
	case it.Asked == nil && it.SecondBy != "":
		return Refuse(Conflict, "the override of item %d, requested by %s, was confirmed by %s at %s", it.N, it.By,
			it.SecondBy, FormatTime(it.At))
	case it.Asked == nil:
		return Refuse(Conflict, "item %d has no override to confirm", it.N)
	case it.Asked.By == e.By:
		return Refuse(Forbidden, "%s requested the override of item %d; a second person has to confirm it: "+
			":confirm %d; to take it back: :withdraw %d", e.By, it.N, it.N, it.N)
	}
	return longText("note", b.Note, true)
}

func (b *GateOverridden) apply(r *Room, e *Event) {
	asked := *r.ItemByID(b.Item).Asked
	done := &ItemDoneBody{Item: b.Item, Note: b.Note, Override: asked.Reason}
	done.finish(r, e)
	r.changeItem(b.Item, func(it *Item) { it.By, it.Asked, it.SecondBy = asked.By, nil, e.By })
}

func (b *GateOverridden) line(r *Room, _ *Event) Safe {
	it := r.ItemByID(b.Item)
	return because(Safef("%d  %s: the second person confirms the OVERRIDE by %s (%s)", it.N, it.Text, it.Asked.By,
		CleanLine(it.Asked.Reason)), b.Note)
}

// OverrideWithdrawn ends a request for an override: its author withdraws it, or somebody else
// who could confirm it declines it. The item stays as it is.
type OverrideWithdrawn struct {
	Item   string `json:"item"`
	Reason string `json:"reason,omitempty"`
}

func (b *OverrideWithdrawn) free() []*string { return []*string{&b.Reason} }

func (b *OverrideWithdrawn) check(r *Room, _ *Event) error {
	if err := r.hasItem(b.Item); err != nil {
		return err
	}
	if it := r.ItemByID(b.Item); it.Asked == nil {
		return Refuse(Conflict, "no override of item %d waits for a second person", it.N)
	}
	return longText("reason", b.Reason, true)
}

func (b *OverrideWithdrawn) apply(r *Room, _ *Event) {
	r.changeItem(b.Item, func(it *Item) { it.Asked = nil })
}

func (b *OverrideWithdrawn) line(r *Room, e *Event) Safe {
	it := r.ItemByID(b.Item)
	if e.By == it.Asked.By {
		return because(Safef("%d  %s: the request for an override is withdrawn", it.N, it.Text), b.Reason)
	}
	return because(Safef("%d  %s: the override requested by %s is declined", it.N, it.Text, it.Asked.By), b.Reason)
}

// waitsForSecond reports whether an override of the item needs two people.
func (b *ItemDoneBody) waitsForSecond(r *Room) bool {
	return b.Override != "" && r.Def(r.ItemByID(b.Item)).TwoPeople
}
