package model

import (
	"encoding/binary"
	"encoding/json"
	"iter"
	"maps"
	"slices"
)

// heldGroup is the form of a group on disk.
type heldGroup struct {
	Group    string      `json:"group"`
	Worst    Alert       `json:"worst"`
	Findings int         `json:"findings"`
	Marks    []byte      `json:"marks,omitempty"`
	Rules    []AlertRule `json:"rules,omitempty"`
	Of       []int       `json:"of,omitempty"`   // the rule of each mark, or -1; empty: there is one rule
	Left     []byte      `json:"left,omitempty"` // findings that are not new alerts; such a heldGroup has nothing else
}

// Encoded returns the groups one at a time in a form for storage on disk.
// [AlertGroups.AddEncoded] reads it.
func (g *AlertGroups) Encoded() iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		for _, c := range g.order {
			h := heldGroup{Group: c.worst.GroupKey, Worst: c.worst, Findings: c.n, Marks: packMarks(g.current(c.marks))}
			at := map[string]int{}
			for i, rule := range slices.Sorted(maps.Keys(c.rules)) {
				h.Rules = append(h.Rules, *c.rules[rule])
				at[rule] = i
			}
			for _, m := range c.marks {
				i, ok := at[m.rule]
				if !ok { // worse rules replaced it
					i = -1
				}
				if len(h.Rules) > 1 {
					h.Of = append(h.Of, i)
				}
			}
			if !yield(json.Marshal(h)) {
				return
			}
		}
		if len(g.left) > 0 {
			yield(json.Marshal(heldGroup{Left: packMarks(g.current(g.left))}))
		}
	}
}

// AddEncoded adds one group that Encoded returned. It returns an error if raw is not
// such a group.
func (g *AlertGroups) AddEncoded(raw json.RawMessage) error {
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
	for i, r := range h.Rules {
		c.rules[r.Rule] = &r
		for j := range c.marks {
			if len(h.Rules) == 1 || len(h.Of) == len(c.marks) && h.Of[j] == i {
				c.marks[j].rule = r.Rule
			}
		}
	}
	g.Merge(&AlertGroups{order: []*alertGroup{c}})
	return nil
}

// markSize is the size of a mark on disk in bytes.
const markSize = 3*alertKey + 1 + 4

// packMarks encodes marks one after the other: the three keys, a state byte, and the
// count as a big-endian uint32.
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

// unpackMarks decodes the output of packMarks. It ignores a truncated mark at the
// end.
func unpackMarks(b []byte) (out []findingMark) {
	for len(b) >= markSize {
		m := findingMark{key: findingKey(b[:alertKey]), former: findingKey(b[alertKey : 2*alertKey]),
			also: findingKey(b[2*alertKey : 3*alertKey])}
		state := b[3*alertKey]
		m.severity, m.verified, m.closed = int8(state>>2), state&1 != 0, state&2 != 0
		m.count = int32(binary.BigEndian.Uint32(b[3*alertKey+1:]))
		out = append(out, m)
		b = b[markSize:]
	}
	return out
}
