package alerts

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

var writeDocs = flag.Bool("docs", false, "write the table of forms into docs/alerts.md")

// The table is between these lines of docs/alerts.md.
const (
	docsFrom = "<!-- made from the table of forms: go test ./feed/alerts -run Docs -docs -->\n"
	docsTo   = "<!-- end of the table -->\n"
)

// docTable returns the table of forms for people: one row per tool.
func docTable() string {
	var b strings.Builder
	b.WriteString("| tool | how it is made | read as | |\n|---|---|---|---|\n")
	type row struct{ made, names, notes []string }
	rows, order := map[string]*row{}, []string{}
	add := func(list []string, s string) []string {
		for _, x := range list {
			if x == s {
				return list
			}
		}
		if s == "" {
			return list
		}
		return append(list, s)
	}
	for i := range forms {
		f := &forms[i]
		r := rows[f.tool]
		if r == nil {
			r = new(row)
			rows[f.tool] = r
			order = append(order, f.tool)
		}
		r.made, r.names, r.notes = add(r.made, f.made), add(r.names, "`"+f.name+"`"), add(r.notes, f.note)
	}
	for _, tool := range order {
		r := rows[tool]
		fmt.Fprintf(
			&b,
			"| %s | %s | %s | %s |\n",
			tool,
			strings.Join(r.made, "; "),
			strings.Join(r.names, ", "),
			strings.Join(r.notes, "; "),
		)
	}
	b.WriteString("\nThese are recognized and refused, with what to do instead:\n\n| format | |\n|---|---|\n")
	for i := range foreign {
		fmt.Fprintf(&b, "| %s | %s |\n", foreign[i].what, foreign[i].way)
	}
	return b.String()
}

// TestDocs: docs/alerts.md has the table of the implemented forms.
func TestDocs(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "alerts.md")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	before, rest, ok1 := strings.Cut(string(raw), docsFrom)
	_, after, ok2 := strings.Cut(rest, docsTo)
	if !ok1 || !ok2 {
		t.Fatalf("%s: got no lines %q and %q, want the table between them", path, docsFrom, docsTo)
	}
	want := before + docsFrom + docTable() + docsTo + after
	if *writeDocs {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatalf("write a file: %v", err)
		}
	} else if string(raw) != want {
		t.Errorf("%s: got another table than the one of the readers; run go test ./feed/alerts -run Docs -docs", path)
	}
}

// TestEveryFormIsWhole: each row of the table has the tool, how to write the form, how it
// is recognized, and how it is read.
func TestEveryFormIsWhole(t *testing.T) {
	for i := range forms {
		f := &forms[i]
		if f.name == "" || f.tool == "" || f.made == "" || len(f.doc)+len(f.item) == 0 ||
			f.item != nil && f.read == nil && f.m == nil {
			t.Errorf("%+v: got a row that lacks something, want it whole", f)
		}
	}
}

// TestSchema: the published schema accepts exactly what is read as the generic form.
func TestSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	schema, err := c.Compile(filepath.Join("..", "..", "docs", "alerts.schema.json"))
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	valid := func(raw []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			return err
		}
		return schema.Validate(v)
	}
	doc, err := os.ReadFile("testdata/formats/generic.json")
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	lines, err := os.ReadFile("testdata/formats/generic.jsonl")
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	for _, raw := range append([][]byte{doc}, bytes.Split(bytes.TrimSpace(lines), []byte("\n"))...) {
		if err := valid(raw); err != nil {
			t.Errorf("%s: got %v, want it valid", raw, err)
		}
	}
	for _, bad := range []string{`{"warroom":"alerts/2","alerts":[]}`,
		`{"warroom":"alerts/1","alerts":[{"kind":"secret"}]}`, `{"warroom":"alert/1"}`, `{"title":"x"}`, `[]`} {
		if valid(json.RawMessage(bad)) == nil {
			t.Errorf("%s: got it valid, want it refused", bad)
		}
	}
}
