package pagerduty

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/go-pagerduty/webhookv3"

	"warroom/feed/bridge"
	"warroom/model"
)

// The limits of incoming requests.
const (
	maxHook   = 256 << 10
	maxSeen   = 10000
	maxAside  = 1 << 20 // bytes of events without a room
	answerFor = 4 * time.Second
)

// hook has the fields of a webhook's event that are used.
type hook struct {
	Event struct {
		ID         string    `json:"id"`
		Type       string    `json:"event_type"`
		OccurredAt time.Time `json:"occurred_at"`
		Agent      thing     `json:"agent"`
		Data       struct {
			ID        string  `json:"id"`
			Status    string  `json:"status"`
			Key       string  `json:"incident_key"`
			Assignees []thing `json:"assignees"`
			Incident  thing   `json:"incident"` // of data that is not an incident itself
			Message   string  `json:"message"`
			User      thing   `json:"user"`
			State     string  `json:"state"`
		} `json:"data"`
	} `json:"event"`
}

type thing struct {
	ID      string `json:"id"`
	Summary string `json:"summary"`
}

// seen are the ids of processed events, the newest last.
type seen []string

func (s *seen) has(id string) bool { return id != "" && slices.Contains(*s, id) }

func (s *seen) add(id string) {
	if id == "" {
		return
	}
	if *s = append(*s, id); len(*s) > maxSeen {
		*s = slices.Clone((*s)[maxSeen/2:])
	}
}

// received is the state of incoming webhooks.
type received struct {
	mu    sync.Mutex
	seen  seen // ids of processed events
	aside int  // number of events without a room
}

// webhook handles the requests of PagerDuty.
type webhook struct {
	b  *Bridge
	in bridge.Inlet
	*received
}

// Webhook implements [bridge.Bridge].
func (b *Bridge) Webhook(in bridge.Inlet) bridge.Hook {
	return webhook{b: b, in: in, received: &b.received}
}

// MaxBody implements [bridge.Hook].
func (webhook) MaxBody() int64 { return maxHook }

// Claim implements [bridge.Hook].
func (h webhook) Claim(head http.Header) error {
	if h.b.c.Hook == nil {
		return model.Refuse(model.NotFound, "there is nothing here: pagerduty.webhook is not configured")
	}
	if len(signatures(head)) == 0 {
		return model.Refuse(model.Forbidden, "X-PagerDuty-Signature has the form v1=HMAC-SHA256")
	}
	return nil
}

// Verify implements [bridge.Hook].
func (h webhook) Verify(ctx context.Context, head http.Header, body io.ReadSeeker) error {
	sums := signatures(head)
	err := h.b.c.Hook.Check(ctx, h.b.c.Now(), func(s model.Secret) error {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return err
		}
		mac := hmac.New(sha256.New, s.Reveal())
		if _, err := io.Copy(mac, body); err != nil {
			return err
		}
		for _, sum := range sums {
			if hmac.Equal(sum, mac.Sum(nil)) {
				return nil
			}
		}
		return errSignature
	})
	switch {
	case bridge.IsUnread(err):
		return model.Refuse(model.Unreachable, "%s", errHookSecret)
	case err != nil:
		return model.Refuse(model.Forbidden, "%s", errSignature)
	}
	return nil
}

// Why an event is refused. PagerDuty sends it again only after the second.
var (
	errSignature  = errors.New("the signature is not PagerDuty's")
	errHookSecret = errors.New("the secret of PagerDuty's webhook cannot be read here")
)

// signatures returns the signatures of a request: PagerDuty sends one per secret during a
// rotation.
func signatures(h http.Header) [][]byte {
	var out [][]byte
	for _, v := range h.Values("X-PagerDuty-Signature") {
		for part := range strings.SplitSeq(v, ",") {
			hexed, ok := strings.CutPrefix(strings.TrimSpace(part), "v1=")
			if sum, err := hex.DecodeString(hexed); ok && err == nil && len(sum) == sha256.Size && len(out) < 8 {
				out = append(out, sum)
			}
		}
	}
	return out
}

