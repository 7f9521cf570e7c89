package playbook

import (
	"cmp"
	"slices"
	"strings"

	"warroom/model"
)

// Fault is one fault in a file, with its position.
type Fault struct {
	File   string     // path or name, as passed to the reader
	Line   int        // from 1
	Column int        // from 1, in characters
	Text   model.Safe // what is wrong; what to do
}

// Safe returns the fault as "FILE:LINE:COLUMN: what is wrong; what to do".
func (f Fault) Safe() model.Safe {
	return model.Safef("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Text)
}

// Faults is the error for a file that can be read but not used. It unwraps to a
// [model.Error] with the code [model.Invalid] and the text of the first fault.
type Faults []Fault

var _ error = Faults(nil)

// Lines returns one line per fault, in the order of the file.
func (f Faults) Lines() []model.Safe {
	lines := make([]model.Safe, len(f))
	for i := range f {
		lines[i] = f[i].Safe()
	}
	return lines
}

// Error returns all lines.
func (f Faults) Error() string {
	return model.JoinSafe(model.Lit("\n"), f.Lines()...).String()
}

// Unwrap returns the error to show where only one sentence fits.
func (f Faults) Unwrap() error {
	switch len(f) {
	case 0:
		return nil
	case 1:
		return model.Refuse(model.Invalid, "%s", f[0].Safe())
	}
	return model.Refuse(model.Invalid, "%s (and %d more: warroom playbook check FILE lists them "+
		"all)", f[0].Safe(), len(f)-1)
}

// sort sorts the faults by position.
func (f Faults) sort() {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// instead returns the end of the sentence about an unknown word: the nearest known word, or
// else all of them.
func instead(word string, known []string) model.Safe {
	if len(known) == 0 {
		return model.Lit("there are none, so leave it out")
	}
	if best, near := nearest(word, known); near {
		return model.Safef("did you mean %q?", best)
	}
	if len(known) > maxListed {
		known = append(slices.Clone(known[:maxListed]), "...")
	}
	return model.Safef("write one of: %s", strings.Join(known, ", "))
}

// maxListed is the maximum number of known words in one sentence.
const maxListed = 20

// nearest returns the known word with the smallest edit distance; near reports whether the
// distance is small enough for a typing error.
func nearest(word string, known []string) (best string, near bool) {
	word = strings.ReplaceAll(strings.ToLower(word), "_", "-")
	least := 1 + max(1, min(3, len(word)/2))
	for _, k := range known {
		d := model.Distance(word, strings.ReplaceAll(strings.ToLower(k), "_", "-"))
		if d < least {
			best, least, near = k, d, true
		}
	}
	return best, near
}
