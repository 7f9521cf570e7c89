package report

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"warroom/model"
)

// The paper sizes on which a report can be printed.
const (
	A4     = "a4"
	Letter = "letter"
)

// htmlTemplate is the page around the report. It loads nothing and runs nothing. In print,
// pages are numbered, table headers repeat, and a row stays on one page. Words stay whole;
// only what is longer than a column, such as a hash, may break anywhere.
const htmlTemplate = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>%s</title>
<style>
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 76rem; margin: 2rem auto; ` +
	`padding: 0 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.25; }
h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 2px solid #d0d0d0; padding-bottom: .2rem; }
table { border-collapse: collapse; width: calc(100%% - 1px); margin: .8rem 0 1.4rem; font-size: .92rem; }
th, td { border: 1px solid #d0d0d0; padding: .3rem .55rem; text-align: left; vertical-align: top; ` +
	`overflow-wrap: normal; word-break: normal; hyphens: none; font-variant-numeric: tabular-nums; }
th { background: #f2f2f2; }
blockquote { margin: .8rem 0; padding: .1rem 1rem; border-left: 4px solid #888; background: #f7f7f7; }
code { font: .9em ui-monospace, monospace; background: #f2f2f2; }
.long { overflow-wrap: anywhere; }
.whole { white-space: nowrap; }
@media print {
  body { font-size: 9pt; line-height: 1.35; max-width: none; margin: 0; padding: 0; }
  h1 { font-size: 15pt; }
  h2 { font-size: 11.5pt; margin-top: 1.2rem; break-after: avoid; }
  h3 { font-size: 10pt; break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
  table { font-size: 7.5pt; line-height: 1.3; }
  table.wide { font-size: 6.2pt; }
  th, td { padding: 1.1mm 1.3mm; }
  table.wide th, table.wide td { padding: .8mm .9mm; }
  tr, blockquote { break-inside: avoid; }
  thead { display: table-header-group; }
  th, code, blockquote { print-color-adjust: exact; }
  @page {
    size: %s;
    margin: 14mm 12mm 16mm;
    @bottom-left { content: %s; font: 7pt system-ui, sans-serif; color: #555; }
    @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 7pt system-ui, sans-serif; ` +
	`color: #555; }
  }
}
</style>
</head>
<body>
%s</body>
</html>
`

// HTML returns the report as one self-contained file: the rendered Markdown form. Text from
// the room stays text.
func (d *Report) HTML() ([]byte, error) {
	var body bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert(d.Markdown(), &body); err != nil {
		return nil, fmt.Errorf("draw the report: %w", err)
	}
	title := model.Safef("%s, %s", model.CleanLine(d.Title.String()), model.CleanLine(d.Room))
	paper := "A4"
	if d.paper == Letter {
		paper = "letter"
	}
	foot := model.Safef("%s, made %s", model.CleanLine(d.Room), utc(d.MadeAt))
	return fmt.Appendf(nil, htmlTemplate, html.EscapeString(title.String()), paper, cssString(foot.String()),
		printable(body.String())), nil
}

// cssString quotes a text as a CSS string.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		if c >= ' ' && c <= '~' && !strings.ContainsRune(`"\<>&`, c) {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, `\%06x`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// longWord is the minimum length, in characters, of a word that may break anywhere,
// because it would make a column too wide for the paper.
const longWord = 24

var (
	timeCell  = regexp.MustCompile(`<td>([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8})</td>`)
	zonedCell = regexp.MustCompile(`<td>[0-9]{2}-[0-9]{2} [0-9:]{8} [+-][0-9:]{5}</td>`)
	emptyHead = regexp.MustCompile(`<thead>\s*<tr>(\s*<th></th>)+\s*</tr>\s*</thead>\s*`)
	markup    = regexp.MustCompile(`<[^>]*>`)
	anyWord   = regexp.MustCompile(`[^\s<>]+`)
	tableForm = regexp.MustCompile(`(?s)<table>.*?</table>`)
)

// fit prevents breaks in a short word with a hyphen or a slash, and allows breaks in a long
// one.
func fit(w string) string {
	switch long := len(w) >= longWord && len([]rune(html.UnescapeString(w))) >= longWord; {
	case long:
		return `<span class="long">` + w + `</span>`
	case strings.ContainsAny(w, "-/?"):
		return `<span class="whole">` + w + `</span>`
	}
	return w
}

// printable removes empty headers of tables, keeps the times of a timeline in one zone on
// one line, lets long words break, and marks tables of many columns, which are printed
// smaller.
func printable(body string) string {
	body = tableForm.ReplaceAllStringFunc(body, func(t string) string {
		head, _, _ := strings.Cut(t, "</tr>")
		if strings.Count(head, "<th") >= 8 {
			t = strings.Replace(t, "<table>", `<table class="wide">`, 1)
		}
		return t
	})
	body = emptyHead.ReplaceAllString(body, "")
	if !zonedCell.MatchString(body) { // else two columns of times leave too little for the text
		body = timeCell.ReplaceAllString(body, `<td><span class="whole">$1</span></td>`)
	}
	var b strings.Builder
	last := 0
	text := func(s string) {
		b.WriteString(anyWord.ReplaceAllStringFunc(s, fit))
	}
	for _, m := range markup.FindAllStringIndex(body, -1) {
		text(body[last:m[0]])
		b.WriteString(body[m[0]:m[1]])
		last = m[1]
	}
	text(body[last:])
	return b.String()
}
