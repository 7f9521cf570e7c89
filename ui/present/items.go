package present

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// itemLine returns one line of the checklist.
func itemLine(r *model.Room, it *model.Item, now time.Time, zone *time.Location) model.Safe {
	mark := map[model.ItemState]string{model.ItemDone: "x", model.ItemDoing: ">", model.ItemSkipped: "-",
		model.ItemBlocked: "!", model.ItemTodo: " "}[it.State]
	if it.State != model.ItemDone && !r.NotNeeded(it).IsEmpty() {
		mark = "-"
	}
	s := model.Safef("  [%s] %2d %s", mark, it.N, it.Text)
	if urgent := ItemUrgent(r, it, now); !urgent.Full.IsEmpty() {
		s = model.Safef("  [%s] %2d %s: %s", mark, it.N, urgent.Full, it.Text)
	}
	for _, n := range ItemNotes(r, it, now, zone) {
		if !n.Full.IsEmpty() {
			s = model.Safef("%s; %s", s, n.Full)
		}
	}
	return s
}

// ItemUrgent describes for how long an urgent item has been open; empty for any other.
func ItemUrgent(r *model.Room, it *model.Item, now time.Time) Wording {
	if !r.Def(it).Urgent || r.Settled(it) {
		return Wording{}
	}
	age := model.Span(r.AsOf(now).Sub(OpenSince(r, it)))
	return Wording{Full: model.Safef("URGENT, open %s", age), Short: model.Safef("URGENT %s", age)}
}

// ItemNotes returns the remarks on an item. What has no short form is not shown in a row
// of the screen: the page of the checklist has it, see [ItemFacts].
func ItemNotes(r *model.Room, it *model.Item, now time.Time, zone *time.Location) []Wording {
	var out []Wording
	add := func(on bool, w Wording) {
		if on {
			out = append(out, w)
		}
	}
	d, why, open := r.Def(it), r.NotNeeded(it), !r.Settled(it)
	add(it.Owner != "", same(model.Safef("@%s", it.Owner)))
	add(it.Owner == "" && d.Role != "" && open, same(model.Safef("@%s", RoleLabel(r, d.Role))))
	add(!why.IsEmpty() && it.State == model.ItemTodo, remark(model.Safef("not needed: %s", why)))
	add(open && r.Asked(it), remark(model.Safef("%s?", Condition(r, d.If))))
	gate := r.BlockedBy(it)
	add(open && !r.Asked(it) && !gate.IsEmpty(), Wording{Full: model.Safef("locked: %s", gate),
		Short: model.Lit("(locked)")})
	reason := model.CleanLine(it.Reason)
	switch {
	case reason.IsEmpty():
	case it.State == model.ItemBlocked:
		add(true, remark(model.Safef("blocked: %s", reason)))
	case it.State == model.ItemSkipped:
		add(true, remark(model.Safef("skipped: %s", reason)))
	default:
		add(true, Wording{Full: reason})
	}
	contained := r.Containment(it).Words()
	add(!contained.IsEmpty(), remark(contained))
	for _, x := range r.ExceptedWords(it) {
		add(true, Wording{Full: x})
	}
	add(open && !it.Due.IsZero(), itemDue(r, it, now, zone))
	stale := r.StaleWhy(it)
	add(!stale.IsEmpty(), remark(model.Safef("STALE: %s", stale)))
	out = append(out, overrideNotes(r, it)...)
	add(d.OnlyRole, Wording{Full: model.Safef("only for %s", RoleLabel(r, d.Role))})
	add(d.Group != "" && open && why.IsEmpty(), Wording{Full: GroupWords(r, d.Group)})
	return out
}

// remark is a remark that a row of the screen has in parentheses.
func remark(s model.Safe) Wording { return Wording{Full: s, Short: model.Safef("(%s)", s)} }

// itemDue describes when an item is due.
func itemDue(r *model.Room, it *model.Item, now time.Time, zone *time.Location) Wording {
	if r.ItemOverdue(it, now) {
		late := overdue(now.Sub(it.Due))
		return Wording{Full: model.Safef("%s, since %s", late.Full, zoned(zone)(it.Due)),
			Short: model.Safef("(%s)", late.Short)}
	}
	return Wording{Full: model.Safef("due %s", zoned(zone)(it.Due)),
		Short: model.Safef("(due %s)", model.DayTime(it.Due, now.In(zone)))}
}

// overrideNotes returns the remarks on how an item was done against its gate.
func overrideNotes(r *model.Room, it *model.Item) []Wording {
	var out []Wording
	if it.Override != "" {
		out = append(out, remark(model.Safef("OVERRIDE: %s", it.Override)))
	}
	if it.SecondBy != "" {
		out = append(out, Wording{Full: model.Safef("second person: %s", it.SecondBy)})
	}
	if c := r.SelfChecked(it); !c.IsEmpty() {
		out = append(out, remark(c))
	}
	if it.Asked != nil {
		by, why := it.Asked.By, it.Asked.Reason
		out = append(out, Wording{
			Full:  model.Safef("OVERRIDE by %s: %s; a second person has to confirm it: :confirm %d", by, why, it.N),
			Short: model.Safef("(OVERRIDE by %s: a second person has to confirm it: :confirm %d)", by, it.N),
		})
	}
	return out
}

