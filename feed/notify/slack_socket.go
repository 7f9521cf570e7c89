package notify

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"warroom/feed/bridge"
	"warroom/model"
)

// socket returns a client for Socket Mode: an outgoing connection, so that no port has to
// be reachable from the internet.
func (b *SlackBridge) socket(ctx context.Context) (*socketmode.Client, error) {
	app, err := b.o.AppToken.Get(ctx)
	if err != nil {
		return nil, &Fault{Message: err.Error(), After: permissionWait}
	}
	bot, err := b.o.Token.Get(ctx)
	if err != nil {
		return nil, &Fault{Message: err.Error(), After: permissionWait}
	}
	s := NewSlack(SlackOptions{Token: bot, AppToken: app, API: b.o.API, Now: b.o.Now})
	return socketmode.New(s.api), nil
}

// canListen returns an error if Slack would refuse the connection.
func (b *SlackBridge) canListen(ctx context.Context) error {
	c, err := b.socket(ctx)
	if err == nil {
		_, _, err = c.OpenContext(ctx)
	}
	return (&Slack{}).fault(err)
}

// Listen implements [bridge.Bridge].
func (b *SlackBridge) Listen(ctx context.Context, in bridge.Inlet) {
	if b.o.AppToken == nil {
		<-ctx.Done()
		return
	}
	c, err := b.socket(ctx)
	if err != nil {
		in.Log(model.Safef("slack: %s", err))
		pause(ctx, permissionWait)
		return
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer stop()
		if err := c.RunContext(ctx); !errors.Is(err, context.Canceled) { // it always returns an error
			in.Log(model.Safef("slack: nothing arrives by Socket Mode: %s", (&Slack{}).fault(err)))
		}
	}()
	for {
		select {
		case ev := <-c.Events:
			b.in.came(ctx, c, ev, in)
		case <-ctx.Done():
			<-done
			return
		}
	}
}

// came handles one event of Socket Mode. Slack sends events again that are not
// acknowledged.
func (d *doorman) came(ctx context.Context, c *socketmode.Client, ev socketmode.Event, in bridge.Inlet) {
	switch ev.Type {
	case socketmode.EventTypeInvalidAuth:
		in.Log(model.Lit("slack: the app token is rejected; put a new one where the configuration reads it"))
	case socketmode.EventTypeConnectionError:
		if e, ok := ev.Data.(*slack.ConnectionErrorEvent); ok && e.Attempt == 1 {
			in.Log(model.Safef("slack: nothing arrives by Socket Mode for now: %s", (&Slack{}).fault(e.ErrorObj)))
		}
	case socketmode.EventTypeSlashCommand:
		cmd, ok := ev.Data.(slack.SlashCommand)
		if !ok || ev.Request == nil {
			return
		}
		go func() { _ = c.AckCtx(ctx, ev.Request.EnvelopeID, ephemeral(d.command(cmd, in))) }() // Slack sends it again
	case socketmode.EventTypeEventsAPI:
		if ev.Request == nil {
			return
		}
		_ = c.AckCtx(ctx, ev.Request.EnvelopeID, nil) // Slack sends it again
		var e envelope
		if json.Unmarshal(ev.Request.Payload, &e) == nil {
			go d.react(e, in)
		}
	}
}
