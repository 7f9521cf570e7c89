package present

import (
	"strings"

	"warroom/model"
)

// NoTitle is the beginning of the sentence for an incident without a title.
var NoTitle = model.Lit("the incident needs a title")

// NoSeverity is the sentence for an incident without a severity of its plan.
func NoSeverity(p *model.Plan) model.Safe {
	ids := Severities(p)
	last := len(ids) - 1
	if last < 1 {
		return model.Lit("the incident needs a severity")
	}
	return model.Safef("the incident needs a severity: %s or %s", model.JoinSafe(model.Lit(", "), ids[:last]...),
		ids[last])
}

// Severities returns the severities of a plan, each with its other names.
func Severities(p *model.Plan) []model.Safe {
	var out []model.Safe
	for _, s := range p.Severities {
		id := model.CleanLine(s.ID)
		if len(s.Aliases) > 0 {
			id = model.Safef("%s (%s)", id, strings.Join(s.Aliases, ", "))
		}
		out = append(out, id)
	}
	return out
}
