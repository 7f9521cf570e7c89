package alerts

import "bytes"

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

// foreign are the forms that are refused by name; registry.go fills them.
var foreign []foreignForm

// foreignText finds a form that is not JSON by words at its beginning.
func foreignText(head []byte) *foreignForm {
	head = head[:min(len(head), 4<<10)]
	for i := range foreign {
		f := &foreign[i]
		if len(f.text) == 0 && f.is == nil {
			continue
		}
		all := f.is == nil || f.is(head)
		for _, t := range f.text {
			all = all && bytes.Contains(head, []byte(t))
		}
		if all {
			return f
		}
	}
	return nil
}
