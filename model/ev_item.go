package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds of events about the checklist.
const (
	KindItemAdded         Kind = "item.added"
	KindItemAssigned      Kind = "item.assigned"
	KindItemStarted       Kind = "item.started"
	KindItemDone          Kind = "item.done"
	KindItemSkipped       Kind = "item.skipped"
	KindItemBlocked       Kind = "item.blocked"
	KindItemReopened      Kind = "item.reopened"
	KindItemDue           Kind = "item.due"
	KindConditionAnswered Kind = "condition.answered"
)

var _ = register(
	bodyOf[ItemAdded](KindItemAdded), bodyOf[ItemAssigned](KindItemAssigned),
	bodyOf[ItemDoneBody](KindItemDone),
	shared(func(k Kind) Body { return &ItemMoved{kind: k} },
		KindItemStarted, KindItemSkipped, KindItemBlocked, KindItemReopened),
	bodyOf[ConditionAnswered](KindConditionAnswered),
)

// Answer records whether a condition of the plan applies.
type Answer struct {
	Yes bool      `json:"yes"`
	By  string    `json:"by"`
	At  time.Time `json:"at"`
	Why string    `json:"why,omitempty"`
}

// ItemAdded adds an item to the checklist of a phase.
type ItemAdded struct {
	Phase string `json:"phase"`
	Text  string `json:"text"`
	Owner string `json:"owner,omitempty"`
}

func (b *ItemAdded) free() []*string { return []*string{&b.Text} }

