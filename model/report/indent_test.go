package report_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestIndentationIsKept: an indented entry is indented in each form of the report.
func TestIndentationIsKept(t *testing.T) {
	k := declared(t, model.Declaration{Title: "A key", Severity: "SEV-2", Kind: "credential_leak"})
	k.mustType("    def f():\n\n      return 1", "plain")
	d := k.report()
	page, err := d.HTML()
	if err != nil {
		t.Fatalf("html: %v", err)
	}
	const want = "\u00a0\u00a0\u00a0\u00a0def f():↵↵\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0return 1"
	for form, got := range map[string]string{"Markdown": string(d.Markdown()), "HTML": string(page)} {
		if !strings.Contains(got, want) {
			i := max(0, strings.Index(got, "def f()"))
			t.Errorf("%s: got %q, want %q in it", form, got[max(0, i-20):min(len(got), i+40)], want)
		}
	}
	if l := d.Timeline[2]; l.Text.String() != "    def f():↵↵      return 1" {
		t.Errorf("JSON: got %q, want %q", l.Text, "    def f():↵↵      return 1")
	}
}
