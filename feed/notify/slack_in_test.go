package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/config"
)

// command returns a slash command as Slack sends it.
func command(text, trigger string) url.Values {
	return url.Values{"token": {"x"}, "team_id": {"T1"}, "user_id": {"U9"}, "user_name": {"bo"},
		"command": {"/incident"}, "text": {text}, "trigger_id": {trigger},
		"response_url": {"https://hooks.slack.com/x"}}
}

// signed returns a request that is signed with a secret at a time.
func signed(secret string, at time.Time, form url.Values) *http.Request {
	return signedBody(secret, at, "application/x-www-form-urlencoded", form.Encode())
}

func signedBody(secret string, at time.Time, kind, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hooks/slack", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	ts := fmt.Sprint(at.Unix())
	h := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(h, "v0:%s:%s", ts, body)
	r.Header.Set("X-Slack-Request-Timestamp", ts)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(h.Sum(nil)))
	return r
}

// ask sends a request to the Slack hook and returns the answer.
func (x *room) ask(r *http.Request) string {
	x.t.Helper()
	w := httptest.NewRecorder()
	x.run.Hooks()["slack"].ServeHTTP(w, r)
	b, err := io.ReadAll(w.Result().Body)
	must(x.t, err)
	return fmt.Sprint(w.Code, " ", string(b))
}

func TestSlackHook(t *testing.T) {
	ws := newWorkspace(t)
	x := open(t, false, ws.bridge(SlackConfig{Signing: source("sign"),
		Slack: config.Slack{Starters: []string{"U9"}}}))
	good := func(text, trigger string) *http.Request { return signed("sign", time.Now(), command(text, trigger)) }
	other := command("start SEV-1 x", "o")
	other.Set("team_id", "T2")
	stranger := command("start SEV-1 x", "s")
	stranger.Set("user_id", "U1")
	tampered := good("start SEV-1 x", "t")
	tampered.Body = io.NopCloser(strings.NewReader(command("start SEV-1 y", "t").Encode()))
	get := good("", "")
	get.Method = http.MethodGet
	for _, c := range []struct {
		name string
		r    *http.Request
		want string
	}{
		{"no POST", get, "405 "},
		{name: "a wrong secret", r: signed("guess", time.Now(), command("start SEV-1 x", "a")),
			want: "401 the signature is not Slack's"},
		{"another body", tampered, "401 the signature is not Slack's"},
		{name: "a clock that is behind",
			r:    signed("sign", time.Now().Add(-301*time.Second), command("start SEV-1 x", "b")),
			want: "401 the request is more than five minutes off"},
		{name: "a clock that is ahead",
			r:    signed("sign", time.Now().Add(310*time.Second), command("start SEV-1 x", "c")),
			want: "401 the request is more than five minutes off"},
		{name: "no signature", r: httptest.NewRequest(http.MethodPost, "/hooks/slack", strings.NewReader("x")),
			want: "401 the signature is not Slack's"},
		{name: "too large",
			r: signedBody("sign", time.Now(), "application/x-www-form-urlencoded",
				strings.Repeat("x", maxRequest+1)),
			want: "413 "},
		{name: "nothing", r: signedBody("sign", time.Now(), "application/x-www-form-urlencoded", "a=b"),
			want: "400 this is not a command"},
		{"half an event", signedBody("sign", time.Now(), "application/json", `{"type":`), "400 this is not an event"},
		{name: "the address is checked",
			r: signedBody("sign", time.Now(), "application/json",
				`{"type":"url_verification","challenge":"3eZbrw1aB"}`), want: "200 3eZbrw1aB"},
		{name: "another workspace", r: signed("sign", time.Now(), other),
			want: `200 {"mrkdwn":false,"response_type":"ephemeral","text":"This workspace is not connected with ` +
				`warroom."}`},
		{name: "somebody else", r: signed("sign", time.Now(), stranger),
			want: `200 {"mrkdwn":false,"response_type":"ephemeral","text":"You may not declare from Slack`},
		{name: "how to", r: good("", "d"),
			want: `200 {"mrkdwn":false,"response_type":"ephemeral","text":"Write /incident start SEV-1`},
		{name: "no severity", r: good("start &lt;!here&gt; x", "e"),
			want: `200 {"mrkdwn":false,"response_type":"ephemeral",` +
				`"text":"The plan has no severity \u0026lt;!here\u0026gt;; it has SEV-1`},
		{name: "too long", r: good("start SEV-1 "+strings.Repeat("x", 300), "f"),
			want: `200 {"mrkdwn":false,"response_type":"ephemeral","text":"The title is too long`},
		{name: "a secret", r: good("start SEV-1 key ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2 out", "g"),
			want: `200 {"mrkdwn":false,"response_type":"ephemeral","text":"Something in the title ` +
				`looks like a secret`},
	} {
		if got := x.ask(c.r); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: answered %s, want %s", c.name, got, c.want)
		}
	}
	at := time.Now()
	if got := x.ask(signed("sign", at, command("start sev-2 More\x1b[2J &amp; trouble", "h"))); !strings.Contains(got,
		"Declared inc-2 as SEV-2") {
		t.Fatalf("answered %s", got)
	}
	if got := x.ask(signed("sign", at, command("start sev-2 More\x1b[2J &amp; trouble", "h"))); !strings.HasPrefix(got,
		"409 this request was received before") {
		t.Errorf("the same again: %s", got)
	}
	again := signed("sign", at, command("start sev-2 More\x1b[2J &amp; trouble", "h"))
	sum, _ := strings.CutPrefix(again.Header.Get("X-Slack-Signature"), "v0=")
	again.Header.Set("X-Slack-Signature", "v0="+strings.ToUpper(sum))
	if got := x.ask(again); !strings.HasPrefix(got, "409 this request was received before") {
		t.Errorf("the same again, its signature in capitals: got %s, want 409", got)
	}
	if got := x.ask(signed("sign", at.Add(time.Second), command("start sev-2 More", "h"))); !strings.Contains(got,
		"This command was received already.") {
		t.Errorf("asked for twice: %s", got)
	}
	second, err := x.f.Glance(t.Context(), "inc-2")
	must(t, err)
	if second.Title != "More^[[2J & trouble" || second.Severity != "SEV-2" ||
		!strings.Contains(second.Levels[0].Reason, "requested over slack by bo (U9)") {
		t.Errorf("got %q, %s, %+v", second.Title, second.Severity, second.Levels)
	}
	list, err := x.f.List(t.Context())
	must(t, err)
	if len(list) != 2 {
		t.Errorf("%d rooms", len(list))
	}
	for i := range maxPerHour {
		x.run.Hooks() // a new handler has the state of the old one
		got := x.ask(good("start SEV-3 flood", fmt.Sprint("flood", i)))
		if i == maxPerHour-1 && !strings.Contains(got, "many incidents were declared") {
			t.Errorf("a flood: %s", got)
		}
	}
}

