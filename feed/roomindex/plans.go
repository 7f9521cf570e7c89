package roomindex

import (
	"encoding/json"

	"warroom/model"
)

// plans has the plans that the rooms of an index follow, without duplicates.
type plans struct {
	bySum map[string]uint64
	list  []planEntry
}

type planEntry struct {
	sum     string
	plan    *model.Plan
	encoded []byte
}

// maxPlans is the maximum number of plans in one index.
const maxPlans = 1 << 20

func newPlans() plans { return plans{bySum: map[string]uint64{}} }

// intern returns the shared copy of a room's plan and its number, which begins at 1, or 0
// if the room has no plan.
func (p *plans) intern(r *model.Room) (*model.Plan, uint64) {
	if r.Plan == nil {
		return nil, 0
	}
	if n := p.bySum[r.PlanSum]; n > 0 && r.PlanSum != "" {
		return p.list[n-1].plan, n
	}
	raw, err := json.Marshal(r.Plan)
	if err != nil {
		return nil, 0 // it was read from JSON
	}
	return r.Plan, p.add(planEntry{sum: r.PlanSum, plan: r.Plan, encoded: raw})
}

func (p *plans) add(e planEntry) uint64 {
	p.list = append(p.list, e)
	n := uint64(len(p.list))
	p.bySum[e.sum] = n
	return n
}
