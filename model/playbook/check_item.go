package playbook

import (
	"fmt"
	"slices"
	"strings"

	"warroom/model"
)

// classes are the classes of evidence that an item may preserve.
var classes = []string{"log", "metric", "snapshot", "memory", "other"}

func (c *checker) checkItems() {
	members := map[string]bool{}
	for i, it := range c.plan.Items {
		members[it.Group] = true
		c.checkItem(fmt.Sprintf("items[%d]", i), it)
	}
	for i, g := range c.plan.Groups {
		if g.ID != "" && !members[g.ID] {
			c.fault(fmt.Sprintf("groups[%d]",
				i), model.Safef("no item is in the group %q; write group = %q in its items, or remove the group", g.ID,
				g.ID))
		}
		if g.ID != "" && slices.Contains(c.items, g.ID) {
			c.fault(fmt.Sprintf("groups[%d].id",
				i), model.Safef("%q is an item too, so needs = [%q] could mean either; give one of them a different id",
				g.ID,
				g.ID))
		}
	}
}

func (c *checker) checkItem(path string, it model.ItemDef) {
	for j, class := range it.Evidence {
		c.known(fmt.Sprintf("%s.evidence[%d]", path, j), class, model.Lit("a class of evidence"), classes)
	}
	if c.needs(path, "phase", it.Phase); it.Phase != "" {
		c.known(path+".phase", it.Phase, model.Lit("a phase of this plan"), c.phases)
	}
	for j, k := range it.Kinds {
		c.known(fmt.Sprintf("%s.kinds[%d]", path, j), k, model.Lit("a kind of incident of this plan"), c.kinds)
	}
	for j, n := range it.Needs {
		c.known(fmt.Sprintf("%s.needs[%d]", path, j), n, model.Lit("an item or a group of this plan"),
			slices.Concat(c.items, c.groups))
	}
	for j, n := range it.ScanAfter {
		c.known(fmt.Sprintf("%s.scan-after[%d]", path, j), n, model.Lit("an item or a group of this plan"),
			slices.Concat(c.items, c.groups))
	}
	for j, n := range it.Independent {
		c.known(fmt.Sprintf("%s.independent-of[%d]", path, j), n, model.Lit("an item or a group of this plan"),
			slices.Concat(c.items, c.groups))
	}
	c.known(path+".if-done", it.IfDone, model.Lit("an item of this plan"), c.items)
	c.known(path+".if", it.If, model.Lit("a condition of this plan"), c.conditions)
	c.known(path+".group", it.Group, model.Lit("a group of this plan"), c.groups)
	c.known(path+".role", it.Role, model.Lit("a role of this plan"), c.roles)
	c.known(path+".meets", it.Meets, model.Lit("a clock of this plan"), c.clocks)
	c.known(path+".preserves", it.Preserves, model.Lit("a class of evidence"), classes)
	c.known(path+".contains", it.Contains, model.Lit("a type of asset"), model.AssetTypes)
	if it.OnlyRole && it.Role == "" && !c.odd[path] {
		c.fault(path+".only-role",
			model.Safef(`the item %q is for one role only, but names no role; write role = "..."`, it.ID))
	}
	switch it.Milestone {
	case model.MilestoneDeclared, model.MilestoneResolved, model.MilestoneClosed:
		c.fault(path+".milestone", model.Safef("%q is reached by the command of that name, not by an item; remove "+
			"the milestone", it.Milestone))
	default:
		c.known(path+".milestone", it.Milestone, model.Lit("a milestone"), model.MilestoneNames)
	}
}

// checkCycles reports items that wait for each other, so that none of them can be done. An
// item that destroys evidence waits for all that preserve it.
func (c *checker) checkCycles() {
	w := waits{items: c.plan.Items, state: make([]int, len(c.plan.Items))}
	w.index()
	for i := range w.items {
		loop := w.visit(i)
		if loop == nil {
			continue
		}
		ids, why := make([]string, len(loop)), model.Safe{}
		for j, k := range loop {
			ids[j] = w.items[k].ID
			if w.items[k].Destroys {
				why = model.Lit(" (an item that destroys evidence needs every item that preserves it)")
			}
		}
		c.fault(fmt.Sprintf("items[%d]",
			loop[0]), model.Safef("these items wait for each other: %s%s; remove one of the needs",
			strings.Join(ids, " needs "), why))
	}
}

// waits is the graph of items that wait for other items.
type waits struct {
	items     []model.ItemDef
	byID      map[string][]int // by id of an item or of a group
	preserves []int
	state     []int // 0 not visited, 1 on the current path, 2 done
	way       []int
}

func (w *waits) index() {
	w.byID = map[string][]int{}
	for i, it := range w.items {
		w.byID[it.ID] = append(w.byID[it.ID], i)
		if it.Group != "" {
			w.byID[it.Group] = append(w.byID[it.Group], i)
		}
		if it.Preserves != "" {
			w.preserves = append(w.preserves, i)
		}
	}
}

// visit searches depth-first from item i and returns the first cycle that it finds, with
// the item that closes it both first and last.
func (w *waits) visit(i int) []int {
	switch w.state[i] {
	case 1:
		return append(slices.Clone(w.way[slices.Index(w.way, i):]), i)
	case 2:
		return nil
	}
	w.state[i] = 1
	w.way = append(w.way, i)
	defer func() { w.state[i], w.way = 2, w.way[:len(w.way)-1] }()
	var next []int
	for _, n := range slices.Concat(w.items[i].Needs, w.items[i].ScanAfter) {
		next = append(next, w.byID[n]...)
	}
	if w.items[i].Destroys {
		next = append(next, w.preserves...)
	}
	for _, j := range next {
		if loop := w.visit(j); loop != nil {
			return loop
		}
	}
	return nil
}
