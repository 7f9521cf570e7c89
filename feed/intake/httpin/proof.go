package httpin

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"log"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"warroom/model"
)

// SignHeader is where a signature stands: t=UNIX,v1=HEX, where HEX is the
// HMAC-SHA256 of "UNIX." and the body. It may have several v1, for the time when
// a secret is changed.
const SignHeader = "X-Warroom-Signature"

// skew is how old a signed request may be, or how far ahead.
const skew = 5 * time.Minute

var errUnproven = errors.New("the signature is not that of this body")

// quiet takes what the library says of connections that break: senders hear it
// themselves.
var quiet = log.New(io.Discard, "", 0)

// proven checks who sends. Where the body is signed, the reader it returns fails
// at the end of a body that is another: nothing of it is stored then.
func (d *door) proven(r *http.Request) (io.Reader, error) {
	signed := r.Header.Get(SignHeader)
	switch {
	case d.Token.IsEmpty() && d.Sign.IsEmpty():
		return nil, model.Refuse(model.Forbidden, "this door takes no alerts: neither a token nor a signing secret is configured")
	case signed != "" && !d.Sign.IsEmpty():
		return d.signed(r, signed)
	case !d.Token.IsEmpty() && d.showsToken(r):
		return r.Body, nil
	case d.Token.IsEmpty():
		return nil, model.Refuse(model.Forbidden, "sign the body: %s: t=UNIX,v1=HMAC-SHA256", SignHeader)
	}
	return nil, model.Refuse(model.Forbidden, "show the token: Authorization: Bearer TOKEN")
}

// showsToken compares without telling by the time it takes how much was right.
func (d *door) showsToken(r *http.Request) bool {
	got := r.Header.Get("X-Api-Key")
	if kind, rest, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(kind, "Bearer") {
		got = strings.TrimSpace(rest)
	}
	want, have := sha256.Sum256(d.Token.Reveal()), sha256.Sum256([]byte(got))
	return subtle.ConstantTimeCompare(want[:], have[:]) == 1
}

// signed returns the body as it is read against its signature.
func (d *door) signed(r *http.Request, header string) (io.Reader, error) {
	var at int64
	var sums [][]byte
	for part := range strings.SplitSeq(header, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch k {
		case "t":
			at, _ = strconv.ParseInt(v, 10, 64) // 0 is too old
		case "v1":
			if sum, err := hex.DecodeString(v); err == nil && len(sum) == sha256.Size && len(sums) < 4 {
				sums = append(sums, sum)
			}
		}
	}
	now := d.Now()
	switch age := now.Sub(time.Unix(at, 0)); {
	case len(sums) == 0:
		return nil, model.Refuse(model.Forbidden, "%s is written as t=UNIX,v1=HMAC-SHA256", SignHeader)
	case age > skew || age < -skew:
		return nil, model.Refuse(model.Forbidden, "the signature is of another time: its clock and the hub's have to be within %d minutes", int(skew.Minutes()))
	}
	m := hmac.New(sha256.New, d.Sign.Reveal())
	m.Write([]byte(strconv.FormatInt(at, 10) + "."))
	return &checked{r: r.Body, mac: m, sums: sums, once: func(sum string) bool { return d.seen.first(sum, now) }}, nil
}

// checked is a body that ends well only where its signature is right, and it
// comes for the first time.
type checked struct {
	r    io.Reader
	mac  hash.Hash
	sums [][]byte
	once func(string) bool
	end  error
}

func (c *checked) Read(p []byte) (int, error) {
	if c.end != nil {
		return 0, c.end
	}
	n, err := c.r.Read(p)
	c.mac.Write(p[:n])
	if errors.Is(err, io.EOF) {
		err = c.judge()
	}
	c.end = err
	return n, err
}

func (c *checked) judge() error {
	sum, ok := c.mac.Sum(nil), 0
	for _, s := range c.sums {
		ok |= subtle.ConstantTimeCompare(sum, s)
	}
	if ok == 0 || !c.once(string(sum)) {
		return errUnproven
	}
	return io.EOF
}

// replays are the signatures that were taken within the time in which they may
// come again.
type replays struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

const mostReplays = 100_000

// first says whether a signature comes for the first time.
func (p *replays) first(sum string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = map[string]time.Time{}
	}
	if _, ok := p.seen[sum]; ok {
		return false
	}
	if len(p.seen) >= mostReplays {
		for s, at := range p.seen {
			if now.Sub(at) > 2*skew {
				delete(p.seen, s)
			}
		}
		if len(p.seen) >= mostReplays {
			return false
		}
	}
	p.seen[sum] = now
	return true
}
