package present

import (
	"strings"

	"warroom/model"
)

// Sentences for what does not exist.
var (
	NoAlerts     = Wording{Full: model.Lit("no alerts yet"), Short: model.Lit("No alerts yet.")}
	NoRoom       = model.Lit("there is no room yet")
	NoOpenRoom   = Wording{Full: model.Lit("no room is open"), Short: model.Lit("No room is open.")}
	NoRoomsMatch = Wording{Full: model.Lit("no rooms match this filter"), Short: model.Lit("no rooms match")}
)

// ScopePart is a part of what is known of the attack.
type ScopePart struct {
	Name model.Safe
	Add  model.Safe // how to add to it
}

// The parts of a scope.
var (
	ScopeAssets = ScopePart{Name: model.Lit("Assets"),
		Add: model.Lit("Add what the attacker may have:  :asset credential NAME suspected")}
	ScopeIndicators = ScopePart{Name: model.Lit("Indicators"),
		Add: model.Lit("Add how to recognize the attacker:  :ioc ip VALUE")}
	ScopeHypotheses = ScopePart{Name: model.Lit("Hypotheses"),
		Add: model.Lit("Write down what may have happened:  ?TEXT")}
	ScopeImpact = ScopePart{Name: model.Lit("Impact"),
		Add: model.Lit("Record since when people or systems are affected:  :impact start [ASSET] [@TIME]")}
)

// None is the sentence for a part that is empty, below its name.
func (p ScopePart) None() model.Safe { return model.Safef("None yet. %s", p.Add) }

// NoScope is the sentence for a scope whose parts are all empty.
func NoScope() model.Safe {
	name := func(p ScopePart) string { return strings.ToLower(p.Name.String()) }
	return model.Safef("no %s, %s, %s or %s yet", name(ScopeAssets), name(ScopeIndicators), name(ScopeHypotheses),
		name(ScopeImpact))
}
