package playbook

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"warroom/model"
)

// maxItems is the maximum number of items in a checklist.
const maxItems = 500

var (
	goodID   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)
	goodSev  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$`)
	goodKind = regexp.MustCompile(`^[a-z]+\.[a-z]+$`)
)

// checker holds the names that a plan's parts may refer to.
type checker struct {
	*reader
	plan                                          *model.Plan
	kinds, severities, roles, phases, items       []string
	conditions, groups, clocks, audiences, starts []string
}

// check reports everything in the plan that would make a room misbehave.
func (r *reader) check(p *model.Plan) {
	c := &checker{reader: r, plan: p}
	for _, s := range model.ClockStarts {
		c.starts = append(c.starts, s.ID)
	}
	c.checkWhole()
	c.checkNames()
	c.checkSeverities()
	c.checkRoles()
	c.checkAliases()
	c.checkItems()
	c.checkClocks()
	c.checkAudiences()
	c.checkControls()
	if len(p.Items) <= maxItems {
		c.checkCycles()
	}
}

// checkWhole reports missing parts that every room needs.
func (c *checker) checkWhole() {
	p := c.plan
	c.needs("", "title", p.Title)
	if len(p.Severities) == 0 && !c.odd[""] {
		c.fault("severities",
			model.Lit("the plan has no severities; add at least one [[severities]] with id, label and rank"))
	}
	if len(p.Roles) == 0 && !c.odd[""] {
		c.fault("roles", model.Lit("the plan has no roles; add at least one [[roles]] with id and label"))
	}
	if len(p.Phases) == 0 && !c.odd[""] {
		c.fault("phases", model.Lit("the plan has no phases; add at least one [[phases]] with id and label"))
	}
	if n := len(p.Items); n > maxItems {
		c.fault(fmt.Sprintf("items[%d]",
			maxItems), model.Safef("the plan has %d items, and up to %d are allowed; remove or merge some",
			n, maxItems))
	}
}

// needs reports a key that must not be empty. In a table with an unknown key it reports
// nothing, because the missing key may be the misspelled one.
func (c *checker) needs(path, key, value string) {
	if strings.TrimSpace(value) == "" && !c.odd[path] {
		c.fault(join(path, key), model.Safef("the %s is missing %s; write %s = \"...\"", key, where(path), key))
	}
}

// silent reports whether there is no value at a path, or one of a wrong type, which
// was reported already.
func (r *reader) silent(path string) bool {
	_, written := r.places[path]
	return !written || r.odd[path[:max(0, strings.LastIndexByte(path, '.'))]]
}

// known reports a name that does not refer to anything.
func (c *checker) known(path, value string, what model.Safe, names []string) {
	if value == "" && c.silent(path) {
		return
	}
	if !c.full() && !slices.Contains(names, value) {
		c.fault(path, model.Safef("%q is not %s; %s", value, what, instead(value, names)))
	}
}

// thing is what the elements of all lists of a plan have in common.
type thing struct{ id, key, text string }

// checkNames checks ids and labels, and collects the ids for references.
func (c *checker) checkNames() {
	p := c.plan
	c.kinds = names(c, "kinds", p.Kinds, func(v model.KindDef) thing {
		return thing{id: v.ID, key: "label", text: v.Label}
	})
	c.severities = names(c, "severities", p.Severities,
		func(v model.Severity) thing { return thing{id: v.ID, key: "label", text: v.Label} })
	c.roles = names(c, "roles", p.Roles, func(v model.RoleDef) thing {
		return thing{id: v.ID, key: "label", text: v.Label}
	})
	c.phases = names(c, "phases", p.Phases, func(v model.PhaseDef) thing {
		return thing{id: v.ID, key: "label", text: v.Label}
	})
	c.items = names(c, "items", p.Items, func(v model.ItemDef) thing {
		return thing{id: v.ID, key: "text", text: v.Text}
	})
	c.conditions = names(c, "conditions", p.Conditions,
		func(v model.Condition) thing { return thing{id: v.ID, key: "text", text: v.Text} })
	c.groups = names(c, "groups", p.Groups, func(v model.GroupDef) thing {
		return thing{id: v.ID, key: "text", text: v.Text}
	})
	c.clocks = names(c, "clocks", p.Clocks, func(v model.ClockDef) thing {
		return thing{id: v.ID, key: "label", text: v.Label}
	})
	c.audiences = names(c, "audiences", p.Audiences,
		func(v model.Audience) thing { return thing{id: v.ID, key: "label", text: v.Label} })
	names(c, "controls", p.Controls, func(v model.Control) thing { return thing{id: v.ID, key: "text", text: v.Text} })
	names(c, "triggers", p.Triggers, func(v model.Trigger) thing {
		return thing{id: v.ID, key: "label", text: v.Label}
	})
	names(c, "artifacts", p.Artifacts, func(v model.Artifact) thing {
		return thing{id: v.ID, key: "label", text: v.Label}
	})
	for i, s := range p.Severities {
		names(c, fmt.Sprintf("severities[%d].criteria", i), s.Criteria,
			func(v model.Criterion) thing { return thing{id: v.ID, key: "text", text: v.Text} })
	}
}

func names[T any](c *checker, list string, all []T, of func(T) thing) []string {
	good, rule := goodID, model.Lit("up to 40 characters from a-z 0-9 - _")
	if list == "severities" {
		good, rule = goodSev, model.Lit("up to 20 letters, digits, dots, - and _")
	}
	var ids []string
	seen := map[string]bool{}
	for i, v := range all {
		t, path := of(v), fmt.Sprintf("%s[%d]", list, i)
		c.needs(path, "id", t.id)
		c.needs(path, t.key, t.text)
		switch {
		case t.id == "":
		case !good.MatchString(t.id):
			c.fault(path+".id", model.Safef("the id %q has characters that are not allowed; use %s", t.id, rule))
		case seen[t.id]:
			c.fault(path+".id",
				model.Safef("the id %q appears twice in [[%s]]; give one of them a different id", t.id, bare(list)))
		}
		if t.id != "" && !seen[t.id] {
			ids, seen[t.id] = append(ids, t.id), true
		}
	}
	return ids
}

// bare returns a path without indexes.
func bare(path string) string {
	return regexp.MustCompile(`\[\d+\]`).ReplaceAllString(path, "")
}

func (c *checker) checkSeverities() {
	ranks := map[int]string{}
	for i, s := range c.plan.Severities {
		path := fmt.Sprintf("severities[%d]", i)
		_, written := c.places[path+".rank"]
		switch {
		case c.odd[path]:
		case !written:
			c.fault(path, model.Safef("the severity %q has no rank; write rank = 1 for the worst, then 2, 3 and so on",
				s.ID))
		case s.Rank < 1:
			c.fault(path+".rank", model.Safef("the rank of %q is %d; ranks are 1 for the worst, then 2, 3 and so on",
				s.ID, s.Rank))
		case ranks[s.Rank] != "":
			c.fault(path+".rank",
				model.Safef("%q and %q have the same rank, %d; give each its own", ranks[s.Rank], s.ID, s.Rank))
		default:
			ranks[s.Rank] = cmp.Or(s.ID, "?")
		}
	}
}

// powerNames are the powers that a role may have.
var powerNames = []string{string(model.PowerAll), string(model.PowerAmend), string(model.PowerUpdates),
	string(model.PowerClocks), string(model.PowerExposure), string(model.PowerTrust), string(model.PowerRedact)}

func (c *checker) checkRoles() {
	for i, r := range c.plan.Roles {
		c.known(fmt.Sprintf("roles[%d].deputy-of", i), r.DeputyOf, model.Lit("a role of this plan"), c.roles)
		if r.DeputyOf != "" && r.DeputyOf == r.ID {
			c.fault(fmt.Sprintf("roles[%d].deputy-of",
				i), model.Safef("the role %q is its own deputy; name another role", r.ID))
		}
		for j, p := range r.Powers {
			c.known(fmt.Sprintf("roles[%d].powers[%d]", i, j), string(p), model.Lit("a power"), powerNames)
		}
	}
}

// checkAliases checks that one word has one meaning, in any case.
func (c *checker) checkAliases() {
	p := c.plan
	aliases(c, "severities", p.Severities, func(v model.Severity) (string, []string) { return v.ID, v.Aliases })
	aliases(c, "roles", p.Roles, func(v model.RoleDef) (string, []string) { return v.ID, v.Aliases })
	aliases(c, "phases", p.Phases, func(v model.PhaseDef) (string, []string) { return v.ID, v.Aliases })
}

func aliases[T any](c *checker, list string, all []T, of func(T) (string, []string)) {
	owner := map[string]string{}
	for _, v := range all {
		id, _ := of(v)
		owner[strings.ToLower(id)] = id
	}
	for i, v := range all {
		id, other := of(v)
		for j, a := range other {
			path := fmt.Sprintf("%s[%d].aliases[%d]", list, i, j)
			prev, taken := owner[strings.ToLower(a)]
			switch {
			case !goodSev.MatchString(a):
				c.fault(path,
					model.Safef("the alias %q has characters that are not allowed; use up to 20 letters, digits, "+
						"dots, - and _", a))
			case taken:
				c.fault(path, model.Safef("the alias %q of %q already means %q; remove one of them", a, id, prev))
			default:
				owner[strings.ToLower(a)] = id
			}
		}
	}
}

func (c *checker) checkControls() {
	for i, t := range c.plan.Controls {
		path := fmt.Sprintf("controls[%d]", i)
		c.needs(path, "framework", t.Framework)
		for j, k := range t.Kinds {
			if !goodKind.MatchString(k) {
				c.fault(fmt.Sprintf("%s.event-kinds[%d]", path, j),
					model.Safef("%q is not a kind of event; write it like \"item.done\"", k))
			}
		}
	}
}
