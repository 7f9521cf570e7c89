package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"warroom/model/config"
	"warroom/model/schema/schematest"
)

var writeDocs = flag.Bool("docs", false, "write docs/config.md and docs/config.schema.json")

// TestDocuments: the page and the schema have exactly the keys of the configuration,
// and are up to date.
func TestDocuments(t *testing.T) {
	schematest.Current(t, config.Document(), filepath.Join("..", "..", "docs"), "config.md", "model/config", *writeDocs)
}

// TestSchemaAgrees: the schema accepts the example, including the settings in its
// comments, and refuses an unknown key, a wrong type and a value that is not in a
// list.
func TestSchemaAgrees(t *testing.T) {
	validate := schematest.Validator(t, config.Document())
	example, err := os.ReadFile(filepath.Join("..", "..", "config.example.toml"))
	if err != nil {
		t.Fatalf("read the example: %v", err)
	}
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"the example":        {string(example), true},
		"a webhook":          {"[[webhook]]\nname = \"siem\"\nurl = \"https://x\"\nsecret = { file = \"/x\" }\n", true},
		"an unknown key":     {"handle = \"ana\"\n", false},
		"a wrong type":       {"[screen]\nmouse = \"yes\"\n", false},
		"an unknown word":    {"[mail]\ntls = \"ssl\"\n", false},
		"a webhook, no name": {"[[webhook]]\nurl = \"https://x\"\n", false},
	} {
		if err := validate([]byte(c.text)); (err == nil) != c.good {
			t.Errorf("%s: got %v, want it accepted: %v", name, err, c.good)
		}
	}
}
