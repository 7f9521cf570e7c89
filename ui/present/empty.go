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

// ScopeSection is a section of what is known about the attack.
type ScopeSection struct {
	Name model.Safe
	Add  model.Safe // how to add to it
}

// The sections of a scope.
var (
	ScopeAssets = ScopeSection{Name: model.Lit("Assets"),
		Add: model.Lit("Add what the attacker may have:  :asset credential NAME suspected")}
	ScopeIndicators = ScopeSection{Name: model.Lit("Indicators"),
		Add: model.Lit("Add how to recognize the attacker:  :ioc ip VALUE")}
	ScopeHypotheses = ScopeSection{Name: model.Lit("Hypotheses"),
		Add: model.Lit("Write down what may have happened:  ?TEXT")}
	ScopeImpact = ScopeSection{Name: model.Lit("Impact"),
		Add: model.Lit("Record since when people or systems are affected:  :impact start [ASSET] [@TIME]")}
)

// None is the sentence for a section that is empty, below its name.
func (s ScopeSection) None() model.Safe { return model.Safef("None yet. %s", s.Add) }

// NoScope is the sentence for a scope whose sections are all empty.
func NoScope() model.Safe {
	name := func(s ScopeSection) string { return strings.ToLower(s.Name.String()) }
	return model.Safef("no %s, %s, %s or %s yet", name(ScopeAssets), name(ScopeIndicators), name(ScopeHypotheses),
		name(ScopeImpact))
}
