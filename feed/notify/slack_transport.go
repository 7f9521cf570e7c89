package notify

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"
)

// slackTransport accepts only answers that Slack's API gives: JSON that states whether the call
// succeeded. The library takes an answer without an error for a success, gives up at any status
// but 200, and reads answers of any length.
type slackTransport struct {
	base http.RoundTripper
	now  func() time.Time
}

// elsewhere ends the sentences about answers that did not come from Slack.
const elsewhere = "which Slack does not send; a proxy or a login page of the network may have answered"

// RoundTrip implements [http.RoundTripper]. What is not an answer of Slack is a [Fault] that may
// pass.
func (t slackTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	_ = res.Body.Close() // it was read, or is not needed
	switch n := res.StatusCode; {
	case n == http.StatusTooManyRequests: // the library reads whole seconds only, and wants the header
		wait := max(minWait, retryAfter(res.Header, t.now()))
		res.Header.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	case n >= 500 || n == http.StatusRequestTimeout:
		return nil, temporary(retryAfter(res.Header, t.now()), "Slack answers %d", n)
	case n != http.StatusOK:
		return nil, temporary(0, "Slack's address answers %d, %s", n, elsewhere)
	case err != nil:
		return nil, err
	case len(raw) > maxAnswer:
		return nil, temporary(0, "Slack's answer is longer than %d MiB", maxAnswer>>20)
	case !isSlackAnswer(raw):
		return nil, temporary(0, "Slack's address sent an answer %s", elsewhere)
	}
	res.Body = io.NopCloser(bytes.NewReader(raw))
	return res, nil
}

// isSlackAnswer reports whether a body states that a call succeeded, or why it did not.
func isSlackAnswer(raw []byte) bool {
	var a struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	return json.Unmarshal(raw, &a) == nil && (a.OK || a.Error != "")
}
