package room

import (
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/secretscan"
	"warroom/ui/present"
)

// Possible secrets are masked, unless the line begins with :insist.

// secretHint returns a warning about the secrets in a line.
func secretHint(line string) model.Safe {
	switch kinds := kindsIn(line); {
	case kinds == "":
		return model.Safe{}
	case secretscan.Insists(line):
		return model.Safef("will be sent UNCHANGED and stays in the log: %s", kinds)
	default:
		return model.Safef("looks like a secret (%s), as %s: will be sent as a fingerprint; Ctrl-G, or :insist "+
			"before the line, sends it unchanged", kinds, whyIn(line))
	}
}

// whyIn returns why the first secret of a text was recognized.
func whyIn(text string) model.Safe {
	for _, f := range secretscan.Find(text) {
		return secretscan.Why(f.Kind)
	}
	return model.Safe{}
}

// kindsIn returns the kinds of possible secrets in a text, comma separated.
func kindsIn(text string) string {
	var kinds []string
	for _, f := range secretscan.Find(text) {
		if !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
	}
	return strings.Join(kinds, ", ")
}

// replaced returns the message that secrets were masked.
func replaced(kinds []string) model.Safe {
	return present.SecretSent(kinds)
}
