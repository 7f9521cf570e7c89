package feed

import (
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/feed/presence"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/model"
)

// The process that hosts the hub publishes its health on this subject; processes that
// joined subscribe to it.
const healthSubject = hubapi.Health

// healthStatus is the health of the hub.
type healthStatus struct {
	Full    bool   `json:"full,omitempty"` // the hub accepts no more messages
	Problem string `json:"trouble,omitempty"`
}

// receivedHealth is the last health report received from the host.
type receivedHealth struct{ atomic.Pointer[healthStatus] }

func (h *receivedHealth) get() healthStatus {
	if p := h.Load(); p != nil {
		return *p
	}
	return healthStatus{}
}

// hubStatus is the health of the hub as this process knows it, and the last refusal of
// this process's presence.
type hubStatus struct {
	c *client

	health        receivedHealth                  // from the process that hosts
	healthInbox   string                          // receives its answers
	presence      atomic.Pointer[refusedPresence] // nil: not refused lately
	presenceInbox string                          // receives refusals of presence
}

// full reports whether the hub has no room for another line.
func (hs *hubStatus) full() bool {
	c := hs.c
	if c.hosting() {
		return c.hub.Full()
	}
	return hs.health.get().Full
}

// problem describes what is wrong with the hub, for people; it is empty if nothing is.
func (hs *hubStatus) problem() model.Safe {
	c := hs.c
	if c.hosting() {
		return c.hub.Problem()
	}
	switch w := hs.health.get(); {
	case w.Full:
		return model.Lit("the hub's disk is full: your lines wait in the outbox until there is room")
	case w.Problem != "":
		return model.CleanLine(w.Problem)
	}
	return hs.unseen()
}

// refusedPresence is the reason why the hub did not show that people of this process are
// present.
type refusedPresence struct {
	why   model.Safe
	until time.Time // shown until then; a lasting refusal is repeated before
}

// unseenFor is how long a refusal is shown. It is longer than the interval at which
// presence is sent.
const unseenFor = presence.Every + time.Second

// takePresence stores the reason why the hub does not show the presence of this login.
func (hs *hubStatus) takePresence(m *nats.Msg) {
	c := hs.c
	if err := hubapi.Refused(m); errors.Is(err, hubapi.ErrLimited) {
		before := hs.unseen()
		hs.presence.Store(&refusedPresence{why: model.Sentence(err), until: c.o.Now().Add(unseenFor)})
		if before.IsEmpty() {
			wake.Notify(c.conn.Changed)
		}
	}
}

// unseen returns the reason why others may not see that people of this process are
// present, or an empty text if they do.
func (hs *hubStatus) unseen() model.Safe {
	c := hs.c
	p := hs.presence.Load()
	switch {
	case p == nil:
		return model.Safe{}
	case c.o.Now().Before(p.until):
		return p.why
	}
	hs.presence.CompareAndSwap(p, nil)
	return model.Safe{}
}

// ownHealth encodes the health of the hub in this process for publication.
func (hs *hubStatus) ownHealth() []byte {
	c := hs.c
	problem := c.hub.Problem()
	// everybody receives this, and a stream name has the name of its room
	if strings.Contains(problem.String(), subjects.StreamRoot) {
		problem = model.Lit("the hub has a fault and restarts by itself; `warroom doctor` on its machine names " +
			"the reason")
	}
	raw, err := json.Marshal(healthStatus{Full: c.hub.Full(), Problem: problem.String()})
	if err != nil {
		return nil
	}
	return raw
}

// subscribeHealth subscribes to the published health of the hub and to its answers.
func (hs *hubStatus) subscribeHealth() error {
	c := hs.c
	hs.healthInbox = c.conn.NC.NewInbox()
	take := func(m *nats.Msg) {
		var w healthStatus
		// a message with headers comes from JetStream, on behalf of somebody who may not
		// publish here
		if len(m.Header) > 0 || len(m.Data) > 4096 || json.Unmarshal(m.Data, &w) != nil || w == hs.health.get() {
			return
		}
		hs.health.Store(&w)
		wake.Notify(c.conn.Changed)
	}
	if _, err := c.conn.NC.Subscribe(hs.healthInbox, take); err != nil {
		return err
	}
	hs.presenceInbox = c.conn.NC.NewInbox()
	if _, err := c.conn.NC.Subscribe(hs.presenceInbox, hs.takePresence); err != nil {
		return err
	}
	_, err := c.conn.NC.Subscribe(healthSubject, take)
	return err
}

// worryEvery is how often a process with a reported problem asks whether it persists.
const worryEvery = 3 * time.Second

// worried reports whether the last health report had a problem, or presence was refused.
// The report that ends a problem may be lost while the hub restarts. A refusal by a limit
// expires with time.
func (hs *hubStatus) worried() bool {
	c := hs.c
	return !c.hosting() && (hs.health.get() != (healthStatus{}) || hs.presence.Load() != nil)
}

// exchange publishes the health of the hub in this process, or asks the host for it. It
// is called after each change of the connection, because messages are lost while that is
// down.
func (hs *hubStatus) exchange() {
	c := hs.c
	if c.hosting() {
		_ = c.conn.NC.Publish(healthSubject, hs.ownHealth()) // who missed it asks
		return
	}
	// asked again after the next change
	_ = c.conn.NC.PublishRequest(hubapi.Ask(hubapi.VerbHealth, c.o.caller()), hs.healthInbox, nil)
}
