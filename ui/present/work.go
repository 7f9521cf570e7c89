package present

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// A WorkGroup is a group of the items of a checklist.
type WorkGroup func(*model.Room, *model.Item) bool

// IsBlocked reports whether an item is blocked.
func IsBlocked(_ *model.Room, it *model.Item) bool { return it.State == model.ItemBlocked }

// IsDoing reports whether an item is being worked on.
func IsDoing(_ *model.Room, it *model.Item) bool { return it.State == model.ItemDoing }

// IsUnowned reports whether nobody has an item that can be started now: of an open phase,
// of an earlier one that left it open, or of one whose clock runs.
func IsUnowned(r *model.Room, it *model.Item) bool {
	if it.State != model.ItemTodo || it.Owner != "" || r.Status != model.Open || r.Settled(it) {
		return false
	}
	return leftByEarlier(r, it) || itemClock(r, it) != nil ||
		slices.Contains(OpenPhases(r), it.Phase) && !r.Asked(it) && r.BlockedBy(it).IsEmpty()
}

// IsLater reports whether an item is not done and cannot be started now.
func IsLater(r *model.Room, it *model.Item) bool {
	return it.State == model.ItemTodo && it.Owner == "" && !r.Settled(it) && !IsUnowned(r, it)
}

// leftByEarlier reports whether the phase of an item comes before all open ones.
func leftByEarlier(r *model.Room, it *model.Item) bool {
	if r.Plan == nil {
		return false
	}
	for _, p := range r.Plan.Phases {
		switch {
		case slices.Contains(OpenPhases(r), p.ID):
			return false
		case p.ID == it.Phase:
			return true
		}
	}
	return false
}

// itemClock returns the run of the clock that an item stops, if it runs; otherwise nil.
func itemClock(r *model.Room, it *model.Item) *model.ClockRun {
	for i := range r.Clocks {
		if c := &r.Clocks[i]; c.ID == r.Def(it).Meets && c.Runs() {
			return c
		}
	}
	return nil
}

// workRank returns the position of an item among those of its group: overdue ones, those
// whose clock runs, urgent ones, those that an earlier phase left open, and all others.
func workRank(r *model.Room, it *model.Item, now time.Time) int {
	c := itemClock(r, it)
	switch {
	case r.ItemOverdue(it, now), c != nil && !now.Before(c.DueAt):
		return 0
	case c != nil:
		return 1
	case r.Def(it).Urgent:
		return 2
	case leftByEarlier(r, it):
		return 3
	}
	return 4
}

// Work returns the items of one group by their [workRank]. A room that is closed has none.
func Work(r *model.Room, now time.Time, is WorkGroup) []*model.Item {
	if r.Plan == nil || r.Status == model.Closed {
		return nil
	}
	var list []*model.Item
	for i := range r.Items {
		if it := &r.Items[i]; is(r, it) {
			list = append(list, it)
		}
	}
	slices.SortStableFunc(list, func(a, b *model.Item) int {
		return cmp.Or(workRank(r, a, now)-workRank(r, b, now), cmp.Compare(a.N, b.N))
	})
	return list
}

// Checklist describes the items of the open phases, and counts those of the others. phase
// names one phase to describe instead, by its id or label, or "all". It returns nothing
// for a phase that is not in the plan.
func Checklist(r *model.Room, phase string, now time.Time, zone *time.Location) []model.Safe {
	if r.Plan == nil {
		return []model.Safe{noPlan}
	}
	var out, others []model.Safe
	for _, p := range r.Plan.Phases {
		_, all := r.Progress(p.ID)
		switch {
		case phase != "" && phase != "all" && !strings.EqualFold(phase, p.ID) && !strings.EqualFold(phase, p.Label),
			all == 0:
			continue
		case phase == "" && !slices.Contains(OpenPhases(r), p.ID):
			others = append(others, PhaseProgress(r, p.ID))
			continue
		}
		out = append(out, model.Safef("%s:", PhaseProgress(r, p.ID)))
		for i := range r.Items {
			if it := &r.Items[i]; it.Phase == p.ID {
				out = append(out, itemLine(r, it, now, zone))
			}
		}
	}
	if h := r.KindHint(); !h.IsEmpty() && len(out) > 0 {
		out = append([]model.Safe{h}, out...)
	}
	if len(others) > 0 {
		out = append(out, model.Safef("other phases: %s; :checklist PHASE lists one", model.JoinSafe(model.Lit(", "),
			others...)))
	}
	return out
}
