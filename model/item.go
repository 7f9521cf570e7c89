package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// ItemState is the state of an item of the checklist.
type ItemState string

// The states of an item.
const (
	ItemTodo    ItemState = "todo"
	ItemDoing   ItemState = "doing"
	ItemDone    ItemState = "done"
	ItemSkipped ItemState = "skipped"
	ItemBlocked ItemState = "blocked"
)

// Item is an item of the room's checklist. Its definition by the plan is its
// [ItemDef]; items that people added have none.
type Item struct {
	N        int       `json:"n"`  // its number on every screen
	ID       string    `json:"id"` // id from the plan, or of the event that added it
	Phase    string    `json:"phase"`
	Text     string    `json:"text"`
	State    ItemState `json:"state"`
	Owner    string    `json:"owner,omitempty"`
	By       string    `json:"by,omitempty"`     // who changed it last
	At       time.Time `json:"at,omitzero"`      // recorded
	DoneAt   time.Time `json:"done_at,omitzero"` // when that was, as reported by By
	Seq      uint64    `json:"seq,omitempty"`    // the entry
	Reason   string    `json:"reason,omitempty"`
	Override string    `json:"override,omitempty"` // reason for doing it out of order
	Added    bool      `json:"added,omitempty"`
	Due      time.Time `json:"due,omitzero"`
	Asked    *Override `json:"asked,omitempty"`     // an override that waits for a second person
	SecondBy string    `json:"second_by,omitempty"` // who confirmed the override
	// Number of an earlier item that was reopened after this one was done.
	StaleBy int     `json:"stale_by,omitempty"`
	Undone  *Undone `json:"undone,omitempty"` // it was done and reopened, and is not done again
	// Entries that marked it as done and thereby met a clock or reached a milestone.
	Met []uint64 `json:"met,omitempty"`
}

