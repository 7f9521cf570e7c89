package model

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// findingKey is the prefix of a finding's key that the log stores.
type findingKey [alertKey]byte

// findingMark has the keys and state of one finding.
type findingMark struct {
	key    findingKey
	former findingKey // key under which older programs may have stored it; zero: none
	also   findingKey // key from another form of its tool; zero: none

	severity int8 // index into AlertSeverities
	verified bool
	closed   bool // resolved or gone at its source
	count    int32
	rule     string // as its group counts it; "" if it does not
}

// markFinding returns the mark of a finding; ok is false if its key is not valid.
func markFinding(a *Alert) (m findingMark, ok bool) {
	if m.key, ok = findingKeyOf(a.FindingKey); !ok {
		return m, false
	}
	m.former, _ = findingKeyOf(a.FormerKey)
	m.also, _ = findingKeyOf(a.AlsoKey)
	m.severity = int8(max(0, slices.Index(AlertSeverities, a.Severity)))
	m.verified = a.Confidence == "verified"
	m.closed = a.Resolved || a.LeftOut != "" && a.LeftOut != LeftUnchanged
	m.count = int32(min(a.Count, 1<<30))
	return m, true
}

// encode returns the key, state and count of the mark.
func (m *findingMark) encode() []byte {
	state := byte(m.severity) << 2
	if m.verified {
		state |= 1
	}
	if m.closed {
		state |= 2
	}
	return binary.BigEndian.AppendUint32(append(m.key[:], state), uint32(m.count))
}

// findingKeyOf returns the first bytes of a key that is written in hexadecimal.
func findingKeyOf(s string) (k findingKey, ok bool) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) < alertKey {
		return k, false
	}
	return findingKey(raw[:alertKey]), true
}

// read records the state of a finding of one reading, whose order has no meaning: a finding
// that is listed as closed and as open is open.
func (g *AlertGroups) read(m findingMark) {
	if g.closed == nil {
		g.closed = map[findingKey]bool{}
	}
	if was, ok := g.closed[m.key]; !ok || was {
		g.closed[m.key] = m.closed
	}
}

// replaceStates records the states that a later reading has for findings.
func (g *AlertGroups) replaceStates(later *AlertGroups, marks []findingMark) {
	if g.closed == nil {
		g.closed = map[findingKey]bool{}
	}
	for _, m := range later.current(marks) {
		g.closed[m.key] = m.closed
	}
}

// current sets the current state of findings in their marks, and returns them.
func (g *AlertGroups) current(marks []findingMark) []findingMark {
	for i := range marks {
		if closed, ok := g.closed[marks[i].key]; ok {
			marks[i].closed = closed
		}
	}
	return marks
}

// isClosed reports whether the source closed all findings of the group. Of findings beyond
// the limits of what is kept, it knows the worst only.
func (c *alertGroup) isClosed() bool {
	for _, m := range c.marks {
		if !m.closed {
			return false
		}
	}
	return len(c.marks) > 0 && len(c.marks) == c.n || c.worst.Resolved
}

// unknownOf returns the findings that are not in have, each once, and adds them to
// have. A former key matches one finding only.
func unknownOf(marks []findingMark, have map[findingKey]struct{}) []findingMark {
	var out []findingMark
	for _, m := range marks {
		if _, _, ok := known(m, have); ok {
			continue
		}
		have[m.key] = struct{}{}
		if m.also != (findingKey{}) {
			have[m.also] = struct{}{}
		}
		out = append(out, m)
	}
	return out
}

// known returns the key under which have contains the finding, and what it has for it. It
// removes a former key that matched.
func known[V any](m findingMark, have map[findingKey]V) (key findingKey, v V, ok bool) {
	if x, has := have[m.key]; has {
		return m.key, x, true
	}
	if x, has := have[m.also]; has && m.also != (findingKey{}) {
		return m.also, x, true
	}
	if x, has := have[m.former]; has && m.former != (findingKey{}) && m.former != m.key {
		delete(have, m.former)
		return m.former, x, true
	}
	return m.key, v, false
}

// keysOf returns the keys of findings as the log stores them, the keys from other
// forms, and the keys of the findings that their source closed.
func keysOf(marks []findingMark) (keys, also, closed string) {
	var k, o, c []byte
	for _, m := range marks {
		k = append(k, m.key[:]...)
		if m.also != (findingKey{}) {
			o = append(o, m.also[:]...)
		}
		if m.closed {
			c = append(c, m.key[:]...)
		}
	}
	return base64.StdEncoding.EncodeToString(k), base64.StdEncoding.EncodeToString(o),
		base64.StdEncoding.EncodeToString(c)
}

// keySet decodes keys that the log stores; ok is false if they are malformed.
func keySet(s string) (map[findingKey]struct{}, bool) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(raw)%alertKey != 0 || len(raw) > maxAlertKeys*alertKey {
		return nil, false
	}
	out := make(map[findingKey]struct{}, len(raw)/alertKey)
	for k := range slices.Chunk(raw, alertKey) {
		out[findingKey(k)] = struct{}{}
	}
	return out, true
}

// setKeys encodes a set of keys in ascending order.
func setKeys(set map[findingKey]struct{}) string {
	keys := make([]findingKey, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b findingKey) int {
		x, y := binary.BigEndian.Uint64(a[:]), binary.BigEndian.Uint64(b[:])
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	var out []byte
	for _, k := range keys {
		out = append(out, k[:]...)
	}
	return base64.StdEncoding.EncodeToString(out)
}
