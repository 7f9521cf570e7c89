package model

import (
	"cmp"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// maxAlertGroups is how many groups of one file become events of their own.
// Above that the file is one event: nobody reads a hundred.
const maxAlertGroups = 12

// maxOwnLines is how many verified secrets of one file become events of their own
// where the file has too many groups for that.
const maxOwnLines = 100

// AlertGroups gathers the findings of one file into what a room is told. It
// holds one finding of each group and the short keys of the others.
type AlertGroups struct {
	groups map[string]*alertGroup
	order  []*alertGroup
	keys   int
	rules  int           // of all groups
	text   int           // bytes of the texts that are held
	left   []findingMark // of what is no new alert: passed, suppressed, unchanged or gone
}

type alertGroup struct {
	worst Alert
	n     int
	marks []findingMark
	rules map[string]*AlertRule
}

// The most that is held of one file.
const (
	heldGroups = 12_000
	heldKeys   = 100_000
	heldRules  = 200
)

// Add takes a finding. Beyond what is held, findings are counted in the last
// group.
func (g *AlertGroups) Add(a *Alert) {
	if a.LeftOut != "" {
		if m, ok := markFinding(a); ok && g.keys < heldKeys {
			g.left = append(g.left, m)
			g.keys++
		}
		return
	}
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
	if m, ok := markFinding(a); ok && len(c.marks) < maxAlertKeys && g.keys < heldKeys {
		c.marks = append(c.marks, m)
		g.keys++
	}
	g.count(c, AlertRule{Rule: a.Rule, Severity: a.Severity, Findings: 1})
}

// Merge takes the findings of another reading, which is not to be used any more.
func (g *AlertGroups) Merge(o *AlertGroups) {
	if left := min(heldKeys-g.keys, len(o.left)); left > 0 {
		g.left = append(g.left, o.left[:left]...)
		g.keys += left
	}
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
		if left := min(maxAlertKeys-len(to.marks), heldKeys-g.keys, len(c.marks)); left > 0 {
			to.marks = append(to.marks, c.marks[:left]...)
			g.keys += left
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

// Keys calls fn with the short key of every finding that is held, 8 bytes, and after it
// how the finding stands.
func (g *AlertGroups) Keys(fn func([]byte)) {
	for _, c := range g.order {
		for _, m := range c.marks {
			fn(m.stamp())
		}
	}
	for _, m := range g.left {
		fn(m.stamp())
	}
}

// IsEmpty reports whether nothing was read that a room could have to be told.
func (g *AlertGroups) IsEmpty() bool { return len(g.order) == 0 && len(g.left) == 0 }

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
// room does not have, or one for all of them. Each verified secret has its own, before
// all others. Seen is how many findings the room has.
func (g *AlertGroups) Bodies(r *Room, format, sum string) (out []*AlertReceived, seen int) {
	fresh, seen := g.fresh(r, sum)
	slices.SortStableFunc(fresh, func(a, b *alertGroup) int {
		return cmp.Compare(triage(&a.worst), triage(&b.worst))
	})
	own := len(fresh)
	if own > maxAlertGroups {
		own = 0
		for own < min(len(fresh), maxOwnLines) && fresh[own].worst.isLive() {
			own++
		}
		if len(fresh)-own == 1 {
			own = len(fresh)
		}
	}
	for _, c := range fresh[:own] {
		out = append(out, c.body(format, sum, 1))
	}
	if rest := fresh[own:]; len(rest) > 0 {
		out = append(out, folded(rest).body(format, sum, len(rest)))
	}
	return out, seen
}

// fresh are the groups with what the room does not have of them.
func (g *AlertGroups) fresh(r *Room, sum string) (fresh []*alertGroup, seen int) {
	have := map[findingKey]struct{}{}
	r.eachFinding(func(k []byte) { have[findingKey(k)] = struct{}{} })
	for _, c := range g.order {
		n, named := c.n, len(c.marks)
		c.marks = unknownOf(c.marks, have)
		c.n = len(c.marks)
		if n > named && !r.hasFile(sum, c.worst.GroupKey) {
			c.n += n - named
		}
		seen += n - c.n
		if c.n > 0 && len(c.marks) > 0 {
			fresh = append(fresh, c)
		}
	}
	return fresh, seen
}

// folded makes one group of many.
func folded(groups []*alertGroup) *alertGroup {
	all := &alertGroup{worst: groups[0].worst, rules: map[string]*AlertRule{}}
	for _, c := range groups {
		all.n += c.n
		if room := maxAlertKeys - len(all.marks); room > 0 {
			all.marks = append(all.marks, c.marks[:min(room, len(c.marks))]...)
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
	b := &AlertReceived{Alert: c.worst, Format: format, Findings: c.n, Sum: sum}
	b.Keys, b.Also, b.Closed = keysOf(c.marks)
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
	b.shrink()
	return b
}

// shrink takes out of an event what it can do without, until it fits in a message: that
// another form of the tool has the same findings, then its longer texts, then which of
// them were closed when they came.
func (b *AlertReceived) shrink() {
	if b.Alert.Resolved { // then all of them are
		b.Closed = ""
	}
	for _, drop := range []func(){
		func() { b.Alert.Description = cutText(b.Alert.Description, 200) },
		func() { b.Also = "" },
		func() { b.Alert.Description, b.Rules, b.Alert.Link = "", nil, "" },
		func() { b.Closed = "" },
	} {
		if raw, err := json.Marshal(b); err == nil && len(raw) <= MaxBody {
			return
		}
		drop()
	}
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