// Condition returns the condition that somebody has to report before an item can begin.
func Condition(r *model.Room, id string) model.Safe {
	if c := r.Plan.Condition(id); c != nil {
		return model.CleanLine(c.Text)
	}
	return model.Safef("if %s", id)
}

// GroupWords describes a group of items.
func GroupWords(r *model.Room, id string) model.Safe {
	if g := r.Plan.Group(id); g != nil {
		return model.CleanLine(g.Text)
	}
	return model.Safef("one of %s", id)
}

// OpenSince returns since when an item that nobody has begun could have been: an urgent one
// since the alert, any other since its phase was entered, both since it was opened again.
func OpenSince(r *model.Room, it *model.Item) time.Time {
	if it.State == model.ItemTodo && !it.At.IsZero() {
		return it.At
	}
	if r.Def(it).Urgent {
		return r.AlertAt()
	}
	for _, s := range slices.Backward(r.Phases) {
		if s.Phase == it.Phase {
			return s.From
		}
	}
	return r.DeclaredAt
}

// ItemFacts returns the sentences about one item.
func ItemFacts(r *model.Room, it *model.Item, zone *time.Location) []model.Safe {
	d := r.Def(it)
	var out []model.Safe
	if !it.At.IsZero() && it.State != model.ItemTodo {
		const form = "2006-01-02 15:04:05 MST"
		state := string(it.State)
		if it.State == model.ItemDoing {
			state = "started"
		}
		s := model.Safef("%s by %s, %s", state, it.By, it.At.In(zone).Format(form))
		if model.TimesDiffer(it.DoneAt, it.At) {
			s = model.Safef("%s by %s, %s, recorded %s", state, it.By, it.DoneAt.In(zone).Format(form),
				it.At.In(zone).Format(form))
		}
		out = append(out, s)
	}
	if it.Reason != "" && it.State != model.ItemBlocked && it.State != model.ItemSkipped { // its row has those
		out = append(out, model.Clean(it.Reason))
	}
	if !it.Due.IsZero() && !r.Settled(it) {
		out = append(out, model.Safef("due %s", it.Due.In(zone).Format("2006-01-02 15:04 MST")))
	}
	if g := r.BlockedBy(it); !g.IsEmpty() && !r.Settled(it) {
		out = append(out, g)
	}
	out = append(out, r.ExceptedWords(it)...)
	if d.Destroys {
		out = append(out, model.Lit("destroys evidence"))
	}
	if d.Ref != "" {
		out = append(out, model.Safef("see %s", d.Ref))
	}
	if g := r.Plan.Group(d.Group); d.Group != "" && g != nil {
		out = append(out, model.Safef("group: %s", model.CleanLine(g.Text)))
	}
	if c := r.Plan.Condition(d.If); d.If != "" && c != nil {
		out = append(out, conditionFact(r, d.If, model.CleanLine(c.Text)))
	}
	if d.From != "" {
		out = append(out, sourceWords(r.Plan, strings.TrimSpace(d.From)))
	}
	return out
}

// conditionFact describes the condition of an item and its answer.
func conditionFact(r *model.Room, id string, text model.Safe) model.Safe {
	a, ok := r.Answers[id]
	switch {
	case !ok:
		return model.Safef("condition: %s; answer it with :if %s yes or no", text, id)
	case a.Yes:
		return model.Safef("condition: %s; %s answered yes", text, a.By)
	}
	return model.Safef("condition: %s; %s answered no", text, a.By)
}

// sourceWords names the place in the plan that an item comes from, without the file.
func sourceWords(p *model.Plan, from string) model.Safe {
	if at := strings.LastIndexByte(from, ':'); at >= 0 {
		if n, err := strconv.Atoi(from[at+1:]); err == nil {
			return model.Safef("source: %s, line %d", model.CleanLine(p.Title), n)
		}
	}
	return model.Safef("source: %s, %s", model.CleanLine(p.Title), model.CleanLine(from))
}

// sameEvidence reports whether two states of a room share their register: a change makes a
// new one, because states are not modified.
func sameEvidence(a, b []model.EvidenceItem) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// NewlySecured names the open items that preserve a class of evidence of which the first
// piece was stored between two states of a room. Storing a piece does not check them off.
func NewlySecured(old, r *model.Room) model.Safe {
	if sameEvidence(old.Evidence, r.Evidence) {
		return model.Safe{}
	}
	var out []model.Safe
	for i := range r.Items {
		it := &r.Items[i]
		class := r.Def(it).Preserves
		if class != "" && !r.Settled(it) && r.Secured(class) && !old.Secured(class) {
			out = append(out, model.Safef("evidence of class %s is stored: if that is all of item %d (%s), "+
				"check it off with :check %d", class, it.N, model.CleanLine(r.Def(it).Text), it.N))
		}
	}
	return model.JoinSafe(model.Lit("; "), out...)
}
