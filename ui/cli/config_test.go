package cli_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"warroom/ui/cli"
)

// TestExampleConfig: the example loads strictly, holds the defaults, and names
// every key that there is.
func TestExampleConfig(t *testing.T) {
	const path = "../../config.example.toml"
	got, err := cli.ReadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := cli.DefaultConfig(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys(reflect.TypeOf(got)) {
		if !regexp.MustCompile(`(?m)^(# )?` + key + ` = `).Match(b) {
			t.Errorf("the example does not name %s", key)
		}
	}
}

func keys(t reflect.Type) []string {
	var out []string
	for f := range t.NumField() {
		switch typ := t.Field(f).Type; {
		case typ.Kind() == reflect.Struct:
			out = append(out, keys(typ)...)
			continue
		case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Struct:
			out = append(out, keys(typ.Elem())...)
			continue
		}
		out = append(out, t.Field(f).Tag.Get("toml"))
	}
	return out
}

func TestBadConfig(t *testing.T) {
	for text, want := range map[string]string{
		"data = 3":                    "FILE:1:8: data takes a string, not a value of type integer; config.example.toml shows the form",
		"\ndta = \"x\"":               "FILE:2:1: there is no key dta; config.example.toml lists them",
		"[screen]\nmouze = true":      "FILE:2:1: there is no key screen.mouze; config.example.toml lists them",
		"data = ":                     "FILE:1:7: ",
		"[screen]\nzone = \"Mars/X\"": "FILE: screen.zone is no time zone: Mars/X; write it as Europe/Istanbul or UTC",
	} {
		path := filepath.Join(t.TempDir(), "c.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := cli.ReadConfig(path)
		if got := strings.ReplaceAll(errText(err), path, "FILE"); !strings.HasPrefix(got, want) {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
