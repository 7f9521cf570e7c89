package model

import (
	"slices"
	"strings"
	"time"
)

// ItemState is where a checklist item stands.
type ItemState string

// The states of a checklist item.
const (
	ItemTodo    ItemState = "todo"
	ItemDoing   ItemState = "doing"
	ItemDone    ItemState = "done"
	ItemSkipped ItemState = "skipped"
	ItemBlocked ItemState = "blocked"
)

// Item is one line of the room's checklist. What the plan says of it is in its
// [ItemDef]; items that people added have none.
type Item struct {
	N        int       `json:"n"`  // its number on every screen
	ID       string    `json:"id"` // of the plan, or of the event that added it
	Phase    string    `json:"phase"`
	Text     string    `json:"text"`
	State    ItemState `json:"state"`
	Owner    string    `json:"owner,omitempty"`
	By       string    `json:"by,omitempty"` // who changed it last
	At       time.Time `json:"at,omitzero"`
	Reason   string    `json:"reason,omitempty"`
	Override string    `json:"override,omitempty"` // why it was checked against the plan's order
	Added    bool      `json:"added,omitempty"`
	StaleBy  int       `json:"stale_by,omitempty"` // number of the item before it that was opened again after this was done
}

// addPlanItems adds the plan's items that apply to the room's kind and are not
// there yet. Their numbers are their places in the plan, so that a printed plan
// and every screen say the same; they never change.
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

// KindHint says how many items of the plan wait for the kind of incident to be
// known; empty where none does.
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
	return Safef("the kind is not known: %d items wait for :kind %s", n, strings.Join(kinds, " or "))
}

// ItemByID returns an item of the checklist, nil where there is none.
func (r *Room) ItemByID(id string) *Item {
	for i := range r.Items {
		if r.Items[i].ID == id {
			return &r.Items[i]
		}
	}
	return nil
}

// ItemByN returns the item of a number.
func (r *Room) ItemByN(n int) *Item {
	for i := range r.Items {
		if r.Items[i].N == n {
			return &r.Items[i]
		}
	}
	return nil
}

// Def returns what the plan says of an item; an empty definition for one that
// was added.
func (r *Room) Def(it *Item) ItemDef {
	if d := r.Plan.Item(it.ID); d != nil && !it.Added {
		return *d
	}
	return ItemDef{ID: it.ID, Phase: it.Phase, Text: it.Text}
}

// NotNeeded says why an item need not be done: its condition was answered
// with no, or another of its group is done. Empty where it is needed.
func (r *Room) NotNeeded(it *Item) Safe {
	d := r.Def(it)
	if d.If != "" {
		if a, ok := r.Answers[d.If]; ok && !a.Yes {
			return Safef("not %s", strings.TrimPrefix(r.condition(d.If), "if "))
		}
	}
	if d.Group != "" && it.State != ItemDone {
		for i := range r.Items {
			if o := &r.Items[i]; o.ID != it.ID && o.State == ItemDone && r.Def(o).Group == d.Group {
				return Safef("item %d does it", o.N)
			}
		}
	}
	return Safe{}
}

// StaleWhy says why an item that was done has to be done again: one that comes before
// it was opened again. Empty where it stands.
func (r *Room) StaleWhy(it *Item) Safe {
	if it.State != ItemDone || it.StaleBy == 0 {
		return Safe{}
	}
	return Safef("done before item %d was opened again", it.StaleBy)
}

// StaleItems are the items that have to be done again.
func (r *Room) StaleItems() []*Item {
	var out []*Item
	for i := range r.Items {
		if it := &r.Items[i]; !r.StaleWhy(it).IsEmpty() {
			out = append(out, it)
		}
	}
	return out
}

// spoil marks the items that were done after the one that is opened again and
// that the plan has come after it.
func (r *Room) spoil(opened *Item) {
	ids, groups := map[string]bool{opened.ID: true}, map[string]bool{}
	if g := r.Def(opened).Group; g != "" && !r.groupDone(g) {
		groups[g] = true
	}
	r.Items = slices.Clone(r.Items)
	for again := true; again; {
		again = false
		for i := range r.Items {
			it := &r.Items[i]
			if ids[it.ID] || !slices.ContainsFunc(r.Def(it).Needs, func(n string) bool { return ids[n] || groups[n] }) {
				continue
			}
			ids[it.ID], again = true, true
			if it.State == ItemDone {
				it.StaleBy = opened.N
			}
		}
	}
}

// Settled says whether nothing is left to do about an item.
func (r *Room) Settled(it *Item) bool {
	if r.Rules >= 2 && !r.StaleWhy(it).IsEmpty() {
		return false
	}
	return it.State == ItemDone || it.State == ItemSkipped || !r.NotNeeded(it).IsEmpty()
}

// Asked says whether the condition of an item is still to be answered.
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

// Progress counts the items of a phase: how many are settled, of how many.
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

// Gate says what has to come before an item, and what to do; empty where
// nothing stands against it.
func (r *Room) Gate(it *Item) Safe {
	d := r.Def(it)
	if a, ok := r.Answers[d.If]; d.If != "" {
		switch {
		case !ok:
			return Safef("item %d is only for the case: %s; say first :if %s yes, or no", it.N, r.condition(d.If), d.If)
		case !a.Yes:
			return Safef("item %d is only for the case: %s; %s answered no", it.N, r.condition(d.If), a.By)
		}
	}
	if missing := r.missing(d); len(missing) > 0 {
		return Safef("item %d comes after %s", it.N, strings.Join(missing, " and "))
	}
	if d.Destroys {
		if left := r.unpreserved(); len(left) > 0 {
			return Safef("item %d destroys evidence; secure it first: %s", it.N, strings.Join(left, ", "))
		}
	}
	return Safe{}
}

// missing names the items and groups that d needs and that are not settled.
func (r *Room) missing(d ItemDef) []string {
	var out []string
	for _, need := range d.Needs {
		if g := r.Plan.Group(need); g != nil {
			if !r.groupDone(g.ID) {
				out = append(out, g.Text)
			}
			continue
		}
		if it := r.ItemByID(need); it != nil && !r.Settled(it) {
			out = append(out, Safef("item %d (%s)", it.N, it.Text).String())
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

// unpreserved names the items that secure evidence and are not settled: neither
// checked, nor is evidence of their class in the register.
func (r *Room) unpreserved() []string {
	var out []string
	for i := range r.Items {
		if it := &r.Items[i]; r.Def(it).Preserves != "" && !r.Settled(it) && !r.secured(r.Def(it).Preserves) {
			out = append(out, Safef("item %d (%s)", it.N, r.Def(it).Preserves).String())
		}
	}
	return out
}