// ServeHTTP implements http.Handler. Unsigned requests are refused. A signed request is
// always answered with success, because three refusals disable the subscription: it is
// processed, recognized as a repeat, or set aside for a person.
func (h webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || h.b.c.Hook == nil {
		http.Error(w, "there is nothing here", http.StatusNotFound)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerFor)
	defer cancel()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHook))
	if err != nil {
		http.Error(w, "the event is too large or incomplete", http.StatusRequestEntityTooLarge)
		return
	}
	switch err := h.signed(ctx, r, body); {
	case bridge.IsUnread(err):
		http.Error(w, errHookSecret.Error(), http.StatusServiceUnavailable)
		return
	case err != nil:
		http.Error(w, "the signature is wrong", http.StatusForbidden)
		return
	}
	if h.taken(r.Header.Get("X-Webhook-Id"), "") {
		w.WriteHeader(http.StatusOK) // a refusal would count against the subscription
		_, _ = io.WriteString(w, "this event was received before\n")
		return
	}
	if err := h.receive(ctx, body, r.Header.Get("X-Webhook-Id")); err != nil {
		h.in.Log(model.Safef("pagerduty: an event could not be stored, and will be sent again: "+
			"%s", model.Sentence(err)))
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// signed checks the signature of a body.
func (h webhook) signed(ctx context.Context, r *http.Request, body []byte) error {
	return h.b.c.Hook.Check(ctx, h.b.c.Now(), func(s model.Secret) error {
		one := r.Clone(ctx)
		one.Header.Set("X-PagerDuty-Signature",
			strings.ReplaceAll(strings.Join(r.Header.Values("X-PagerDuty-Signature"), ","), " ", ""))
		one.Body = io.NopCloser(bytes.NewReader(body))
		return webhookv3.VerifySignature(one, string(s.Reveal()))
	})
}

// taken reports whether one of two ids was processed before.
func (h webhook) taken(hook, event string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen.has(hook) || h.seen.has(event)
}

// receive processes one signed event.
func (h webhook) receive(ctx context.Context, body []byte, id string) error {
	var ev hook
	if err := json.Unmarshal(body, &ev); err != nil || ev.Event.ID == "" {
		return h.setAside(id, body, "it cannot be read")
	}
	if h.taken("", ev.Event.ID) {
		return nil
	}
	if p, n, ok := h.match(&ev); ok {
		if n.state != "" {
			if err := h.b.take(ctx, h.in, p, n); err != nil {
				return err
			}
		}
	} else if ev.Event.Type != "pagey.ping" {
		if err := h.setAside(ev.Event.ID, body, "the incident belongs to no open room"); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen.add(id)
	h.seen.add(ev.Event.ID)
	return nil
}

// match finds the room and the page of an event.
func (h webhook) match(ev *hook) (bridge.OpenRoom, pageUpdate, bool) {
	e := &ev.Event
	id := e.Data.ID
	if e.Data.Incident.ID != "" {
		id = e.Data.Incident.ID
	}
	n := pageUpdate{ref: id, source: e.ID, at: e.OccurredAt}
	for _, p := range h.in.Rooms() {
		for _, d := range p.Room.Deliveries {
			if d.Bridge != Name || !strings.HasPrefix(d.Duty, "page/") {
				continue
			}
			page, _ := p.Room.Page(purposeOf(d.Duty))
			ours := id != "" && (d.Ref == id || page.Ref == id && page.Duty() == d.Duty)
			if strings.HasPrefix(e.Data.Key, "warroom/") {
				ours = e.Data.Key == key(p.Room, strings.TrimPrefix(d.Duty, "page/"))
			}
			if !ours {
				continue
			}
			n.duty = d.Duty
			h.read(ev, &n)
			return p, n, true
		}
	}
	return bridge.OpenRoom{}, n, false
}

// read sets what an event means for a page. If it has no meaning, the state stays empty.
func (h webhook) read(ev *hook, n *pageUpdate) {
	e := &ev.Event
	var names []string
	for _, a := range e.Data.Assignees {
		names = append(names, a.Summary)
	}
	slices.Sort(names)
	switch e.Type {
	case "incident.triggered", "incident.unacknowledged", "incident.escalated", "incident.reassigned",
		"incident.delegated", "incident.reopened":
		n.state, n.who = model.PageRinging, strings.Join(names, ", ")
	case "incident.acknowledged":
		n.state, n.who = model.PageAcknowledged, e.Agent.Summary
	case "incident.resolved":
		n.state, n.who = model.PageOver, e.Agent.Summary
	case "incident.responder.added", "incident.responder.replied":
		for _, t := range h.b.c.Pages {
			if t.joins() && strings.HasPrefix(e.Data.Message, joinMark(t.Purpose)) {
				n.duty, n.who, n.state = model.PageDuty(t.Purpose, 1), e.Data.User.Summary, replies[e.Data.State]
			}
		}
	}
}

// setAside stores an event for a person to examine.
func (h webhook) setAside(id string, body []byte, why string) error {
	path := h.b.asidePath()
	if err := os.MkdirAll(h.b.c.Dir, 0o700); err != nil {
		return err
	}
	if st, err := os.Stat(path); err == nil && st.Size()+int64(len(body)) > maxAside {
		if err := os.Rename(path, path+".old"); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(map[string]any{"at": h.b.c.Now().UTC(), "why": why, "body": string(body)})
	if err == nil {
		_, err = f.Write(append(raw, '\n'))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	h.mu.Lock()
	h.seen.add(id)
	h.aside++
	first := h.aside == 1
	h.mu.Unlock()
	if first {
		h.in.Log(model.Safef("pagerduty: an event was set aside (%s): %s; read it there, and the events after it", why,
			path))
	}
	return nil
}

func (b *Bridge) asidePath() string { return filepath.Join(b.c.Dir, "pagerduty-aside.jsonl") }
