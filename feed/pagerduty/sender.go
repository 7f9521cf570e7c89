package pagerduty

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// The limits of one request.
const (
	maxAnswer = 4 << 20          // bytes
	maxTries  = 3                // per request
	oneTry    = 10 * time.Second // timeout of an answer
	soonReset = 3 * time.Second  // max reset of a rate limit that is waited for within a request
)

// sender is the HTTP client for the library. The library drops the text of a refusal and
// the delay before a retry; sender stores both in the context of the request.
type sender struct {
	c    *http.Client
	base time.Duration
}

func newSender(rt http.RoundTripper) *sender {
	if rt == nil {
		rt = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout: 5 * time.Second, ForceAttemptHTTP2: true, MaxIdleConns: 4,
			IdleConnTimeout: time.Minute,
		}
	}
	return &sender{base: 200 * time.Millisecond, c: &http.Client{Transport: rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is the answer to the newest try.
type answer struct {
	status  int           // 0: no answer
	message string        // text of a refusal
	stated  bool          // the refusal is one of PagerDuty, with its reason
	reset   time.Duration // until the rate limit is reset
	err     error         // network error
	empty   bool          // a success with an empty body: what was done is unknown
}

type answerKey struct{}

// Do sends a request, and repeats it if that is harmless.
func (s *sender) Do(req *http.Request) (*http.Response, error) {
	a, ok := req.Context().Value(answerKey{}).(*answer)
	if !ok {
		a = new(answer)
	}
	for try := 1; ; try++ {
		res, err := s.once(req, a)
		retry := try < maxTries && req.Context().Err() == nil
		switch {
		case err == nil && res.StatusCode == http.StatusTooManyRequests && a.reset <= soonReset: // was not executed
		case (err != nil || res.StatusCode >= 500) && harmless(req):
		default:
			retry = false
		}
		if !retry {
			return res, err
		}
		if err := s.pause(req.Context(), max(a.reset, s.base<<try/2+rand.N(s.base))); err != nil {
			return res, errors.Join(err, a.err)
		}
		if req.GetBody != nil {
			body, err := req.GetBody()
			if err != nil {
				return nil, err
			}
			req.Body = body
		}
	}
}

// harmless reports whether a request may be sent twice: it only reads, or has a
// deduplication key.
func harmless(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodPut ||
		strings.HasSuffix(req.URL.Path, "/v2/enqueue")
}

// once sends a request once and reads the whole answer.
func (s *sender) once(req *http.Request, a *answer) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), oneTry)
	defer cancel()
	*a = answer{}
	res, err := s.c.Do(req.WithContext(ctx))
	if err != nil {
		a.err = err
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	_ = res.Body.Close() // it was read
	if err == nil && len(b) > maxAnswer {
		err = errors.New("the answer is too long")
	}
	if err != nil {
		a.err = err
		return nil, err
	}
	a.status, a.empty = res.StatusCode, len(bytes.TrimSpace(b)) == 0
	a.reset = resetOf(res.Header)
	if res.StatusCode >= 300 {
		a.message, a.stated = refusal(b)
	}
	res.Body = io.NopCloser(bytes.NewReader(b))
	return res, nil
}

// maxReset is the longest time for which PagerDuty limits the rate.
const maxReset = time.Minute

// resetOf returns how long the rate limit lasts according to the headers.
func resetOf(h http.Header) time.Duration {
	for _, k := range []string{"ratelimit-reset", "Retry-After"} {
		if n, err := strconv.Atoi(h.Get(k)); err == nil && n >= 0 {
			return time.Duration(min(n, int(maxReset/time.Second))) * time.Second
		}
	}
	return 0
}

// refusal extracts the reason from the body of a refusal, of the REST API or the Events
// API, and reports whether there is one.
func refusal(b []byte) (reason string, stated bool) {
	var d struct {
		Error struct {
			Message string
			Errors  any
		}
		Message string
		Status  string
		Errors  any
	}
	if json.Unmarshal(b, &d) != nil {
		return model.CleanLine(cut(string(b), 200)).String(), false
	}
	words := []string{}
	for _, w := range []string{d.Error.Message, d.Message} {
		if w != "" {
			words = append(words, w)
		}
	}
	for _, list := range []any{d.Error.Errors, d.Errors} {
		switch v := list.(type) {
		case string:
			words = append(words, v)
		case []any:
			for _, e := range v {
				if s, ok := e.(string); ok {
					words = append(words, s)
				}
			}
		}
	}
	return model.CleanLine(cut(strings.Join(words, ": "), 300)).String(), len(words) > 0
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// pause waits for d, or until ctx ends.
func (s *sender) pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
