package model

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// maxAlertGroups is how many groups of one file become events of their own.
// Above that the file is one event: nobody reads a hundred.
const maxAlertGroups = 12

// AlertGroups gathers the findings of one file into what a room is told. It
// holds one finding of each group and the short keys of the others.
type AlertGroups struct {
	groups map[string]*alertGroup
	order  []*alertGroup
	keys   int
	rules  int // of all groups
	text   int // bytes of the texts that are held
}

type alertGroup struct {
	worst Alert
	n     int
	keys  []byte
	rules map[string]*AlertRule
}

// The most that is held of one file.
const (
	heldGroups = 20_000
	heldKeys   = 200_000
	heldRules  = 200
)

// Add takes a finding. Beyond what is held, findings are counted in the last
// group.
func (g *AlertGroups) Add(a *Alert) {
	if g.groups == nil {
		g.groups = map[string]*alertGroup{}
	}
	c := g.groups[a.GroupKey]
	switch {
	case c != nil:
	case g.full():
		c = g.order[len(g.order)-1]
	default:
		c = g.begin(a)
	}
	c.n++
	if worse(a, &c.worst) {
		g.replace(c, a)
	}
	if k, err := hex.DecodeString(a.FindingKey); err == nil && len(k) >= alertKey && len(c.keys) < maxAlertKeys*alertKey && g.keys < heldKeys {
		c.keys = append(c.keys, k[:alertKey]...)
		g.keys++
	}
	g.count(c, AlertRule{Rule: a.Rule, Severity: a.Severity, Findings: 1})
}

// Merge takes the findings of another reading, which is not to be used any more.
func (g *AlertGroups) Merge(o *AlertGroups) {
	for _, c := range o.order {
		a := c.worst
		if g.groups == nil {
			g.groups = map[string]*alertGroup{}
		}
		to := g.groups[a.GroupKey]
		switch {
		case to != nil:
		case g.full():
			to = g.order[len(g.order)-1]
		default:
			to = g.begin(&a)
		}
		to.n += c.n
		if worse(&a, &to.worst) {
			g.replace(to, &a)
		}
		if left := min(maxAlertKeys*alertKey-len(to.keys), (heldKeys-g.keys)*alertKey, len(c.keys)); left > 0 {
			to.keys = append(to.keys, c.keys[:left]...)
			g.keys += left / alertKey
		}
		for _, r := range c.rules {
			g.count(to, *r)
		}
	}
}

// One is the one event for all findings that the room does not have, nil where it
// has them all.
func (g *AlertGroups) One(r *Room, format, sum string) (*AlertReceived, int) {
	fresh, seen := g.fresh(r, sum)
	switch len(fresh) {
	case 0:
		return nil, seen
	case 1:
		return fresh[0].body(format, sum, 1), seen
	}
	return folded(fresh).body(format, sum, len(fresh)), seen
}

// Keys calls fn with the short key of every finding that is held.
func (g *AlertGroups) Keys(fn func([]byte)) {
	for _, c := range g.order {
		for k := range slices.Chunk(c.keys, alertKey) {
			fn(k)
		}
	}
}

func (c *alertGroup) count(r AlertRule) {
	switch old := c.rules[r.Rule]; {
	case old != nil:
		old.Findings += r.Findings
	case len(c.rules) < heldRules:
		c.rules[r.Rule] = &r
	}
}

// worse says whether a person should hear of a before b.
func worse(a, b *Alert) bool {
	if a.Resolved != b.Resolved {
		return b.Resolved
	}
	if a.Sample != b.Sample {
		return b.Sample
	}
	return weight(a) < weight(b)
}

func weight(a *Alert) int {
	w := 2 * slices.Index(AlertSeverities, a.Severity)
	if a.Confidence != "verified" {
		w++
	}
	return w
}

// Bodies are the events for a room: one for each group with findings that the
// room does not have, or one for all of them. Seen is how many it has.
func (g *AlertGroups) Bodies(r *Room, format, sum string) (out []*AlertReceived, seen int) {
	fresh, seen := g.fresh(r, sum)
	if len(fresh) > maxAlertGroups {
		return []*AlertReceived{folded(fresh).body(format, sum, len(fresh))}, seen
	}
	for _, c := range fresh {
		out = append(out, c.body(format, sum, 1))
	}
	return out, seen
}

// fresh are the groups with what the room does not have of them.
func (g *AlertGroups) fresh(r *Room, sum string) (fresh []*alertGroup, seen int) {
	have := map[string]struct{}{}
	r.eachFinding(func(k []byte) { have[string(k)] = struct{}{} })
	for _, c := range g.order {
		n, named := c.n, len(c.keys)/alertKey
		c.keys, c.n = c.unseen(have)
		if n > named && !r.hasFile(sum, c.worst.GroupKey) {
			c.n += n - named
		}
		seen += n - c.n
		if c.n > 0 && len(c.keys) > 0 {
			fresh = append(fresh, c)
		}
	}
	return fresh, seen
}

// unseen are the keys of findings that are not in the room, each once.
func (c *alertGroup) unseen(have map[string]struct{}) ([]byte, int) {
	var keys []byte
	for k := range slices.Chunk(c.keys, alertKey) {
		if _, ok := have[string(k)]; !ok {
			have[string(k)] = struct{}{}
			keys = append(keys, k...)
		}
	}
	return keys, len(keys) / alertKey
}

// folded makes one group of many.
func folded(groups []*alertGroup) *alertGroup {
	all := &alertGroup{worst: groups[0].worst, rules: map[string]*AlertRule{}}
	for _, c := range groups {
		all.n += c.n
		if room := maxAlertKeys*alertKey - len(all.keys); room > 0 {
			all.keys = append(all.keys, c.keys[:min(room, len(c.keys))]...)
		}
		if worse(&c.worst, &all.worst) {
			all.worst = c.worst
		}
		for _, r := range c.rules {
			all.count(*r)
		}
	}
	return all
}

// body makes the event. Its texts are cut once more: it has to fit in a
// message with the keys of its findings.
func (c *alertGroup) body(format, sum string, groups int) *AlertReceived {
	b := &AlertReceived{Alert: c.worst, Format: format, Findings: c.n, Keys: base64.StdEncoding.EncodeToString(c.keys), Sum: sum}
	if groups > 1 {
		b.Groups = groups
	}
	a := &b.Alert
	a.cut()
	b.fillIn()
	if len(c.rules) > 1 {
		for _, r := range c.rules {
			b.Rules = append(b.Rules, AlertRule{Rule: cutText(r.Rule, 60), Severity: r.Severity, Findings: r.Findings})
		}
		slices.SortFunc(b.Rules, func(x, y AlertRule) int {
			return cmp.Or(slices.Index(AlertSeverities, x.Severity)-slices.Index(AlertSeverities, y.Severity), y.Findings-x.Findings, cmp.Compare(x.Rule, y.Rule))
		})
		b.Rules = b.Rules[:min(len(b.Rules), maxAlertRules)]
	}
	if raw, err := json.Marshal(b); err != nil || len(raw) > MaxBody {
		a.Description, b.Rules, a.Link = "", nil, ""
	}
	return b
}

// fillIn puts a word where a source said none, as a line needs one.
func (b *AlertReceived) fillIn() {
	for _, s := range []*string{&b.Alert.Source, &b.Alert.Rule, &b.Alert.Title} {
		if *s == "" {
			*s = "not said"
		}
	}
}

// cutText cuts a text to a number of characters, with what says so at its end.
func cutText(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := []rune(CleanLine(s).String())
	return CleanLine(string(runes[:min(len(runes), limit-1)]) + "…").String()
}