func (b *ItemAdded) check(r *Room, _ *Event) error {
	if r.Plan.Phase(b.Phase) == nil {
		return Refuse(NotFound, "the plan has no phase %s; it has: %s", b.Phase, r.Plan.phaseIDs())
	}
	if len(r.Items) >= 500 {
		return Refuse(Conflict, "the checklist has 500 items, which is the limit")
	}
	if b.Owner != "" && !ValidHandle(b.Owner) {
		return badHandle(b.Owner)
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
	r.Items = push(r.Items,
		Item{N: n, ID: e.ID, Phase: r.Plan.Phase(b.Phase).ID, Text: b.Text, State: ItemTodo, Owner: b.Owner,
			By: e.By, At: e.RecordedAt, Added: true})
}

func (b *ItemAdded) line(r *Room, _ *Event) Safe {
	s := Safef("%s to %s", b.Text, r.Plan.Phase(b.Phase).Label)
	if b.Owner != "" {
		s = Safef("%s, for @%s", s, b.Owner)
	}
	return s
}

// ItemAssigned assigns an item to a person.
type ItemAssigned struct {
	Item  string `json:"item"`
	Owner string `json:"owner"`
}

func (b *ItemAssigned) check(r *Room, _ *Event) error {
	if !ValidHandle(b.Owner) {
		return badHandle(b.Owner)
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
		return Refuse(NotFound, "there is no such item on the checklist")
	}
	return nil
}

func (r *Room) changeItem(id string, change func(*Item)) {
	r.Items = own(r, r.Items)
	for i := range r.Items {
		if r.Items[i].ID == id {
			change(&r.Items[i])
		}
	}
}

// ItemDoneBody records that an item is done.
type ItemDoneBody struct {
	Item     string `json:"item"`
	Note     string `json:"note,omitempty"`
	Override string `json:"override,omitempty"` // reason for doing it out of order
	// Of a validation: the severity that was verified, in addition to the alert
	// being real.
	Severity string `json:"severity,omitempty"`
}

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
		return Refuse(Conflict, "item %d is already done, by %s", it.N, it.By)
	}
	if err := longText("note", b.Note+b.Override, true); err != nil {
		return err
	}
	if b.Override != "" {
		return b.askedTwice(r)
	}
	if err := r.stillSevere(b.Severity); err != nil {
		return err
	}
	if g := r.BlockedBy(it); !g.IsEmpty() {
		return Refuse(Conflict,
			`%s; to override it, as Commander or with the right "command": :check %d override REASON`, g, it.N)
	}
	if err := r.uncontained(it); err != nil {
		return err
	}
	d := r.Def(it)
	if role := r.Plan.Role(d.Role); d.OnlyRole && role != nil && !slices.Contains(r.Holders(role.ID), e.By) {
		return Refuse(Forbidden,
			"only the %[2]s (%[3]s) may check item %[1]d; to override that, as Commander or with the right "+
				`"command": :check %[4]d override REASON`,
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

// askedTwice refuses a second override while the first one waits for its
// confirmation.
func (b *ItemDoneBody) askedTwice(r *Room) error {
	if it := r.ItemByID(b.Item); b.waitsForSecond(r) && it.Asked != nil {
		return Refuse(Conflict, "%s already requested that; a second person has to confirm it: :confirm %d",
			it.Asked.By,
			it.N)
	}
	return nil
}

func (b *ItemDoneBody) apply(r *Room, e *Event) {
	if b.waitsForSecond(r) {
		r.changeItem(b.Item, func(it *Item) { it.Asked = &Override{By: e.By, Reason: b.Override, At: e.RecordedAt} })
		return
	}
	b.finish(r, e)
}

// finish marks the item as done, and applies the effects: validation, milestone and
// clock.
func (b *ItemDoneBody) finish(r *Room, e *Event) {
	d := r.Def(r.ItemByID(b.Item))
	r.changeItem(b.Item, func(it *Item) {
		it.changed(e)
		it.State, it.Reason, it.Override = ItemDone, b.Note, b.Override
		it.StaleBy, it.Asked, it.SecondBy, it.Undone = 0, nil, "", nil
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
		r.mayMeet(r.Plan.Clock(d.Meets), e) && !(r.reviewLacks() && r.Plan.Clock(d.Meets).MetBy == MilestoneReviewed) {
		r.meet(i, e)
	}
	if r.metIn(e.Seq) {
		r.changeItem(b.Item, func(it *Item) { it.Met = push(it.Met, e.Seq) })
	}
}

func (b *ItemDoneBody) line(r *Room, _ *Event) Safe {
	it := r.ItemByID(b.Item)
	s := Safef("%d  %s", it.N, it.Text)
	if b.Severity != "" {
		s = Safef("%s: the alert is real, the severity is %s", s, b.Severity)
	}
	s = because(s, b.Note)
	if b.waitsForSecond(r) {
		return Safef("%s; OVERRIDE requested: %s; a second person has to confirm it: :confirm %d", s, b.Override, it.N)
	}
	if b.Override != "" {
		s = Safef("%s; OVERRIDE of the plan's order: %s", s, b.Override)
	}
	return s
}

// ItemMoved records that an item was started, skipped, blocked or reopened.
type ItemMoved struct {
	Item   string `json:"item"`
	Reason string `json:"reason,omitempty"`
	kind   Kind
}

func (b *ItemMoved) ownKind() Kind { return b.kind }

func (b *ItemMoved) free() []*string { return []*string{&b.Reason} }

var itemStates = map[Kind]ItemState{KindItemStarted: ItemDoing, KindItemSkipped: ItemSkipped,
	KindItemBlocked: ItemBlocked, KindItemReopened: ItemTodo}

func (b *ItemMoved) check(r *Room, _ *Event) error {
	if err := r.hasItem(b.Item); err != nil {
		return err
	}
	it, to := r.ItemByID(b.Item), itemStates[b.kind]
	switch {
	case it.State == to && to != ItemBlocked:
		return Refuse(Conflict, "item %d is already %s", it.N, string(to))
	case it.State == ItemDone && to != ItemTodo:
		return Refuse(Conflict, "item %d is done; :uncheck %d REASON reopens it", it.N, it.N)
	}
	return longText("reason", b.Reason, b.kind == KindItemStarted)
}

func (b *ItemMoved) apply(r *Room, e *Event) {
	r.changeItem(b.Item, func(it *Item) {
		if b.kind == KindItemReopened && it.State == ItemDone {
			it.Undone = &Undone{By: e.By, At: e.RecordedAt, Seq: e.Seq, Reason: b.Reason}
		}
		it.changed(e)
		it.State, it.Reason, it.Override = itemStates[b.kind], b.Reason, ""
		it.StaleBy, it.Asked, it.SecondBy = 0, nil, ""
		if b.kind == KindItemStarted && it.Owner == "" {
			it.Owner = e.By
		}
	})
	if b.kind == KindItemReopened {
		r.endItemAnswers(r.ItemByID(b.Item), e.RecordedAt)
		r.spoil(r.ItemByID(b.Item))
	}
}

func (b *ItemMoved) line(r *Room, _ *Event) Safe {
	it := r.ItemByID(b.Item)
	return because(Safef("%d  %s", it.N, it.Text), b.Reason)
}

// ConditionAnswered records whether a condition of the plan applies.
type ConditionAnswered struct {
	Condition string `json:"condition"`
	Yes       bool   `json:"yes"`
	Why       string `json:"why,omitempty"`
}

func (b *ConditionAnswered) free() []*string { return []*string{&b.Why} }

func (b *ConditionAnswered) check(r *Room, _ *Event) error {
	if r.Plan.Condition(b.Condition) == nil {
		return Refuse(NotFound, "the plan has no condition %s; it has: %s", b.Condition, r.Plan.conditionIDs())
	}
	if r.Plan.Condition(b.Condition).Exposure {
		return Refuse(Invalid,
			"the answer follows from the exposure, which also starts the legal deadlines: write :exposure none, "+
				"suspected or confirmed")
	}
	if a, ok := r.Answers[b.Condition]; ok && a.Yes == b.Yes {
		return Refuse(Conflict, "the condition already has that answer, from %s", a.By)
	}
	return longText("reason", b.Why, true)
}

func (b *ConditionAnswered) apply(r *Room, e *Event) {
	r.Answers = with(r.Answers, r.Plan.Condition(b.Condition).ID,
		Answer{Yes: b.Yes, By: e.By, At: e.RecordedAt, Why: b.Why})
}

func (b *ConditionAnswered) line(r *Room, _ *Event) Safe {
	s := Safef("%s: no", r.condition(b.Condition))
	if b.Yes {
		s = Safef("%s: yes", r.condition(b.Condition))
	}
	return because(s, b.Why)
}
