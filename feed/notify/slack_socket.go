package notify

import (
	"context"
	"encoding/json"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"warroom/feed/bridge"
	"warroom/model"
)

// socket returns a client for Socket Mode: an outgoing connection, so that no port has to
// be reachable from the internet.
func (b *SlackBridge) socket(app model.Secret) *socketmode.Client {
	s := NewSlack(SlackOptions{AppToken: app, API: b.o.API, Now: b.o.Now}) // the bot's token is not used there
	return socketmode.New(s.api)
}

// canListen returns an error if Slack would refuse the connection.
func (b *SlackBridge) canListen(ctx context.Context) error {
	app, err := b.o.AppToken.Get(ctx)
	if err != nil {
		return err
	}
	_, _, err = b.socket(app).OpenContext(ctx)
	return (&Slack{}).fault(err)
}

// Listen implements [bridge.Bridge].
func (b *SlackBridge) Listen(ctx context.Context, in bridge.Inlet) {
	if b.o.AppToken == nil {
		<-ctx.Done()
		return
	}
	app, err := b.o.AppToken.Get(ctx)
	if err == nil {
		err = b.listen(ctx, b.socket(app), in)
	}
	if ctx.Err() != nil {
		return
	}
	in.Log(model.Safef("slack: nothing arrives by Socket Mode: %s", err))
	b.o.AppToken.Await(ctx, app, permissionWait)
}

// listen handles the events of a connection until it ends for good, and returns why.
func (b *SlackBridge) listen(ctx context.Context, c *socketmode.Client, in bridge.Inlet) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- c.RunContext(ctx) }() // it always returns an error
	for {
		select {
		case ev := <-c.Events:
			if ctx.Err() == nil { // otherwise Slack sends it again
				b.in.came(ctx, c, ev, in)
			}
		case err := <-done:
			return (&Slack{}).fault(err)
		}
	}
}

// came handles one event of Socket Mode. Slack sends events again that are not
// acknowledged.
func (d *doorman) came(ctx context.Context, c *socketmode.Client, ev socketmode.Event, in bridge.Inlet) {
	switch ev.Type {
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
