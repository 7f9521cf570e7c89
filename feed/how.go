package feed

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/model"
)

// How the hub is, is said by the process that hosts it and heard by those that
// joined.
const toldSubject = hubapi.Health

// how is how the hub is.
type how struct {
	Full    bool   `json:"full,omitempty"` // nothing more may be sent
	Trouble string `json:"trouble,omitempty"`
}

// howHeard is what the host said the last time.
type howHeard struct{ atomic.Pointer[how] }

func (h *howHeard) get() how {
	if p := h.Load(); p != nil {
		return *p
	}
	return how{}
}

// full says whether the hub has no room for another line.
func (h *house) full() bool {
	if h.hosting() {
		return h.hub.Full()
	}
	return h.heard.get().Full
}

// trouble is what is wrong with the hub, for people.
func (h *house) trouble() model.Safe {
	if h.hosting() {
		return h.hub.Trouble()
	}
	w := h.heard.get()
	if w.Full {
		return model.Lit("the hub's disk is full: your lines wait in the outbox until there is room")
	}
	return model.CleanLine(w.Trouble)
}

// ownHow is how the hub in this process is, as it is told.
func (h *house) ownHow() []byte {
	trouble := h.hub.Trouble()
	if strings.Contains(trouble.String(), streamRoot) { // everybody receives it, and a stream is named like its room
		trouble = model.Lit("the hub is not well and is restarted by itself; `warroom doctor` on its machine names the reason")
	}
	raw, err := json.Marshal(how{Full: h.hub.Full(), Trouble: trouble.String()})
	if err != nil {
		return nil
	}
	return raw
}

// hearHow listens to the host: to what it tells everybody, and to its answers.
func (h *house) hearHow() error {
	h.howInbox = h.w.nc.NewInbox()
	take := func(m *nats.Msg) {
		var w how
		if len(m.Header) > 0 || len(m.Data) > 4096 || json.Unmarshal(m.Data, &w) != nil || w == h.heard.get() { // with headers it is JetStream, sent by who may not say it
			return
		}
		h.heard.Store(&w)
		ring(h.w.changed)
	}
	if _, err := h.w.nc.Subscribe(h.howInbox, take); err != nil {
		return err
	}
	_, err := h.w.nc.Subscribe(toldSubject, take)
	return err
}

// worryEvery is how often a process that heard of trouble asks whether it is over.
const worryEvery = 3 * time.Second

// worried says whether the host spoke of trouble the last time: that it is over
// may have been said while the hub was started anew, and nobody heard it.
func (h *house) worried() bool { return !h.hosting() && h.heard.get() != (how{}) }

// exchange tells the others how the hub in this process is, or asks. It is said
// again after every change of the connection, as what is said while that is
// down is lost.
func (h *house) exchange() {
	if h.hosting() {
		_ = h.w.nc.Publish(toldSubject, h.ownHow()) // who did not hear it asks
		return
	}
	_ = h.w.nc.PublishRequest(hubapi.Ask(hubapi.VerbHow, h.o.caller()), h.howInbox, nil) // asked again with the next change
}
