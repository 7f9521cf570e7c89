package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"warroom/model"
)

// Webhook is a client that sends signed events to one URL, with the headers of Standard
// Webhooks: webhook-id, webhook-timestamp, webhook-signature.
type Webhook struct {
	name    string
	url     string
	secrets []model.Secret // the first one signs; the others too, during rotation
	client  *http.Client
	now     func() time.Time
}

// WebhookOptions configure the access to a URL.
type WebhookOptions struct {
	Name         string
	URL          string
	Secrets      []model.Secret // whsec_BASE64, or any text of at least 24 bytes
	AllowPrivate bool           // private addresses are allowed
	Now          func() time.Time
}

// leastSecret is the min length of a signing secret, in bytes.
const leastSecret = 24

// NewWebhook returns the client of a URL.
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	u, err := address("url of webhook "+o.Name, o.URL)
	if err != nil {
		return nil, err
	}
	w := &Webhook{name: o.Name, url: u.String(), now: o.Now}
	for _, s := range o.Secrets {
		key := s.Reveal()
		if b, ok := strings.CutPrefix(string(key), "whsec_"); ok {
			if key, err = base64.StdEncoding.DecodeString(b); err != nil {
				return nil, never("the secret of webhook %s begins with whsec_, but what follows is not "+
					"base64", o.Name)
			}
		}
		if len(key) < leastSecret {
			return nil, never("the secret of webhook %s is shorter than %d bytes; make one with openssl rand "+
				"-base64 32",
				o.Name, leastSecret)
		}
		w.secrets = append(w.secrets, model.NewSecret(key))
	}
	if len(w.secrets) == 0 {
		return nil, never("webhook %s has no secret; without one the receiver cannot check that an event is "+
			"from warroom", o.Name)
	}
	var control func(string, string, syscall.RawConn) error
	if !o.AllowPrivate {
		control = outside
	}
	w.client = newHTTP(control)
	return w, nil
}

// Signature returns the value of webhook-signature for a delivery: id, time and body joined
// by dots, HMAC-SHA256, base64, one signature per secret.
func Signature(secrets []model.Secret, id string, at time.Time, body []byte) string {
	var out []string
	for _, s := range secrets {
		h := hmac.New(sha256.New, s.Reveal())
		h.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		h.Write(body)
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(h.Sum(nil)))
	}
	return strings.Join(out, " ")
}

// hook is the body of a webhook.
type hook struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"` // of the event
	Data      any    `json:"data"`
}

// Send sends one event. The id must be the same for every attempt, so that the receiver can
// discard duplicates.
func (w *Webhook) Send(ctx context.Context, id, kind string, at time.Time, data any) error {
	body, err := json.Marshal(hook{Type: kind, Timestamp: at.UTC().Format(time.RFC3339Nano), Data: data})
	if err != nil {
		return never("the event cannot be encoded: %s", err)
	}
	// the answer may be anything
	c := &caller{who: "webhook " + w.name, base: w.url, client: w.client, now: w.now,
		explain: func([]byte) string { return "" },
		sign: func(r *http.Request) {
			now := w.now()
			r.Header.Set("webhook-id", id)
			r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
			r.Header.Set("webhook-signature", Signature(w.secrets, id, now, body))
		}}
	return c.call(ctx, http.MethodPost, "", json.RawMessage(body), nil)
}

// reach checks whether the URL can be reached, with a request that has no effect.
func (w *Webhook) reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, w.url, nil)
	if err != nil {
		return never("the address of webhook %s cannot be used", w.name)
	}
	res, err := w.client.Do(req)
	if err != nil {
		return cannotReach("webhook "+w.name, err)
	}
	return res.Body.Close()
}
