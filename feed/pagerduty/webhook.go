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
	"time"

	"github.com/PagerDuty/go-pagerduty/webhookv3"

	"warroom/feed/bridge"
	"warroom/model"
)

// The bounds of what comes in.
const (
	maxHook   = 256 << 10
	maxSeen   = 10000
	maxKept   = 1 << 20 // bytes of events that no room knows
	answerFor = 4 * time.Second
)

// hook is an event of a webhook, as far as it is read.
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
			Incident  thing   `json:"incident"` // of what is no incident itself
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

// seen are the ids of what was taken, the newest last.
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

// webhook takes in what PagerDuty sends.
type webhook struct {
	b  *Bridge
	in bridge.Inlet
}

// Webhook implements [bridge.Hooked].
func (b *Bridge) Webhook(in bridge.Inlet) bridge.Hook { return webhook{b: b, in: in} }

// MaxBody implements [bridge.Hook].
func (webhook) MaxBody() int64 { return maxHook }

// Claim implements [bridge.Hook].
func (h webhook) Claim(head http.Header) error {
	if h.b.c.Hook == nil {
		return model.Refuse(model.NotFound, "there is nothing here: pagerduty.webhook is not configured")
	}
	if len(signatures(head)) == 0 {
		return model.Refuse(model.Forbidden, "X-PagerDuty-Signature is written as v1=HMAC-SHA256")
	}
	return nil
}