// reacted returns a reaction as the Events API sends it.
func reacted(id, ts string) string {
	return fmt.Sprintf(
		`{"type":"event_callback","team_id":"T1","event_id":%q,"event":{"type":"reaction_added","user":"U5",`+
			`"reaction":"memo","item":{"type":"message","channel":"C1","ts":%q},"event_ts":"1700000009.000100"}}`, id,
		ts)
}

// TestReaction: a message in the incident's thread becomes an entry once, as text, with its
// author.
func TestReaction(t *testing.T) {
	ws := newWorkspace(t)
	x := open(t, false,
		ws.bridge(SlackConfig{Signing: source("sign"),
			Slack: config.Slack{Reaction: "memo", Announce: []string{"responders"}}}))
	opening := x.sent("slack/opening/", 1)[0]
	_, thread, _ := strings.Cut(opening.Ref, "/")
	ws.mu.Lock()
	ws.posted = append(ws.posted,
		map[string]string{"ts": "1700000050.000200", "thread_ts": thread,
			"text": ":close &lt;b&gt; \x1b[2J ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2"},
		map[string]string{"ts": "1700000051.000200", "thread_ts": "1600000000.000001", "text": "elsewhere"})
	ws.mu.Unlock()
	post := func(body string) string { return x.ask(signedBody("sign", time.Now(), "application/json", body)) }
	for i, ts := range []string{"1700000050.000200", "1700000050.000200", "1700000051.000200"} {
		if got := post(reacted(fmt.Sprint("Ev", i), ts)); !strings.HasPrefix(got, "200 ") {
			t.Errorf("answered %s", got)
		}
	}
	var line *model.Line
	r := x.until("the message is an entry", func(r *model.Room) bool {
		for _, l := range r.Lines() {
			if l.Kind == model.KindEntryNoted {
				line = l
			}
		}
		return line != nil
	})
	text := line.Text.String()
	if !strings.HasPrefix(text, "slack, U9: :close <b> ^[[2J ") ||
		strings.Contains(text, "ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2") || line.By != "hub" ||
		line.At.Unix() > time.Now().Unix() {
		t.Errorf("by %s at %s: %q", line.By, line.At, text)
	}
	select {
	case s := <-x.logs:
		if !strings.Contains(s, "it is not in the thread of an open incident") {
			t.Errorf("got the message %s", s)
		}
	case <-time.After(20 * time.Second):
		t.Error("the other message was not reported")
	}
	if r.Entries != 1 || r.Status != model.Open {
		t.Errorf("%d entries, %s", r.Entries, r.Status)
	}
}

// TestSlowAnswer: Slack gets an answer in time, and the result afterwards.
func TestSlowAnswer(t *testing.T) {
	replies := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		replies <- string(b)
	}))
	t.Cleanup(srv.Close)
	ws := newWorkspace(t)
	slow := make(chan struct{})
	b := ws.bridge(SlackConfig{Plan: plan})
	b.o.Plan = func() (*model.Plan, error) { <-slow; return plan() }
	f := command("start SEV-9 x", "a")
	got := b.in.command(slackCommand(f, srv.URL), emptyInlet{})
	if got != "Working on it; the result follows here." {
		t.Errorf("answered %q", got)
	}
	close(slow)
	select {
	case s := <-replies:
		var m map[string]any
		if json.Unmarshal([]byte(s), &m) != nil ||
			!strings.HasPrefix(fmt.Sprint(m["text"]), "The plan has no severity SEV-9") {
			t.Errorf("got the message %s", s)
		}
	case <-time.After(20 * time.Second):
		t.Error("what became of it did not follow")
	}
}

var _ bridge.Inlet = emptyInlet{}
