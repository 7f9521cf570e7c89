package playbook

import (
	"fmt"

	"warroom/model"
)

func (c *checker) checkClocks() {
	for i, k := range c.plan.Clocks {
		path := fmt.Sprintf("clocks[%d]", i)
		c.checkClock(path, k)
		c.known(path+".met-by", k.MetBy, model.Lit("a milestone"), model.MilestoneNames)
	}
}

func (c *checker) checkClock(path string, k model.ClockDef) {
	switch {
	case k.Start != "":
		c.known(path+".start", k.Start, model.Lit("a start of clocks"), c.starts)
	case !c.odd[path]:
		c.fault(path+".start", model.Safef("the clock %q has no start; %s", k.ID, instead("", c.starts)))
	}
	for j, s := range k.Severities {
		c.known(fmt.Sprintf("%s.severities[%d]", path, j), s, model.Lit("a severity of this plan"), c.severities)
	}
	for s := range k.BySeverity {
		c.known(path+".by-severity."+s, s, model.Lit("a severity of this plan"), c.severities)
	}
	if k.Start == model.StartSeverity && len(k.Severities) == 0 && !c.odd[path] {
		c.fault(path,
			model.Safef(`the clock %q starts with a severity, but names no severity; write severities = ["..."]`, k.ID))
	}
	c.known(path+".audience", k.Audience, model.Lit("an audience of this plan"), c.audiences)
	c.known(path+".owner", k.Owner, model.Lit("a role of this plan"), c.roles)
}
