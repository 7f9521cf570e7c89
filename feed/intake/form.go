package intake

import (
	"slices"
	"strings"

	"warroom/model"
)

// form is one form of a document or record: how it is recognised, how it is made,
// and its alerts. The table of them is what is read, what a refusal compares an
// input with, and what docs/alerts.md is made from.
type form struct {
	name string         // as --json names it
	tool string         // for people
	made string         // how the tool writes it
	doc  []string       // marks of a document whose findings are in a list
	item []string       // marks of one finding; none: they are read where their document is
	note string         // what is peculiar, for people
	is   func(val) bool // more than marks can say; may be nil
	read func(*work, val) error
	m    *fields // where the parts of an alert are, of a form that needs no code

	docMarks, itemMarks []mark
}

// mark is one thing that a form has: "a.b" is there, "a[]" is a list, "a{}" an object,
// "a=x" has that text, "a~x" contains it, "!a" is not there.
type mark struct {
	text string
	path []string
	kind byte
	want string
	not  bool
	part bool
}

func marksOf(texts []string) (out []mark) {
	for _, t := range texts {
		m := mark{text: t}
		if m.not = strings.HasPrefix(t, "!"); m.not {
			t = t[1:]
		}
		switch name, want, ok := strings.Cut(t, "="); {
		case ok:
			t, m.want = name, want
		case strings.HasSuffix(t, "[]"):
			t, m.kind = t[:len(t)-2], '['
		case strings.HasSuffix(t, "{}"):
			t, m.kind = t[:len(t)-2], '{'
		}
		if name, want, ok := strings.Cut(t, "~"); ok {
			t, m.want, m.part = name, want, true
		}
		m.path = strings.Split(t, ".")
		out = append(out, m)
	}
	return out
}

// fits reports whether a value has a mark.
func (m *mark) fits(v val) bool {
	got := v.get(m.path...)
	switch {
	case m.not:
		return got.i == 0
	case m.part:
		return strings.Contains(got.str(), m.want)
	case m.want != "":
		return got.str() == m.want
	case m.kind != 0:
		return got.is(m.kind)
	}
	return got.i > 0
}

// fitting counts the marks that a value has, of those that it has to have.
func fitting(marks []mark, v val) (n, of int) {
	for i := range marks {
		if marks[i].not {
			continue
		}
		if of++; marks[i].fits(v) {
			n++
		}
	}
	return n, of
}

func allFit(marks []mark, v val) bool {
	for i := range marks {
		if !marks[i].fits(v) {
			return false
		}
	}
	return len(marks) > 0
}

// forms are tried in this order, the most peculiar first.
var forms []form

func init() {
	forms = slices.Concat(secretForms, scannerForms, hubForms, cloudForms, otherForms)
	for i := range forms {
		f := &forms[i]
		f.docMarks, f.itemMarks = marksOf(f.doc), marksOf(f.item)
		if f.m != nil {
			f.m.compile()
		}
	}
	for i := range foreign {
		foreign[i].marks = marksOf(foreign[i].has)
	}
}

// formOf finds the form of one finding.
func formOf(v val) *form {
	if !v.is('{') {
		return nil
	}
	for i := range forms {
		if f := &forms[i]; f.item != nil && allFit(f.itemMarks, v) && (f.is == nil || f.is(v)) {
			return f
		}
	}
	return nil
}

// take reads one finding of a form.
func (w *work) take(f *form, v val) error {
	w.is(f.name)
	w.taken++
	if f.m != nil {
		return w.mapped(f, v)
	}
	return f.read(w, v)
}

// record reads one document, line or member of a list.
func (w *work) record(v val) error {
	if f := formOf(v); f != nil && w.inner == 0 {
		return w.take(f, v)
	}
	for i := range forms {
		f := &forms[i]
		if f.doc == nil || !allFit(f.docMarks, v) || f.is != nil && f.item == nil && !f.is(v) {
			continue
		}
		rest := strangers(f, v)
		if rest > 0 && w.inner == 0 { // its list holds something else
			continue
		}
		w.is(f.name)
		w.taken++
		w.out.Skipped += rest
		return nil
	}
	if w.inner > 0 { // its findings were read one by one
		return nil
	}
	w.unknown(v)
	w.skip()
	return nil
}

// strangers counts the members that are left in the lists of a document: those that are
// findings were taken out.
func strangers(f *form, v val) (n int) {
	for i := range f.docMarks {
		if m := &f.docMarks[i]; m.kind == '[' {
			for range v.get(m.path...).all() {
				n++
			}
		}
	}
	return n
}

// nearest is the form that an input came nearest to, and what it lacks.
type nearest struct {
	share   float64
	form    *form
	missing string
	foreign *foreignForm
}

// unknown notes what an unknown record came nearest to.
func (w *work) unknown(v val) {
	w.strange++
	if w.strange > 20 {
		return
	}
	for i := range foreign {
		if f := &foreign[i]; allFit(f.marks, v) {
			w.near = nearest{share: 2, foreign: f}
			return
		}
	}
	for i := range forms {
		for _, marks := range [][]mark{forms[i].itemMarks, forms[i].docMarks} {
			n, of := fitting(marks, v)
			share := float64(n) / float64(max(of, 1))
			if share <= w.near.share || of < 2 || n == of {
				continue
			}
			w.near = nearest{share: share, form: &forms[i]}
			for j := range marks {
				if !marks[j].fits(v) {
					w.near.missing = marks[j].words()
					break
				}
			}
		}
	}
}

// words says what a mark asks for.
func (m *mark) words() string {
	name := strings.Join(m.path, ".")
	switch {
	case m.not:
		return "it has a member " + name + ", which that form does not have"
	case m.want != "":
		return name + " is not " + m.want
	case m.kind == '[':
		return name + " is not a list"
	case m.kind == '{':
		return name + " is not an object"
	}
	return "it has no member " + name
}

// refuseUnknown words the refusal of what fits no form.
func (w *work) refuseUnknown() error {
	switch n := w.near; {
	case n.foreign != nil:
		return model.RefuseForm("its form is not known here: it looks like %s; %s", n.foreign.what, n.foreign.way)
	case n.form != nil && n.share > 0.5:
		return model.RefuseForm(
			"its form is not known; the nearest is %s (%s), but %s; %s",
			n.form.tool,
			n.form.name,
			n.missing,
			otherWays,
		)
	}
	if f := foreignText(w.head); f != nil {
		return model.RefuseForm("its form is not known here: it looks like %s; %s", f.what, f.way)
	}
	return model.RefuseForm("its form is not known; tried: %s; %s", strings.Join(toolsRead(), ", "), otherWays)
}

const otherWays = "if the tool can write SARIF or OCSF, send that, else the generic form of docs/alerts.md"

// toolsRead are the tools whose forms are read, each once, those that most send first.
func toolsRead() []string {
	out := []string{"SARIF", "Gitleaks", "secretlint", "TruffleHog", "Trivy"}
	for i := range forms {
		tool := forms[i].tool
		if !slices.ContainsFunc(out, func(t string) bool { return strings.HasPrefix(tool, t) }) {
			out = append(out, tool)
		}
	}
	return out
}
