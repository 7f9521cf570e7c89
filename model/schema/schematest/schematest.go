// Package schematest checks documents of package schema against their files in docs
// and with a JSON Schema validator.
package schematest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"warroom/model/schema"
)

// Current fails if a key of a document has no description, or if its page or its
// schema in the directory docs is out of date. If write is set, it writes both files
// instead. pkg is the package under test, as the command that writes them names it.
func Current(t *testing.T, d *schema.Document, docs, page, pkg string, write bool) {
	t.Helper()
	if wrong := d.Check(); len(wrong) > 0 {
		t.Fatalf("got %s, want every key with its text", strings.Join(wrong, "; "))
	}
	raw, err := d.JSON()
	if err != nil {
		t.Fatalf("make the schema: %v", err)
	}
	for name, want := range map[string][]byte{page: []byte(d.Markdown()), d.ID: raw} {
		path := filepath.Join(docs, name)
		if write {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatalf("write %s: %v", name, err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/%s is not current (%v); run go test ./%s -run TestDocuments -docs", name, err, pkg)
		}
	}
}

// Validator returns a function that validates a TOML file against the schema of a document.
func Validator(t *testing.T, d *schema.Document) func(file []byte) error {
	t.Helper()
	raw, err := d.JSON()
	if err != nil {
		t.Fatalf("make the schema: %v", err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("read the schema: %v", err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(d.ID, doc); err != nil {
		t.Fatalf("add the schema: %v", err)
	}
	s, err := c.Compile(d.ID)
	if err != nil {
		t.Fatalf("compile the schema: %v", err)
	}
	return func(file []byte) error {
		t.Helper()
		return s.Validate(asJSON(t, file))
	}
}

// asJSON converts a TOML file to what a JSON validator expects.
func asJSON(t *testing.T, file []byte) any {
	t.Helper()
	var v map[string]any
	if err := toml.Unmarshal(file, &v); err != nil {
		t.Fatalf("read TOML: %v", err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("encode JSON: %v", err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("read JSON: %v", err)
	}
	return out
}
