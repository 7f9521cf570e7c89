package alerts

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"unicode/utf8"

	"warroom/model"
)

const (
	formMail = "report-mail"
	formForm = "report-form"
)

// isReport reports whether a record is a report by a person or a vendor: it has a title, a
// reporter, and a description or a time. A record with the members of a tool's finding is
// not.
func isReport(v val) bool {
	if v.first("title", "subject", "summary") == "" || v.has("alerts") || v.has("findings") || v.has("results") ||
		v.has("rule") && v.has("severity") {
		return false
	}
	who := v.first("vendor", "customer", "reporter", "contact") != "" || v.get("reporter").is('{') ||
		v.get("contact").is('{')
	when := v.first("received_at", "awareness_at") != ""
	return when || who &&
		(v.first("description", "body", "text", "message") != "" || v.has("reporter") || v.has("vendor") ||
			v.has("customer"))
}

// isReport sets the identity of a report: every one is a finding of its own.
func (r *raw) isReport(parts ...string) {
	r.what, r.where, r.position = parts, []string{}, []string{}
	r.former, r.group = parts, parts
}

// readReport reads a report. It has no severity, because nobody has assessed it yet.
func readReport(w *work, v val) error {
	r := &raw{Alert: model.Alert{Source: v.get("source").str(), Kind: "report", Rule: v.first("suspected", "type"),
		Title:       v.first("title", "subject", "summary"),
		Description: v.first("description", "body", "text"), FirstSeen: v.get("awareness_at").when(),
		LastSeen: v.get("received_at").when(), Link: v.get("link").str(),
		SeverityRaw: v.get("severity").str()}}
	who := v.first("vendor", "customer", "reporter")
	if who == "" {
		who = v.get("reporter").first("name", "email")
	}
	if r.Source == "" {
		r.Source = "report"
	}
	if r.Rule == "" {
		r.Rule = r.Source + " report"
	}
	if r.FirstSeen.IsZero() {
		r.FirstSeen = r.LastSeen
	}
	r.Asset = model.AlertAsset{Type: "reporter", ID: who}
	r.isReport(who, v.first("reference", "id"), r.Title, v.get("received_at").str())
	return w.alert(r)
}

var mailHeads = []string{"From: ", "From ", "To: ", "Subject: ", "Date: ", "Received: ", "Return-Path: ",
	"Message-ID: ", "MIME-Version: ", "Delivered-To: ", "DKIM-Signature: ", "X-"}

func looksLikeMail(line string) bool {
	for _, h := range mailHeads {
		if len(line) > len(h) && strings.EqualFold(line[:len(h)], h) {
			return true
		}
	}
	return false
}

// maxHeads is the max number of header lines of a mail.
const maxHeads = 2000

// headLines returns the number of lines before the first empty one.
func headLines(b []byte) int {
	n := 0
	for line := range bytes.Lines(b) {
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
		n++
	}
	return n
}

// mail reads a mail file.
func (w *work) mail(b []byte) error {
	if headLines(b) > maxHeads {
		return model.Refuse(model.Invalid, "the mail has more than %d header lines; nothing was read",
			maxHeads)
	}
	if bytes.HasPrefix(b, []byte("From ")) { // of an mbox
		_, b, _ = bytes.Cut(b, []byte("\n"))
	}
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil || m.Header.Get("Subject") == "" && m.Header.Get("From") == "" {
		w.form, w.out.Skipped = "", w.lines
		if ok, err := w.filled(string(b)); ok {
			w.out.Skipped = 0
			return err
		}
		return nil
	}
	body := mailText(m.Body, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), 0)
	words := mime.WordDecoder{}
	subject, err := words.DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		subject = m.Header.Get("Subject")
	}
	from, err := words.DecodeHeader(m.Header.Get("From"))
	if err != nil {
		from = m.Header.Get("From")
	}
	r := &raw{Alert: model.Alert{Source: "mail", Kind: "report", Rule: "mail report", Title: subject, Description: body,
		Asset: model.AlertAsset{Type: "reporter", ID: from}}}
	if t, err := m.Header.Date(); err == nil {
		r.FirstSeen, r.LastSeen = t.UTC(), t.UTC()
	}
	r.isReport(m.Header.Get("Message-ID"), m.Header.Get("Date"), from, subject)
	return w.alert(r)
}

