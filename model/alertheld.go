package model

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
)

// heldGroup is a group as it is written to disk.
type heldGroup struct {
	Group    string      `json:"group"`
	Worst    Alert       `json:"worst"`
	Findings int         `json:"findings"`
	Keys     []byte      `json:"keys,omitempty"`
	Rules    []AlertRule `json:"rules,omitempty"`
}

// Parts returns the groups in a form that can be kept on disk, one after the other.
// [AlertGroups.AddPart] takes them in again.
func (g *AlertGroups) Parts() iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		for _, c := range g.order {
			h := heldGroup{Group: c.worst.GroupKey, Worst: c.worst, Findings: c.n, Keys: c.keys}
			for _, rule := range slices.Sorted(maps.Keys(c.rules)) {
				h.Rules = append(h.Rules, *c.rules[rule])
			}
			if !yield(json.Marshal(h)) {
				return
			}
		}
	}
}

// AddPart takes in a group that Parts returned.
func (g *AlertGroups) AddPart(raw json.RawMessage) error {
	var h heldGroup
	if err := json.Unmarshal(raw, &h); err != nil {
		return err
	}
	whole := len(h.Keys) / alertKey * alertKey
	c := &alertGroup{worst: h.Worst, n: h.Findings, keys: h.Keys[:whole], rules: map[string]*AlertRule{}}
	c.worst.GroupKey = h.Group
	for _, r := range h.Rules {
		c.rules[r.Rule] = &r
	}
	g.Merge(&AlertGroups{order: []*alertGroup{c}})
	return nil
}
