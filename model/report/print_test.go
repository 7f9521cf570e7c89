//go:build chromium

package report_test

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/report"
)

// messy is an incident of about a hundred entries of all kinds.
func messy(t *testing.T) *testRoom {
	k := declared(t,
		model.Declaration{Title: "Deploy key in a public CI log, used from outside within the hour", Severity: "SEV-2",
			Kind: "credential_leak"})
	k.mustType(":role ic @ana Ana Kaya, CTO", ":check 1", ":sev SEV-1 active-exploit", ":phase containment",
		":exposure suspected ~1200 gdpr @13:00 data:names,mail mail addresses in the bucket")
	for i := range 80 {
		k.wait(3 * time.Minute)
		text := fmt.Sprintf("-%dm the log of job %d was read from 203.0.113.%d before the key was revoked", i%7+1,
			8841+i, i)
		if i%10 == 0 {
			text += fmt.Sprintf("; its SHA-256 is %064x", i)
		}
		k.mustType(text)
		if i%6 == 0 {
			k.mustType(":update runners are isolated, the old key answers 403 | going through the objects that were " +
				"read " +
				"| nothing")
		}
	}
	k.mustType("-2h :notify gdpr DPA, portal", ":notify executives the board", ":milestone contained",
		":hyp somebody had the key before", "TODO: alert on keys used from new networks @ana due fri detect",
		":sev SEV-2 calm", ":resolve override the key is dead",
		":review cause the build printed its environment when a step failed", ":review summary it was used",
		":reopen again", ":resolve override now")
	return k
}

var (
	box = regexp.MustCompile(
		`<word xMin="([-0-9.]+)" yMin="([-0-9.]+)" xMax="([-0-9.]+)" yMax="([-0-9.]+)">([^<]*)</word>`)
	pageTag = regexp.MustCompile(`<page width="([0-9.]+)" height="([0-9.]+)">`)
	inTag   = regexp.MustCompile(`(?s)<style>.*?</style>|<title>.*?</title>|</?(span|strong|em)[^>]*>`)
	anyTg   = regexp.MustCompile(`<[^>]*>`)
)

// TestPrint prints a report on A4 and on Letter: pages are numbered, table headers repeat,
// nothing is cut off, no word is broken, and a page has about 25 rows of the timeline.
func TestPrint(t *testing.T) {
	for paper, size := range map[string][2]float64{report.A4: {595, 842}, report.Letter: {612, 792}} {
		t.Run(paper, func(t *testing.T) {
			k := messy(t)
			d := report.Of(k.log,
				report.Reader{Short: "inc-1", Now: k.now, Zone: time.FixedZone("Europe/Istanbul", 3*3600),
					Paper: paper})
			page, err := d.HTML()
			if err != nil {
				t.Fatalf("write the HTML: %v", err)
			}
			pages := printed(t, page)
			if len(pages) > 24 {
				t.Errorf("got %d pages for %d entries, want at most 24", len(pages), len(k.log))
			}
			words := map[string]int{}
			var rows []int // of the timeline, on each page that has its head and some rows
			for i, p := range pages {
				m := pageTag.FindStringSubmatch(p)
				if m == nil || near(m[1], size[0]) || near(m[2], size[1]) {
					t.Fatalf("page %d: got size %v, want %v", i+1, m, size)
				}
				var line []string
				for _, w := range box.FindAllStringSubmatch(p, -1) {
					text := html.UnescapeString(w[5])
					words[text]++
					line = append(line, text)
					if num(w[1]) < 0 || num(w[2]) < 0 || num(w[3]) > size[0] || num(w[4]) > size[1] {
						t.Errorf("page %d: %q is cut off: %v", i+1, text, w[1:5])
					}
				}
				all := strings.Join(line, " ")
				if want := fmt.Sprintf("Page %d of %d", i+1, len(pages)); !strings.Contains(all, want) {
					t.Errorf("page %d: got no %q", i+1, want)
				}
				if n := strings.Count(all, "recorded"); strings.Contains(all, "Entry UTC") &&
					strings.Contains(all, "What Text") && n > 5 {
					rows = append(rows, strings.Count(all, "before the key was revoked"))
				}
			}
			if len(rows) < 4 {
				t.Fatalf("got the head of the timeline on %d pages, want it on each of its pages", len(rows))
			}
			sum := 0
			for _, n := range rows[1 : len(rows)-1] { // the first and the last page have other things too
				sum += n
			}
			if per := float64(sum) / float64(len(rows)-2); per < 18 {
				t.Errorf("got %.0f rows of the timeline a page, want about 25; on each page: %v", per, rows)
			}
			plain := html.UnescapeString(anyTg.ReplaceAllString(inTag.ReplaceAllString(string(page), ""), " "))
			for _, w := range strings.Fields(plain) {
				if len([]rune(w)) < 24 && words[w] == 0 {
					t.Errorf("%q of the report is not whole in print", w)
					words[w]++
				}
			}
		})
	}
}

func num(s string) float64 {
	f, _ := strconv.ParseFloat(s, 64)
	return f
}

func near(got string, want float64) bool { return num(got) < want-1 || num(got) > want+1 }

// printed returns the text of each printed page, as Chromium prints it.
func printed(t *testing.T, page []byte) []string {
	t.Helper()
	dir := t.TempDir()
	in, pdf, out := filepath.Join(dir, "report.html"), filepath.Join(dir, "report.pdf"),
		filepath.Join(dir, "report.xml")
	if err := os.WriteFile(in, page, 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	run := func(name string, args ...string) {
		c := exec.Command(name, args...)
		c.Env = append(os.Environ(), "HOME="+dir)
		if b, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, b)
		}
	}
	run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--user-data-dir="+
		filepath.Join(dir, "profile"), "--print-to-pdf="+pdf, "file://"+in)
	run("pdftotext", "-bbox", pdf, out)
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	parts := bytes.Split(raw, []byte("<page "))
	var pages []string
	for _, p := range parts[1:] {
		pages = append(pages, "<page "+string(p))
	}
	return pages
}