// Undone records that an item that was done was reopened, or that a notice was retracted.
type Undone struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`  // recorded
	Seq    uint64    `json:"seq"` // the entry that reopened it
	Reason string    `json:"reason,omitempty"`
}

// UndoneIn describes that the item that an entry checked is open again: what the entry met or
// reached stays, since it happened. It is empty if the entry met or reached nothing by an item, or
// if the item is done again.
func (r *Room) UndoneIn(seq uint64) Safe {
	for i := range r.Items {
		if u := r.Items[i].Undone; u != nil && slices.Contains(r.Items[i].Met, seq) {
			return because(Safef("item %d was reopened by %s in entry %d", r.Items[i].N, u.By, u.Seq), u.Reason)
		}
	}
	if i := r.noticeAt(seq); seq > 0 && i >= 0 && r.Notices[i].Undone != nil {
		u := r.Notices[i].Undone
		return because(Safef("the notice was retracted by %s in entry %d", u.By, u.Seq), u.Reason)
	}
	return Safe{}
}

// metIn reports whether an entry met a clock or reached a milestone.
func (r *Room) metIn(seq uint64) bool {
	for _, m := range r.Milestones {
		if m.Seq == seq {
			return true
		}
	}
	return slices.ContainsFunc(r.Clocks, func(c ClockRun) bool { return c.EndSeq == seq })
}

// changed sets who changed the item last, and when.
func (it *Item) changed(e *Event) { it.By, it.At, it.DoneAt, it.Seq = e.By, e.RecordedAt, e.At, e.Seq }

// correctItems changes the time of the work that the corrected event recorded.
func (r *Room) correctItems(b *TimeCorrected) {
	for i := range r.Items {
		if b.Seq > 0 && r.Items[i].Seq == b.Seq {
			r.changeItem(r.Items[i].ID, func(it *Item) { it.DoneAt = b.When.UTC() })
		}
	}
}

// addPlanItems adds the items of the plan that apply to the room's kind and are not
// in the checklist. An item's number is its position in the plan and never changes,
// so that a printed plan and every screen agree.
func (r *Room) addPlanItems() {
	items := slices.Clone(r.Items)
	for i, d := range r.Plan.Items {
		if r.ItemByID(d.ID) == nil && (len(d.Kinds) == 0 || slices.Contains(d.Kinds, r.Kind)) {
			items = append(items, Item{N: i + 1, ID: d.ID, Phase: d.Phase, Text: d.Text, State: ItemTodo})
		}
	}
	slices.SortStableFunc(items, func(a, b Item) int { return a.N - b.N })
	r.Items = items
}

// KindHint states how many items of the plan depend on the kind of incident, while
// the kind is not known. It is empty if none does.
func (r *Room) KindHint() Safe {
	if r.Plan == nil || r.Kind != "" {
		return Safe{}
	}
	n, kinds := 0, []string{}
	for _, d := range r.Plan.Items {
		if len(d.Kinds) > 0 {
			n++
		}
		for _, k := range d.Kinds {
			if !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
	}
	if n == 0 {
		return Safe{}
	}
	return Safef("no kind of incident is set: %d more items come with :kind %s", n, strings.Join(kinds, " or "))
}

// ItemByID returns the item with an id, or nil if there is none.
func (r *Room) ItemByID(id string) *Item {
	for i := range r.Items {
		if r.Items[i].ID == id {
			return &r.Items[i]
		}
	}
	return nil
}

// ItemByN returns the item with number n, or nil if there is none.
func (r *Room) ItemByN(n int) *Item {
	for i := range r.Items {
		if r.Items[i].N == n {
			return &r.Items[i]
		}
	}
	return nil
}

// Def returns the plan's definition of an item, or an empty one for an item that was
// added.
func (r *Room) Def(it *Item) ItemDef {
	if d := r.Plan.Item(it.ID); d != nil && !it.Added {
		return *d
	}
	return ItemDef{ID: it.ID, Phase: it.Phase, Text: it.Text}
}

// NotNeeded returns why an item need not be done: its condition does not apply, or
// another item of its group is done. It is empty if the item is needed.
func (r *Room) NotNeeded(it *Item) Safe {
	d := r.Def(it)
	if d.If != "" {
		if a, ok := r.Answers[d.If]; ok && !a.Yes {
			return Safef("only %s", r.clause(d.If))
		}
	}
	if d.IfDone != "" {
		if o := r.ItemByID(d.IfDone); o == nil {
			return Lit("the item that it follows is not on the checklist")
		} else if o.State != ItemDone {
			return Safef("item %d was not done", o.N)
		}
	}
	if d.Group != "" && it.State != ItemDone {
		for i := range r.Items {
			if o := &r.Items[i]; o.ID != it.ID && o.State == ItemDone && r.Def(o).Group == d.Group {
				return Safef("item %d covers it", o.N)
			}
		}
	}
	return Safe{}
}

// StaleWhy returns why a done item has to be done again: an earlier one was
// reopened. It is empty if it need not be.
func (r *Room) StaleWhy(it *Item) Safe {
	if it.State != ItemDone || it.StaleBy == 0 {
		return Safe{}
	}
	return Safef("done before item %d was reopened", it.StaleBy)
}

// StaleItems returns the items that have to be done again.
func (r *Room) StaleItems() []*Item {
	var out []*Item
	for i := range r.Items {
		if it := &r.Items[i]; !r.StaleWhy(it).IsEmpty() {
			out = append(out, it)
		}
	}
	return out
}

// spoil marks the done items that the plan puts after the one that is reopened.
func (r *Room) spoil(opened *Item) {
	ids, groups := map[string]bool{opened.ID: true}, map[string]bool{}
	if g := r.Def(opened).Group; g != "" && !r.groupDone(g) {
		groups[g] = true
	}
	r.Items = own(r, r.Items)
	var stale []string
	for changed := true; changed; {
		changed = false
		for i := range r.Items {
			it := &r.Items[i]
			if ids[it.ID] || !slices.ContainsFunc(r.Def(it).Needs, func(n string) bool { return ids[n] || groups[n] }) {
				continue
			}
			ids[it.ID], changed = true, true
			if it.State == ItemDone {
				it.StaleBy = opened.N
				stale = append(stale, strconv.Itoa(it.N))
			}
		}
	}
	if len(stale) > 0 {
		r.effects = append(r.effects, Safef("to be done again after item %d: %s", opened.N, strings.Join(stale, ", ")))
	}
}

// Settled reports whether nothing is left to do about an item: it is done, skipped
// or not needed.
func (r *Room) Settled(it *Item) bool {
	if r.Rules >= 2 && !r.StaleWhy(it).IsEmpty() {
		return false
	}
	return it.State == ItemDone || it.State == ItemSkipped || !r.NotNeeded(it).IsEmpty()
}

// Asked reports whether the condition of an item has not been answered yet.
func (r *Room) Asked(it *Item) bool {
	d := r.Def(it)
	_, ok := r.Answers[d.If]
	return d.If != "" && !ok
}

func (r *Room) condition(id string) string {
	if c := r.Plan.Condition(id); c != nil {
		return c.Text
	}
	return "if " + id
}

// clause returns a condition as a clause: "if data exposure is suspected".
func (r *Room) clause(id string) string {
	s := strings.TrimSuffix(r.condition(id), "?")
	if first, _, _ := strings.Cut(s, " "); first == "if" || first == "where" || first == "when" {
		return s
	}
	return "if " + s
}

// Progress returns how many items of a phase are settled, and how many there are.
func (r *Room) Progress(phase string) (settled, all int) {
	for i := range r.Items {
		if it := &r.Items[i]; it.Phase == phase {
			all++
			if r.Settled(it) {
				settled++
			}
		}
	}
	return settled, all
}

// BlockedBy returns what has to be done before an item, and how, or empty text if
// nothing has to be.
func (r *Room) BlockedBy(it *Item) Safe {
	d := r.Def(it)
	if a, ok := r.Answers[d.If]; d.If != "" {
		switch {
		case !ok:
			return Safef("item %d applies only %s; is that so? :if %s yes or no", it.N, r.clause(d.If), d.If)
		case !a.Yes:
			return Safef("item %d applies only %s, and %s answered no", it.N, r.clause(d.If), a.By)
		}
	}
	if missing := r.missing(d); len(missing) > 0 {
		return Safef("item %d comes after %s", it.N, andAll(missing))
	}
	if len(d.Evidence) > 0 {
		if left := r.unregistered(d.Evidence); len(left) > 0 {
			return Safef("item %d needs evidence that is not there yet: %s; %sadd it with :evidence FILE --class "+
				"%s", it.N, strings.Join(left, ", "), r.sameFiles(d.Evidence), left[0])
		}
	} else if d.Destroys {
		if left, same := r.unpreserved(); len(left) > 0 {
			return Safef("item %d destroys evidence; %ssecure it first: %s", it.N, same, strings.Join(left, ", "))
		}
	}
	return r.scanAfter(it, d)
}

// missing returns the items and groups that d needs and that are not settled.
func (r *Room) missing(d ItemDef) []Safe {
	var out []Safe
	for _, need := range d.Needs {
		if g := r.Plan.Group(need); g != nil {
			if !r.groupDone(g.ID) {
				out = append(out, CleanLine(g.Text))
			}
			continue
		}
		if it := r.ItemByID(need); it != nil && !r.Settled(it) {
			out = append(out, Safef("item %d (%s)", it.N, it.Text))
		}
	}
	return out
}

func (r *Room) groupDone(id string) bool {
	open, any := false, false
	for i := range r.Items {
		if it := &r.Items[i]; r.Def(it).Group == id {
			any = true
			if it.State == ItemDone {
				return true
			}
			open = open || it.State != ItemSkipped
		}
	}
	return !any || !open
}

// unpreserved returns the items that preserve evidence but are neither done nor have
// evidence of their class in the register, and which files of theirs are the same.
func (r *Room) unpreserved() (left []string, same Safe) {
	var classes []string
	for i := range r.Items {
		if it := &r.Items[i]; r.Def(it).Preserves != "" && !r.Settled(it) {
			classes = append(classes, r.Def(it).Preserves)
		}
	}
	missing := r.unregistered(classes)
	for i := range r.Items {
		if it := &r.Items[i]; slices.Contains(missing, r.Def(it).Preserves) && !r.Settled(it) {
			left = append(left, Safef("item %d (%s)", it.N, r.Def(it).Preserves).String())
		}
	}
	return left, r.sameFiles(classes)
}
