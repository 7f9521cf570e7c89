package httpin_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/feed/alerts/httpin"
	"warroom/model"
)

// keyed returns options with which every kind of sender can authenticate.
func keyed(limit int64) httpin.Options {
	return httpin.Options{Token: model.NewSecret([]byte(token)), Sign: model.NewSecret([]byte(secret)),
		GitHub: model.NewSecret([]byte(secret)), Limit: limit,
		Hooks: map[string]httpin.Hook{"/hooks/test": testHook{}}}
}

// stranger opens a connection and writes the beginning of a request.
func (x *site) stranger(begin string) (net.Conn, error) {
	c, err := net.Dial("tcp", strings.TrimPrefix(x.url, "http://"))
	if err == nil {
		_, err = io.WriteString(c, begin)
	}
	if err == nil {
		x.t.Cleanup(func() { c.Close() })
	}
	return c, err
}

// forged returns the head of a request with a well-formed, wrong signature.
func (x *site) forged(path string, size int) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\n%s: t=%d,v1=%s\r\nContent-Length: %d\r\n\r\n", path,
		httpin.SignHeader, x.now.Load(), strings.Repeat("ab", 32), size)
}

// honest sends a request of every kind of sender, and fails the test if one is not served
// promptly.
func (x *site) honest(when string, n int) {
	x.t.Helper()
	now := x.now.Load()
	for i, c := range []struct {
		what, path string
		body       []byte
		header     []string
	}{
		{"token", "/ingest", falco(n), []string{"Authorization", "Bearer " + token}},
		{"signature", "/ingest", falco(n + 1), []string{httpin.SignHeader, sign(now, falco(n+1))}},
		{"GitHub", "/ingest/github", falco(n + 2), []string{httpin.GitHubHeader, github(falco(n + 2))}},
		{"hook", "/hooks/test", []byte("12345"), []string{"X-Test", "12345"}},
	} {
		begun := time.Now()
		status, out := x.post(c.path, c.body, c.header...)
		if status != 200 && status != 202 {
			x.t.Errorf("%s, sender %d (%s): got %d %v, want 200 or 202", when, i, c.what, status, out)
		}
		if took := time.Since(begun); took > 15*time.Second {
			x.t.Errorf("%s, sender %d (%s): it took %s, want it served at once", when, i, c.what, took)
		}
	}
}

// heap returns the memory in use after a collection.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// packedBomb returns a small body that decompresses to many megabytes.
func packedBomb() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z,
		`{"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{"results":[`)
	one := bytes.Repeat(
		[]byte(
			`{"ruleId":"a","message":{"text":"x"},`+
				`"locations":[{"physicalLocation":{"artifactLocation":{"uri":"f"}}}]},`), 1000)
	for range 100 {
		_, _ = z.Write(one)
	}
	_ = z.Flush()
	return b.Bytes()
}

// TestStrangersHoldNothing: endless bodies with wrong signatures are not decompressed, and
// use no slot and no rate of authenticated senders, even of the same address.
func TestStrangersHoldNothing(t *testing.T) {
	x := newSite(t, keyed(1<<20))
	x.honest("before", 100)
	before := heap()
	bomb := string(packedBomb())
	for i := range 100 {
		path := []string{"/ingest", "/ingest/x"}[i%2]
		if _, err := x.stranger(x.forged(path, 1_000_000) + bomb); err != nil {
			t.Fatalf("stranger: %v", err)
		}
	}
	x.honest("while 100 strangers hold signed bodies", 110)
	if after := heap(); after > before+16<<20 {
		t.Errorf("strangers hold %d MB of memory, want less than 16", (after-before)>>20)
	}
}

// TestStrangersFlood: requests without a valid proof, as many as can be sent, exhaust no
// limit of authenticated senders. The operator gets one log line, not one per request.
func TestStrangersFlood(t *testing.T) {
	lines := make(chan string, 100)
	o := keyed(1 << 20)
	o.TallyEvery = 500 * time.Millisecond
	o.Logf = func(s model.Safe) { lines <- s.String() }
	x := newSite(t, o)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	sent := make([]int, 4)
	begin := time.Now()
	for i := range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				c, err := net.Dial("tcp", strings.TrimPrefix(x.url, "http://"))
				if err != nil {
					continue
				}
				path := []string{"/ingest", "/hooks/test", "/nothing", "/ingest"}[i]
				head := ""
				if i == 3 {
					head = x.forged("/ingest", 2)[len("POST /ingest HTTP/1.1\r\nHost: x\r\n"):]
					head = strings.TrimSuffix(head, "\r\n\r\n") + "\r\n"
					head = strings.Replace(head, "Content-Length: 2\r\n", "", 1)
				}
				_, _ = io.WriteString(c,
					strings.Repeat("POST "+path+" HTTP/1.1\r\nHost: x\r\n"+head+"Content-Length: 2\r\n\r\n{}", 20))
				_, _ = io.Copy(io.Discard, c)
				c.Close()
				sent[i]++
			}
		})
	}
	for n := range 10 {
		x.honest("in a flood", 200+10*n)
	}
	close(stop)
	wg.Wait()
	total := sent[0] + sent[1] + sent[2] + sent[3]
	if total < 50 {
		t.Errorf("only %d connections were made: this is no flood", total)
	}
	select {
	case l := <-lines:
		if !strings.HasPrefix(l, "HTTP: ") || !strings.Contains(l, "127.0.0.1") ||
			!strings.Contains(l, "without a valid proof") {
			t.Errorf("got the line %q, want what failed and from where", l)
		}
	case <-time.After(20 * time.Second):
		t.Error("got no line of log, want one")
	}
	if limit := int(time.Since(begin) / o.TallyEvery); len(lines) > limit {
		t.Errorf("got %d more lines of log for %d connections, want %d at most", len(lines), total, limit)
	}
}

