package notify

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestOutside: no address that is not public is dialled, however it is written.
func TestOutside(t *testing.T) {
	for _, a := range []string{
		"127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1",
		"172.31.255.255", "192.168.0.1", "192.168.255.255",
		"169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "100.127.255.255", "192.0.0.192",
		"168.63.129.16", "198.18.0.1", "198.19.255.255",
		"192.0.2.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:192.168.1.1",
		"64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1",
		"fc00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "ff02::1",
		"2001::1", "::ffff:0:7f00:1", "::ffff:0:a9fe:a9fe", "5f00::1", "192.88.99.1",
		"2001:db8::1", "2002:7f00:1::1", "2002:a9fe:a9fe::1", "100::1", "3fff::1",
	} {
		if err := outside("tcp", net.JoinHostPort(a, "443"), nil); err == nil {
			t.Errorf("%s: got no error, want it refused", a)
		}
	}
	for _, a := range []string{"1.1.1.1", "9.9.9.9", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
		"192.167.1.1", "::ffff:1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1"} {
		if err := outside("tcp", net.JoinHostPort(a, "443"), nil); err != nil {
			t.Errorf("%s: got %v, want it taken", a, err)
		}
	}
	if err := outside("tcp", "nonsense", nil); err == nil {
		t.Error("nonsense: got no error, want it refused")
	}
}

// TestWebhookStaysOutside: a webhook cannot reach internal addresses: not by name, not by
// other spellings of an address, and not by a redirect, which is never followed.
func TestWebhookStaysOutside(t *testing.T) {
	var inside, away atomic.Int64
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside.Add(1) }))
	t.Cleanup(target.Close)
	_, port, err := net.SplitHostPort(target.Listener.Addr().String())
	if err != nil {
		t.Fatalf("split an address: %v", err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"} {
		w, err := NewWebhook(WebhookOptions{Name: "siem", URL: "http://" + host + ":" + port + "/", Now: time.Now,
			Secrets: secrets(longSecret)})
		if err != nil {
			continue // the configuration is refused
		}
		var f *Fault
		if err := w.Send(t.Context(), "id", "update.sent", time.Now(), map[string]string{}); !errors.As(err, &f) ||
			!f.Final {
			t.Errorf("%s: got %v, want it refused for good", host, err)
		}
		if err := w.reach(t.Context()); err == nil {
			t.Errorf("%s: doctor reaches it, want it refused", host)
		}
	}
	for _, u := range []string{"http://10.0.0.1/", "http://0x7f000001/", "http://2130706433/", "http://127.1/",
		"ftp://example.org/", "file:///etc/passwd", "https://user:pw@example.org/", "gopher://127.0.0.1/",
		"//127.0.0.1/", "https:///x", ""} {
		if _, err := NewWebhook(WebhookOptions{Name: "siem", URL: u, Now: time.Now,
			Secrets: secrets(longSecret)}); err == nil {
			t.Errorf("%q: got no error, want the address refused", u)
		}
	}
	for _, code := range []int{301, 302, 303, 307, 308} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			away.Add(1)
			http.Redirect(w, r, target.URL, code)
		}))
		w, err := NewWebhook(WebhookOptions{Name: "siem", URL: srv.URL, AllowPrivate: true, Now: time.Now,
			Secrets: secrets(longSecret)})
		if err != nil {
			t.Fatalf("make a webhook bridge: %v", err)
		}
		if err := w.Send(t.Context(), "id", "update.sent", time.Now(), map[string]string{}); err == nil ||
			strings.Contains(err.Error(), target.URL) {
			t.Errorf("a redirect with %d: got %v, want a fault that does not name where it leads", code, err)
		}
		srv.Close()
	}
	if inside.Load() > 0 || away.Load() != 5 {
		t.Errorf("got %d requests inside and %d that were sent away, want 0 and 5", inside.Load(), away.Load())
	}
}
