package alerts

import (
	"slices"
	"strconv"
	"strings"

	"warroom/model"
	"warroom/model/secretscan"
)

// form is a form of documents or records: how it is recognized, how tools write it, and how
// it is read. The table of forms is used for reading, for explaining a refusal, and for
// docs/alerts.md.
type form struct {
	name string         // name in --json
	tool string         // name for people
	made string         // how the tool writes it
	doc  []string       // marks of a document whose findings are in a list
	item []string       // marks of one finding; if none, they are read with their document
	list []string       // lists of a document, beyond its marks; "{}": an object is one too
	note string         // notes for people
	is   func(val) bool // further condition; may be nil
	read func(*work, val) error
	m    *fields // of a form that needs no code

	docMarks, itemMarks, lists []mark
}

// mark is a property that identifies a form: "a.b" exists, "a[]" is a list, "a{}" an
// object, "a=x" has that text, "a~x" contains it, "!a" does not exist, "a.0.b" is b in the
// first element of a, "'a.b'" is one name.
type mark struct {
	text    string
	path    []string
	kind    byte
	want    string
	not     bool
	partial bool
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
			t, m.want, m.partial = name, want, true
		}
		m.path = strings.Split(t, ".")
		if name, ok := strings.CutPrefix(t, "'"); ok {
			m.path = []string{strings.TrimSuffix(name, "'")}
		}
		out = append(out, m)
	}
	return out
}

// fits reports whether a value has a mark.
func (m *mark) fits(v val) bool {
	got := v
	for _, k := range m.path {
		if k == "0" {
			got = got.at0()
		} else {
			got = got.member(k)
		}
	}
	switch {
	case m.not:
		return got.i == 0
	case m.partial:
		return strings.Contains(got.str(), m.want)
	case m.want != "":
		return got.str() == m.want
	case m.kind != 0:
		return got.is(m.kind)
	}
	return got.i > 0
}

// fitting returns how many of the required marks a value has.
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

// forms are tried in this order, the most specific first; registry.go fills them.
var forms []form

// formOf returns the form of a finding, or nil.
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

// record reads one document, line or element of a list.
func (w *work) record(v val) error {
	if f := formOf(v); f != nil && w.inner == 0 {
		return w.take(f, v)
	}
	for i := range forms {
		f := &forms[i]
		if f.doc == nil || !allFit(f.docMarks, v) || f.is != nil && f.item == nil && !f.is(v) {
			continue
		}
		if err := f.contradicts(w, v); err != nil {
			return err
		}
		remaining := strangers(f, v)
		incomplete := 0
		if w.inner > 0 || v.get("warroom").str() == genericMark {
			var err error
			if incomplete, err = incompleteOf(w, f, v); err != nil {
				return err
			}
		}
		if remaining > 0 && w.inner+incomplete == 0 { // its list has other elements
			continue
		}
		if remaining == 0 && w.inner == 0 && f.isBare() {
			w.bare = true
			return nil
		}
		w.is(f.name)
		w.taken++
		w.out.Skipped += remaining - incomplete
		return nil
	}
	if w.inner > 0 { // its findings were read one by one
		return nil
	}
	if !w.logRecord(v) {
		w.unknownDocument(v)
	}
	w.skip()
	return nil
}

// incompleteAlerts read, by form, an alert that lacks what identifies one, in a list of which
// other alerts were read. Its sender has an error, but the alert may be real. registry.go fills
// them.
var incompleteAlerts map[string]func(w *work, v, document val) error

// incompleteOf reads the alerts that remain in the lists of a document, and returns their
// number.
func incompleteOf(w *work, f *form, v val) (n int, err error) {
	read := incompleteAlerts[f.name]
	if read == nil {
		return 0, nil
	}
	for i := range f.docMarks {
		m := &f.docMarks[i]
		if m.kind != '[' {
			continue
		}
		for e := range v.get(m.path...).all() {
			if !e.is('{') || e.count() == 0 {
				continue
			}
			n++
			if err := read(w, e, v); err != nil {
				return n, err
			}
		}
	}
	w.incomplete += n
	return n, nil
}

// isBare reports whether a document of a form has nothing but a list: an empty one could be
// of any form.
func (f *form) isBare() bool {
	lists, marks := 0, 0
	for i := range f.docMarks {
		if m := &f.docMarks[i]; !m.not {
			marks++
			if m.kind == '[' {
				lists++
			}
		}
	}
	return marks == 1 && lists == 1
}

