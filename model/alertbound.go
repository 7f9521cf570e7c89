package model

import (
	"reflect"
	"strings"
)

// The bounds of what [AlertGroups] holds beside heldGroups and heldKeys: findings
// beyond them are counted in groups and rules that are held.
const (
	heldText     = 8 << 20 // bytes of texts
	heldAllRules = 20_000  // rules of all groups
)

// full reports whether no group more is held.
func (g *AlertGroups) full() bool {
	return len(g.order) >= heldGroups || len(g.order) > 0 && g.text >= heldText
}

// begin holds a new group.
func (g *AlertGroups) begin(a *Alert) *alertGroup {
	c := &alertGroup{rules: map[string]*AlertRule{}}
	g.groups[a.GroupKey] = c
	g.order = append(g.order, c)
	g.replace(c, a)
	return c
}

// replace makes a finding the worst of its group. Its texts are copied: they may
// be parts of texts that are much longer, and are cut to what an event has room for.
func (g *AlertGroups) replace(c *alertGroup, a *Alert) {
	g.text -= c.worst.TextSize()
	c.worst = *a
	c.worst.cut()
	copyTexts(reflect.ValueOf(&c.worst).Elem())
	g.text += c.worst.TextSize()
}

// count counts a finding of a rule, where the rule is known or one more is held.
func (g *AlertGroups) count(c *alertGroup, r AlertRule) {
	if _, known := c.rules[r.Rule]; !known {
		if g.rules >= heldAllRules || g.text >= heldText {
			return
		}
		r.Rule = strings.Clone(r.Rule)
		g.rules++
		g.text += len(r.Rule)
	}
	c.count(r)
}

// cut cuts the texts of an alert to what an event of it has room for.
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

// TextSize is how many bytes the texts of an alert have.
func (a *Alert) TextSize() int {
	return textSize(reflect.ValueOf(a).Elem())
}

// textSize adds the texts of a struct up, so that none is forgotten when one is
// added.
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

// copyTexts copies the texts of a struct.
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
