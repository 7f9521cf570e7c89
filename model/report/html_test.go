package report_test

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// anyTag matches a tag with its attributes.
var anyTag = regexp.MustCompile(`<[a-zA-Z!/][^>]*>`)

// ours matches the tags of a report's page that have attributes.
var ours = regexp.MustCompile(
	`^<(html lang="en"|meta (charset|http-equiv|name)=[^>]*|/?[a-z0-9]+|br ?/?|!DOCTYPE html|table class="wide"|` +
		`span class="(long|whole)")>$`)

// fitted are the tags that fit adds for long and short words: any text may cause them.
var fitted = []string{"<code>", "</code>", `<span class="long">`, `<span class="whole">`, "</span>"}

// TestHTMLHasOnlyTextOfARoom: whatever text a room has, the page has the same tags as one
// with plain words, no attributes that are not ours, and nothing that runs or is loaded.
func TestHTMLHasOnlyTextOfARoom(t *testing.T) {
	want := tagsOf(t, "word")
	for _, text := range append(hostile, nasty(t)...) {
		got := tagsOf(t, text)
		for _, tag := range slices.Sorted(maps.Keys(got)) {
			if !ours.MatchString(tag) || want[tag] == 0 && !slices.Contains(fitted, tag) {
				t.Errorf("%q makes %s", text, tag)
			}
		}
	}
	for _, tag := range []string{"<script>", "<a>", "<img>", "<link>", "<iframe>"} {
		if want[tag] > 0 {
			t.Errorf("the page has %s", tag)
		}
	}
}

func tagsOf(t *testing.T, text string) map[string]int {
	t.Helper()
	d := filledReport(t, text)
	page, err := d.HTML()
	if err != nil {
		t.Fatalf("write the HTML: %v", err)
	}
	tags := map[string]int{}
	for _, m := range anyTag.FindAll(page, -1) {
		tags[string(m)]++
	}
	return tags
}

// TestHTMLIsSelfContained: the page is complete, forbids external resources, and is styled
// for print.
func TestHTMLIsSelfContained(t *testing.T) {
	d := filledReport(t, "a <b> & \"c\"")
	page, err := d.HTML()
	if err != nil {
		t.Fatalf("write the HTML: %v", err)
	}
	for _, has := range []string{"<!DOCTYPE html>", `content="default-src 'none'; style-src 'unsafe-inline'"`,
		"@media print", "<title>a &lt;b&gt; &amp; &#34;c&#34;, ", "<table>", "</html>\n"} {
		if !bytes.Contains(page, []byte(has)) {
			t.Errorf("it has no %s", has)
		}
	}
	for _, not := range []string{"<script", "href=", "src=", "@import", "url("} {
		if strings.Contains(string(page), not) {
			t.Errorf("it has %s", not)
		}
	}
}
