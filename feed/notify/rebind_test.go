package notify

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// names is a resolver that answers each question for an address with the next of its answers,
// and then with the first again.
type names struct {
	mu      sync.Mutex
	answers [][]netip.Addr
	asked   int
}

// use has the process ask the resolver until the test ends.
func (n *names) use(t *testing.T) {
	prev := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = prev })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go n.serve(server)
		return client, nil
	}}
}

// serve answers the questions on a connection, which have the form of DNS over TCP.
func (n *names) serve(c net.Conn) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		q := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, q); err != nil {
			return
		}
		a := n.answer(q)
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a...)); err != nil {
			return
		}
	}
}

// answer answers one question.
func (n *names) answer(q []byte) []byte {
	end := 12 // of the name, which follows the head
	for q[end] != 0 {
		end += int(q[end]) + 1
	}
	end += 5 // the last label, type and class
	kind := binary.BigEndian.Uint16(q[end-4:])
	n.mu.Lock()
	defer n.mu.Unlock()
	all := n.answers[n.asked%len(n.answers)]
	if kind == 1 || kind == 28 {
		n.asked++
	}
	out, count := append([]byte{}, q[:end]...), uint16(0)
	for _, a := range all {
		if a.Is4() != (kind == 1) || kind != 1 && kind != 28 {
			continue
		}
		count++
		raw := a.AsSlice()
		out = append(out, 0xc0, 12) // the name of the question
		out = binary.BigEndian.AppendUint16(out, kind)
		out = append(out, 0, 1, 0, 0, 0, 0) // the class, and valid for no time
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(raw))), raw...)
	}
	binary.BigEndian.PutUint16(out[2:], 0x8180)
	binary.BigEndian.PutUint16(out[6:], count)
	clear(out[8:12])
	return out
}

func (n *names) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked
}

func addrs(all ...string) (out []netip.Addr) {
	for _, a := range all {
		out = append(out, netip.MustParseAddr(a))
	}
	return out
}

// TestWebhookRebinding: whatever a name leads to, and however often that changes, a webhook
// connects to no address inside. Nothing is resolved before the call, so that no earlier
// answer counts.
func TestWebhookRebinding(t *testing.T) {
	var conns atomic.Int64
	target := httptest.NewUnstartedServer(http.NotFoundHandler())
	target.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			conns.Add(1)
		}
	}
	target.StartTLS()
	t.Cleanup(target.Close)
	_, port, err := net.SplitHostPort(target.Listener.Addr().String())
	if err != nil {
		t.Fatalf("split an address: %v", err)
	}
	loopback := addrs("127.0.0.1")
	for name, answers := range map[string][][]netip.Addr{
		"always inside": {loopback},
		"first nowhere": {nil, nil, loopback, loopback},
		"another each time": {addrs("10.0.0.1"), loopback, addrs("::1"), addrs("169.254.169.254"),
			addrs("0.0.0.0")},
		"several":                {addrs("192.168.0.1", "127.0.0.1", "fd00::1", "::1")},
		"IPv4 in the form of v6": {addrs("::ffff:127.0.0.1", "64:ff9b::7f00:1", "::7f00:1", "::ffff:0:7f00:1")},
		"this host":              {addrs("0.0.0.0", "::")},
	} {
		n := &names{answers: answers}
		n.use(t)
		w, err := NewWebhook(WebhookOptions{Name: "siem", URL: "https://siem.example:" + port + "/", Now: time.Now,
			Secrets: secrets(longSecret)})
		if err != nil {
			t.Fatalf("%s: make a webhook: %v", name, err)
		}
		if got := n.count(); got != 0 {
			t.Errorf("%s: got %d names resolved before the call, want 0", name, got)
		}
		for range 6 {
			var f *Fault
			if err := w.Send(t.Context(), "id", "update.sent", time.Now(), nil); !errors.As(err, &f) {
				t.Errorf("%s: got %v, want a fault", name, err)
			}
			if err := w.reach(t.Context()); err == nil {
				t.Errorf("%s: doctor reaches it, want it refused", name)
			}
		}
		if got := conns.Load(); got != 0 || n.count() == 0 {
			t.Errorf("%s: got %d connections inside after %d questions, want 0 after some", name, got, n.count())
		}
	}
	(&names{answers: [][]netip.Addr{loopback}}).use(t)
	w, err := NewWebhook(WebhookOptions{Name: "siem", URL: "https://siem.example:" + port + "/", Now: time.Now,
		Secrets: secrets(longSecret), AllowPrivate: true})
	if err != nil {
		t.Fatalf("make a webhook that may reach inside: %v", err)
	}
	_ = w.Send(t.Context(), "id", "update.sent", time.Now(), nil) // its certificate is unknown
	if conns.Load() == 0 {
		t.Error("allowed to reach inside: got no connection, want one: the names of this test lead nowhere")
	}
}

// TestWebhookOverProxy: a proxy resolves the name itself, so a call that has to stay outside
// does not use one.
func TestWebhookOverProxy(t *testing.T) {
	for _, proxy := range []string{"", "http://9.9.9.9:3128", "socks5://9.9.9.9:1080"} {
		u, err := url.Parse(proxy)
		if err != nil {
			t.Fatalf("parse an address: %v", err)
		}
		if proxy == "" {
			u = nil
		}
		got, err := noProxy(func(*http.Request) (*url.URL, error) { return u, nil })(nil)
		var f *Fault
		if refused := errors.As(err, &f) && f.Final; got != nil || refused != (proxy != "") {
			t.Errorf("proxy %q: got %v, %v, want it refused for good if there is one", proxy, got, err)
		}
	}
	w, err := NewWebhook(WebhookOptions{Name: "siem", URL: "https://siem.example/", Now: time.Now,
		Secrets: secrets(longSecret)})
	if err != nil {
		t.Fatalf("make a webhook: %v", err)
	}
	w.client.Transport.(*http.Transport).Proxy = noProxy(http.ProxyURL(&url.URL{Scheme: "http", Host: "9.9.9.9:3128"}))
	var f *Fault
	if err := w.Send(t.Context(), "id", "update.sent", time.Now(), nil); !errors.As(err, &f) || !f.Final {
		t.Errorf("a call: got %v, want it refused for good", err)
	}
}
