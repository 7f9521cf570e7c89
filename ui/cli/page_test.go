package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/report"
	"warroom/ui/cli/jsonform"
)

// cliPage is the page with the exit codes and JSON formats.
const cliPage = "../../docs/cli.md"

// jsonName returns the name of a field in JSON, or "" if it is not encoded. Optional
// fields may be missing.
func jsonName(f reflect.StructField) (name string, optional bool) {
	tag, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case tag == "-" || !f.IsExported() && !f.Anonymous:
		return "", false
	case tag == "":
		tag = f.Name
	}
	return tag, strings.Contains(rest, "omit")
}

// jsonType describes the JSON form of a type, with the fields of objects down to a depth.
func jsonType(t reflect.Type, depth int) string {
	if t.Kind() == reflect.Pointer {
		return jsonType(t.Elem(), depth) + " or null"
	}
	if t.Implements(reflect.TypeFor[json.Marshaler]()) ||
		reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]()) ||
		t.Implements(reflect.TypeFor[interface{ MarshalText() ([]byte, error) }]()) {
		return marshaled(t)
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice, reflect.Array:
		return "[" + jsonType(t.Elem(), depth) + "]"
	case reflect.Map:
		return "{" + jsonType(t.Key(), depth) + ": " + jsonType(t.Elem(), depth) + "}"
	case reflect.Struct:
		if depth == 0 {
			return "object"
		}
		return "{" + strings.Join(jsonFields(t, depth-1), ", ") + "}"
	case reflect.Interface:
		return "any"
	}
	return "number"
}

// marshaled describes the JSON form of a type with its own encoder.
func marshaled(t reflect.Type) string {
	if t.String() == "time.Time" {
		return "time"
	}
	b, err := json.Marshal(reflect.New(t).Interface())
	switch {
	case err != nil || len(b) == 0 || b[0] == 'n':
		return "any"
	case b[0] == '"':
		return "string"
	case b[0] == '[':
		return "[any]"
	case b[0] == '{':
		return "object"
	}
	return "number"
}

// jsonFields describes the fields of an object: "`seq` number", with ? for optional ones.
func jsonFields(t reflect.Type, depth int) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Tag.Get("json") == "" && f.Type.Kind() == reflect.Struct {
			out = append(out, jsonFields(f.Type, depth)...)
			continue
		}
		name, optional := jsonName(f)
		if name == "" {
			continue
		}
		if optional {
			name += "?"
		}
		out = append(out, name+" "+jsonType(f.Type, depth))
	}
	return out
}

// page returns the content of the page.
func page(t *testing.T) string {
	var b strings.Builder
	b.WriteString("# The command line for scripts\n\n" +
		"This page is generated from the program, and a test keeps it current.\n" +
		"`warroom help COMMAND` has the flags and examples of each command.\n\n" +
		"Results go to stdout, everything else to stderr. A flag may be anywhere in the line; `--` ends the " +
		"flags. `note`\nand `do` print the number of each entry that is stored, `declare` and `import` the id of the " +
		"room.\n\n" +
		"## Exit codes\n\n| code | meaning |\n|---|---|\n")
	for _, e := range exitCodes {
		fmt.Fprintf(&b, "| %d | %s |\n", e.code, e.what)
	}
	b.WriteString("\n## Commands\n\n| command | what it does |\n|---|---|\n")
	walk(rootCmd(&app{}), func(c *cobra.Command) {
		if !c.HasSubCommands() && !strings.HasPrefix(wordsOf(c), "completion") {
			fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(c.UseLine(), "|", "\\|"), c.Short)
		}
	})
	b.WriteString("\n## JSON\n\nA value is one line. Fields may be added, and never change. " +
		"`?` marks a field that may be missing,\n`time` is a string in RFC 3339, names that end in `_s` are seconds. " +
		"Text is exact:\ncharacters that a terminal may interpret, or that nobody sees, are written as `\\uXXXX`.\n")
	for _, f := range []struct {
		command string
		of      reflect.Type
	}{
		{"rooms --json", reflect.TypeFor[[]jsonform.Room]()}, {"status --json", reflect.TypeFor[jsonform.RoomStatus]()},
		{"tail --json (each line)", reflect.TypeFor[jsonform.LoggedEvent]()},
		{"evidence list --json", reflect.TypeFor[[]jsonform.EvidenceItem]()},
		{"indicators --format json", reflect.TypeFor[[]jsonform.Indicator]()},
		{"ingest --json (each line)", reflect.TypeFor[reading]()},
		{"oncall --json", reflect.TypeFor[[]model.Contacts]()},
		{"report --format json", reflect.TypeFor[report.Report]()},
	} {
		of, list := f.of, ""
		if of.Kind() == reflect.Slice {
			of, list = of.Elem(), "A list of:\n\n"
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s", f.command, list)
		for _, field := range jsonFields(of, 2) {
			name, what, _ := strings.Cut(field, " ")
			fmt.Fprintf(&b, "- `%s` %s\n", name, what)
		}
	}
	b.WriteString("\n## Kinds of events\n\nThe `body` of each `kind` in `tail --json`, and the word that the " +
		"timeline shows for it.\n\n" +
		"| kind | word | body |\n|---|---|---|\n")
	for _, k := range model.Kinds() {
		body, err := (&model.Event{Kind: k, Body: json.RawMessage("{}")}).DecodeBody()
		if err != nil {
			t.Fatalf("%s: got %v, want its body", k, err)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k, k.Word(),
			strings.ReplaceAll(strings.Join(jsonFields(reflect.TypeOf(body).Elem(), 1), ", "), "|", "\\|"))
	}
	return b.String()
}

// TestCLIPage: docs/cli.md lists every exit code, command and JSON format. -update writes
// it.
func TestCLIPage(t *testing.T) {
	want := page(t)
	if *updateGolden {
		if err := os.WriteFile(cliPage, []byte(want), 0o644); err != nil {
			t.Fatalf("write: got %v, want the page written", err)
		}
	}
	got, err := os.ReadFile(cliPage)
	if err != nil {
		t.Fatalf("%s: got %v, want the page; write it with -update", filepath.Base(cliPage), err)
	}
	if string(got) == want {
		return
	}
	have := strings.Split(string(got), "\n")
	for _, line := range strings.Split(want, "\n") {
		if !slices.Contains(have, line) {
			t.Errorf("%s: got no line %q; write the page with -update and read it", filepath.Base(cliPage), line)
		}
	}
	if !t.Failed() {
		t.Errorf("%s: got other lines besides, want those of the program alone; write it with -update",
			filepath.Base(cliPage))
	}
}
