package playbook

import (
	"cmp"
	"slices"
	"strings"

	"warroom/model"
)

// Fault is one thing that is wrong in a file, at its place.
type Fault struct {
	File   string     // path or name, as the reader was given it
	Line   int        // from 1
	Column int        // from 1, in characters
	Text   model.Safe // what is wrong; what to do
}

// Safe is the line "FILE:LINE:COLUMN: what is wrong; what to do".
func (f Fault) Safe() model.Safe {
	return model.Safef("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Text)
}

// Faults is the error for a file that can be read but not be run. It unwraps to
// a [model.Error] with the code [model.Invalid] that tells the first fault.
type Faults []Fault

var _ error = Faults(nil)

// Lines is one line for every fault, in the order of the file.
func (f Faults) Lines() []model.Safe {
	lines := make([]model.Safe, len(f))
	for i := range f {
		lines[i] = f[i].Safe()
	}
	return lines
}

// Error is all the lines.
func (f Faults) Error() string {
	return model.JoinSafe(model.Lit("\n"), f.Lines()...).String()
}

// Unwrap returns the refusal that a person is shown where one sentence fits.
func (f Faults) Unwrap() error {
	switch len(f) {
	case 0:
		return nil
	case 1:
		return model.Refuse(model.Invalid, "%s", f[0].Safe())
	}
	return model.Refuse(model.Invalid, "%s (and %d more: warroom playbook check FILE tells all)", f[0].Safe(), len(f)-1)
}

// sort puts the faults in the order of the file.
func (f Faults) sort() {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// instead is the end of a fault's sentence about a word that is not known: the
// nearest one that is, or else all of them.
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

// maxListed is how many known words one sentence may list.
const maxListed = 20

// nearest finds the known word with the fewest changed letters; near says
// whether the two are close enough to be a slip of the hand.
func nearest(word string, known []string) (best string, near bool) {
	word = strings.ReplaceAll(strings.ToLower(word), "_", "-")
	least := 1 + max(1, min(3, len(word)/2))
	for _, k := range known {
		d := distance(word, strings.ReplaceAll(strings.ToLower(k), "_", "-"))
		if d < least {
			best, least, near = k, d, true
		}
	}
	return best, near
}

// distance counts the letters to insert, drop or replace between two words.
// Words longer than any key are not worth counting.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
