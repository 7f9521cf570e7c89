package model

import "strings"

// An item of the plan that contains a type of asset is done once each asset of that
// type is contained, cleared, or excepted with a reason. This follows from the log,
// so nobody has to check it off; an asset that is added later reopens it.

// Containment counts the assets that an item has to contain.
type Containment struct {
	Type     string
	Done     int // contained
	Excepted int // excepted, and not contained
	Cleared  int // not compromised, so there is nothing to contain
	All      int // without those that are cleared
}

// IsComplete reports whether nothing is left to do.
func (c Containment) IsComplete() bool { return c.Done+c.Excepted >= c.All }

// Words returns the count: "2 of 3 contained".
func (c Containment) Words() Safe {
	if c.Type == "" {
		return Safe{}
	}
	s := countWords(c.Done, c.All, c.Cleared)
	if c.Excepted > 0 {
		s = Safef("%s, %d excepted", s, c.Excepted)
	}
	return s
}

// countWords returns a count of assets such as "2 of 2 contained, 1 cleared".
func countWords(done, all, cleared int) Safe {
	var s []Safe
	if all > 0 {
		s = append(s, Safef("%d of %d contained", done, all))
	}
	if cleared > 0 {
		s = append(s, Safef("%d cleared", cleared))
	}
	return JoinSafe(Lit(", "), s...)
}

// Containment counts the assets that an item has to contain. The type is empty if
// the plan names none.
func (r *Room) Containment(it *Item) Containment {
	c := Containment{Type: r.Def(it).Contains}
	if c.Type == "" {
		return c
	}
	for i := range r.Assets {
		a := r.Assets[i]
		switch {
		case a.Type != c.Type:
			continue
		case a.State() == AssetCleared && r.Rules >= rulesRuns:
			c.Cleared++
			continue
		case a.IsContained():
			c.Done++
		case r.exceptionOf(it.ID, a.ID) != nil:
			c.Excepted++
		}
		c.All++
	}
	return c
}

// uncontained refuses to check off an item while one of its assets is not contained.
func (r *Room) uncontained(it *Item) error {
	c := r.Containment(it)
	if c.IsComplete() {
		return nil
	}
	var left []string
	first := 0
	for i := range r.Assets {
		if a := r.Assets[i]; a.Type == c.Type && !a.IsContained() && r.exceptionOf(it.ID, a.ID) == nil {
			if first == 0 {
				first = a.N
			}
			left = append(left, Safef("asset %d (%s)", a.N, a.Name).String())
		}
	}
	const shown = 5
	if n := len(left); n > shown {
		left = append(left[:shown], Safef("and %d more", n-shown).String())
	}
	return Refuse(Conflict, "item %d has %s; not contained: %s; :asset %d contained, or :except %d %d REASON", it.N,
		c.Words(),
		strings.Join(left, ", "), first, it.N, first)
}

// settleItems marks the items that contain a type of asset as done once all its
// assets are contained, and reopens them otherwise.
func (r *Room) settleItems(typ string, e *Event) {
	for i := range r.Items {
		it := &r.Items[i]
		d := r.Def(it)
		if d.Contains != typ || typ == "" {
			continue
		}
		c := r.Containment(it)
		switch complete := c.IsComplete(); {
		case complete && c.All > 0 && (it.State == ItemTodo || it.State == ItemDoing) &&
			r.BlockedBy(it).IsEmpty() && !d.OnlyRole:
			r.effects = append(r.effects, Safef("item %d is done: %s", it.N, r.Containment(it).Words()))
			(&ItemDoneBody{Item: it.ID}).apply(r, e)
		case !complete && it.State == ItemDone && it.Override == "":
			r.effects = append(r.effects, Safef("item %d is open again: %s", it.N, r.Containment(it).Words()))
			(&ItemMoved{Item: it.ID, Reason: "not every " + typ + " is contained", kind: KindItemReopened}).apply(r, e)
		}
	}
}

// Scope counts the assets of one type.
type Scope struct {
	Type           string
	Contained, All int // without those that are cleared
	Cleared        int
}

// Words returns the count: "2 of 2 contained, 1 cleared".
func (s Scope) Words() Safe { return countWords(s.Contained, s.All, s.Cleared) }

// Scopes returns the number of assets by type, in the order of [AssetTypes].
func (r *Room) Scopes() []Scope {
	var out []Scope
	for _, t := range AssetTypes {
		s := Scope{Type: t}
		for i := range r.Assets {
			switch a := r.Assets[i]; {
			case a.Type != t:
			case a.State() == AssetCleared:
				s.Cleared++
			case a.IsContained():
				s.Contained++
				s.All++
			default:
				s.All++
			}
		}
		if s.All+s.Cleared > 0 {
			out = append(out, s)
		}
	}
	return out
}

// ScopeLine returns a summary such as "credentials 2 of 3 contained, host 0 of 1
// contained", or empty text if there are no assets.
func (r *Room) ScopeLine() Safe {
	var parts []Safe
	for _, s := range r.Scopes() {
		name := s.Type
		if s.All+s.Cleared != 1 {
			name += "s"
		}
		parts = append(parts, Safef("%s %s", name, s.Words()))
	}
	return JoinSafe(Lit(", "), parts...)
}

// Facts describes each run of an asset, and by whom and why its state was set.
func (a *Asset) Facts(at At) Safe {
	runs := a.Runs()
	s := make([]Safe, len(runs))
	for i := range runs {
		s[i] = runs[i].Words(at)
	}
	return because(Safef("%s, by %s", JoinSafe(Lit("; again "), s...), a.By()), a.Reason())
}

// ExceptedWords returns the exceptions of an item: "without asset 3 (deploy key), by
// bo: WHY".
func (r *Room) ExceptedWords(it *Item) []Safe {
	var out []Safe
	for _, x := range r.Excepted(it) {
		if a := r.AssetOf(x); a != nil {
			out = append(out, because(Safef("without asset %d (%s), by %s", a.N, a.Name, x.By), x.Reason))
		}
	}
	return out
}
