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
)

// command is a slash command as Slack sends it.
func command(text, trigger string) url.Values {
	return url.Values{"token": {"x"}, "team_id": {"T1"}, "user_id": {"U9"}, "user_name": {"bo"}, "command": {"/incident"}, "text": {text}, "trigger_id": {trigger}, "response_url": {"https://hooks.slack.com/x"}}
}

// signed is a request that Slack signed with a secret at a time.
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

// ask sends a request to the hook of Slack and returns what it answers.
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
	x := open(t, false, ws.bridge(SlackConfig{Signing: source("sign"), Starters: []string{"U9"}}))
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
		{"a wrong secret", signed("guess", time.Now(), command("start SEV-1 x", "a")), "401 the signature is not Slack's"},
		{"another body", tampered, "401 the signature is not Slack's"},
		{"a clock that is behind", signed("sign", time.Now().Add(-301*time.Second), command("start SEV-1 x", "b")), "401 the request is older or newer than five minutes"},
		{"a clock that is ahead", signed("sign", time.Now().Add(310*time.Second), command("start SEV-1 x", "c")), "401 the request is older or newer than five minutes"},
		{"no signature", httptest.NewRequest(http.MethodPost, "/hooks/slack", strings.NewReader("x")), "401 the signature is not Slack's"},
		{"too large", signedBody("sign", time.Now(), "application/x-www-form-urlencoded", strings.Repeat("x", mostRequest+1)), "413 "},
		{"nothing", signedBody("sign", time.Now(), "application/x-www-form-urlencoded", "a=b"), "400 this is no command"},
		{"half an event", signedBody("sign", time.Now(), "application/json", `{"type":`), "400 this is no event"},
		{"the address is checked", signedBody("sign", time.Now(), "application/json", `{"type":"url_verification","challenge":"3eZbrw1aB"}`), "200 3eZbrw1aB"},
		{"another workspace", signed("sign", time.Now(), other), `200 {"mrkdwn":false,"response_type":"ephemeral","text":"This workspace is not connected with warroom."}`},
		{"somebody else", signed("sign", time.Now(), stranger), `200 {"mrkdwn":false,"response_type":"ephemeral","text":"You are not among those`},
		{"how to", good("", "d"), `200 {"mrkdwn":false,"response_type":"ephemeral","text":"Write /incident start SEV-1`},
		{"no severity", good("start &lt;!here&gt; x", "e"), `200 {"mrkdwn":false,"response_type":"ephemeral","text":"The plan knows no severity \u0026lt;!here\u0026gt;; it has SEV-1`},
		{"too long", good("start SEV-1 "+strings.Repeat("x", 300), "f"), `200 {"mrkdwn":false,"response_type":"ephemeral","text":"The title is too long`},
		{"a secret", good("start SEV-1 key ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2 out", "g"), `200 {"mrkdwn":false,"response_type":"ephemeral","text":"There is something in the title that looks like a secret`},
	} {
		if got := x.ask(c.r); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: answered %s, want %s", c.name, got, c.want)
		}
	}
	at := time.Now()
	if got := x.ask(signed("sign", at, command("start sev-2 More\x1b[2J &amp; trouble", "h"))); !strings.Contains(got, "Declared inc-2 as SEV-2") {
		t.Fatalf("answered %s", got)
	}
	if got := x.ask(signed("sign", at, command("start sev-2 More\x1b[2J &amp; trouble", "h"))); !strings.HasPrefix(got, "409 this request was received before") {
		t.Errorf("the same again: %s", got)
	}
	if got := x.ask(signed("sign", at.Add(time.Second), command("start sev-2 More", "h"))); !strings.Contains(got, "That was asked for already.") {
		t.Errorf("asked for twice: %s", got)
	}
	list, err := x.f.List(t.Context())
	must(t, err)
	for _, i := range list {
		if i.Short == "inc-2" && (i.Room.Title != "More^[[2J & trouble" || i.Room.Severity != "SEV-2" || !strings.Contains(i.Room.Levels[0].Reason, "asked for over slack by bo (U9)")) {
			t.Errorf("%+v", i.Room)
		}
	}
	if len(list) != 2 {
		t.Errorf("%d rooms", len(list))
	}
	for i := range mostAnHour {
		x.run.Hooks() // a new handler knows what the old one did
		got := x.ask(good("start SEV-3 flood", fmt.Sprint("flood", i)))
		if i == mostAnHour-1 && !strings.Contains(got, "Many incidents were declared") {
			t.Errorf("a flood: %s", got)
		}
	}
}

// reacted is a reaction as the Events API tells of it.
func reacted(id, ts string) string {
	return fmt.Sprintf(`{"type":"event_callback","team_id":"T1","event_id":%q,"event":{"type":"reaction_added","user":"U5","reaction":"memo","item":{"type":"message","channel":"C1","ts":%q},"event_ts":"1700000009.000100"}}`, id, ts)
}

// TestReaction: a message in the incident's thread becomes an entry, once, as
// text, by who wrote it there.
func TestReaction(t *testing.T) {
	ws := newWorkspace(t)
	x := open(t, false, ws.bridge(SlackConfig{Signing: source("sign"), Reaction: "memo", Announce: []string{"responders"}}))
	opening := x.sent("slack/opening/", 1)[0]
	_, thread, _ := strings.Cut(opening.Ref, "/")
	ws.mu.Lock()
	ws.posted = append(ws.posted, map[string]string{"ts": "1700000050.000200", "thread_ts": thread, "text": ":close &lt;b&gt; \x1b[2J ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2"},
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
	if !strings.HasPrefix(text, "slack, U9: :close <b> ^[[2J ") || strings.Contains(text, "ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2") || line.By != "hub" || line.At.Unix() > time.Now().Unix() {
		t.Errorf("by %s at %s: %q", line.By, line.At, text)
	}
	select {
	case s := <-x.told:
		if !strings.Contains(s, "it is in the thread of no open incident") {
			t.Errorf("told %s", s)
		}
	case <-time.After(20 * time.Second):
		t.Error("nobody was told of the other message")
	}
	if r.Entries != 1 || r.Status != model.Open {
		t.Errorf("%d entries, %s", r.Entries, r.Status)
	}
}

// TestSlowAnswer: Slack is answered in time, and told the rest after that.
func TestSlowAnswer(t *testing.T) {
	told := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		told <- string(b)
	}))
	t.Cleanup(srv.Close)
	ws := newWorkspace(t)
	slow := make(chan struct{})
	b := ws.bridge(SlackConfig{Plan: plan})
	b.o.Plan = func() (*model.Plan, error) { <-slow; return plan() }
	f := command("start SEV-9 x", "a")
	got := b.in.command(slackCommand(f, srv.URL), quiet{})
	if got != "That is being done; what became of it follows here." {
		t.Errorf("answered %q", got)
	}
	close(slow)
	select {
	case s := <-told:
		var m map[string]any
		if json.Unmarshal([]byte(s), &m) != nil || !strings.HasPrefix(fmt.Sprint(m["text"]), "The plan knows no severity SEV-9") {
			t.Errorf("told %s", s)
		}
	case <-time.After(20 * time.Second):
		t.Error("what became of it did not follow")
	}
}

var _ bridge.Inlet = quiet{}
