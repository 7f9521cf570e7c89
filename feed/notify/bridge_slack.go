package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/config"
)

// SlackConfig configures the Slack bridge: the configuration, with the secrets that it
// names.
type SlackConfig struct {
	config.Slack
	Token    *bridge.Source
	AppToken *bridge.Source // for Socket Mode; if nil, not used
	Signing  *bridge.Source // for requests over HTTP; if nil, not accepted
	Plan     func() (*model.Plan, error)
	Now      func() time.Time
}

// SlackBridge sends updates to Slack and receives commands from it.
type SlackBridge struct {
	o    SlackConfig
	held *held[*Slack]
	in   *doorman
}

var _ bridge.Bridge = (*SlackBridge)(nil)

// NewSlackBridge returns the bridge to a workspace.
func NewSlackBridge(o SlackConfig) *SlackBridge {
	b := &SlackBridge{o: o}
	b.held = &held[*Slack]{src: o.Token, make: func(_ context.Context, token model.Secret) (*Slack, error) {
		return NewSlack(SlackOptions{Token: token, API: o.API, Now: o.Now}), nil
	}}
	b.in = newDoorman(b)
	return b
}

// Name implements [bridge.Bridge].
func (*SlackBridge) Name() string { return "slack" }

// Pace implements [bridge.Bridge]: Slack accepts one message per second in a channel.
func (*SlackBridge) Pace() (time.Duration, int, int) { return time.Second, 3, 1 }

// opening is the first message of an incident in a channel.
type opening struct{ channel string }

func (o opening) key() string { return "slack/opening/" + o.channel }

// Duties implements [bridge.Bridge]: the opening message of a channel, and then the updates
// to the audiences that read it.
func (b *SlackBridge) Duties(r *model.Room) []bridge.Duty {
	if r.Lobby {
		return nil
	}
	var out []bridge.Duty
	open := func(channel string, at time.Time) {
		if d := (opening{channel}); !slices.ContainsFunc(out, func(o bridge.Duty) bool { return o.Key == d.key() }) {
			out = append(out,
				bridge.Duty{Key: d.key(), What: "the incident, to " + channel, Since: at, Until: at.Add(usable),
					Content: d})
		}
	}
	for _, a := range b.o.Announce {
		if c := b.o.Channels[a]; c != "" && !r.IsRestricted() {
			open(c, r.DeclaredAt)
		}
	}
	for i := range r.Dispatches {
		if c := b.o.Channels[r.Dispatches[i].Audience]; c != "" {
			open(c, r.Dispatches[i].RecordedAt)
		}
	}
	for i := range r.Dispatches {
		d := &r.Dispatches[i]
		c := b.o.Channels[d.Audience]
		if w, begun := r.Delivery(opening{c}.key()); c != "" && begun && w.Over() {
			out = append(out,
				bridge.Duty{Key: "slack/update/" + d.ID, What: updateWords(r, d, c), Since: d.RecordedAt,
					Until: d.RecordedAt.Add(usable), Order: c, Content: d})
		}
	}
	return append(out, staleDuties(r)...)
}

// stale is the content of a message that names a forgotten room in one of its channels.
type stale struct{ channel string }

// staleDuties name a room without an entry in the channels in which it was opened, once for
// each time it is forgotten.
func staleDuties(r *model.Room) []bridge.Duty {
	at := r.StaleAt()
	if at.IsZero() || r.IsRestricted() {
		return nil
	}
	seq, _ := r.LastWritten()
	var out []bridge.Duty
	for _, d := range r.Deliveries {
		channel, ok := strings.CutPrefix(d.Duty, opening{}.key())
		if !ok || d.State != model.DeliverySent {
			continue
		}
		out = append(out, bridge.Duty{Key: fmt.Sprintf("slack/stale/%d/%s", seq, channel),
			What: "no entry for long, to " + channel, Since: at, Until: at.Add(model.StaleAfter),
			Content: stale{channel}})
	}
	return out
}

// updateWords names an update and where it is sent.
func updateWords(r *model.Room, d *model.Dispatch, where string) string {
	s := model.Safef("update %d to %s", d.N, Incident{Room: r}.label(d.Audience))
	if where != "" {
		s = model.Safef("%s, %s", s, where)
	}
	return s.String()
}

// Deliver implements [bridge.Bridge].
func (b *SlackBridge) Deliver(ctx context.Context, j bridge.Job) (bridge.Result, error) {
	in := Incident{Room: j.Room, Short: j.Short}
	m := Message{Mark: j.Room.ID + " " + j.Key}
	switch c := j.Content.(type) {
	case opening:
		m.Channel, m.Text = c.channel, in.Opening()
	case stale:
		m.Channel, m.Text = c.channel, in.Stale()
	case *model.Dispatch:
		m.Channel, m.Text = b.o.Channels[c.Audience], in.Update(c)
		if w, _ := j.Room.Delivery(opening{m.Channel}.key()); w.State == model.DeliverySent {
			m.Channel, m.Thread, _ = strings.Cut(w.Ref, "/")
		} else {
			m.Text = in.Title() + "\n" + m.Text
		}
	}
	prev, _ := j.Room.Delivery(j.Key)
	var channel, ts string
	err := b.held.use(ctx, func(s *Slack) (err error) {
		channel, ts, err = s.Post(ctx, m, j.MaybeDelivered, prev.Begun)
		return err
	})
	return bridge.Result{Ref: channel + "/" + ts}, asBridgeError(err)
}

// Check implements [bridge.Bridge].
func (b *SlackBridge) Check(ctx context.Context) []bridge.Finding {
	var out []bridge.Finding
	add := func(ok bool, what, do model.Safe) { out = append(out, bridge.Finding{OK: ok, What: what, Do: do}) }
	var scopes []string
	err := b.held.use(ctx, func(s *Slack) error {
		user, team, _, all, err := s.Who(ctx)
		scopes = all
		if err == nil {
			add(true, model.Safef("slack: the token belongs to %s in %s", user, team), model.Safe{})
		}
		return err
	})
	if err != nil {
		add(false, model.Safef("slack: %s", err), model.Lit("updates wait in the room until this works"))
		return out
	}
	for _, c := range []struct {
		scope string
		must  bool
		for_  model.Safe
	}{
		{scope: "chat:write", must: true, for_: model.Lit("post updates")},
		{scope: "channels:history",
			for_: model.Lit("find out after a crash which messages arrived, and add messages to the room by a " +
				"reaction")},
		{scope: "users:read", for_: model.Lit("name the author of a message that is added to the room")},
	} {
		switch has := slices.Contains(scopes, c.scope); {
		case len(scopes) == 0: // unknown
		case has:
			add(true, model.Safef("slack: the token allows warroom to %s (%s)", c.for_, c.scope), model.Safe{})
		default:
			add(!c.must, model.Safef("slack: the token does not allow warroom to %s; that needs the scope "+
				"%s", c.for_, c.scope),
				model.Lit("add the scope to the app, and put the new token where the configuration reads it"))
		}
	}
	return append(out, b.in.check(ctx)...)
}
