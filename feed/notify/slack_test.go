package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// workspace is a fake of Slack's API: it stores messages and answers in Slack's published
// forms.
type workspace struct {
	*httptest.Server
	mu     sync.Mutex
	posted []map[string]string
	next   func(w http.ResponseWriter, method string) bool // answers instead if it returns true
}

func newWorkspace(t *testing.T) *workspace {
	x := &workspace{}
	x.Server = httptest.NewServer(http.HandlerFunc(x.serve))
	t.Cleanup(x.Close)
	return x
}

func (x *workspace) serve(w http.ResponseWriter, r *http.Request) {
	method := strings.TrimPrefix(r.URL.Path, "/")
	_ = r.ParseForm()
	x.mu.Lock()
	defer x.mu.Unlock()
	token := r.Header.Get("Authorization")
	if token == "" {
		token = "Bearer " + r.Form.Get("token")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	switch {
	case x.next != nil && x.next(w, method):
	case token != "Bearer xoxb-good":
		fmt.Fprint(w, `{"ok":false,"error":"invalid_auth"}`)
	case method == "auth.test":
		w.Header().Set("X-OAuth-Scopes", "chat:write,channels:history")
		fmt.Fprint(w,
			`{"ok":true,"url":"https://acme.slack.com/","team":"Acme","user":"warroom","team_id":"T1",`+
				`"user_id":"U0","bot_id":"B0"}`)
	case method == "chat.postMessage":
		m := map[string]string{}
		for k := range r.PostForm {
			m[k] = r.PostForm.Get(k)
		}
		m["ts"] = fmt.Sprintf("1700000%03d.000100", len(x.posted)+1)
		x.posted = append(x.posted, m)
		fmt.Fprintf(w, `{"ok":true,"channel":"C1","ts":%q,"message":{"text":"x"}}`, m["ts"])
	case method == "conversations.history", method == "conversations.replies":
		var out []map[string]any
		for _, m := range x.posted {
			in := m["thread_ts"] == r.Form.Get("ts") || m["ts"] == r.Form.Get("ts")
			if method == "conversations.history" {
				in = m["thread_ts"] == ""
			}
			if in {
				e := map[string]any{"type": "message", "user": "U9", "text": m["text"], "ts": m["ts"],
					"thread_ts": m["thread_ts"]}
				if m["metadata"] != "" {
					e["metadata"] = json.RawMessage(m["metadata"])
				}
				out = append(out, e)
			}
		}
		if method == "conversations.history" { // the newest first
			slices.Reverse(out)
		}
		from, _ := strconv.Atoi(r.Form.Get("cursor"))
		limit, _ := strconv.Atoi(r.Form.Get("limit"))
		to, next := min(len(out), from+limit), ""
		if to < len(out) {
			next = strconv.Itoa(to)
		}
		b, _ := json.Marshal(map[string]any{"ok": true, "messages": out[from:to], "has_more": next != "",
			"response_metadata": map[string]string{"next_cursor": next}})
		_, _ = w.Write(b)
	default:
		fmt.Fprint(w, `{"ok":false,"error":"unknown_method"}`)
	}
}

func (x *workspace) messages() []map[string]string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]map[string]string(nil), x.posted...)
}

func (x *workspace) answer(f func(w http.ResponseWriter, method string) bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.next = f
}

func (x *workspace) client(token string) *Slack {
	return NewSlack(SlackOptions{Token: secret(token), API: x.URL, Now: time.Now})
}

// asIs returns the Fault in an error.
func asIs(t *testing.T, err error) *Fault {
	t.Helper()
	var f *Fault
	if !errors.As(err, &f) {
		t.Fatalf("%v is no fault", err)
	}
	return f
}

// TestSlackText: text cannot contain Slack markup.
func TestSlackText(t *testing.T) {
	x := newWorkspace(t)
	s := x.client("xoxb-good")
	_, _,
		err := s.Post(t.Context(),
		Message{Channel: "C1", Thread: "17.1", Text: "<!channel> & <@U1|bo> <https://x|y> @here " +
			strings.Repeat("x", 5000), Mark: "m"}, false, time.Now())
	if err != nil {
		t.Fatalf("post: %v", err)
	}
	m := x.messages()[0]
	if strings.ContainsAny(m["text"], "<>") || !strings.HasPrefix(m["text"], "&lt;!channel&gt; &amp; &lt;@U1|bo&gt;") {
		t.Errorf("the text is %.80q", m["text"])
	}
	if len(m["text"]) > 4000 || !strings.HasSuffix(m["text"], "cut; the whole text is in the room") {
		t.Errorf("it has %d bytes and ends %q", len(m["text"]), m["text"][len(m["text"])-20:])
	}
	if m["parse"] != "none" || m["link_names"] != "false" || m["mrkdwn"] != "false" || m["unfurl_links"] != "false" ||
		m["unfurl_media"] != "false" || m["thread_ts"] != "17.1" {
		t.Errorf("%v", m)
	}
}

