package ui

import (
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/guard"
)

// What looks like a secret is not sent as it is, unless the line insists.

// guarded is a line as it goes out, and what was replaced in it.
func (p *place) guarded(line string) (string, []string) {
	if guard.Insists(line) {
		return line, nil
	}
	return guard.Replace(p.view.Room, line)
}

// secretHint says what a line would give away, and what becomes of it.
func secretHint(line string) model.Safe {
	switch kinds := kindsIn(line); {
	case kinds == "":
		return model.Safe{}
	case guard.Insists(line):
		return model.Safef("goes out AS IT IS, for ever: %s", kinds)
	default:
		return model.Safef("looks like a secret (%s): goes out as a fingerprint, as %s; Ctrl-G, or :insist before the line, sends it as it is", kinds, whyIn(line))
	}
}

// whyIn says why the first secret of a text is taken for one.
func whyIn(text string) model.Safe {
	for _, f := range guard.Find(text) {
		return guard.Why(f.Kind)
	}
	return model.Safe{}
}

// toggleInsist puts the text back that would be masked, or has it masked again.
func (a *app) toggleInsist() {
	p := a.in
	if rest, ok := strings.CutPrefix(p.comp.text, ":insist "); ok {
		p.comp.set(rest)
	} else {
		p.comp.set(":insist " + p.comp.text)
	}
	p.changed()
}

// noSecret says why there is nothing to put back.
func (a *app) noSecret() model.Safe {
	if kindsIn(a.in.comp.text) == "" {
		return model.Lit("nothing in the line looks like a secret")
	}
	return model.Safe{}
}

// kindsIn names what looks like a secret in a text.
func kindsIn(text string) string {
	var kinds []string
	for _, f := range guard.Find(text) {
		if !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
	}
	return strings.Join(kinds, ", ")
}

// replaced says what was not sent as it was.
func replaced(kinds []string) model.Safe {
	return model.Safef("sent with a fingerprint in place of the secret (%s)", strings.Join(kinds, ", "))
}

// sameSecret says which other lines are about a secret of this one.
func sameSecret(r *model.Room, l *model.Line) model.Safe {
	const most = 8
	seqs := guard.Same(r, l)
	parts := make([]model.Safe, 0, most)
	for _, s := range seqs[:min(most, len(seqs))] {
		parts = append(parts, model.Safef("%d", s))
	}
	s := model.Safef("the same as in %s", model.JoinSafe(model.Lit(", "), parts...))
	if len(seqs) > most {
		s = model.Safef("%s and %d more", s, len(seqs)-most)
	}
	if len(seqs) == 0 {
		return model.Safe{}
	}
	return s
}
