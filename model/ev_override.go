package model

import "time"

// KindGateOverridden is the kind by which a second person confirms an override.
const KindGateOverridden Kind = "gate.overridden"

var _ = register(bodyOf[GateOverridden](KindGateOverridden))

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
	case it.Asked == nil:
		return Refuse(Conflict, "item %d has no override to confirm", it.N)
	case it.Asked.By == e.By:
		return Refuse(Forbidden, "%s requested the override of item %d; a second person has to confirm it: :confirm %d",
			e.By,
			it.N, it.N)
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

// waitsForSecond reports whether an override of the item needs two people.
func (b *ItemDoneBody) waitsForSecond(r *Room) bool {
	return b.Override != "" && r.Def(r.ItemByID(b.Item)).TwoPeople
}
