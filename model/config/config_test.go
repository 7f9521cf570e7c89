package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"warroom/model/config"
)

// TestExampleConfig: the example decodes strictly to the defaults, and names every
// key.
func TestExampleConfig(t *testing.T) {
	const path = "../../config.example.toml"
	got, err := config.ReadConfig(path)
	if err != nil {
		t.Fatalf("read config: %v", err)
	}
	if want := config.DefaultConfig(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read a file: %v", err)
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
		"data = \"a\"\nData = \"b\"":   "FILE: Data and data are the same key; remove one of them",
		"[http]\nlimit = 1\nLIMIT = 2": "FILE: http.LIMIT and http.limit are the same key; remove one of them",
		"\xFF\xFEa\x00":                "the configuration FILE is in UTF-16; save it as UTF-8",
		"\xEF\xBB\xBFfrob = 1":         "FILE:1:1: there is no key frob; config.example.toml lists them",
		"data = 3": "FILE:1:8: data takes a string, not a whole number; " +
			"config.example.toml has examples",
		"[screen]\nbell = \"yes\"": "FILE:2:8: screen.bell takes a boolean, not a string; config.example.toml has " +
			"examples",
		"[http]\nlimit = 1.5": "FILE:2:9: http.limit takes a whole number, not a number; config.example.toml has " +
			"examples",
		"[http]\nlimit = 2020-01-02": "FILE:2:9: http.limit takes a whole number, not a date or time; " +
			"config.example.toml has examples",
		"[pagerduty]\non_overdue = \"update\"": "FILE:2:14: pagerduty.on_overdue takes a list, not a string; " +
			"config.example.toml has examples",
		"[pagerduty]\non_overdue = [3]": "FILE:2:15: ",
		"[[pagerduty.page]]\npurpose = \"a\"\n\n[[pagerduty.page]]\npurpose = 3": "FILE:5:11: " +
			"pagerduty.page.purpose takes a string, not a whole number; config.example.toml has examples",
		"screen = 3": "FILE:1:10: screen takes a table, not a whole number; config.example.toml has examples",
		"\ndta = \"x\"": "FILE:2:1: there is no key dta; " +
			"config.example.toml lists them",
		"[screen]\nmouze = true": "FILE:2:1: there is no key screen.mouze; " +
			"config.example.toml lists them",
		"[pagerduty]\npoll = \"1s\"": "FILE: pagerduty.poll is a time of 5s or more, such as " +
			"30s, or 0s for never, not \"1s\"",
		"[[pagerduty.page]]\npurpose = \"Sec\"": "FILE: every [[pagerduty.page]] needs a purpose from a-z 0-9 _ -, " +
			`such as "security", not "Sec"`,
		"[[pagerduty.page]]\npurpose = \"a\"": "FILE: pagerduty.page a names one of routing_key, " +
			"service, policy and user",
		"[[pagerduty.page]]\npurpose = \"a\"\nservice = \"P1\"": "FILE: pagerduty.page a needs a token of the REST " +
			"API; set pagerduty.token",
		"[pagerduty]\non_overdue = [\"update\"]": "FILE: pagerduty.on_overdue pages the first [[pagerduty.page]]",
		"[pagerduty]\napi = \"http://pd.example.org\"": "FILE: pagerduty.api and pagerduty.events have to be " +
			`https:// addresses, not "http://pd.example.org"`,
		"[pagerduty]\ntoken = \"u+secret\"": "FILE:2:9: ",
		"[screen]\ntheme = \"pink\"": "FILE: screen.theme is \"pink\"; write one of auto, terminal, dark, " +
			"light, high-contrast, mono",
		"data = ": "FILE:1:7: ",
		"[screen]\nzone = \"Mars/X\"": "FILE: screen.zone is not a time zone: Mars/X; write it as Europe/Istanbul " +
			"or UTC",
	} {
		path := filepath.Join(t.TempDir(), "c.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatalf("write a file: %v", err)
		}
		_, err := config.ReadConfig(path)
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

// TestByteOrderMark: a file that an editor of Windows wrote is read.
func TestByteOrderMark(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte("\xEF\xBB\xBFas = \"bo\"\r\n[screen]\r\nbell = false\r\n"), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	got, err := config.ReadConfig(path)
	if err != nil || got.As != "bo" || got.Screen.Bell {
		t.Errorf("got as %q, bell %t and %v, want bo and no bell", got.As, got.Screen.Bell, err)
	}
	if _, err := config.ReadConfig(filepath.Dir(path)); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("got %v for a directory, want that it is one", err)
	}
}
