package report

import (
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"warroom/model"
)

// particles are handles that are also words of every sentence. In a text they are replaced
// where they can only be a handle, and otherwise taken for the word.
var particles = wordSet(`a all an and any are as at be but by can did do for go had has he how in is it me no not now of
	off on or out so the to up us was we who why`)

// commonWords are further handles that are also common words. They are replaced where they
// can only be a handle; where they stand otherwise is listed.
var commonWords = wordSet(`will may mark art bill rob sue pat grant drew jack max ray dawn hope faith grace joy rose
	miles frank root admin user test security access alert api app ask bank base block bob box build call case chase
	check chip close cloud cash code core cut dale data day dean deploy desk dev dot due earl eve evidence fall file fix
	gene glen guy hall hand harry heath host ivy image item job key kit lane law lead leak lee let light line list
	log long main major mail mike miller mission net new night note old one ops page park part penny phase plan
	point pool port post price read reed rest rich rob role room rock run sandy say sec see sen set sky server service
	shell short skip soc stone story summer sun system team tech time token tony two van vault victor wade web west
	white win wood work young`)

func wordSet(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// isCommon reports whether a handle is also a word that a text of this room may have.
func (n *masked) isCommon(handle string) bool {
	return particles[handle] || commonWords[handle] || n.plan[handle]
}

// planWords returns the words that the texts of a plan have in small letters. One with a
// capital letter can be the name of a person.
func planWords(p *model.Plan) map[string]bool {
	out := map[string]bool{}
	if p == nil {
		return out
	}
	add := func(texts ...string) {
		for _, s := range texts {
			for _, w := range strings.FieldsFunc(s, func(c rune) bool { return !inWord(c) }) {
				if w == strings.ToLower(w) {
					out[w] = true
				}
			}
		}
	}
	add(p.Title, p.Notice)
	for i := range p.Phases {
		add(p.Phases[i].Label)
	}
	for i := range p.Items {
		add(p.Items[i].Text)
	}
	for i := range p.Clocks {
		add(p.Clocks[i].Label)
	}
	for i := range p.Roles {
		add(p.Roles[i].Label)
	}
	for i := range p.Severities {
		add(p.Severities[i].Label)
	}
	for i := range p.Kinds {
		add(p.Kinds[i].Label)
	}
	return out
}

// subjects finds the people that an event is about, as its fields have them, and its free
// texts. Only handles that are common words are needed: others are replaced everywhere.
func (n *masked) subjects(e *model.Event) {
	body, err := e.DecodeBody()
	if err != nil {
		return
	}
	var people []string
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.String:
			if s := v.String(); n.handles[s] != "" && n.isCommon(s) && !slices.Contains(people, s) {
				people = append(people, s)
			}
		}
	}
	walk(reflect.ValueOf(body))
	if len(people) == 0 {
		return
	}
	n.about[e.Seq] = about{people: people, free: freeTexts(e)}
}

// freeTexts returns the texts that the author of an event wrote.
func freeTexts(e *model.Event) []string {
	raw, err := e.Encode()
	if err != nil {
		return nil
	}
	return model.FreeTexts(raw)
}

// isUnsure reports whether a word was kept in the texts that the author of an entry wrote
// that can be the handle of a person.
func (n *masked) isUnsure(entry uint64) bool {
	e := n.events[entry]
	if e == nil {
		return false
	}
	n.unsure = false
	for _, s := range freeTexts(e) {
		n.text(s)
	}
	return n.unsure
}

// about is what an event says of people.
type about struct {
	people []string // handles in its fields
	free   []string // texts that its author wrote
}

// marked returns the text of a line with an @ before the handles that the fields of its
// event have, unless they stand in a free text.
func (n *masked) marked(l *Line) string {
	s := l.Text.String()
	a := n.about[l.Entry]
	for _, h := range a.people {
		best, rank := -1, 3
		for from := 0; from < len(s); {
			k := strings.Index(s[from:], h)
			if k < 0 {
				break
			}
			at := from + k
			from = at + len(h)
			if r := likely(s[:at]); r < rank && wholeWord(s, at, from) && !inside(s, at, a.free) {
				best, rank = at, r
			}
		}
		if best >= 0 {
			s = s[:best] + "@" + s[best:]
		}
	}
	return s
}

// likely ranks the places where a sentence of the program has a person: at its beginning,
// then after some words, then anywhere.
func likely(before string) int {
	if before == "" {
		return 0
	}
	for _, w := range []string{" of ", " by ", " from ", ", ", " to ", " for "} {
		if strings.HasSuffix(before, w) {
			return 1
		}
	}
	return 2
}

// wholeWord reports whether s[from:to] is a word that has no @ before it.
func wholeWord(s string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	after, _ := utf8.DecodeRuneInString(s[to:])
	return (from == 0 || !inWord(before) && before != '@') && (to == len(s) || !inWord(after))
}

// inside reports whether an index of a text is within one of the texts that it contains.
func inside(s string, at int, texts []string) bool {
	for _, t := range texts {
		if t = model.CleanLine(t).String(); t == "" {
			continue
		}
		if k := strings.Index(s, t); k >= 0 && at >= k && at < k+len(t) {
			return true
		}
	}
	return false
}
