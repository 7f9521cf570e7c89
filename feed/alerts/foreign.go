package alerts

import "slices"

// foreignForm is a form that is recognized but not supported: the refusal explains how the
// tool can write a supported one.
type foreignForm struct {
	what string
	has  []string
	or   [][]string             // other sets of marks
	text []string               // of a form that is not JSON: words that must all occur at its beginning
	is   func(head []byte) bool // of a form that is not JSON: a further condition; may be nil
	way  string

	marks [][]mark
}

// fits reports whether a value is of the form.
func (f *foreignForm) fits(v val) bool {
	for _, marks := range f.marks {
		if allFit(marks, v) {
			return true
		}
	}
	return false
}

// foreign are the forms that are refused by name.
var foreign = slices.Concat(foreignTools, foreignServices, foreignTexts)
