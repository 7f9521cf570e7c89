package feed

import (
	"context"

	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
)

// probeRoom is a room name for trying a permission. No room has that name, so the attempt
// has no effect.
const probeRoom = "doctor"

func subscribing(subject string, why model.Safe) jetlog.Permission {
	return jetlog.Permission{Subscribe: true, Subject: subject, Why: why}
}

func publishing(subject string, why model.Safe) jetlog.Permission {
	return jetlog.Permission{Subject: subject, Why: why}
}

// needs returns the permissions that a login needs on an external server: to ask the hub,
// or, with JetStream access of its own, to do what the hub does for others.
func (c *client) needs() []jetlog.Permission {
	me, key := c.o.caller(), "doctor"
	out := []jetlog.Permission{
		subscribing(hubapi.Inbox(me)+".>", model.Lit("to receive answers")),
		subscribing(subjects.All(probeRoom, subjects.Live), model.Lit("to receive new entries")),
		subscribing(subjects.All(probeRoom, subjects.Presence), model.Lit("to see who is there")),
	}
	if c.conn.ByHub.Load() {
		return append(out,
			publishing(hubapi.Ask(hubapi.VerbTip, me, probeRoom), model.Lit("to ask for the end of a room's log")),
			publishing(hubapi.Ask(hubapi.VerbGet, me, probeRoom, subjects.Log), model.Lit("to read a room's log")),
			publishing(hubapi.Ask(hubapi.VerbRaw, me, probeRoom, subjects.Log), model.Lit("to read single entries")),
			publishing(hubapi.Ask(hubapi.VerbHere, me, "0", probeRoom, key), model.Lit("to be seen")),
			publishing(hubapi.Ask(hubapi.VerbList, me), model.Lit("to list the rooms")))
	}
	out = append(out,
		publishing("$JS.API.STREAM.INFO."+subjects.Stream(probeRoom),
			model.Lit("to ask for the end of a room's log")),
		publishing("$JS.API.DIRECT.GET."+subjects.Stream(probeRoom), model.Lit("to read a room's log")),
		publishing("$JS.API.STREAM.MSG.GET."+subjects.Stream(probeRoom), model.Lit("to read single entries")),
		publishing(subjects.Of(probeRoom, subjects.Presence, me, key), model.Lit("to be seen")),
		publishing("$JS.API.STREAM.NAMES", model.Lit("to list the rooms")),
		subscribing(subjects.All(probeRoom, hubapi.Private(subjects.Live)),
			model.Lit("to receive the entries of restricted rooms")))
	if !c.o.HubService {
		return out
	}
	out = append(out,
		publishing("$JS.API.STREAM.UPDATE."+subjects.Stream(probeRoom), model.Lit("to restrict rooms")),
		publishing("$JS.API.STREAM.MSG.DELETE."+subjects.Stream(probeRoom),
			model.Lit("to delete redacted entries")),
		publishing(subjects.Of(probeRoom, subjects.Log, "doctor", key), model.Lit("to store the entries of logins")),
		publishing(subjects.Of(probeRoom, subjects.Tombstones, subjects.HubHandle, key),
			model.Lit("to store tombstones")),
		jetlog.Permission{Subject: hubapi.Relayed("doctor", probeRoom, subjects.Live, key),
			Why: model.Lit("to deliver restricted rooms to the people they name")})
	for _, subject := range append(c.conn.SubjectsFor("*", subjects.LocalJoin),
		c.conn.SubjectsFor("*", subjects.LoginJoin)...) {
		out = append(out, subscribing(subject, model.Lit("to receive requests to join")))
	}
	for _, subject := range hubapi.PlainQuestions() {
		out = append(out, subscribing(subject, model.Lit("to answer logins")))
	}
	return out
}

// Examine checks an external server: its version, the permissions of this login and the
// number of copies. For the embedded hub it returns nil.
func (f *Feed) Examine(ctx context.Context) (good, bad []model.Safe) {
	client := f.client
	if client.hub != nil {
		return nil, nil
	}
	where := model.Safef("server: nats-server %s, not in a cluster", client.conn.NC.ConnectedServerVersion())
	if c := client.conn.NC.ConnectedClusterName(); c != "" {
		where = model.Safef("server: nats-server %s, in the cluster %s", client.conn.NC.ConnectedServerVersion(), c)
	}
	good = append(good, where)
	if client.o.login == nil { // an invitation grants the permissions that are needed
		for _, n := range client.needs() {
			switch missing, err := client.conn.Lacks(n); {
			case err != nil:
				return good, append(bad, model.Safef("server: it does not answer: %s", err))
			case missing:
				verb := "publish to"
				if n.Subscribe {
					verb = "subscribe to"
				}
				bad = append(bad,
					model.Safef("permission: %s may not %s %s, which is needed %s", client.o.caller(), verb, n.Subject,
						n.Why))
			}
		}
	}
	if len(bad) > 0 {
		return good, bad
	}
	return append(good, client.copies(ctx)...), client.missingHubService(ctx)
}

// copies reports how many copies the newest room has.
func (c *client) copies(ctx context.Context) []model.Safe {
	shorts, err := c.shorts(ctx)
	if err != nil || len(shorts) == 0 {
		return nil // another check reports this error
	}
	n := 0
	if c.conn.ByHub.Load() {
		_, _, err = c.conn.Tip(ctx, shorts[0])
		n = c.conn.State(shorts[0]).Copies
	} else if s, lost := c.conn.JS.Stream(ctx, subjects.Stream(shorts[0])); lost == nil {
		n = s.CachedInfo().Config.Replicas
	}
	if n == 0 || err != nil {
		return nil
	}
	if n > 1 {
		return []model.Safe{model.Safef("copies: %d of %s, on %d servers", n, shorts[0], n)}
	}
	return []model.Safe{model.Safef("copies: one of %s, as the server is not in a cluster of three or more; "+
		"docs/cluster.md "+
		"lists what is lost with the server's disk", shorts[0])}
}

// missingHubService reports that no hub service answers on the server.
func (c *client) missingHubService(ctx context.Context) []model.Safe {
	if c.o.HubService || c.o.login != nil {
		return nil
	}
	if key, err := c.hubKeyText(ctx); err == nil && key == "" {
		return []model.Safe{model.Lit("steward: none answers, so people are admitted to rooms by hand, with " +
			":admit, and logins without that right cannot list or make rooms; start warroom serve --server")}
	}
	return nil
}
