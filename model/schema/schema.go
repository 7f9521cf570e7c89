// Package schema documents TOML files. From the struct that a file is decoded into,
// and one sentence for each key, it generates a JSON Schema (2020-12) for editors
// and a page in Markdown. [Document.Check] makes sure that no key lacks its
// sentence.
package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Key describes one key of a file.
type Key struct {
	Text     string   // one sentence, without a full stop
	Example  string   // as written in the file, with quotes
	Enum     []string // the allowed values; if empty, any of its type
	Required bool     // a file without it is refused
	Length   bool     // a length of time: "15m", "72h", "1h30m", "7d"
}

// Document describes one form of file.
type Document struct {
	ID    string         // file name of the schema
	Title string         // what the file is
	Intro string         // text before the tables of the page, in Markdown
	Type  reflect.Type   // the struct that the file is decoded into; keys are its "toml" tags
	Keys  map[string]Key // by path: "title", "items.phase"; a table has its own Key
}

// field is one key of a struct.
type field struct {
	name, path string
	of         reflect.Type
}

// fields returns the keys of a struct in its order, with those of embedded structs.
func fields(t reflect.Type, path string) (out []field) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case f.Anonymous && name == "":
			out = append(out, fields(f.Type, path)...)
		case name != "":
			out = append(out, field{name: name, path: strings.TrimPrefix(path+"."+name, "."), of: f.Type})
		}
	}
	return out
}

// table returns the struct type of a table or a list of tables, or false for any
// other type.
func table(t reflect.Type) (reflect.Type, bool) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t, t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() && len(fields(t, "")) > 0
}

// Check returns, sorted, one sentence for each key of the struct without a
// description, and one for each description without a key.
func (d *Document) Check() (wrong []string) {
	known := map[string]bool{}
	var visit func(t reflect.Type, path string)
	visit = func(t reflect.Type, path string) {
		for _, f := range fields(t, path) {
			known[f.path] = true
			if d.Keys[f.path].Text == "" {
				wrong = append(wrong, fmt.Sprintf("the key %s has no text", f.path))
			}
			if in, ok := table(f.of); ok {
				visit(in, f.path)
			}
		}
	}
	visit(d.Type, "")
	for path := range d.Keys {
		if !known[path] {
			wrong = append(wrong, fmt.Sprintf("the text of %s has no key", path))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// JSON returns the JSON Schema, indented, with a newline at the end.
func (d *Document) JSON() ([]byte, error) {
	s := d.object(d.Type, "")
	s["$schema"], s["$id"] = "https://json-schema.org/draft/2020-12/schema", "https://warroom.invalid/"+d.ID
	s["title"] = d.Title
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode a schema: %w", err)
	}
	return append(raw, '\n'), nil
}

// object returns the schema of a table. It does not allow unknown keys, as the
// program does not.
func (d *Document) object(t reflect.Type, path string) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range fields(t, path) {
		k := d.Keys[f.path]
		s := d.value(f.of, f.path, k)
		if k.Text != "" {
			s["description"] = k.Text
		}
		properties[f.name] = s
		if k.Required {
			required = append(required, f.name)
		}
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// value returns the schema of one value.
func (d *Document) value(t reflect.Type, path string, k Key) map[string]any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if in, ok := table(t); ok && t.Kind() == reflect.Struct {
		return d.object(in, path)
	}
	switch t.Kind() {
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return map[string]any{"type": "array", "items": d.value(t.Elem(), path, k)}
		}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": d.value(t.Elem(), path, k)}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		if !k.Length {
			return map[string]any{"type": "integer"}
		}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	}
	s := map[string]any{"type": "string"}
	switch {
	case len(k.Enum) > 0:
		s["enum"] = k.Enum
	case k.Length:
		s["pattern"] = `^([0-9]+d)?([0-9.]+(ns|us|µs|ms|s|m|h))*$`
	}
	return s
}

// Markdown returns the page: the introduction, and a table for each table of the
// file.
func (d *Document) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", d.Title, strings.TrimSpace(d.Intro))
	d.section(&b, d.Type, "", "At the top of the file")
	return b.String()
}

func (d *Document) section(b *strings.Builder, t reflect.Type, path, head string) {
	var inner []field
	fmt.Fprintf(b, "\n## %s\n\n", head)
	if k := d.Keys[path]; path != "" && k.Text != "" {
		fmt.Fprintf(b, "%s.\n\n", k.Text)
	}
	fmt.Fprint(b, "| key | value | meaning |\n|---|---|---|\n")
	for _, f := range fields(t, path) {
		if _, ok := table(f.of); ok {
			inner = append(inner, f)
			continue
		}
		k := d.Keys[f.path]
		text := k.Text
		if len(k.Enum) > 0 {
			text += ": `" + strings.Join(k.Enum, "`, `") + "`"
		}
		if k.Required {
			text += " (required)"
		}
		if k.Example != "" {
			text += "; for example `" + k.Example + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.name, kind(f.of, k), text)
	}
	for _, f := range inner {
		in, _ := table(f.of)
		head := "[" + f.path + "]"
		if f.of.Kind() == reflect.Slice {
			head = "[[" + f.path + "]]"
		}
		d.section(b, in, f.path, "`"+head+"`")
	}
}

// kind returns the name of a type for people.
func kind(t reflect.Type, k Key) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case k.Length && t.Kind() != reflect.Map:
		return "length of time"
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		return "list of texts"
	case t.Kind() == reflect.Map && k.Length:
		return "table of lengths of time"
	case t.Kind() == reflect.Map:
		return "table of texts"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64, t.Kind() == reflect.Float64:
		return "number"
	}
	return "text"
}
