package notify

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"warroom/feed/bridge"
	"warroom/model"
)

// guarded accepts only requests that Slack signed recently, each only once.
type guarded struct {
	secret *bridge.Source // nil: nothing is accepted
	now    func() time.Time

	mu   sync.Mutex
	seen map[string]time.Time // signatures, and until when they would be valid
}

// The limits of requests.
const (
	maxRequest = 64 << 10
	maxSeen    = 20000
	seenFor    = 11 * time.Minute // clocks may differ by five minutes in both directions
)

func newGuard(secret *bridge.Source, now func() time.Time) *guarded {
	return &guarded{secret: secret, now: now, seen: map[string]time.Time{}}
}

// body returns the body of a request from Slack. Otherwise it answers the request and
// returns false.
func (g *guarded) body(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "only POST", http.StatusMethodNotAllowed)
		return nil, false
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		http.Error(w, "the request is too large or incomplete", http.StatusRequestEntityTooLarge)
		return nil, false
	}
	switch err := g.signed(r.Context(), r.Header, bytes.NewReader(raw)); {
	case bridge.IsUnread(err):
		http.Error(w, errSigning.Error(), http.StatusServiceUnavailable)
		return nil, false
	case err != nil:
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return nil, false
	}
	switch sum, ok := signatureOf(r.Header); {
	case !ok || !g.first(sum):
		http.Error(w, "this request was received before: each signature is accepted once", http.StatusConflict)
		return nil, false
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	return raw, true
}

// claim refuses a request whose headers show that it is not from Slack.
func (g *guarded) claim(h http.Header) error {
	if _, err := slack.NewSecretsVerifier(h, "any"); err != nil || h.Get("X-Slack-Signature") == "" {
		return model.Refuse(model.Forbidden, "%s", unsigned(err))
	}
	return nil
}

// verified reads a body and refuses one that Slack did not sign.
func (g *guarded) verified(ctx context.Context, h http.Header, body io.ReadSeeker) error {
	switch err := g.signed(ctx, h, body); {
	case bridge.IsUnread(err):
		return model.Refuse(model.Unreachable, "%s", errSigning)
	case err != nil:
		return model.Refuse(model.Forbidden, "%s", err)
	}
	return nil
}

// errSigning is the reason why nothing can be checked.
var errSigning = errors.New("the signing secret cannot be read here")

// signed checks a body with the signing secret, which may have been replaced.
func (g *guarded) signed(ctx context.Context, h http.Header, body io.ReadSeeker) error {
	if g.secret == nil {
		return errors.New("there is no signing secret here")
	}
	return g.secret.Check(ctx, g.now(), func(s model.Secret) error {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return verify(h, string(s.Reveal()), body)
	})
}

// unsigned explains why a request is not from Slack.
func unsigned(err error) error {
	if errors.Is(err, slack.ErrExpiredTimestamp) {
		return errors.New("the request is more than five minutes off: it is old, or a clock is wrong")
	}
	return errors.New("the signature is not Slack's")
}

// signatureOf returns the bytes of a signature. Its text has several forms, because the
// hexadecimal digits may be of either case.
func signatureOf(h http.Header) (sum string, ok bool) {
	raw, err := hex.DecodeString(strings.TrimPrefix(h.Get("X-Slack-Signature"), "v0="))
	return string(raw), err == nil
}

// verify checks the signature and its age.
func verify(h http.Header, secret string, body io.Reader) error {
	v, err := slack.NewSecretsVerifier(h, secret)
	if err == nil {
		_, err = io.Copy(&v, body)
	}
	if err == nil {
		err = v.Ensure()
	}
	if err != nil {
		return unsigned(err)
	}
	return nil
}

// first reports whether a signature has not been used before. If there are too many to
// remember, it accepts nothing: people do not cause that much traffic.
func (g *guarded) first(sig string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if until, ok := g.seen[sig]; ok && now.Before(until) {
		return false
	}
	if len(g.seen) >= maxSeen {
		for s, until := range g.seen {
			if now.After(until) {
				delete(g.seen, s)
			}
		}
		if len(g.seen) >= maxSeen {
			return false
		}
	}
	g.seen[sig] = now.Add(seenFor)
	return true
}