// mailText returns the first plain text of a mail, or else the text of its HTML.
func mailText(body io.Reader, kind, coding string, depth int) string {
	switch strings.ToLower(strings.TrimSpace(coding)) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		media = "text/plain"
	}
	if strings.HasPrefix(media, "multipart/") && depth < 4 {
		return multipartText(body, params["boundary"], depth)
	}
	if !strings.HasPrefix(media, "text/") {
		return ""
	}
	b, _ := io.ReadAll(io.LimitReader(body, 8*maxBody)) // as much as can be read
	s := string(b)
	if media == "text/html" {
		s = withoutTags(s)
	}
	if !utf8.ValidString(s) && strings.Contains(strings.ToLower(params["charset"]), "8859") {
		s = latin(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

func multipartText(body io.Reader, boundary string, depth int) string {
	parts, html := multipart.NewReader(body, boundary), ""
	for range 50 {
		p, err := parts.NextRawPart()
		if err != nil {
			break
		}
		t := mailText(p, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), depth+1)
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			html = t
		} else if t != "" {
			return t
		}
	}
	return html
}

func withoutTags(s string) string {
	var b strings.Builder
	in := false
	for _, r := range s {
		switch {
		case r == '<':
			in = true
			b.WriteByte(' ')
		case r == '>':
			in = false
		case !in:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func latin(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// formKeys maps the labels of a filled-in form to fields.
var formKeys = map[string]string{"title": "title", "subject": "title", "summary": "title", "what": "title",
	"what happened": "title",
	"reporter":      "who", "from": "who", "name": "who", "who": "who", "reported by": "who", "email": "who",
	"vendor": "who", "customer": "who",
	"when": "when", "date": "when", "time": "when", "received": "when", "seen": "when", "source": "source",
	"type": "rule", "kind": "rule",
	"description": "text", "details": "text", "message": "text", "where": "asset", "asset": "asset", "system": "asset",
	"affected": "asset",
	"severity": "severity", "link": "link", "url": "link", "reference": "ref", "ticket": "ref", "id": "ref"}

// filled reads a filled-in form: lines of "Title: ...", with who, when or what as well. A
// text with two titles, or with more unknown than known fields, is the output of a tool.
func (w *work) filled(s string) (bool, error) {
	got, last, unknown := map[string]string{}, "", 0
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		k, v, ok := strings.Cut(line, ":")
		field := formKeys[strings.ToLower(strings.TrimSpace(k))]
		switch {
		case ok && field == "title" && got[field] != "" && last != "text":
			return false, nil
		case ok && field != "" && got[field] == "":
			got[field], last = strings.TrimSpace(v), field
		case last == "text" && len(got[last]) < 8*maxBody:
			got[last] += " " + line
		case ok && field == "" && !strings.Contains(strings.TrimSpace(k), " "):
			unknown++
		}
	}
	if unknown >= len(got) || got["text"] == "" && got["when"] == "" && got["who"] == "" {
		return false, nil
	}
	if got["title"] == "" || len(got) < 2 {
		return false, nil
	}
	w.is(formForm)
	r := &raw{Alert: model.Alert{Source: got["source"], Kind: "report", Rule: got["rule"], Title: got["title"],
		Description: strings.TrimSpace(got["text"]),
		SeverityRaw: got["severity"], FirstSeen: readTime(got["when"]),
		Asset: model.AlertAsset{Type: "asset", ID: got["asset"]}, Link: got["link"]}}
	if r.Source == "" {
		r.Source = "report"
	}
	if r.Rule == "" {
		r.Rule = "report"
	}
	if r.Asset.ID == "" {
		r.Asset = model.AlertAsset{Type: "reporter", ID: got["who"]}
	}
	r.isReport(got["who"], got["ref"], got["title"], got["when"])
	return true, w.alert(r)
}
