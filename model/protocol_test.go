package model

import (
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestProtocolPage: docs/protocol.md lists all kinds with the free texts of their bodies.
// docs/verify.py reads them from there.
func TestProtocolPage(t *testing.T) {
	want := map[string]string{}
	for k := range registry {
		want[string(k)] = strings.Join(freeTextsOf(t, k), ",")
	}
	page := map[string]string{}
	row := regexp.MustCompile(`(?m)^\| ([a-z\x60.,\[\] ]+) \| ((?:\x60[a-z]+\.[a-z]+\x60(?:, )?)+) \|$`)
	for _, m := range row.FindAllStringSubmatch(read(t, "../docs/protocol.md"), -1) {
		texts := strings.NewReplacer("`", "", " ", "").Replace(m[1])
		for _, k := range strings.Split(strings.ReplaceAll(m[2], "`", ""), ", ") {
			page[k] = strings.TrimPrefix(texts, "none")
		}
	}
	compare(t, "docs/protocol.md", page, want)
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return string(b)
}

func compare(t *testing.T, name string, got, want map[string]string) {
	t.Helper()
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if texts, ok := got[k]; !ok || texts != want[k] {
			t.Errorf("%s: %s: got %v with the free texts %q, want them to be %q", name, k, ok, texts, want[k])
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s: got the kind %s, which is unknown", name, k)
		}
	}
}

// freeTextsOf returns the JSON paths of the free texts of a kind.
func freeTextsOf(t *testing.T, k Kind) (out []string) {
	t.Helper()
	b := registry[k]()
	w, ok := b.(worded)
	if !ok {
		return nil
	}
	paths := map[*string]string{}
	textPaths(reflect.ValueOf(b), "", paths)
	for _, s := range w.free() {
		if paths[s] == "" {
			t.Errorf("%s: a free text is not a member of its body", k)
		}
		out = append(out, paths[s])
	}
	return out
}

// textPaths sets pointers and lists to one element, and collects all strings by
// their JSON path.
func textPaths(v reflect.Value, path string, out map[*string]string) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() && v.CanSet() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		if !v.IsNil() {
			textPaths(v.Elem(), path, out)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.IsExported() || name == "-" {
				continue
			}
			inner := path
			if !f.Anonymous {
				inner = strings.TrimPrefix(path+"."+name, ".")
			}
			textPaths(v.Field(i), inner, out)
		}
	case reflect.Slice:
		if v.CanSet() && v.Type().Elem().Kind() != reflect.Uint8 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			textPaths(v.Index(0), path+"[]", out)
		}
	case reflect.String:
		if s, ok := v.Addr().Interface().(*string); ok {
			out[s] = path
		}
	}
}