// TestStrangersConnect: unauthenticated connections, idle or with half a head, are closed
// to make room; their number is limited.
func TestStrangersConnect(t *testing.T) {
	x := newSite(t, keyed(1<<20))
	closed := 0
	var all []net.Conn
	for i := range 600 {
		c, err := x.stranger([]string{"", "POST /ingest HTTP/1.1\r\nHost: x\r\n", x.forged("/ingest", 1000)}[i%3])
		if err != nil {
			closed++
			continue
		}
		all = append(all, c)
	}
	x.honest("while strangers hold 600 connections", 300)
	past := time.Now().Add(50 * time.Millisecond)
	for _, c := range all {
		_ = c.SetReadDeadline(past)
		if _, err := c.Read(make([]byte, 1)); err == nil || !os.IsTimeout(err) {
			closed++
		}
	}
	if open := 600 - closed; open > 128 {
		t.Errorf("%d connections of one address are open, want 128 at most", open)
	}
}

// TestSpool: no body is on the disk under a name, and files that a killed process left are
// removed.
func TestSpool(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, ".http-left")
	if err := os.WriteFile(left, []byte("x"), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	h := httpin.New(httpin.Options{Token: model.NewSecret([]byte(token)), Dir: dir, Now: time.Now})
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("got %v for a file of an earlier process, want it removed", err)
	}
	if got := h.Patterns(); len(got) != 3 {
		t.Errorf("got the patterns %v, want 3 without hooks", got)
	}
}

// TestManyMethods: only POST is allowed, on every path.
func TestManyMethods(t *testing.T) {
	x := newSite(t, keyed(1<<20))
	for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "X"} {
		for _, path := range []string{"/ingest", "/ingest/x", "/hooks/test"} {
			req, err := http.NewRequestWithContext(t.Context(), method, x.url+path, strings.NewReader(""))
			if err != nil {
				t.Fatalf("make a request: %v", err)
			}
			req.Header.Set("Authorization", "Bearer "+token)
			req.Header.Set("X-Test", "x")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatalf("do the request: %v", err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: got %d, want 405", method, path, resp.StatusCode)
			}
		}
	}
}

// TestStrangersOverTLS: with TLS, connections that do not finish their handshake or their
// head make room too, and an authenticated sender keeps its connection.
func TestStrangersOverTLS(t *testing.T) {
	certs := httptest.NewUnstartedServer(http.NotFoundHandler())
	certs.StartTLS()
	t.Cleanup(certs.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	o := keyed(1 << 20)
	o.Now, o.Dir = time.Now, t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- httpin.Serve(ctx, l, httpin.New(o), &certs.TLS.Certificates[0]) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("wait: %v", err)
		}
	})
	reused, opened := 0, 0
	trace := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
		if i.Reused {
			reused++
		} else {
			opened++
		}
	}})
	client := certs.Client()
	call := func() {
		t.Helper()
		req, err := http.NewRequestWithContext(trace, http.MethodPost, "https://"+l.Addr().String()+"/hooks/test",
			strings.NewReader("12345"))
		if err != nil {
			t.Fatalf("make a request: %v", err)
		}
		req.Header.Set("X-Test", "12345")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatalf("an honest sender: got %v, want an answer", err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("an honest sender: got %d, want 200", resp.StatusCode)
		}
	}
	call()
	for i := range 300 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			continue
		}
		t.Cleanup(func() { c.Close() })
		if i%2 == 0 {
			go func() { // finishes the handshake, and then sends nothing
				_ = tls.Client(c,
					&tls.Config{RootCAs: client.Transport.(*http.Transport).TLSClientConfig.RootCAs,
						ServerName: "example.com"}).HandshakeContext(ctx)
			}()
		}
		if i%50 == 0 {
			call()
		}
	}
	call()
	if opened != 1 || reused < 5 {
		t.Errorf("an honest sender connected %d times and used its connection %d times again, want it never closed",
			opened, reused)
	}
}
