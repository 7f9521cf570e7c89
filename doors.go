package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"warroom/feed"
	"warroom/feed/intake"
	"warroom/feed/intake/httpin"
	"warroom/model"
	"warroom/ui/cli"
)

// newDoor makes the door for alerts that no person brings, over NATS and HTTP.
// They are written with the hub's own key.
func newDoor(f *feed.Feed, p cli.Place, logf func(model.Safe)) *intake.Door {
	read := sync.OnceValues(func() (model.AlertSource, error) { return alerts(p.Data, true) })
	d := intake.NewDoor(intake.DoorOptions{Now: clock{}.Now, Logf: logf,
		Read: intake.Later(read),
		Enter: func(ctx context.Context, room string) (model.Seat, error) {
			own := f.Own()
			if room != "" && room != model.LobbyShort {
				return own.Enter(ctx, room)
			}
			plan, err := p.Plan()
			if err == nil {
				err = own.OpenLobby(ctx, plan)
			}
			if err != nil {
				return nil, err
			}
			return own.Enter(ctx, model.LobbyShort)
		}})
	f.TakeAlerts(func(ctx context.Context, _, source string, data []byte) (any, error) {
		t, err := d.Take(ctx, bytes.NewReader(data), source, "")
		return t.Answer(), err
	})
	return d
}

// Web answers what comes by HTTP: alerts, and what services outside call back.
func (h hub) Web(ctx context.Context, w cli.Web) error {
	hooks := map[string]http.Handler{}
	if h.Runner != nil {
		for name, fn := range h.Hooks() {
			hooks["/hooks/"+name] = fn
		}
	}
	return httpin.Serve(ctx, w.Listener, httpin.New(httpin.Options{Take: h.door.Take, Token: w.Token, Sign: w.Sign, Limit: w.Limit, Hooks: hooks, Now: clock{}.Now}), w.Cert)
}

// post sends alerts with the invitation of a tool.
func post(ctx context.Context, creds, source string, data []byte) (json.RawMessage, error) {
	return feed.Post(ctx, creds, source, data)
}
