package notify

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeService is a fake server of a tracker: it stores records, and passes every call to
// the fake of a service.
type fakeService struct {
	*httptest.Server
	mu    sync.Mutex
	calls []string
	made  []map[string]any
	next  func(w http.ResponseWriter, r *http.Request) bool
}

func newFakeService(t *testing.T,
	serve func(h *fakeService, w http.ResponseWriter, r *http.Request, in map[string]any)) *fakeService {
	h := &fakeService{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.calls = append(h.calls, r.Method+" "+r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		if h.next != nil && h.next(w, r) {
			return
		}
		raw, _ := io.ReadAll(r.Body)
		var in map[string]any
		_ = json.Unmarshal(raw, &in)
		serve(h, w, r, in)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *fakeService) count(call string) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (h *fakeService) answer(status int, head, body string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next = func(w http.ResponseWriter, _ *http.Request) bool {
		if k, v, ok := strings.Cut(head, ": "); ok {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
		return true
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// fakeJira answers as Jira Cloud does, and refuses what Jira would: a description that is
// not a document, a search without a label.
func fakeJira(h *fakeService, w http.ResponseWriter, r *http.Request, in map[string]any) {
	if u, p, _ := r.BasicAuth(); u != "bot@acme.example" || p != "good" {
		writeJSON(w, 401,
			map[string]any{"errorMessages": []string{"Client must be authenticated to access this resource."},
				"errors": map[string]string{}})
		return
	}
	fields, _ := in["fields"].(map[string]any)
	doc, _ := fields["description"].(map[string]any)
	switch path := r.Method + " " + r.URL.Path; {
	case path == "POST /rest/api/3/search/jql":
		var out []map[string]any
		for i, m := range h.made {
			for _, l := range m["labels"].([]any) {
				if strings.Contains(in["jql"].(string), fmt.Sprintf(`labels = "%s"`, l)) && l != "warroom" {
					out = append(out, map[string]any{"id": fmt.Sprint(i), "key": fmt.Sprintf("OPS-%d", i+1)})
				}
			}
		}
		writeJSON(w, 200, map[string]any{"issues": out, "isLast": true})
	case fields != nil && (doc["type"] != "doc" || doc["version"] != 1.0):
		writeJSON(w, 400,
			map[string]any{"errorMessages": []string{},
				"errors": map[string]string{"description": "Operation value must be an Atlassian Document"}})
	case path == "POST /rest/api/3/issue":
		h.made = append(h.made, fields)
		writeJSON(w, 201, map[string]string{"id": "1", "key": fmt.Sprintf("OPS-%d", len(h.made)), "self": h.URL})
	case r.Method == "PUT":
		for k, v := range fields {
			h.made[0][k] = v
		}
		w.WriteHeader(204)
	case path == "GET /rest/api/3/myself":
		writeJSON(w, 200, map[string]any{"accountId": "5b1", "displayName": "War room bot"})
	case path == "GET /rest/api/3/mypermissions":
		writeJSON(w, 200,
			map[string]any{"permissions": map[string]any{"BROWSE_PROJECTS": map[string]any{"havePermission": true},
				"CREATE_ISSUES": map[string]any{"havePermission": true},
				"EDIT_ISSUES":   map[string]any{"havePermission": false}}})
	default:
		writeJSON(w, 404, map[string]any{"errorMessages": []string{"no such call"}})
	}
}

func newTestJira(t *testing.T, h *fakeService, token string) *Jira {
	t.Helper()
	j, err := NewJira(JiraOptions{URL: h.URL + "/", Email: "bot@acme.example", Token: secret(token), Project: "OPS",
		Now: time.Now})
	if err != nil {
		t.Fatalf("make the jira: %v", err)
	}
	return j
}

var ticket = Record{Key: "warroom:01JD:follow-up", Title: "rotate every key", Ticket: true, Due: "2026-12-01",
	Facts: []Fact{{"Owner", "bo"}, {"Nothing", ""}}, Text: []string{"one\n\ntwo", ""}}

func TestJira(t *testing.T) {
	h := newFakeService(t, fakeJira)
	j := newTestJira(t, h, "good")
	for range 2 { // the second time as after a crash: nobody knows that the first one succeeded
		p, err := j.Put(t.Context(), ticket)
		if err != nil || p.ID != "OPS-1" || p.URL != h.URL+"/browse/OPS-1" {
			t.Fatalf("%+v %v", p, err)
		}
	}
	if n := h.count("POST /rest/api/3/issue"); n != 1 {
		t.Errorf("made %d times", n)
	}
	f := h.made[0]
	if f["summary"] != "rotate every key" || f["duedate"] != "2026-12-01" {
		t.Errorf("%v", f)
	}
	page := Record{Key: ticket.Key, Title: "later", Text: []string{"newer"}}
	if _, err := j.Put(t.Context(), page); err != nil || h.made[0]["summary"] != "later" {
		t.Errorf("%v, %v", h.made[0], err)
	}
	if b, _ := json.Marshal(adf(Record{})); string(b) != `{"type":"doc","version":1,"content":[{"type":"paragraph"}]}` {
		t.Errorf("an empty document is %s", b)
	}
	if b, _ := json.Marshal(adf(ticket)); strings.Contains(string(b), `"text":""`) ||
		!strings.Contains(string(b), `{"type":"hardBreak"}`) {
		t.Errorf("the document is %s", b)
	}
	if _, err := j.Check(t.Context()); err == nil ||
		err.Error() != "the token belongs to War room bot, who lacks these permissions in project OPS: edit issues" {
		t.Errorf("%v", err)
	}
}

func TestJiraFaults(t *testing.T) {
	h := newFakeService(t, fakeJira)
	if _, err := newTestJira(t, h, "bad").Put(t.Context(), ticket); !asIs(t, err).Token {
		t.Errorf("%v", err)
	}
	j := newTestJira(t, h, "good")
	put := func() *Fault {
		t.Helper()
		_, err := j.Put(t.Context(), Record{Key: "k", ID: "OPS-9", Title: "x"})
		return asIs(t, err)
	}
	h.answer(429, "Retry-After: 12", "")
	if f := put(); f.After != 12*time.Second || f.Final {
		t.Errorf("%+v", f)
	}
	h.answer(400, "", `{"errorMessages":[],"errors":{"issuetype":"Specify a valid issue type","a":"\u001b[2J"}}`)
	if f := put(); !f.Final ||
		f.Message != "Jira refuses the request: 400: a: ^[[2J; issuetype: Specify a valid issue type" {
		t.Errorf("%+v", f)
	}
	h.answer(200, "", `{"issues":[{"key"`)
	if _, err := j.Put(t.Context(), ticket); asIs(t, err).Final ||
		err.Error() != "Jira sent an incomplete answer" {
		t.Errorf("%v", err)
	}
	h.answer(200, "Content-Length: 50", `{"issues":[`)
	if _, err := j.Put(t.Context(), ticket); asIs(t, err).Final ||
		err.Error() != "Jira broke off in the middle of its answer" {
		t.Errorf("%v", err)
	}
	for _, o := range []JiraOptions{{URL: "x"}, {URL: "https://a.example", Project: `OPS" OR 1=1`, Email: "x"},
		{URL: "https://a.example", Project: "OPS"}} {
		if _, err := NewJira(o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

// fakeNotion answers as Notion does.
func fakeNotion(h *fakeService, w http.ResponseWriter, r *http.Request, in map[string]any) {
	if r.Header.Get("Authorization") != "Bearer good" || r.Header.Get("Notion-Version") == "" {
		writeJSON(w, 401,
			map[string]any{"object": "error", "status": 401, "code": "unauthorized",
				"message": "API token is invalid."})
		return
	}
	text := func(v any) (s string) {
		for _, p := range v.([]any) {
			s += p.(map[string]any)["text"].(map[string]any)["content"].(string)
		}
		return s
	}
	props, _ := in["properties"].(map[string]any)
	switch path := r.Method + " " + strings.ReplaceAll(r.URL.Path, database, "DB"); {
	case path == "GET /v1/databases/DB":
		writeJSON(w, 200,
			map[string]any{"object": "database",
				"properties": map[string]any{"Vorgang": map[string]string{"type": "title"},
					"Warroom": map[string]string{"type": "rich_text"}}})
	case path == "POST /v1/databases/DB/query":
		want := in["filter"].(map[string]any)["rich_text"].(map[string]any)["equals"]
		out := []any{}
		for i, m := range h.made {
			if m["key"] == want {
				out = append(out,
					map[string]any{"object": "page", "id": fmt.Sprintf("page-%d", i),
						"url": "https://notion.example/p"})
			}
		}
		writeJSON(w, 200, map[string]any{"object": "list", "results": out, "has_more": false})
	case path == "POST /v1/pages":
		h.made = append(h.made,
			map[string]any{"key": text(props["Warroom"].(map[string]any)["rich_text"]),
				"title": text(props["Vorgang"].(map[string]any)["title"])})
		writeJSON(w, 200,
			map[string]any{"object": "page", "id": fmt.Sprintf("page-%d", len(h.made)-1),
				"url": "https://notion.example/p"})
	case strings.HasPrefix(path, "PATCH /v1/pages/page-0"):
		h.made[0]["title"] = text(props["Vorgang"].(map[string]any)["title"])
		writeJSON(w, 200, map[string]any{"object": "page"})
	case path == "GET /v1/blocks/page-0/children":
		writeJSON(w, 200,
			map[string]any{"object": "list",
				"results": []any{map[string]any{"id": "b0", "type": "paragraph"},
					map[string]any{"id": "b1", "type": "quote"}}})
	case path == "PATCH /v1/blocks/b1":
		h.made[0]["text"] = text(in["quote"].(map[string]any)["rich_text"])
		writeJSON(w, 200, map[string]any{"object": "block"})
	case path == "GET /v1/users/me":
		writeJSON(w, 200, map[string]any{"object": "user", "name": "War room", "type": "bot"})
	default:
		writeJSON(w, 404, map[string]any{"object": "error", "status": 404, "message": "no such call"})
	}
}

const database = "0123456789abcdef0123456789abcdef"

func newTestNotion(t *testing.T, h *fakeService, token string) *Notion {
	t.Helper()
	n, err := NewNotion(NotionOptions{Token: secret(token), Database: database, API: h.URL, Now: time.Now})
	if err != nil {
		t.Fatalf("make the notion: %v", err)
	}
	return n
}

func TestNotion(t *testing.T) {
	h := newFakeService(t, fakeNotion)
	n := newTestNotion(t, h, "good")
	page := Record{Key: "warroom:01JD", Title: "[SEV-1] inc-1: x", Facts: []Fact{{"Severity", "SEV-1"}},
		Text: []string{strings.Repeat("ü", 3000)}}
	for range 2 {
		if p, err := n.Put(t.Context(), page); err != nil || p.ID != "page-0" || p.URL != "https://notion.example/p" {
			t.Fatalf("%+v %v", p, err)
		}
	}
	if got := h.made[0]["text"].(string); len(h.made) != 1 || got != "Severity: SEV-1\n\n"+strings.Repeat("ü", 3000) {
		t.Errorf("%d made, text %.60q of %d bytes", len(h.made), got, len(got))
	}
	tk := page
	tk.Ticket, tk.Title = true, "not this"
	if _, err := n.Put(t.Context(), tk); err != nil || h.made[0]["title"] != page.Title {
		t.Errorf("a ticket that is there was changed: %v %v", h.made[0], err)
	}
	if s, err := n.Check(t.Context()); err != nil || !strings.HasPrefix(s, "the token belongs to War room") {
		t.Errorf("%s %v", s, err)
	}
}

func TestNotionFaults(t *testing.T) {
	h := newFakeService(t, fakeNotion)
	if _, err := newTestNotion(t, h, "bad").Put(t.Context(), ticket); !asIs(t, err).Token ||
		!strings.Contains(err.Error(), "API token is invalid.") {
		t.Errorf("%v", err)
	}
	n := newTestNotion(t, h, "good")
	h.answer(200, "", `{"object":"database","properties":{"Name":{"type":"title"}}}`)
	if _, err := n.Put(t.Context(), ticket); asIs(t, err).Final ||
		!strings.Contains(err.Error(), "has no property Warroom of type text") {
		t.Errorf("%v", err)
	}
	h.answer(429, "Retry-After: 1.5", `{"object":"error","status":429,"code":"rate_limited","message":"slow down"}`)
	if _, err := n.Put(t.Context(), ticket); asIs(t, err).After != 1500*time.Millisecond {
		t.Errorf("%v", err)
	}
	for _, id := range []string{"", "x", "../../users"} {
		if _, err := NewNotion(NotionOptions{Database: url.PathEscape(id)}); err == nil {
			t.Errorf("database %q is accepted", id)
		}
	}
}
