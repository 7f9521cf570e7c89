package model

import (
	"reflect"
	"strings"
)

// Further limits on what [AlertGroups] keeps, besides heldGroups and heldKeys.
// Findings beyond them are counted in the groups and rules that it has.
const (
	heldText     = 8 << 20 // bytes of text
	heldAllRules = 20_000  // rules, over all groups
)

// full reports whether no further group can be kept.
func (g *AlertGroups) full() bool {
	return len(g.order) >= heldGroups || len(g.order) > 0 && g.text >= heldText
}

// begin adds a group whose worst finding is a.
func (g *AlertGroups) begin(a *Alert) *alertGroup {
	c := &alertGroup{rules: map[string]*AlertRule{}}
	g.groups[a.GroupKey] = c
	g.order = append(g.order, c)
	g.replace(c, a)
	return c
}

// replace makes a the worst finding of group c. Its texts are cut to the size that
// an event allows, and cloned, since they may be substrings of much longer texts.
func (g *AlertGroups) replace(c *alertGroup, a *Alert) {
	g.text -= c.worst.TextSize()
	c.worst = *a
	c.worst.cut()
	copyTexts(reflect.ValueOf(&c.worst).Elem())
	g.text += c.worst.TextSize()
}

// count counts findings of a rule, unless the rule is new and no further rule can be kept. It
// returns the name of the rule as it is kept, or "".
func (g *AlertGroups) count(c *alertGroup, r AlertRule) string {
	old := c.rules[r.Rule]
	switch {
	case old != nil:
		r.Rule = old.Rule
	case r.Findings <= 0: // counted in another group
		return ""
	case g.rules >= heldAllRules || g.text >= heldText:
		return ""
	default:
		r.Rule = strings.Clone(r.Rule)
		g.rules++
		g.text += len(r.Rule)
	}
	c.count(r)
	return r.Rule
}

// cut shortens the texts of an alert to the size that an event allows.
func (a *Alert) cut() {
	for _, f := range []struct {
		text *string
		max  int
	}{{&a.Title, 200}, {&a.Description, 300}, {&a.Rule, 120}, {&a.Source, 80}, {&a.SourceVersion, 40},
		{&a.Asset.ID, 200}, {&a.Asset.Type, 60},
		{&a.Location.URI, 300}, {&a.Location.Commit, 64}, {&a.Link, 300},
		{&a.ARN, 200}, {&a.Rotate, 200}, {&a.Account, 60}} {
		*f.text = cutText(*f.text, f.max)
	}
}

// TextSize returns the number of bytes in all texts of the alert.
func (a *Alert) TextSize() int {
	return textSize(reflect.ValueOf(a).Elem())
}

// textSize adds up the lengths of all string fields of a struct, by reflection, so
// that it covers fields that are added later.
func textSize(v reflect.Value) int {
	n := 0
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case f.Kind() == reflect.String:
			n += f.Len()
		case f.Kind() == reflect.Struct && f.CanInterface():
			n += textSize(f)
		}
	}
	return n
}

// copyTexts clones all string fields of a struct.
func copyTexts(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case f.Kind() == reflect.String && f.CanSet():
			f.SetString(strings.Clone(f.String()))
		case f.Kind() == reflect.Struct && f.CanSet():
			copyTexts(f)
		}
	}
}
