package playbook

import (
	"fmt"

	"warroom/model"
)

// checkAudiences finds fields of templates that no update has.
func (c *checker) checkAudiences() {
	var fields []string
	for _, f := range model.UpdateFields() {
		fields = append(fields, f.Name)
	}
	for i, a := range c.plan.Audiences {
		for _, t := range []struct{ key, text string }{{"conditions", a.Conditions}, {"actions", a.Actions},
			{"needs", a.Needs}} {
			for _, f := range model.UnknownFields(t.text) {
				c.fault(fmt.Sprintf("audiences[%d].%s", i, t.key),
					model.Safef("{%s} is not a field of updates; %s", f, instead(f, fields)))
			}
		}
	}
}
