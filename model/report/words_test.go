package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"warroom/model"
	"warroom/model/report"
)

// hostile are texts that try to inject markup into a report. Each has the word "evil".
var hostile = []string{
	"# evil", "evil\n===", "evil\n---", "- evil", "* evil", "+ evil", "1. evil", "12) evil", "> evil", "    evil",
	"\tevil", "```\nevil", "~~~\nevil",
	"[evil](https://evil.example)", "![evil](https://evil.example/x.png)", "<a href=https://evil.example>evil</a>",
	"<https://evil.example>", "<evil@evil.example>",
	"https://evil.example", "see https://evil.example/a_b?c=d&e=f, now", "(https://evil.example)",
	"http://evil.example", "ftp://evil.example", "www.evil.example", "WWW.evil.example", "xwww.evil.example",
	"evil@evil.example", "mailto:evil@evil.example", "xmpp:evil@evil.example", "[evil]: https://evil.example",
	"[evil][1]", "[^evil]", "@evil", "#1 evil", "evil/evil#12",
	"<script>evil()</script>", "<!-- evil", "<b>evil", "&lt;b&gt;evil", "&#60;b&#62;evil", "<evil", "<?evil?>",
	"**evil**", "_evil_", "__evil__", "~~evil~~", "`evil`", "``evil`", "evil`", "`https://evil.example`",
	"a`https://evil.example`b",
	"evil | evil | evil", "| evil |\n|---|", "evil|https://evil.example|x", `evil\`, `evil\|x`, `evil\\|x`,
	`\[evil](https://evil.example)`, `\`, `https://evil.example\`, "evil `|` x", "a|b@evil.example|c`d",
	"$evil$", "$$evil$$", ":evil:", ":---:|evil", "evil\n:---", "javascript:evil", "evil\u2028# evil", "evil\x1b[31m",
	"\u202eevil", "evil  \nevil", "evil\\\nevil", "- [ ] evil", "evil\n\n# evil", "\"'(@evil)'\"", "***", "---",
	"evil\n***",
}

// TestNothingOfARoomIsMarkup renders a report of a room with hostile text in every field,
// with HTML allowed and autolinks enabled. The result has the same headings, rows and cells
// as one with plain words, and no link, picture or code from the room.
func TestNothingOfARoomIsMarkup(t *testing.T) {
	want := marks(t, "word")
	if want["h1"] != 1 || want["h2"] < 10 || want["table"] < 10 || want["blockquote"] != 4 {
		t.Fatalf("the plain one has %v", want)
	}
	for _, text := range append(hostile, nasty(t)...) {
		got := marks(t, text)
		for tag := range got {
			if want[tag] == 0 {
				t.Errorf("%q makes <%s>", text, tag)
			}
		}
		for _, tag := range []string{"h1", "h2", "h3", "table", "tr", "td", "th", "ul", "li", "blockquote", "strong",
			"em"} {
			if got[tag] != want[tag] {
				t.Errorf("%q makes %d <%s>, not %d", text, got[tag], tag, want[tag])
			}
		}
	}
}

// marks renders a report with a text in every field and counts its tags.
func marks(t *testing.T, text string) map[string]int {
	t.Helper()
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert(filled(t, text), &out); err != nil {
		t.Fatalf("convert: %v", err)
	}
	tags := map[string]int{}
	for _, m := range tag.FindAllStringSubmatch(out.String(), -1) {
		tags[strings.ToLower(m[1])]++
	}
	return tags
}

var tag = regexp.MustCompile(`<([a-zA-Z!?][a-zA-Z0-9]*)`)

// filled returns the report of a room with a text in every field.
func filled(t *testing.T, text string) []byte {
	d := filledReport(t, text)
	return d.Markdown()
}

func filledReport(t *testing.T, text string) report.Report {
	line := strings.NewReplacer("\n", " ", "\r", " ").Replace(text)
	k := declared(t, model.Declaration{Title: line, Severity: "SEV-3", Reason: text})
	put := func(b model.Body) { k.do("ana", model.Act{Body: b}) }
	for _, kind := range []model.Kind{model.KindEntryNoted, model.KindDecisionMade, model.KindEvidenceNoted} {
		put(model.NewEntry(kind, text))
	}
	put(&model.RoleAssumed{Role: "scribe", Person: "ana", Name: line, Job: line, Scope: line})
	put(&model.ItemDoneBody{Item: k.room.Items[0].ID, Override: text})
	put(&model.FollowupAdded{Title: line})
	put(&model.IncidentLinked{System: "tracker", URL: "https://example.org/" + strings.ReplaceAll(line, " ", "%20"),
		Title: line})
	put(&model.NoticeGiven{Audience: "legal", Who: line, Means: text})
	put(&model.ExposureAssessed{Level: model.ExposureSuspected, Subjects: line, Why: text})
	put(&model.UpdateSent{Audience: "responders", Conditions: text, Actions: text, Needs: text})
	put(&model.EntryAmended{Entry: k.room.Line(3).ID, Seq: 3, Text: "x " + text})
	put(&model.EntryRetracted{Entry: k.room.Line(4).ID, Seq: 4, Reason: text})
	for _, part := range model.ReviewSections {
		put(&model.ReviewWritten{Section: part, Text: text + "\n" + text})
	}
	if k.room.Rejected > 0 {
		t.Fatalf("%q is refused somewhere", text)
	}
	return k.report()
}

// nasty returns every tenth of the model's samples of harmful text.
func nasty(t *testing.T) []string {
	raw, err := os.ReadFile("../testdata/nasty/nasty-dev.json")
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	var list struct {
		Items []struct {
			Text []byte `json:"b64"`
		} `json:"items"`
	}
	if err := json.Unmarshal(raw, &list); err != nil || len(list.Items) < 300 {
		t.Fatalf("%d samples: %v", len(list.Items), err)
	}
	var out []string
	for n, i := range list.Items {
		s, _ := model.ValidText(string(i.Text))
		if s = strings.TrimSpace(s); n%10 == 0 && s != "" && len(s) < 150 {
			out = append(out, s)
		}
	}
	return out
}
