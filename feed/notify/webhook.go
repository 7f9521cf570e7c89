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

// Webhook is one address that gets signed events, by the headers of the
// Standard Webhooks form: webhook-id, webhook-timestamp, webhook-signature.
type Webhook struct {
	name    string
	url     string
	secrets []model.Secret // the first signs; the others too, while they are changed
	client  *http.Client
	now     func() time.Time
}

// WebhookOptions are how an address is reached.
type WebhookOptions struct {
	Name         string
	URL          string
	Secrets      []model.Secret // whsec_BASE64, or any text of 24 bytes and more
	AllowPrivate bool           // the address may lie inside this network
	Now          func() time.Time
}

// leastSecret is how many bytes a signing secret has at least.
const leastSecret = 24

// NewWebhook returns the client of an address.
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
				return nil, never("the secret of webhook %s begins with whsec_ and is no base64 after it", o.Name)
			}
		}
		if len(key) < leastSecret {
			return nil, never("the secret of webhook %s is shorter than %d bytes; make one of openssl rand -base64 32", o.Name, leastSecret)
		}
		w.secrets = append(w.secrets, model.NewSecret(key))
	}
	if len(w.secrets) == 0 {
		return nil, never("webhook %s has no secret; without one nobody can know that it is us", o.Name)
	}
	var control func(string, string, syscall.RawConn) error
	if !o.AllowPrivate {
		control = outside
	}
	w.client = newHTTP(control)
	return w, nil
}

// Signature is the value of webhook-signature for a delivery: the parts are
// joined by dots, HMAC-SHA256, base64, one for each secret.
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
	Timestamp string `json:"timestamp"` // of what happened
	Data      any    `json:"data"`
}

// Send sends one event. Its id is the same at every attempt, so that the other
// side can take it once.
func (w *Webhook) Send(ctx context.Context, id, kind string, at time.Time, data any) error {
	body, err := json.Marshal(hook{kind, at.UTC().Format(time.RFC3339Nano), data})
	if err != nil {
		return never("the event cannot be written: %s", err)
	}
	c := &caller{who: "webhook " + w.name, base: w.url, client: w.client, now: w.now, explain: func([]byte) string { return "" }, // what it says may be anything
		sign: func(r *http.Request) {
			now := w.now()
			r.Header.Set("webhook-id", id)
			r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
			r.Header.Set("webhook-signature", Signature(w.secrets, id, now, body))
		}}
	return c.call(ctx, http.MethodPost, "", json.RawMessage(body), nil)
}

// reach looks whether the address can be reached, with a request that means
// nothing.
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
