package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The limits of one call.
const (
	callWait  = 20 * time.Second
	maxAnswer = 4 << 20
	maxDetail = 300 // bytes of the service's text in a sentence
)

// newHTTP returns a client that follows no redirects, because they would send the token
// elsewhere, and that has a timeout.
func newHTTP(control func(network, address string, c syscall.RawConn) error) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = callWait
	if control != nil {
		t.Proxy = noProxy(t.Proxy)
	}
	t.DialContext = (&net.Dialer{Timeout: callWait / 2, KeepAlive: 30 * time.Second, Control: control}).DialContext
	return &http.Client{Transport: t, Timeout: callWait,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// noProxy refuses calls over a proxy, which would resolve the name and dial by itself: nothing
// here sees the address.
func noProxy(choose func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		p, err := choose(r)
		if err == nil && p != nil {
			err = never("the proxy %s would look up its address, which may be inside this network; "+
				"allow_private = true allows that, and NO_PROXY bypasses the proxy", p.Host)
		}
		return nil, err
	}
}

// special are the prefixes of IANA's special-purpose address registries that netip does not
// recognize, and those that embed an IPv4 address in IPv6: a gateway may route these to
// internal addresses.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),        // this network
	netip.MustParsePrefix("100.64.0.0/10"),    // shared by a carrier, and metadata of some clouds
	netip.MustParsePrefix("168.63.129.16/32"), // Azure's host
	netip.MustParsePrefix("192.0.0.0/24"),     // protocols, and metadata of some clouds
	netip.MustParsePrefix("192.0.2.0/24"),     // documentation
	netip.MustParsePrefix("192.88.99.0/24"),   // 6to4 relays
	netip.MustParsePrefix("198.18.0.0/15"),    // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"),  // documentation
	netip.MustParsePrefix("203.0.113.0/24"),   // documentation
	netip.MustParsePrefix("240.0.0.0/4"),      // reserved
	netip.MustParsePrefix("::/96"),            // IPv4-compatible
	netip.MustParsePrefix("::ffff:0:0:0/96"),  // IPv4-translated
	netip.MustParsePrefix("64:ff9b::/96"),     // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),   // NAT64 of a network
	netip.MustParsePrefix("100::/64"),         // discarded
	netip.MustParsePrefix("2001::/23"),        // protocols, Teredo among them
	netip.MustParsePrefix("2001:db8::/32"),    // documentation
	netip.MustParsePrefix("2002::/16"),        // 6to4
	netip.MustParsePrefix("3fff::/20"),        // documentation
	netip.MustParsePrefix("5f00::/16"),        // segment routing
	netip.MustParsePrefix("fec0::/10"),        // site-local
}

// outside refuses connections to addresses that are not public. It checks the address that
// is actually dialled, so a name that resolves to another address the next time does not
// circumvent it.
func outside(_, address string, _ syscall.RawConn) error {
	p, err := netip.ParseAddrPort(address)
	if err != nil {
		return never("%s is not an address", address)
	}
	a := p.Addr().Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() ||
		slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return never("its name resolves to %s, inside this network; allow_private = true allows that", a)
	}
	return nil
}

// address checks a URL of the configuration: https, or http on loopback.
func address(key, s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	switch {
	case s == "":
		return nil, never("%s is missing; write the address, with https:// in front", key)
	case err != nil || u.Host == "":
		return nil, never("%s is not an address; write it with https:// in front", key)
	case u.User != nil:
		return nil, never("%s contains a user name or a password; put it into a secret of the configuration", key)
	case u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()):
		return u, nil
	}
	return nil, never("%s has to begin with https://", key)
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// caller makes JSON calls to one service.
type caller struct {
	who     string // name for sentences
	base    string // without a trailing slash
	client  *http.Client
	sign    func(*http.Request)
	explain func(body []byte) string // extracts the error from an answer
	now     func() time.Time
}

// call sends in as JSON and decodes the answer into out; both may be nil.
func (c *caller) call(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return never("%s: the request cannot be encoded: %s", c.who, err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return never("the address of %s cannot be used", c.who)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "warroom")
	c.sign(req)
	res, err := c.client.Do(req)
	if err != nil {
		return cannotReach(c.who, err)
	}
	defer func() { _ = res.Body.Close() }() // it was read, or is not needed
	if out == nil && res.StatusCode >= 200 && res.StatusCode < 300 {
		return nil // the service has it: a body that breaks off does not change that
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if f := c.fault(res, raw); f != nil {
		return f
	}
	if err != nil || len(raw) > maxAnswer {
		return temporary(0, "%s broke off in the middle of its answer", c.who)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return temporary(0, "%s sent an incomplete answer", c.who)
	}
	return nil
}

// fault returns the fault that an answer's status means, or nil.
func (c *caller) fault(res *http.Response, body []byte) error {
	reason := c.explain(body)
	if reason != "" {
		reason = ": " + short(reason, maxDetail)
	}
	switch n := res.StatusCode; {
	case n >= 200 && n < 300:
		return nil
	case n >= 300 && n < 400:
		return never("%s answers %d, a redirect; put the address that it redirects to into the configuration", c.who,
			n)
	case n == http.StatusUnauthorized:
		return refused("%s rejects the token%s; put a new one where the configuration reads it", c.who, reason)
	case n == http.StatusForbidden:
		return temporary(permissionWait, "%s answers that the token has no permission for this%s", c.who, reason)
	case n == http.StatusTooManyRequests:
		return temporary(max(minWait, retryAfter(res.Header, c.now())), "%s limits the rate; warroom waits", c.who)
	case n == http.StatusRequestTimeout || n == http.StatusTooEarly || n == http.StatusConflict || n >= 500:
		return temporary(retryAfter(res.Header, c.now()), "%s answers %d%s", c.who, n, reason)
	default:
		return never("%s refuses the request: %d%s", c.who, n, reason)
	}
}
