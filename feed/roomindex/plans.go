package roomindex

import (
	"encoding/json"

	"warroom/model"
)

// plans are the plans that the rooms of an index follow, each once.
type plans struct {
	bySum map[string]uint64
	list  []planEntry
}

type planEntry struct {
	sum     string
	plan    *model.Plan
	encoded []byte
}

// maxPlans is how many plans the rooms of one index may follow.
const maxPlans = 1 << 20

func newPlans() plans { return plans{bySum: map[string]uint64{}} }

// intern returns the plan of a room as the other rooms with it have it, and its number
// from 1; 0 where the room has none.
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
	return r.Plan, p.add(planEntry{r.PlanSum, r.Plan, raw})
}

func (p *plans) add(e planEntry) uint64 {
	p.list = append(p.list, e)
	n := uint64(len(p.list))
	p.bySum[e.sum] = n
	return n
}
