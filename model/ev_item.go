package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds about the checklist.
const (
	KindItemAdded         Kind = "item.added"
	KindItemAssigned      Kind = "item.assigned"
	KindItemStarted       Kind = "item.started"
	KindItemDone          Kind = "item.done"
	KindItemSkipped       Kind = "item.skipped"
	KindItemBlocked       Kind = "item.blocked"
	KindItemReopened      Kind = "item.reopened"
	KindConditionAnswered Kind = "condition.answered"
)

var _ = register(
	func() Body { return new(ItemAdded) }, func() Body { return new(ItemAssigned) }, func() Body { return new(ItemDoneBody) },
	func() Body { return &ItemMoved{kind: KindItemStarted} }, func() Body { return &ItemMoved{kind: KindItemSkipped} },
	func() Body { return &ItemMoved{kind: KindItemBlocked} }, func() Body { return &ItemMoved{kind: KindItemReopened} },
	func() Body { return new(ConditionAnswered) },
)

// Answer is whether a condition of the plan holds.
type Answer struct {
	Yes bool      `json:"yes"`
	By  string    `json:"by"`
	At  time.Time `json:"at"`
	Why string    `json:"why,omitempty"`
}

// ItemAdded adds a line to the checklist of a phase.
type ItemAdded struct {
	Phase string `json:"phase"`
	Text  string `json:"text"`
	Owner string `json:"owner,omitempty"`
}

// Kind names the kind.
func (*ItemAdded) Kind() Kind { return KindItemAdded }

func (b *ItemAdded) free() []*string { return []*string{&b.Text} }

func (b *ItemAdded) check(r *Room, _ *Event) error {
	if r.Plan.Phase(b.Phase) == nil {
		return Refuse(NotFound, "the plan knows no phase %s; it has: %s", b.Phase, r.Plan.phaseIDs())
	}
	if len(r.Items) >= 500 {
		return Refuse(Conflict, "the checklist has 500 items; no more fit")
	}
	if b.Owner != "" && !ValidHandle(b.Owner) {
		return Refuse(Invalid, "%s is no handle", b.Owner)
	}
	if err := r.fit(b.Owner); err != nil {
		return err
	}
	return oneLine("item", b.Text, 300)
}

func (b *ItemAdded) apply(r *Room, e *Event) {
	n := len(r.Plan.Items) + 1
	for _, it := range r.Items {
		n = max(n, it.N+1)
	}
	r.Items = push(r.Items, Item{N: n, ID: e.ID, Phase: r.Plan.Phase(b.Phase).ID, Text: b.Text, State: ItemTodo, Owner: b.Owner,
		By: e.By, At: e.RecordedAt, Added: true})
}

func (b *ItemAdded) line(r *Room, _ *Event) Safe {
	s := Safef("%s to %s", b.Text, r.Plan.Phase(b.Phase).Label)
	if b.Owner != "" {
		s = Safef("%s, for @%s", s, b.Owner)
	}
	return s
}

// ItemAssigned says who does an item.
type ItemAssigned struct {
	Item  string `json:"item"`
	Owner string `json:"owner"`
}

// Kind names the kind.
func (*ItemAssigned) Kind() Kind { return KindItemAssigned }

func (b *ItemAssigned) check(r *Room, _ *Event) error {
	if !ValidHandle(b.Owner) {
		return Refuse(Invalid, "%s is no handle; handles are 1 to 32 of a-z 0-9 _ -", b.Owner)
	}
	if err := r.fit(b.Owner); err != nil {
		return err
	}
	return r.hasItem(b.Item)
}

func (b *ItemAssigned) apply(r *Room, e *Event) {
	r.changeItem(b.Item, func(it *Item) { it.Owner = b.Owner })
}

func (b *ItemAssigned) line(r *Room, _ *Event) Safe {
	it := r.ItemByID(b.Item)
	return Safef("%d  %s, for @%s", it.N, it.Text, b.Owner)
}

func (r *Room) hasItem(id string) error {
	if r.ItemByID(id) == nil {
		return Refuse(NotFound, "the checklist has no such item")
	}
	return nil
}

func (r *Room) changeItem(id string, change func(*Item)) {
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		if r.Items[i].ID == id {
			change(&r.Items[i])
		}
	}
}

// ItemDoneBody says that an item was done.
type ItemDoneBody struct {
	Item     string `json:"item"`
	Note     string `json:"note,omitempty"`
	Override string `json:"override,omitempty"` // why it was done against the plan's order
	Severity string `json:"severity,omitempty"` // of a validation: the severity that was verified, beside the alert being real
}

// Kind names the kind.
func (*ItemDoneBody) Kind() Kind { return KindItemDone }

func (b *ItemDoneBody) free() []*string { return []*string{&b.Note, &b.Override} }

func (b *ItemDoneBody) need(*Room, *Event) Power {
	if b.Override != "" {
		return PowerAuthority
	}
	return ""
}

func (b *ItemDoneBody) check(r *Room, e *Event) error {
	if err := r.hasItem(b.Item); err != nil {
		return err
	}
	it := r.ItemByID(b.Item)
	if it.State == ItemDone && (r.Rules < 2 || r.StaleWhy(it).IsEmpty()) {
		return Refuse(Conflict, "item %d is done already, by %s", it.N, it.By)
	}
	if err := longText("note", b.Note+b.Override, true); err != nil || b.Override != "" {
		return err
	}
	if err := r.stillSevere(b.Severity); err != nil {
		return err
	}
	if g := r.Gate(it); !g.IsEmpty() {
		return Refuse(Conflict, "%s; to do it all the same, with the right command or as Commander: :check %d override REASON", g, it.N)
	}
	d := r.Def(it)
	if role := r.Plan.Role(d.Role); d.OnlyRole && role != nil && !slices.Contains(r.Holders(role.ID), e.By) {
		return Refuse(Forbidden, "item %d is for the %s (%s) to check; to do it all the same, with the right command or as Commander: :check %d override REASON",
			it.N, role.Label, nobody(r.Holders(role.ID)), it.N)
	}
	return nil
}

