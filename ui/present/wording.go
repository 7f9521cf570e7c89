package present

import "warroom/model"

// Wording is one fact in two lengths, so that a short form states the same as the full
// one.
type Wording struct {
	Full  model.Safe // for sentences: plain mode and the output of commands
	Short model.Safe // for cells of the screen
}

// same is a fact whose short form is the full one.
func same(s model.Safe) Wording { return Wording{Full: s, Short: s} }

// joinFull joins the full forms of facts.
func joinFull(sep model.Safe, list []Wording) model.Safe {
	out := make([]model.Safe, len(list))
	for i, w := range list {
		out[i] = w.Full
	}
	return model.JoinSafe(sep, out...)
}
