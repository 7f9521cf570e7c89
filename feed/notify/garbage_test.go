package notify

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// answered is an answer of HTTP.
type answered struct {
	status  int
	after   string // Retry-After
	body    string
	endless bool // the body repeats until the reader leaves
}

func (a answered) write(w http.ResponseWriter) {
	if a.after != "" {
		w.Header().Set("Retry-After", a.after)
	}
	if a.status == http.StatusFound {
		w.Header().Set("Location", "http://169.254.169.254/")
	}
	w.WriteHeader(a.status)
	for range 64 {
		if _, err := io.WriteString(w, a.body); err != nil || !a.endless {
			return
		}
	}
}

// TestSlackAnswersOfOthers: what a proxy, a login page or a broken service answers instead of
// Slack is neither a success nor a reason to give a message up.
func TestSlackAnswersOfOthers(t *testing.T) {
	const other = "which Slack does not send; a proxy or a login page of the network may have answered"
	x := newWorkspace(t)
	const sent = "Slack's address sent an answer " + other
	const limited = "Slack limits the rate; warroom waits"
	for name, c := range map[string]struct {
		a     answered
		want  string
		after time.Duration
	}{
		"an empty object": {a: answered{status: 200, body: `{}`}, want: sent},
		"null":            {a: answered{status: 200, body: `null`}, want: sent},
		"no reason":       {a: answered{status: 200, body: `{"ok":false}`}, want: sent},
		"a page":          {a: answered{status: 200, body: `<html>log in`}, want: sent},
		"nothing":         {a: answered{status: 200}, want: sent},
		"no message": {a: answered{status: 200, body: `{"ok":true}`},
			want: "Slack's answer does not name the message that was posted"},
		"a redirect":           {a: answered{status: 302}, want: "Slack's address answers 302, " + other},
		"no content":           {a: answered{status: 204}, want: "Slack's address answers 204, " + other},
		"not found":            {a: answered{status: 404}, want: "Slack's address answers 404, " + other},
		"a login of the proxy": {a: answered{status: 407}, want: "Slack's address answers 407, " + other},
		"too long": {a: answered{status: 200, body: strings.Repeat("x", 1<<20), endless: true},
			want: "Slack's answer is longer than 4 MiB"},
		"a limit without a time":     {a: answered{status: 429}, want: limited, after: minWait},
		"a limit of part of seconds": {a: answered{status: 429, after: "1.5"}, want: limited, after: 2 * time.Second},
		"a limit that is over":       {a: answered{status: 429, after: "-5"}, want: limited, after: minWait},
		"a limit for ever":           {a: answered{status: 429, after: "99999999999"}, want: limited, after: maxWait},
	} {
		t.Run(name, func(t *testing.T) {
			x.answer(func(w http.ResponseWriter, _ string) bool { c.a.write(w); return true })
			_, _, err := x.client("xoxb-good").Post(t.Context(), Message{Channel: "C1", Text: "x"}, false, time.Now())
			want := Fault{Message: c.want, After: c.after}
			var got *Fault
			if !errors.As(err, &got) || *got != want {
				t.Errorf("got %#v, want %#v", err, want)
			}
		})
	}
}

// TestWebhookTookIt: with a status of 200 the receiver has the event, whatever follows: to send
// it again would double it.
func TestWebhookTookIt(t *testing.T) {
	for name, f := range map[string]func(http.ResponseWriter){
		"a body that breaks off": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "half")
		},
		"a long body": answered{status: 200, body: strings.Repeat("x", 1<<20), endless: true}.write,
		"a page":      answered{status: 201, body: "<html>"}.write,
		"a body that does not end": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusAccepted)
			_ = http.NewResponseController(w).Flush() // the receiver reads the status
		},
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				f(w)
				if strings.Contains(name, "not end") {
					select {
					case <-done:
					case <-r.Context().Done():
					}
				}
			}))
			t.Cleanup(srv.Close)
			t.Cleanup(func() { close(done) })
			w, err := NewWebhook(WebhookOptions{Name: "siem", URL: srv.URL, AllowPrivate: true, Now: time.Now,
				Secrets: secrets(longSecret)})
			if err != nil {
				t.Fatalf("make a webhook: got %v, want no error", err)
			}
			begun := time.Now()
			if err := w.Send(t.Context(), "m", "k", time.Now(), nil); err != nil {
				t.Errorf("send: got %v, want no error", err)
			}
			if took := time.Since(begun); took > callWait/2 {
				t.Errorf("send: took %s, want less than %s", took, callWait/2)
			}
		})
	}
}

// TestSlackRefusals: only what Slack refuses for the text itself is given up; a token of another kind
// counts as refused, so that one that replaces it is tried at once.
func TestSlackRefusals(t *testing.T) {
	x := newWorkspace(t)
	for code, want := range map[string]struct{ final, token bool }{
		"msg_too_long":            {final: true},
		"no_text":                 {final: true},
		"thread_not_found":        {final: true},
		"not_allowed_token_type":  {token: true},
		"org_login_required":      {},
		"team_access_not_granted": {},
		"accesslimited":           {},
		"a_code_of_next_year":     {},
	} {
		x.answer(func(w http.ResponseWriter, _ string) bool {
			fmt.Fprintf(w, `{"ok":false,"error":%q}`, code)
			return true
		})
		_, _, err := x.client("xoxb-good").Post(t.Context(), Message{Channel: "C1", Text: "x"}, false, time.Now())
		f := asIs(t, err)
		if f.Final != want.final || f.Token != want.token || !f.Final && f.After != permissionWait {
			t.Errorf("%s: got %+v, want %+v", code, *f, want)
		}
	}
}