func nobody(holders []string) string {
	if len(holders) == 0 {
		return "nobody yet"
	}
	return strings.Join(holders, ", ")
}

func (b *ItemDoneBody) apply(r *Room, e *Event) {
	d := r.Def(r.ItemByID(b.Item))
	r.changeItem(b.Item, func(it *Item) {
		it.State, it.By, it.At, it.Reason, it.Override = ItemDone, e.By, e.RecordedAt, b.Note, b.Override
		it.StaleBy = 0
	})
	if r.validates(b.Item) {
		r.validate(b.Severity, e)
	}
	if d.Milestone != "" && d.Milestone != MilestoneDeclared {
		if _, ok := r.Milestones[d.Milestone]; !ok {
			r.reach(d.Milestone, e.At, e)
		}
	}
	if i := r.clockIndex(d.Meets); i >= 0 && r.Clocks[i].MetAt.IsZero() && !r.Clocks[i].StartedAt.IsZero() &&
		!(r.reviewLacks() && r.Plan.Clock(d.Meets).MetBy == MilestoneReviewed) {
		r.meet(i, e)
	}
}

func (b *ItemDoneBody) line(r *Room, _ *Event) Safe {
	it := r.ItemByID(b.Item)
	s := Safef("%d  %s", it.N, it.Text)
	if b.Severity != "" {
		s = Safef("%s: the alert is real, the severity is %s", s, b.Severity)
	}
	s = because(s, b.Note)
	if b.Override != "" {
		s = Safef("%s; OVERRIDE of the plan's order: %s", s, b.Override)
	}
	return s
}

// ItemMoved says that an item was started, skipped, blocked or reopened.
type ItemMoved struct {
	Item   string `json:"item"`
	Reason string `json:"reason,omitempty"`
	kind   Kind
}

// Kind names the kind.
func (b *ItemMoved) Kind() Kind { return b.kind }

func (b *ItemMoved) free() []*string { return []*string{&b.Reason} }

var itemStates = map[Kind]ItemState{KindItemStarted: ItemDoing, KindItemSkipped: ItemSkipped, KindItemBlocked: ItemBlocked, KindItemReopened: ItemTodo}

func (b *ItemMoved) check(r *Room, _ *Event) error {
	if err := r.hasItem(b.Item); err != nil {
		return err
	}
	it, to := r.ItemByID(b.Item), itemStates[b.kind]
	switch {
	case it.State == to && to != ItemBlocked:
		return Refuse(Conflict, "item %d is %s already", it.N, string(to))
	case it.State == ItemDone && to != ItemTodo:
		return Refuse(Conflict, "item %d is done; :uncheck %d REASON opens it again", it.N, it.N)
	}
	return longText("reason", b.Reason, b.kind == KindItemStarted)
}

func (b *ItemMoved) apply(r *Room, e *Event) {
	r.changeItem(b.Item, func(it *Item) {
		it.State, it.By, it.At, it.Reason, it.Override = itemStates[b.kind], e.By, e.RecordedAt, b.Reason, ""
		it.StaleBy = 0
		if b.kind == KindItemStarted && it.Owner == "" {
			it.Owner = e.By
		}
	})
	if b.kind == KindItemReopened {
		r.spoil(r.ItemByID(b.Item))
	}
}

func (b *ItemMoved) line(r *Room, _ *Event) Safe {
	it := r.ItemByID(b.Item)
	return because(Safef("%d  %s", it.N, it.Text), b.Reason)
}

// ConditionAnswered says whether a condition of the plan holds.
type ConditionAnswered struct {
	Condition string `json:"condition"`
	Yes       bool   `json:"yes"`
	Why       string `json:"why,omitempty"`
}

// Kind names the kind.
func (*ConditionAnswered) Kind() Kind { return KindConditionAnswered }

func (b *ConditionAnswered) free() []*string { return []*string{&b.Why} }

func (b *ConditionAnswered) check(r *Room, _ *Event) error {
	if r.Plan.Condition(b.Condition) == nil {
		return Refuse(NotFound, "the plan knows no condition %s; it has: %s", b.Condition, r.Plan.conditionIDs())
	}
	if r.Plan.Condition(b.Condition).Exposure {
		return Refuse(Invalid, "that follows from exposure, which also starts the clocks of law: say :exposure none, suspected or confirmed")
	}
	if a, ok := r.Answers[b.Condition]; ok && a.Yes == b.Yes {
		return Refuse(Conflict, "that was answered already, by %s", a.By)
	}
	return longText("reason", b.Why, true)
}

func (b *ConditionAnswered) apply(r *Room, e *Event) {
	r.Answers = with(r.Answers, r.Plan.Condition(b.Condition).ID, Answer{Yes: b.Yes, By: e.By, At: e.RecordedAt, Why: b.Why})
}

func (b *ConditionAnswered) line(r *Room, _ *Event) Safe {
	s := Safef("%s: no", r.condition(b.Condition))
	if b.Yes {
		s = Safef("%s: yes", r.condition(b.Condition))
	}
	return because(s, b.Why)
}
