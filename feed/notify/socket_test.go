package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"

	"warroom/feed/bridge"
	"warroom/model"
)

func slackCommand(f url.Values, answer string) slack.SlashCommand {
	return slack.SlashCommand{TeamID: f.Get("team_id"), UserID: f.Get("user_id"), UserName: f.Get("user_name"),
		Command: f.Get("command"), Text: f.Get("text"), TriggerID: f.Get("trigger_id"), ResponseURL: answer}
}

// emptyInlet is an inlet without rooms.
type emptyInlet struct{}

func (emptyInlet) Rooms() []bridge.OpenRoom                                   { return nil }
func (emptyInlet) Append(context.Context, string, model.Act) error            { return nil }
func (emptyInlet) Cut() string                                                { return "" }
func (emptyInlet) Log(model.Safe)                                             {}
func (emptyInlet) Declare(context.Context, model.Declaration) (string, error) { return "inc-9", nil }

// TestSocketMode: a command comes in over an outgoing connection and is answered there. One
// that Slack sends again is not executed twice.
func TestSocketMode(t *testing.T) {
	ws := newWorkspace(t)
	answers := make(chan map[string]any, 10)
	plug := websocket.Upgrader{CheckOrigin: func(r *http.Request) bool {
		return r.Header.Get("Origin") ==
			"https://api.slack.com"
	}}
	ws.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/apps.connections.open" && r.Header.Get("Authorization") == "Bearer xapp-good":
			fmt.Fprintf(w, `{"ok":true,"url":%q}`, "ws"+strings.TrimPrefix(ws.URL, "http")+"/link")
		case r.URL.Path == "/link":
			c, err := plug.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer func() { _ = c.Close() }()
			_ = c.WriteJSON(map[string]any{"type": "hello", "num_connections": 1,
				"connection_info": map[string]string{"app_id": "A1"}})
			for i := range 2 {
				_ = c.WriteJSON(map[string]any{"type": "slash_commands", "envelope_id": fmt.Sprint("e", i),
					"accepts_response_payload": true,
					"payload": map[string]string{"team_id": "T1", "user_id": "U9", "user_name": "bo",
						"command": "/incident", "text": "start SEV-1 by socket", "trigger_id": "same"}})
			}
			for {
				_, b, err := c.ReadMessage()
				if err != nil {
					return
				}
				var m map[string]any
				if json.Unmarshal(b, &m) == nil && m["envelope_id"] != nil {
					answers <- m
				}
			}
		default:
			ws.serve(w, r)
		}
	})
	x := open(t, false, ws.bridge(SlackConfig{AppToken: source("xapp-good")}))
	var replies []string
	for range 2 {
		select {
		case m := <-answers:
			p, _ := m["payload"].(map[string]any)
			replies = append(replies, fmt.Sprint(p["text"]))
		case <-time.After(30 * time.Second):
			t.Fatalf("answered only %v", replies)
		}
	}
	all := strings.Join(replies, "; ")
	if !strings.Contains(all, "Declared inc-2 as SEV-1") || !strings.Contains(all, "This command was received "+
		"already.") {
		t.Errorf("answered %s", all)
	}
	list, err := x.f.List(t.Context())
	must(t, err)
	if len(list) != 2 {
		t.Errorf("%d rooms", len(list))
	}
}

// logged is an inlet that stores what is logged.
type logged struct {
	emptyInlet
	lines chan string
}

func (l logged) Log(s model.Safe) { l.lines <- s.String() }

// TestEndOfSocketMode: a process that ends while Slack does not answer logs nothing about that.
func TestEndOfSocketMode(t *testing.T) {
	ws := newWorkspace(t)
	asked := make(chan struct{}, 10)
	ws.Config.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	})
	b := ws.bridge(SlackConfig{AppToken: source("xapp-good")})
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		in, ended := logged{lines: make(chan string, 10)}, make(chan struct{})
		go func() {
			defer close(ended)
			b.Listen(ctx, in)
		}()
		<-asked
		cancel()
		<-ended
		close(in.lines)
		for s := range in.lines {
			t.Errorf("logged: got %q, want nothing", s)
		}
	}
}
