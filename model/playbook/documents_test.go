package playbook_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/model/schema/schematest"
)

var writeDocs = flag.Bool("docs", false, "write docs/playbooks.md and docs/playbook.schema.json")

// TestDocuments: the page and the schema have exactly the keys of a playbook, and
// are up to date.
func TestDocuments(t *testing.T) {
	schematest.Current(t, playbook.Document(), filepath.Join("..", "..", "docs"), "playbooks.md", "model/playbook",
		*writeDocs)
}

// TestSchemaAgrees: the schema accepts the plans that the program accepts, and
// refuses wrong types, unknown keys and values that are not in a list.
func TestSchemaAgrees(t *testing.T) {
	validate := schematest.Validator(t, playbook.Document())
	plans, err := filepath.Glob(filepath.Join("plans", "*.toml"))
	if err != nil || len(plans) == 0 {
		t.Fatalf("got the plans %v, %v, want some", plans, err)
	}
	dir := t.TempDir()
	fresh, err := playbook.New(dir, "ours")
	if err != nil {
		t.Fatalf("make a plan: %v", err)
	}
	for _, path := range append(plans, fresh) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("read a plan: %v", err)
		}
		if err := validate(raw); err != nil {
			t.Errorf("%s: got %v, want it accepted by the schema", path, err)
		}
	}
	const least = "title = \"x\"\n[[severities]]\nid = \"S\"\nlabel = \"S\"\nrank = 1\n[[roles]]\nid = \"r\"\n" +
		"label = \"R\"\n[[phases]]\nid = \"p\"\nlabel = \"P\"\n"
	for name, more := range map[string]string{
		"an unknown key":    "[[items]]\nid = \"i\"\nphase = \"p\"\ntext = \"t\"\nowner = \"r\"\n",
		"a wrong type":      "[[items]]\nid = \"i\"\nphase = \"p\"\ntext = \"t\"\nurgent = \"yes\"\n",
		"an unknown class":  "[[items]]\nid = \"i\"\nphase = \"p\"\ntext = \"t\"\npreserves = \"paper\"\n",
		"a missing text":    "[[items]]\nid = \"i\"\nphase = \"p\"\n",
		"no length of time": "[[clocks]]\nid = \"c\"\nlabel = \"C\"\nstart = \"alert\"\nafter = \"soon\"\n",
	} {
		if err := validate([]byte(least)); err != nil {
			t.Fatalf("the least plan: got %v, want it accepted", err)
		}
		if err := validate([]byte(least + more)); err == nil {
			t.Errorf("%s: got it accepted by the schema, want it refused", name)
		}
	}
}

// TestNew: the new plan is valid and does not overwrite another one, and its name
// has to be valid.
func TestNew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "playbooks")
	path, err := playbook.New(dir, "ours")
	if err != nil {
		t.Fatalf("got %v, want a new plan", err)
	}
	if err := playbook.Check(path); err != nil {
		t.Errorf("check the new plan: got %v, want no fault", err)
	}
	p, err := playbook.Load(dir, "ours")
	if err != nil || p.Title != "ours" || len(p.Items) == 0 {
		t.Errorf("load the new plan: got %+v, %v, want one with the title ours and items", p, err)
	}
	for name, code := range map[string]model.Code{"ours": model.Conflict, "security": model.Conflict,
		"../x": model.Invalid, "": model.Invalid, "Ours": model.Invalid} {
		if _, err := playbook.New(dir, name); model.CodeOf(err) != code {
			t.Errorf("New(%q): got %v, want the code %s", name, err, code)
		}
	}
}
