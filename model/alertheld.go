package model

import (
	"encoding/binary"
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
	Marks    []byte      `json:"marks,omitempty"`
	Rules    []AlertRule `json:"rules,omitempty"`
	Left     []byte      `json:"left,omitempty"` // in a part of its own: findings that are no new alert
}

// Parts returns the groups in a form that can be kept on disk, one after the other.
// [AlertGroups.AddPart] takes them in again.
func (g *AlertGroups) Parts() iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		for _, c := range g.order {
			h := heldGroup{Group: c.worst.GroupKey, Worst: c.worst, Findings: c.n, Marks: packMarks(c.marks)}
			for _, rule := range slices.Sorted(maps.Keys(c.rules)) {
				h.Rules = append(h.Rules, *c.rules[rule])
			}
			if !yield(json.Marshal(h)) {
				return
			}
		}
		if len(g.left) > 0 {
			yield(json.Marshal(heldGroup{Left: packMarks(g.left)}))
		}
	}
}

// AddPart takes in a group that Parts returned.
func (g *AlertGroups) AddPart(raw json.RawMessage) error {
	var h heldGroup
	if err := json.Unmarshal(raw, &h); err != nil {
		return err
	}
	if len(h.Left) > 0 {
		g.Merge(&AlertGroups{left: unpackMarks(h.Left)})
		return nil
	}
	c := &alertGroup{worst: h.Worst, n: h.Findings, marks: unpackMarks(h.Marks), rules: map[string]*AlertRule{}}
	c.worst.GroupKey = h.Group
	for _, r := range h.Rules {
		c.rules[r.Rule] = &r
	}
	g.Merge(&AlertGroups{order: []*alertGroup{c}})
	return nil
}

// markSize is how many bytes a mark has on disk.
const markSize = 3*alertKey + 1 + 4

// packMarks writes marks one behind the other: the three keys, a byte that says how
// the finding stands, and the count, big endian.
func packMarks(marks []findingMark) []byte {
	out := make([]byte, 0, len(marks)*markSize)
	for _, m := range marks {
		state := byte(m.severity) << 2
		if m.verified {
			state |= 1
		}
		if m.closed {
			state |= 2
		}
		out = append(append(append(out, m.key[:]...), m.former[:]...), m.also[:]...)
		out = binary.BigEndian.AppendUint32(append(out, state), uint32(m.count))
	}
	return out
}

// unpackMarks reads what packMarks wrote; what is cut off at the end is left out.
func unpackMarks(b []byte) (out []findingMark) {
	for len(b) >= markSize {
		m := findingMark{key: findingKey(b[:alertKey]), former: findingKey(b[alertKey : 2*alertKey]), also: findingKey(b[2*alertKey : 3*alertKey])}
		state := b[3*alertKey]
		m.severity, m.verified, m.closed = int8(state>>2), state&1 != 0, state&2 != 0
		m.count = int32(binary.BigEndian.Uint32(b[3*alertKey+1:]))
		out = append(out, m)
		b = b[markSize:]
	}
	return out
}