// TestSlackOnce: after a crash, the posted message is found by its mark.
func TestSlackOnce(t *testing.T) {
	x := newWorkspace(t)
	s := x.client("xoxb-good")
	begun := time.Unix(1700000000, 0)
	for _, thread := range []string{"", "1700000001.000100"} {
		m := Message{Channel: "C1", Thread: thread, Text: "hello", Mark: "slack/update/1" + thread}
		_, first, err := s.Post(t.Context(), m, true, begun)
		if err != nil {
			t.Fatalf("post: %v", err)
		}
		n := len(x.messages())
		_, second, err := s.Post(t.Context(), m, true, begun)
		if err != nil || second != first || len(x.messages()) != n {
			t.Errorf("in thread %q: %s and %s, %d posted, %v", thread, first, second, len(x.messages()), err)
		}
	}
	x.answer(func(w http.ResponseWriter, method string) bool {
		if method == "conversations.history" {
			fmt.Fprint(w, `{"ok":false,"error":"missing_scope","needed":"channels:history","provided":"chat:write"}`)
			return true
		}
		return false
	})
	if _, _,
		err := s.Post(t.Context(), Message{Channel: "C1", Text: "who may not look posts", Mark: "x"}, true,
		begun); err != nil {
		t.Errorf("post: %v", err)
	}
}

// TestSlackOnceInABusyChannel: the posted message is found among more messages than Slack returns at
// once.
func TestSlackOnceInABusyChannel(t *testing.T) {
	x := newWorkspace(t)
	s := x.client("xoxb-good")
	for _, thread := range []string{"", "1700000001.000100"} {
		m := Message{Channel: "C1", Thread: thread, Text: "hello", Mark: "busy" + thread}
		busy := func() {
			x.mu.Lock()
			defer x.mu.Unlock()
			for range 450 {
				x.posted = append(x.posted, map[string]string{"text": "chat", "thread_ts": thread,
					"ts": fmt.Sprintf("1700001%03d.000100", len(x.posted))})
			}
		}
		busy()
		_, first, err := s.Post(t.Context(), m, false, time.Unix(1700000000, 0))
		must(t, err)
		busy()
		n := len(x.messages())
		_, second, err := s.Post(t.Context(), m, true, time.Unix(1700000000, 0))
		if err != nil || second != first || len(x.messages()) != n {
			t.Errorf("in thread %q: got %s, %v, and %d more messages; want %s and none", thread, second, err,
				len(x.messages())-n, first)
		}
	}
}

func TestSlackFaults(t *testing.T) {
	x := newWorkspace(t)
	post := func(token string) *Fault {
		_, _, err := x.client(token).Post(t.Context(), Message{Channel: "C1", Text: "x"}, false, time.Now())
		return asIs(t, err)
	}
	if f := post("xoxb-bad"); f.Final || !f.Token || !strings.Contains(f.Message, "rejects the token") ||
		strings.Contains(f.Message, "xoxb") {
		t.Errorf("%+v", f)
	}
	responder := func(status int, header, value, body string) func(http.ResponseWriter, string) bool {
		return func(w http.ResponseWriter, _ string) bool {
			if header != "" {
				w.Header().Set(header, value)
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
			return true
		}
	}
	for _, c := range []struct {
		answer func(http.ResponseWriter, string) bool
		want   Fault
	}{
		{responder(429, "Retry-After", "30", ""), Fault{Message: "Slack limits the rate; warroom " +
			"waits", After: 30 * time.Second}},
		{responder(500, "", "", "oops"), Fault{Message: "Slack answers 500"}},
		{responder(200, "", "", `{"ok":false,"error":"is_archived"}`),
			Fault{Message: "Slack answers that the channel is archived; set another one in the " +
				"configuration", Final: true}},
		{responder(200, "", "", `{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"x"}`),
			Fault{Message: "Slack answers that the token has no permission for this; it needs the scope chat:write",
				After: permissionWait}},
		{responder(200, "", "", `{"ok":false,"error":"internal_error"}`),
			Fault{Message: "Slack reports a problem: internal_error"}},
		{responder(200, "", "", "{\"ok\":false,\"error\":\"\x1b[2J<!here>\"}"), Fault{}},
	} {
		x.answer(c.answer)
		if f := post("xoxb-good"); c.want.Message != "" && *f != c.want || strings.Contains(f.Message, "\x1b") {
			t.Errorf("got %+v, want %+v", *f, c.want)
		}
	}
	x.answer(func(w http.ResponseWriter, _ string) bool {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, `{"ok":tr`) // and then the connection breaks
		return true
	})
	if f := post("xoxb-good"); f.Final {
		t.Errorf("half an answer: %+v", f)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := x.client("xoxb-good").Post(ctx, Message{Channel: "C1"}, false, time.Now()); err == nil {
		t.Error("a cancelled call is no success")
	}
	x.Close()
	if f := post("xoxb-good"); f.Final || !strings.HasPrefix(f.Message, "Slack cannot be reached: ") ||
		strings.Contains(f.Message, "chat.postMessage") {
		t.Errorf("%+v", f)
	}
}

func TestSlackWho(t *testing.T) {
	x := newWorkspace(t)
	user, team, id, scopes, err := x.client("xoxb-good").Who(t.Context())
	if err != nil || user != "warroom" || team != "Acme" || id != "T1" || len(scopes) != 2 {
		t.Errorf("%s %s %s %v %v", user, team, id, scopes, err)
	}
}
