package report

import (
	"bytes"
	"fmt"
	"html"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"warroom/model"
)

// page is what stands around the report: nothing is fetched, nothing runs, and on
// paper a row of a table stays on one page.
const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>%s</title>
<style>
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 76rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.25; }
h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 2px solid #d0d0d0; padding-bottom: .2rem; }
table { border-collapse: collapse; width: 100%%; margin: .8rem 0 1.4rem; font-size: .92rem; }
th, td { border: 1px solid #d0d0d0; padding: .3rem .55rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
th { background: #f2f2f2; }
blockquote { margin: .8rem 0; padding: .1rem 1rem; border-left: 4px solid #888; background: #f7f7f7; }
code { font: .9em ui-monospace, monospace; background: #f2f2f2; overflow-wrap: anywhere; }
@media print {
  body { font-size: 9.5pt; max-width: none; margin: 0; padding: 0; }
  h2 { break-after: avoid; }
  tr, blockquote { break-inside: avoid; }
  thead { display: table-header-group; }
  @page { margin: 16mm 14mm; }
}
</style>
</head>
<body>
%s</body>
</html>
`

// HTML is the report as one file that needs no other: the Markdown form, drawn.
// What comes from the room is text in it, as it is there.
func (d *Report) HTML() ([]byte, error) {
	var body bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert(d.Markdown(), &body); err != nil {
		return nil, fmt.Errorf("draw the report: %w", err)
	}
	title := model.Safef("%s, %s", model.CleanLine(d.Title.String()), model.CleanLine(d.Room))
	return fmt.Appendf(nil, page, html.EscapeString(title.String()), body.Bytes()), nil
}
