package node

import (
	"context"
	"path/filepath"

	"warroom/feed"
	"warroom/feed/bridge"
	"warroom/feed/notify"
	"warroom/feed/pagerduty"
	"warroom/model"
	"warroom/model/backend"
	"warroom/model/config"
)

// bridgeDir returns the directory in which bridges keep their state.
func bridgeDir(data string) string { return filepath.Join(data, "bridges") }

// bridges returns the configured bridges.
func (n *Node) bridges(data string, c config.Bridges, box model.Sealer) []bridge.Bridge {
	var out []bridge.Bridge
	if c.PagerDuty.Used() {
		out = append(out, pagerduty.FromConfig(c, bridgeDir(data), box, n.now))
	}
	return append(out, notify.FromConfig(c, n.now)...)
}

// Contacts returns the cached on-call contacts.
func (*Node) Contacts(data string, box model.Sealer) model.Contacts {
	return pagerduty.Cached(bridgeDir(data), box)
}

// CheckBridges checks every configured service and the permissions there.
func (n *Node) CheckBridges(ctx context.Context, data string, c config.Bridges) []backend.BridgeFinding {
	var out []backend.BridgeFinding
	for _, b := range n.bridges(data, c, nil) {
		for _, f := range b.Check(ctx) {
			out = append(out, backend.BridgeFinding(f))
		}
	}
	return out
}

// startBridges starts the bridges, which are active while this process acts for the hub.
// A demo contacts nobody.
func (n *Node) startBridges(f *feed.Feed, l backend.Location, logf func(model.Safe)) *bridge.Runner {
	if l.Via == "demo" {
		return nil
	}
	if logf == nil {
		logf = func(model.Safe) {}
	}
	all := n.bridges(l.Data, l.Bridges, f.Sealer())
	if b, ok := n.newContacts(l.Data, l.Bridges, f.Sealer()); ok && l.Via != "cli" { // a command ends before one is due
		all = append(all, b)
	}
	return bridge.Start(bridge.Options{Hub: rooms{f}, Bridges: all, Now: n.now, Logf: logf})
}

// rooms adapts a feed to bridge.Hub.
type rooms struct{ *feed.Feed }

// Open opens a room for the hub.
func (r rooms) Open(ctx context.Context, short string) (bridge.HubRoom, error) {
	o, err := r.OpenHubRoom(ctx, short)
	if err != nil {
		return nil, err
	}
	return o, nil
}