// Verify implements [bridge.Hook].
func (h webhook) Verify(ctx context.Context, head http.Header, body io.ReadSeeker) error {
	sums := signatures(head)
	err := h.b.checkSecret(ctx, func(s model.Secret) error {
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
	if err != nil {
		return model.Refuse(model.Forbidden, "%s", errSignature)
	}
	return nil
}

// errSignature means that none of the signatures fits.
var errSignature = errors.New("the signature is not PagerDuty's")

// signatures returns the signatures of a request: PagerDuty sends one for each
// secret while it is changed.
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

// ServeHTTP implements http.Handler. What is not signed is refused; what is
// signed is never answered with a refusal, because three of those disable the
// subscription: it is taken, known already, or kept for a person.
func (h webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, in := h.b, h.in
	if r.Method != http.MethodPost || b.c.Hook == nil {
		http.Error(w, "there is nothing here", http.StatusNotFound)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerFor)
	defer cancel()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHook))
	if err != nil {
		http.Error(w, "the event is too large or was cut", http.StatusRequestEntityTooLarge)
		return
	}
	if err := b.signed(ctx, r, body); err != nil {
		http.Error(w, "the signature is not ours", http.StatusForbidden)
		return
	}
	if b.taken(r.Header.Get("X-Webhook-Id"), "") {
		w.WriteHeader(http.StatusOK) // a refusal would count against the subscription
		_, _ = io.WriteString(w, "this event was received before\n")
		return
	}
	if err := b.hear(ctx, in, body, r.Header.Get("X-Webhook-Id")); err != nil {
		in.Tell(model.Safef("pagerduty: an event could not be taken, it will come again: %s", model.Sentence(err)))
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// signed checks the signature of a body.
func (b *Bridge) signed(ctx context.Context, r *http.Request, body []byte) error {
	return b.checkSecret(ctx, func(s model.Secret) error {
		one := r.Clone(ctx)
		one.Header.Set("X-PagerDuty-Signature", strings.ReplaceAll(strings.Join(r.Header.Values("X-PagerDuty-Signature"), ","), " ", ""))
		one.Body = io.NopCloser(bytes.NewReader(body))
		return webhookv3.VerifySignature(one, string(s.Reveal()))
	})
}

// checkSecret checks something with the secret. One that does not fit is read
// once more: it may have been changed.
func (b *Bridge) checkSecret(ctx context.Context, fits func(model.Secret) error) error {
	secret, err := b.c.Hook.Get(ctx)
	if err != nil {
		return err
	}
	check := func(s model.Secret) error {
		if s.IsEmpty() {
			return errors.New("there is no secret")
		}
		return fits(s)
	}
	if err = check(secret); err == nil {
		return nil
	}
	if !b.mayRenew() {
		return err
	}
	now, other, rerr := b.c.Hook.Renew(ctx, secret)
	if rerr != nil || !other {
		return err
	}
	return check(now)
}

// renewEvery is how often a signature that does not fit has the secret read again:
// anybody may send one, and it may be a program that has to run for it.
const renewEvery = time.Minute

func (b *Bridge) mayRenew() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.c.Now()
	if now.Sub(b.renewed).Abs() < renewEvery {
		return false
	}
	b.renewed = now
	return true
}

// taken says whether one of two ids was taken before.
func (b *Bridge) taken(hook, event string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seen.has(hook) || b.seen.has(event)
}

// hear takes one event that is signed.
func (b *Bridge) hear(ctx context.Context, in bridge.Inlet, body []byte, id string) error {
	var h hook
	if err := json.Unmarshal(body, &h); err != nil || h.Event.ID == "" {
		return b.keep(in, id, body, "it cannot be read")
	}
	if b.taken("", h.Event.ID) {
		return nil
	}
	if p, n, ok := b.place(in, &h); ok {
		if n.state != "" {
			if err := b.take(ctx, in, p, n); err != nil {
				return err
			}
		}
	} else if h.Event.Type != "pagey.ping" {
		if err := b.keep(in, h.Event.ID, body, "no open room knows the incident"); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen.add(id)
	b.seen.add(h.Event.ID)
	return nil
}

// place finds the room and the page of an event.
func (b *Bridge) place(in bridge.Inlet, h *hook) (bridge.Place, news, bool) {
	e := &h.Event
	id := e.Data.ID
	if e.Data.Incident.ID != "" {
		id = e.Data.Incident.ID
	}
	n := news{ref: id, source: e.ID, at: e.OccurredAt}
	for _, p := range in.Rooms() {
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
			b.read(h, &n)
			return p, n, true
		}
	}
	return bridge.Place{}, n, false
}

// read says what an event means for a page; an event that means nothing for it
// leaves the state empty.
func (b *Bridge) read(h *hook, n *news) {
	e := &h.Event
	var names []string
	for _, a := range e.Data.Assignees {
		names = append(names, a.Summary)
	}
	slices.Sort(names)
	switch e.Type {
	case "incident.triggered", "incident.unacknowledged", "incident.escalated", "incident.reassigned", "incident.delegated", "incident.reopened":
		n.state, n.who = model.PageRinging, strings.Join(names, ", ")
	case "incident.acknowledged":
		n.state, n.who = model.PageAcknowledged, e.Agent.Summary
	case "incident.resolved":
		n.state, n.who = model.PageOver, e.Agent.Summary
	case "incident.responder.added", "incident.responder.replied":
		for _, t := range b.c.Pages {
			if t.joins() && strings.HasPrefix(e.Data.Message, joinMark(t.Purpose)) {
				n.duty, n.who, n.state = model.PageDuty(t.Purpose, 1), e.Data.User.Summary, replies[e.Data.State]
			}
		}
	}
}

// keep puts an event aside for a person.
func (b *Bridge) keep(in bridge.Inlet, id string, body []byte, why string) error {
	path := b.keptPath()
	if err := os.MkdirAll(b.c.Dir, 0o700); err != nil {
		return err
	}
	if st, err := os.Stat(path); err == nil && st.Size()+int64(len(body)) > maxKept {
		if err := os.Rename(path, path+".old"); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(map[string]any{"at": b.c.Now().UTC(), "why": why, "body": string(body)})
	if err == nil {
		_, err = f.Write(append(raw, '\n'))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	b.mu.Lock()
	b.seen.add(id)
	b.kept++
	first := b.kept == 1
	b.mu.Unlock()
	if first {
		in.Tell(model.Safef("pagerduty: an event was put aside (%s): %s; look at it, and at what follows there", why, path))
	}
	return nil
}

func (b *Bridge) keptPath() string { return filepath.Join(b.c.Dir, "pagerduty-aside.jsonl") }
