package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/secretscan"
)

// envelope is a request of the Events API over HTTP; with Socket Mode it is the payload.
type envelope struct {
	Type      string   `json:"type"`
	Challenge string   `json:"challenge"`
	TeamID    string   `json:"team_id"`
	EventID   string   `json:"event_id"`
	Event     reaction `json:"event"`
}

// reaction is a reaction to a message.
type reaction struct {
	Type     string `json:"type"`
	User     string `json:"user"`
	Reaction string `json:"reaction"`
	Item     struct {
		Type    string `json:"type"`
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	} `json:"item"`
}

// event answers the Events API at once, and processes the event afterwards.
func (d *doorman) event(w http.ResponseWriter, _ *http.Request, raw []byte, in bridge.Inlet) {
	var e envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		http.Error(w, "this is not an event", http.StatusBadRequest)
		return
	}
	if e.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(short(e.Challenge, 200))) // Slack retries
		return
	}
	w.WriteHeader(http.StatusOK)
	go d.react(e, in)
}

// react records a message that received the configured reaction.
func (d *doorman) react(e envelope, in bridge.Inlet) {
	r := e.Event
	if d.b.o.Reaction == "" || r.Type != "reaction_added" || r.Reaction != d.b.o.Reaction || r.Item.Type != "message" ||
		e.EventID != "" && !d.first("event "+e.EventID) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), finishIn)
	defer cancel()
	if d.stranger(ctx, e.TeamID) != "" {
		return
	}
	if err := d.take(ctx, r, in); err != nil {
		in.Log(model.Safef("slack: a message was not added to a room: %s", model.Sentence(err)))
	}
}

func (d *doorman) take(ctx context.Context, r reaction, in bridge.Inlet) error {
	var m slack.Message
	var name string
	err := d.b.held.use(ctx, func(s *Slack) (err error) {
		if m, err = s.Message(ctx, r.Item.Channel, r.Item.TS); err == nil {
			name = s.Name(ctx, m.User)
		}
		return err
	})
	if err != nil {
		return err
	}
	p, ok := roomOf(in.Rooms(), r.Item.Channel, m.ThreadTimestamp)
	if !ok {
		return never("it is not in the thread of an open incident")
	}
	text, _ := secretscan.Replace(p.Room, cut(plain(unescape(m.Text)), model.MaxText-200, " ..."))
	if strings.TrimSpace(text) == "" {
		text = "(a message without text)"
	}
	b := model.NewEntry(model.KindEntryNoted, text)
	b.Over, b.From, b.Ref = "slack", sender(name, m.User), short(r.Item.Channel+"/"+r.Item.TS, 100)
	err = in.Append(ctx, p.Short, model.Act{At: writtenAt(r.Item.TS, p), Body: b})
	if model.CodeOf(err) == model.Conflict { // another person reacted with it too
		return nil
	}
	return err
}

// roomOf returns the room in whose thread a message is. For a message outside a thread, it
// returns the only room that has its opening message in the channel.
func roomOf(rooms []bridge.OpenRoom, channel, thread string) (bridge.OpenRoom, bool) {
	var here []bridge.OpenRoom
	for _, p := range rooms {
		for _, d := range p.Room.Deliveries {
			if !strings.HasPrefix(d.Duty, "slack/opening/") || d.State != model.DeliverySent {
				continue
			}
			if d.Ref == channel+"/"+thread {
				return p, true
			}
			if strings.HasPrefix(d.Ref, channel+"/") && p.Room.Status == model.Open {
				here = append(here, p)
			}
		}
	}
	if len(here) != 1 || thread != "" {
		return bridge.OpenRoom{}, false
	}
	return here[0], true
}

// writtenAt returns when a message was written according to Slack's clock, if that is
// plausible.
func writtenAt(ts string, p bridge.OpenRoom) time.Time {
	sec, _, _ := strings.Cut(ts, ".")
	n, err := strconv.ParseInt(sec, 10, 64)
	at := time.Unix(n, 0).UTC()
	if err != nil || at.After(p.Now) || p.Now.Sub(at) > 30*24*time.Hour {
		return time.Time{}
	}
	return at
}
