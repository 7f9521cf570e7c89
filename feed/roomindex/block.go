package roomindex

import (
	"encoding/json"
	"maps"
	"slices"

	"warroom/model"
)

// Block encodes rows of the index, with their plans, up to about max bytes, but at least
// one row. It returns the number of encoded rows.
func (x *Index) Block(rows []*Row, max int) (block []byte, n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var body []byte
	used := map[uint64]bool{}
	for _, r := range rows {
		if n > 0 && len(body)+len(r.encoded) > max {
			break
		}
		body = append(body, r.encoded...)
		if r.plan > 0 {
			used[r.plan] = true
		}
		n++
	}
	c := &coder{}
	c.uint(form)
	c.uint(model.FoldVersion)
	c.uint(uint64(len(used)))
	for _, p := range slices.Sorted(maps.Keys(used)) {
		c.uint(p)
		c.text(x.plans.list[p-1].sum)
		c.bytes(x.plans.list[p-1].encoded)
	}
	c.uint(uint64(n))
	return append(c.b, body...), n
}

// Read returns the rows of a block.
func Read(block []byte) ([]*Row, error) {
	rows, _, err := read(block)
	return rows, err
}

// read returns the rows of a block, and the plans by their numbers in the block.
func read(block []byte) ([]*Row, map[uint64]planEntry, error) {
	d := &decoder{s: string(block)}
	if d.uint() != form || d.uint() != model.FoldVersion {
		return nil, nil, errForm
	}
	byNumber := map[uint64]planEntry{}
	for range d.count() {
		n, sum, raw := d.uint(), d.text(), []byte(d.text())
		p := new(model.Plan)
		if n == 0 || n > maxPlans || json.Unmarshal(raw, p) != nil {
			return nil, nil, errForm
		}
		byNumber[n] = planEntry{sum: sum, plan: p, encoded: raw}
	}
	many := d.count()
	rows := make([]*Row, 0, many)
	for range many {
		if rows = append(rows, decodeRow(d, byNumber)); d.bad {
			return nil, nil, errForm
		}
	}
	if d.bad || d.s != "" {
		return nil, nil, errForm
	}
	return rows, byNumber, nil
}

// Load reads the rows of a block into an empty index.
func (x *Index) Load(block []byte) error {
	rows, byNumber, err := read(block)
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.plans = newPlans()
	for n, e := range byNumber {
		for uint64(len(x.plans.list)) < n {
			x.plans.list = append(x.plans.list, planEntry{})
		}
		x.plans.list[n-1], x.plans.bySum[e.sum] = e, n
	}
	x.rows, x.sorted = make(map[string]*Row, len(rows)), nil
	for _, r := range rows {
		x.rows[r.Short] = r
	}
	x.version++
	return nil
}