// refuseEmpty returns the error for an empty list that does not name a tool.
func refuseEmpty() error {
	var names []string
	for i := range forms {
		if f := &forms[i]; (f.item != nil || f.isBare()) && !slices.Contains(names, f.name) {
			names = append(names, f.name)
		}
	}
	return model.RefuseEmpty(names,
		"the format is not recognized: it is an empty list or null, and nothing in it names a tool; if a tool "+
			"that found nothing wrote it, name the format: warroom ingest --format gitleaks FILE")
}

// strangers counts the elements that remain in the lists of a document: those that are
// findings were removed.
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

// nearest is the form that is most similar to an input, and what the input lacks.
type nearest struct {
	share   float64
	form    *form
	missing string
	foreign *foreignForm
	seen    string // what the first unknown document is
}

// maxNear is how many unknown documents, and how many elements of lists, are compared with
// the known forms.
const maxNear = 20

// unknown records which form an unknown element of a list is most similar to.
func (w *work) unknown(v val) {
	if w.unknownRecords++; w.unknownRecords <= maxNear {
		w.near.compare(v)
	}
}

// unknownDocument is unknown for a document, whose elements were compared before.
func (w *work) unknownDocument(v val) {
	w.unknownRecords++
	if w.unknownDocuments++; w.unknownDocuments == 1 {
		w.near.seen = describe(v)
	}
	if w.unknownDocuments <= maxNear {
		w.near.compare(v)
	}
}

// compare compares an unknown value with the forms.
func (near *nearest) compare(v val) {
	for i := range foreign {
		if f := &foreign[i]; f.fits(v) {
			near.share, near.foreign = 2, f
			return
		}
	}
	for i := range forms {
		for _, marks := range [][]mark{forms[i].itemMarks, forms[i].docMarks} {
			n, of := fitting(marks, v)
			share := float64(n) / float64(max(of, 1))
			if share <= near.share || of < 2 || n == of {
				continue
			}
			near.share, near.form, near.missing = share, &forms[i], ""
			for j := range marks {
				if !marks[j].fits(v) {
					near.missing = marks[j].words()
					break
				}
			}
		}
	}
}

// words describes what a mark requires.
func (m *mark) words() string {
	name := strings.Join(m.path, ".")
	switch {
	case m.not:
		return "it has a member " + name + ", which that format does not have"
	case m.want != "":
		return name + " is not " + m.want
	case m.kind == '[':
		return name + " is not a list"
	case m.kind == '{':
		return name + " is not an object"
	}
	return "it has no member " + name
}

// refuseUnknown returns the error for an input that fits no form.
func (w *work) refuseUnknown() error {
	switch n := w.near; {
	case n.foreign != nil:
		return model.RefuseForm("the format is not supported here: it looks like %s; "+
			"%s", n.foreign.what, n.foreign.way)
	case n.form != nil && n.share > 0.5:
		return model.RefuseForm(
			"the format is not recognized; the nearest is %s (%s), but %s; %s",
			n.form.tool,
			n.form.name,
			n.missing,
			otherWays,
		)
	}
	if f := foreignText(w.head); f != nil {
		return model.RefuseForm("the format is not supported here: it looks like %s; %s", f.what, f.way)
	}
	seen := w.near.seen
	if seen == "" {
		seen = "text"
	}
	return model.RefuseForm("the format is not recognized: it is %s; docs/alerts.md lists the formats that are "+
		"read; %s", seen, otherWays)
}

const otherWays = "if the tool can write SARIF or OCSF, send that, else the generic form of docs/alerts.md"

// maxMembers is how many members of an unknown document a refusal names.
const maxMembers = 5

// describe returns what an unknown value is: for an object, with the names of its first
// members that are plain names.
func describe(v val) string {
	if v.is('[') {
		return "a list of lists"
	}
	if !v.is('{') {
		return "a list of single values"
	}
	var names []string
	for m := range v.all() {
		name := m.key()
		isName := name != "" && len(name) <= 32 && len(secretscan.Find(name)) == 0 &&
			strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_.@$:-") == ""
		if isName && len(names) < maxMembers {
			names = append(names, strconv.Quote(name))
		}
	}
	switch n := len(names); n {
	case 0:
		return "an object"
	case 1:
		return "an object with the member " + names[0]
	default:
		return "an object with the members " + strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}
