package playbook

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"warroom/model"
)

// maxWords is the maximum length of a text in a plan, in characters.
const maxWords = 500

// reader fills the structs of the file from the tree and collects faults. It keeps the
// position of every value by its path, "items[3].needs[1]", for later checks.
type reader struct {
	file   string
	places map[string]position
	odd    map[string]bool // tables with an unknown key, which may be the one that seems missing
	faults Faults
}

func newReader(file string) *reader {
	return &reader{file: file, places: map[string]position{}, odd: map[string]bool{}}
}

// fault records a fault at a path. If there is no value there, it uses the position
// of the enclosing table.
func (r *reader) fault(path string, text model.Safe) {
	at, ok := r.places[path]
	for !ok {
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			at = position{line: 1, column: 1}
			break
		}
		path = path[:i]
		at, ok = r.places[path]
	}
	r.faultAt(at, text)
}

// maxFaults is the maximum number of faults that are reported for one file.
const maxFaults = 200

func (r *reader) full() bool { return len(r.faults) >= maxFaults }

func (r *reader) faultAt(at position, text model.Safe) {
	if r.full() {
		return
	}
	r.faults = append(r.faults, Fault{File: r.file, Line: at.line, Column: at.column, Text: text})
}

// fill reads n into v, whose type is one of those in [file].
func (r *reader) fill(v reflect.Value, n *node, path string) {
	r.places[path] = n.at
	switch v.Kind() {
	case reflect.Struct:
		if r.is(n, unstable.Table, path) {
			r.fillStruct(v, n, path)
		}
	case reflect.Map:
		if r.is(n, unstable.Table, path) {
			r.fillMap(v, n, path)
		}
	case reflect.Slice:
		if r.is(n, unstable.Array, path) {
			list := reflect.MakeSlice(v.Type(), len(n.list), len(n.list))
			for i, k := range n.list {
				r.fill(list.Index(i), k, path+"["+strconv.Itoa(i)+"]")
			}
			v.Set(list)
		}
	case reflect.Bool:
		if r.is(n, unstable.Bool, path) {
			v.SetBool(n.text == "true")
		}
	case reflect.Int:
		if r.is(n, unstable.Integer, path) {
			r.fillInt(v, n, path)
		}
	case reflect.String:
		if r.is(n, unstable.String, path) {
			v.SetString(r.words(n.text, path))
		}
	}
}

// fillStruct reads a table whose keys are the tags of a struct.
func (r *reader) fillStruct(v reflect.Value, n *node, path string) {
	fields := map[string]int{}
	var known []string
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("toml")
		fields[key] = i
		known = append(known, key)
	}
	for _, key := range n.keys {
		k := n.kids[key]
		i, ok := fields[key]
		if !ok {
			r.odd[path] = true
			if r.full() {
				break
			}
			r.faultAt(k.key, model.Safef("the key %q is not known %s; %s", key, where(path), instead(key, known)))
			continue
		}
		r.fill(v.Field(i), k, join(path, key))
	}
}

// fillMap reads a table with arbitrary keys.
func (r *reader) fillMap(v reflect.Value, n *node, path string) {
	m := reflect.MakeMap(v.Type())
	for _, key := range n.keys {
		e := reflect.New(v.Type().Elem()).Elem()
		r.fill(e, n.kids[key], join(path, key))
		m.SetMapIndex(reflect.ValueOf(r.words(key, join(path, key))), e)
	}
	v.Set(m)
}

func (r *reader) fillInt(v reflect.Value, n *node, path string) {
	i, err := strconv.ParseInt(n.text, 0, 32)
	if err != nil {
		r.fault(path, model.Safef("the number %q is too large; write a small whole number", n.text))
		return
	}
	v.SetInt(i)
}

// is reports whether n has the wanted kind, and records a fault if not.
func (r *reader) is(n *node, want unstable.Kind, path string) bool {
	if n.kind == want {
		return true
	}
	key := path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		key = path[i+1:]
	}
	r.odd[strings.TrimSuffix(strings.TrimSuffix(path, key), ".")] = true
	fix := example(want)
	if n.kind == unstable.Table && want == unstable.Array {
		fix = model.Safef("[[%s]] in double brackets, once for each", key)
	}
	r.fault(path, model.Safef("%q is %s, but it has to be %s; write %s", key, kindWords(n.kind), kindWords(want), fix))
	return false
}

// words reports a fault if a text contains characters that a terminal would
// interpret.
func (r *reader) words(s, path string) string {
	for _, c := range s {
		if unicode.IsControl(c) || unicode.In(c, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			r.fault(path, model.Safef("the text contains the control character U+%04X; remove it", c))
			return s
		}
	}
	if n := utf8.RuneCountInString(s); n > maxWords {
		r.fault(path, model.Safef("the text has %d characters; shorten it to at most %d", n, maxWords))
	}
	return s
}

// kindWords returns the name of a kind of value.
func kindWords(k unstable.Kind) model.Safe {
	switch k {
	case unstable.Table:
		return model.Lit("a table")
	case unstable.Array:
		return model.Lit("a list")
	case unstable.Bool:
		return model.Lit("true or false")
	case unstable.Integer:
		return model.Lit("a whole number")
	case unstable.Float:
		return model.Lit("a number with a fraction")
	case unstable.String:
		return model.Lit("a string")
	}
	return model.Lit("a date or time")
}

// example returns an example of a kind of value.
func example(k unstable.Kind) model.Safe {
	switch k {
	case unstable.Table:
		return model.Lit("[name] above its keys, or { key = \"value\" }")
	case unstable.Array:
		return model.Lit("it in brackets, like [\"one\", \"two\"]")
	case unstable.Bool:
		return model.Lit("true or false without quotes")
	case unstable.Integer:
		return model.Lit("it without quotes, like 1")
	}
	return model.Lit("it in quotes, like \"15m\"")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// where describes the table of a path: "items[3]" is "in [[items]]".
func where(path string) model.Safe {
	if path == "" {
		return model.Lit("at the top of the file")
	}
	if !strings.Contains(path, "[") {
		return model.Safef("in [%s]", path)
	}
	parts := strings.Split(path, ".")
	for i, p := range parts {
		parts[i], _, _ = strings.Cut(p, "[")
	}
	return model.Safef("in [[%s]]", strings.Join(parts, "."))
}
