package model

import (
	"cmp"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// maxAlertGroups is the maximum number of groups of one file that become events of their
// own. A file with more groups becomes one event, so that it does not flood the
// timeline.
const maxAlertGroups = 12

// maxOwnLines is the maximum number of verified secrets that become events of their own if
// the file has more than maxAlertGroups groups.
const maxOwnLines = 100

// AlertGroups collects the findings of one file for a room. It keeps the worst
// finding of each group, and the short keys of the others. The zero value is ready
// to use.
type AlertGroups struct {
	// Sender is the machine that sent the findings, or "" if a person brings them.
	Sender string

	groups map[string]*alertGroup
	order  []*alertGroup
	keys   int
	rules  int           // over all groups
	text   int           // bytes of text that are kept
	left   []findingMark // findings that are not new alerts: passed, suppressed, unchanged or gone

	closed  map[findingKey]bool     // whether the source closed a finding, for all of its marks
	counted map[findingKey]struct{} // findings that n and rules of a group count
}

type alertGroup struct {
	worst Alert
	n     int
	marks []findingMark
	rules map[string]*AlertRule

	mildest *AlertRule // of the rules, once they are as many as the limit; nil: to be found
}

// Limits on what is kept of one file.
const (
	heldGroups = 12_000
	heldKeys   = 100_000
	heldRules  = 200
)

// Add adds a finding. Beyond the limits, it is counted in the last group.
func (g *AlertGroups) Add(a *Alert) {
	if a.LeftOut != "" {
		if m, ok := markFinding(a); ok && g.keys < heldKeys {
			g.left = append(g.left, m)
			g.keys++
			g.read(m)
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
	if worse(a, &c.worst) {
		g.replace(c, a)
	}
	m, ok := markFinding(a)
	ok = ok && len(c.marks) < maxAlertKeys && g.keys < heldKeys
	n := 1
	if ok && !g.first(m.key) {
		n = 0
	}
	c.n += n
	rule := g.count(c, AlertRule{Rule: a.Rule, Severity: a.Severity, Findings: n})
	if ok {
		m.rule = rule
		c.marks = append(c.marks, m)
		g.keys++
		g.read(m)
	}
}

// first reports whether a finding is counted for the first time.
func (g *AlertGroups) first(k findingKey) bool {
	if _, ok := g.counted[k]; ok {
		return false
	}
	if g.counted == nil {
		g.counted = map[findingKey]struct{}{}
	}
	g.counted[k] = struct{}{}
	return true
}

// Merge adds the findings of a later reading, which must not be used afterwards: its states
// of findings replace those that g has.
func (g *AlertGroups) Merge(o *AlertGroups) {
	if left := min(heldKeys-g.keys, len(o.left)); left > 0 {
		g.left = append(g.left, o.left[:left]...)
		g.keys += left
		g.replaceStates(o, o.left[:left])
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
		if worse(&a, &to.worst) {
			g.replace(to, &a)
		}
		to.n += c.n
		left := max(0, min(maxAlertKeys-len(to.marks), heldKeys-g.keys, len(c.marks)))
		again, named := map[string]int{}, map[findingKey]struct{}{} // a reading counts a finding once
		for _, m := range c.marks[:left] {
			if _, ok := named[m.key]; !ok && !g.first(m.key) {
				again[m.rule]++
				to.n--
			}
			named[m.key] = struct{}{}
		}
		to.marks = append(to.marks, c.marks[:left]...)
		g.keys += left
		g.replaceStates(o, c.marks[:left])
		for _, r := range c.rules {
			q := *r
			q.Findings -= again[q.Rule]
			g.count(to, q)
		}
	}
}

// Storm returns the events for the findings of a storm that the room does not have: one for
// each verified secret, up to maxOwnLines, and a single one for all others.
func (g *AlertGroups) Storm(r *Room, format, sum string) []*AlertReceived {
	out, _ := g.bodies(r, format, sum, 1)
	return out
}

// Keys calls fn for every finding that is kept, with the 8 bytes of its short key
// followed by its state.
func (g *AlertGroups) Keys(fn func([]byte)) {
	for _, c := range g.order {
		for _, m := range g.current(c.marks) {
			fn(m.encode())
		}
	}
	for _, m := range g.current(g.left) {
		fn(m.encode())
	}
}

// IsEmpty reports whether there is nothing that could change a room.
func (g *AlertGroups) IsEmpty() bool { return len(g.order) == 0 && len(g.left) == 0 }

// count counts findings of a rule. A rule is as severe as its worst finding. Beyond the limit,
// a rule replaces one that is less severe, so that the list names the worst ones.
func (c *alertGroup) count(r AlertRule) {
	old := c.rules[r.Rule]
	switch {
	case old != nil:
		old.Findings += r.Findings
		if rankOf(r.Severity) < rankOf(old.Severity) {
			old.Severity, c.mildest = r.Severity, nil
		}
		return
	case len(c.rules) >= heldRules:
		if c.mildest == nil {
			for _, x := range c.rules {
				if c.mildest == nil || compareRules(x, c.mildest) > 0 {
					c.mildest = x
				}
			}
		}
		if rankOf(r.Severity) >= rankOf(c.mildest.Severity) {
			return
		}
		delete(c.rules, c.mildest.Rule)
		c.mildest = nil
	}
	c.rules[r.Rule] = &r
}

// rankOf returns the rank of a severity of alerts, 0 for the worst.
func rankOf(severity string) int { return slices.Index(AlertSeverities, severity) }

// compareRules orders rules: the most severe first, then those with most findings.
func compareRules(x, y *AlertRule) int {
	return cmp.Or(rankOf(x.Severity)-rankOf(y.Severity), y.Findings-x.Findings, cmp.Compare(x.Rule, y.Rule))
}

// worse reports whether a is more urgent than b.
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

// Bodies returns the events for a room, and the number of findings that the room
// has. There is one event for each group with findings that the room does not have,
// or one event for all groups if there are more than maxAlertGroups. Verified
// secrets come first and keep an event each, up to maxOwnLines.
func (g *AlertGroups) Bodies(r *Room, format, sum string) (out []*AlertReceived, seen int) {
	return g.bodies(r, format, sum, maxAlertGroups)
}

// bodies is Bodies with another maximum number of groups.
func (g *AlertGroups) bodies(r *Room, format, sum string, maxGroups int) (out []*AlertReceived, seen int) {
	unknown, seen := g.unknownGroups(r, sum)
	slices.SortStableFunc(unknown, func(a, b *alertGroup) int {
		return cmp.Compare(triage(&a.worst), triage(&b.worst))
	})
	own := len(unknown)
	if own > maxGroups {
		own = 0
		for own < min(len(unknown), maxOwnLines) && unknown[own].worst.isLive() {
			own++
		}
		if len(unknown)-own == 1 {
			own = len(unknown)
		}
	}
	for _, c := range unknown[:own] {
		out = append(out, c.body(format, sum, 1))
	}
	if rest := unknown[own:]; len(rest) > 0 {
		out = append(out, folded(rest).body(format, sum, len(rest)))
	}
	for _, b := range out {
		b.Sender = g.Sender
	}
	return out, seen
}

// unknownGroups returns the groups that have findings which the room does not have,
// reduced to those findings.
func (g *AlertGroups) unknownGroups(r *Room, sum string) (unknown []*alertGroup, seen int) {
	have := map[findingKey]struct{}{}
	r.eachFinding(g.Sender, func(k []byte) { have[findingKey(k)] = struct{}{} })
	for _, c := range g.order {
		n, named := c.n, len(c.marks)
		c.marks = unknownOf(g.current(c.marks), have)
		c.n = len(c.marks)
		if n > named && !r.hasFile(g.Sender, sum, c.worst.GroupKey) {
			c.n += n - named
		}
		seen += n - c.n
		if c.n > 0 && len(c.marks) > 0 {
			unknown = append(unknown, c)
		}
	}
	return unknown, seen
}

// HasUnknown reports whether there are findings that the room does not have.
func (g *AlertGroups) HasUnknown(r *Room) bool {
	have := map[findingKey]struct{}{}
	r.eachFinding(g.Sender, func(k []byte) { have[findingKey(k)] = struct{}{} })
	return slices.ContainsFunc(g.order, func(c *alertGroup) bool { return len(unknownOf(c.marks, have)) > 0 })
}

// folded merges groups into one.
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

// body returns the event for the group. It cuts the texts once more, since the event
// has to fit into a message together with the keys of its findings.
func (c *alertGroup) body(format, sum string, groups int) *AlertReceived {
	b := &AlertReceived{Alert: c.worst, Format: format, Findings: c.n, Sum: sum}
	if over := c.isClosed(); over != b.Alert.Resolved {
		b.Alert.Resolved, b.Alert.State = over, stateWord(over)
	}
	b.Keys, b.Also, b.Closed = keysOf(c.marks)
	if groups > 1 {
		b.Groups = groups
	}
	a := &b.Alert
	a.cut()
	b.fillIn()
	if len(c.rules) > 1 {
		for _, r := range c.rules {
			q := *r
			q.Rule = cutText(q.Rule, maxRule)
			b.Rules = append(b.Rules, q)
		}
		slices.SortFunc(b.Rules, func(x, y AlertRule) int { return compareRules(&x, &y) })
		b.Rules = b.Rules[:min(len(b.Rules), MaxAlertRules)]
	}
	b.shrink()
	return b
}

// shrink drops optional parts of an event until it fits into a message: keys from
// another form of the tool, then the longer texts, then which findings were closed
// on arrival.
func (b *AlertReceived) shrink() {
	if b.Alert.Resolved { // then all findings are resolved
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

// fillIn replaces missing texts that the line of an alert needs.
func (b *AlertReceived) fillIn() {
	for _, s := range []*string{&b.Alert.Source, &b.Alert.Rule, &b.Alert.Title} {
		if *s == "" {
			*s = "not said"
		}
	}
}

// cutText shortens a text to limit characters, the last of which is an ellipsis.
func cutText(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := []rune(CleanLine(s).String())
	return CleanLine(string(runes[:min(len(runes), limit-1)]) + "…").String()
}
