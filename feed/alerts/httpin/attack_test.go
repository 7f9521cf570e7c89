package httpin_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"warroom/feed/alerts/httpin"
)

// leastAttempts is the min number of forbidden attempts for each endpoint and each kind of
// sender.
const leastAttempts = 40

// attempt is one request that its sender is not permitted to make.
type attempt struct {
	what, method, path string
	header             []string
	body               []byte
	want               []int // statuses; none: 401, or 429 after many failures of an address
}

// refusedProof are the statuses for a request without a valid proof.
var refusedProof = []int{401, 429}

// attacks are the attempts by endpoint and kind of sender. TestAttacks fails for an
// endpoint without a row.
func attacks(x *site) map[string]map[string][]attempt {
	return map[string]map[string][]attempt{
		"/ingest": {"stranger": strangers(x, "/ingest"), "token": tokens("/ingest"),
			"signature": signers(x, "/ingest"), "GitHub": githubs("/ingest")},
		"/ingest/{source}": {"stranger": strangers(x, "/ingest/x"), "token": tokens("/ingest/x"),
			"signature": signers(x, "/ingest/x"), "GitHub": githubs("/ingest/x")},
		"/hooks/test": {"stranger": strangers(x, "/hooks/test"), "token": hooked(x)},
		"/":           {"stranger": nowhere(nil), "token": nowhere([]string{"Authorization", "Bearer " + token})},
	}
}

// strangers have no secret.
func strangers(x *site, path string) []attempt {
	var out []attempt
	add := func(what string, header ...string) {
		out = append(out,
			attempt{what: what, path: path, header: header, body: falco(9000 + len(out)), want: refusedProof})
	}
	add("nothing")
	for _, v := range []string{"", " ", "Bearer", "Bearer ", "Bearer  ", "bearer x", "Basic " + token, "Token " + token,
		token, "Bearer" + token, "Bearer " + token[:len(token)-1], "Bearer " + token + "x",
		"Bearer " + strings.ToUpper(token), "Bearer \"" + token + "\"", "Bearer null", "Bearer undefined", "Bearer " +
			strings.Repeat("a", 4000), "Bearer x, Bearer " + token + ", x", "Digest username=" + token,
		"Negotiate AAAA"} {
		add("Authorization: "+v, "Authorization", v)
	}
	for _, h := range []string{"X-Api-Token", "Api-Key", "X-Auth-Token", "X-Forwarded-User", "Cookie",
		"X-Warroom-Token", "X-Original-URL", "X-Forwarded-For", "X-Real-IP", "Proxy-Authorization"} {
		add(h, h, token)
	}
	now := x.now.Load()
	for _, v := range []string{"x", "t=0,v1=" + strings.Repeat("0", 64), "t=99999999999999999999,v1=" +
		strings.Repeat("0", 64), "t=-1,v1=" + strings.Repeat("a", 64),
		fmt.Sprintf("t=%d", now), fmt.Sprintf("t=%d,v1=", now), fmt.Sprintf("t=%d,v1=%s", now, strings.Repeat("0", 64)),
		fmt.Sprintf("t=%d,v2=%s", now, strings.Repeat("0", 64)),
		fmt.Sprintf("t=%d,v1=%s", now, strings.Repeat("0", 63)),
		fmt.Sprintf("t=%d%s", now, strings.Repeat(",v1="+strings.Repeat("1", 64), 100)),
		fmt.Sprintf("t=1e9,v1=%s", strings.Repeat("0", 64))} {
		add("signature "+v[:min(len(v), 30)], httpin.SignHeader, v)
	}
	for _, v := range []string{"sha256=", "sha256=" + strings.Repeat("0", 64), "sha1=" + strings.Repeat("0", 40),
		strings.Repeat("0", 64), "SHA256=" + strings.Repeat("0", 64), "sha256=" + strings.Repeat("g", 64),
		"sha256=,sha256="} {
		add("GitHub "+v[:min(len(v), 20)], httpin.GitHubHeader, v)
	}
	return out
}

// noAlerts are bodies that can be read and have no alert.
var noAlerts = map[string]string{
	"SARIF without runs":    `{"version":"2.1.0","runs":[]}`,
	"SARIF without results": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[]}]}`,
}

// tokens have the token only.
func tokens(path string) []attempt {
	var out []attempt
	bearer := []string{"Authorization", "Bearer " + token}
	for _, room := range []string{"inc-1", "INC-1", "inc-01", "inc-9", "../x", "..", ".", "/", "//", "../../etc/passwd",
		"inc-1/..", "inc-1%00", "inc-1\x00", "inc-1\n", "inc-1 ", " inc-1", "inc-1.>", "inc-1.*", "*", ">",
		"inc-1?x", "inc-1#x", "\\..\\x", "C:\\x", "file:///etc/passwd", "%2e%2e%2fx", "..%2fx", "inc-1,inc-2", "$G",
		"WARROOM_inc-1", "inc-1_SEAL", "inc-1_BLOB", "inc--1", "inc-99999999999999999999", "İnc-1", "inc-１", "~",
		"$(id)", "`id`", "{{1}}", "<script>", "' or 1=1", strings.Repeat("a", 65), strings.Repeat("a", 5000),
		strings.Repeat("../", 500)} {
		out = append(out,
			attempt{what: "room " + room[:min(len(room), 20)], path: path + "?room=" + queried(room), header: bearer,
				body: falco(9100), want: []int{404}})
	}
	for _, room := range []string{"inc-1", "INC-1", "inc-9", "nothing"} { // a body without alerts reveals no more
		for what, body := range noAlerts {
			out = append(out, attempt{what: what + " for " + room, path: path + "?room=" + room, header: bearer,
				body: []byte(body), want: []int{404}})
		}
	}
	big := bytes.Repeat([]byte(" "), 2<<20)
	deep := bytes.Repeat([]byte("["), 1<<19)
	for what, body := range map[string][]byte{"too large": big,
		"too large and packed": gzipped(bytes.Repeat([]byte("a\n"), 600<<20/400)), "nested": deep, "cut": falco(1)[:40],
		"half of gzip": gzipped(falco(1))[:20], "no form": []byte("hello"), "null": []byte("null"),
		"binary": {0, 1, 2, 3}} {
		want := []int{422}
		if what == "too large" {
			want = []int{413}
		}
		out = append(out, attempt{what: what, path: path, header: bearer, body: body, want: want})
	}
	for _, m := range []string{"GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
		out = append(out, attempt{what: m, method: m, path: path, header: bearer, want: []int{405}})
	}
	// A valid token does not make up for a wrong signature.
	out = append(out,
		attempt{what: "a wrong signature", path: path,
			header: append(slices.Clone(bearer), httpin.GitHubHeader, "sha256="+strings.Repeat("0", 64)),
			body:   falco(9101), want: refusedProof})
	return out
}

// signers have the signing secret, and an old request of another sender.
func signers(x *site, path string) []attempt {
	var out []attempt
	now := x.now.Load()
	good := falco(9200)
	head := sign(now, good)
	for i := range len(good) { // every byte matters
		if i%8 == 0 {
			bad := bytes.Clone(good)
			bad[i] ^= 1
			out = append(out,
				attempt{what: fmt.Sprint("byte ", i), path: path, header: []string{httpin.SignHeader, head}, body: bad,
					want: refusedProof})
		}
	}
	for _, off := range []int64{-301, -302, -3600, -86400, 301, 302, 3600, 86400, 1 << 40} {
		b := falco(9201)
		out = append(out,
			attempt{what: fmt.Sprint("clock ", off), path: path, header: []string{httpin.SignHeader, sign(now+off, b)},
				body: b, want: refusedProof})
	}
	sum := head[strings.Index(head, "v1="):]
	for _, v := range []string{sum, "t=" + fmt.Sprint(now+1) + "," + sum, "t=" + fmt.Sprint(now-1) + "," + sum,
		strings.ToUpper(head), head + "0", head[:len(head)-1], strings.Replace(head, "v1=", "v1=00", 1),
		strings.Replace(head, "v1=", "v0=", 1)} {
		out = append(out,
			attempt{what: "header " + v[:min(len(v), 16)], path: path, header: []string{httpin.SignHeader, v},
				body: good, want: refusedProof})
	}
	for _, b := range [][]byte{append(bytes.Clone(good), ' '), append([]byte{' '}, good...), good[:len(good)-1], {},
		gzipped(good), []byte(strconv.FormatInt(now, 10) + "." + string(good)), append(bytes.Clone(good), good...),
		bytes.ToUpper(good)} {
		out = append(out,
			attempt{what: fmt.Sprint("another body of ", len(b)), path: path, header: []string{httpin.SignHeader, head},
				body: b, want: refusedProof})
	}
	for _, room := range []string{"../x", "inc-1", "inc-9"} { // authenticated, but not permitted there
		b := falco(9210 + len(out) + 50*len(path))
		out = append(out,
			attempt{what: "room " + room, path: path + "?room=" + room,
				header: []string{httpin.SignHeader, sign(now, b)}, body: b, want: []int{404}})
	}
	return out
}

// githubs have the secret of the GitHub webhook.
func githubs(path string) []attempt {
	var out []attempt
	good := falco(9300)
	head := github(good)
	for i := range len(good) {
		if i%6 == 0 {
			bad := bytes.Clone(good)
			bad[i] ^= 2
			out = append(out,
				attempt{what: fmt.Sprint("byte ", i), path: path, header: []string{httpin.GitHubHeader, head},
					body: bad, want: refusedProof})
		}
	}
	for _, v := range []string{head[7:], "sha1=" + head[7:47], "sha512=" + head[7:], head + "0", head[:len(head)-1],
		" ", "sha256=sha256=" + head[7:], strings.Replace(head, "=", ":", 1), head + "," + head} {
		out = append(out,
			attempt{what: "header " + v[:min(len(v), 12)], path: path, header: []string{httpin.GitHubHeader, v},
				body: good, want: refusedProof})
	}
	for _, room := range []string{"../x", "inc-1", "inc-9"} {
		b, ping := falco(9310+len(out)+50*len(path)), falco(9600+len(out)+50*len(path))
		out = append(out, attempt{what: "room " + room, path: path + "?room=" + room,
			header: []string{httpin.GitHubHeader, github(b)}, body: b, want: []int{404}})
		out = append(out, attempt{what: "ping " + room, path: path + "?room=" + room,
			header: []string{httpin.GitHubHeader, github(ping), "X-GitHub-Event", "ping"},
			body:   ping, want: []int{404}})
	}
	for _, b := range []string{"x=1", "payload", "payload=%", "payload=%zz", "Payload={}", "payload=hello",
		"a=1&payload={}"} {
		b += "&p=" + path
		out = append(out,
			attempt{what: "form " + b, path: path,
				header: []string{httpin.GitHubHeader, github([]byte(b)), "Content-Type",
					"application/x-www-form-urlencoded"}, body: []byte(b), want: []int{422}})
	}
	return out
}

// hooked have the token of /ingest, which is not valid for a hook, and bodies that the
// service did not sign.
func hooked(x *site) []attempt {
	var out []attempt
	for _, a := range strangers(x, "/hooks/test") {
		a.header = append(a.header, "X-Api-Key", token)
		out = append(out, a)
	}
	for _, v := range []string{"x", "1234", "123456", " ", "12345 12345"} {
		out = append(out,
			attempt{what: "another signature", path: "/hooks/test", header: []string{"X-Test", v},
				body: []byte("12345"), want: refusedProof})
	}
	out = append(out,
		attempt{what: "too large", path: "/hooks/test", header: []string{"X-Test", "1"}, body: make([]byte, 65<<10),
			want: []int{413}})
	return out
}

// nowhere are paths that do not exist.
func nowhere(header []string) []attempt {
	var out []attempt
	for _, p := range []string{"/", "/x", "/ingest/", "/ingest/a/b", "/Ingest", "/INGEST", "/ingest.json", "/ingestx",
		"/hooks", "/hooks/", "/hooks/x", "/hooks/slack", "/hooks/pagerduty", "/hooks/test/", "/hooks/test/x",
		"/hooks/TEST",
		"/debug/pprof/", "/debug/vars", "/metrics", "/healthz", "/.git/config", "/.env", "/admin", "/api", "/rooms",
		"/inc-1", "/log", "/jsz", "/varz", "/connz", "/streaming", "/server-status", "/robots.txt", "/favicon.ico",
		"/%2e%2e/etc/passwd", "/..%2f..%2fetc", "/ingest%2fx", "/%69ngest2", "/ingest%00", "/a%0d%0aX:%20y",
		"/;/ingest", "/ingest;x", "/" + strings.Repeat("a", 4000)} {
		out = append(out,
			attempt{what: p[:min(len(p), 30)], path: p, header: header, body: falco(9400),
				want: []int{404, 307, 301, 308, 400}})
	}
	return out
}

func queried(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

func gzipped(p []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(p)
	_ = z.Close()
	return b.Bytes()
}

// raw sends a request byte for byte, including what no client would send.
func (x *site) raw(a attempt) (int, error) {
	c, err := net.Dial("tcp", strings.TrimPrefix(x.url, "http://"))
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return 0, err
	}
	method := a.method
	if method == "" {
		method = http.MethodPost
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n", method, a.path, len(a.body))
	for i := 0; i < len(a.header); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", a.header[i], a.header[i+1])
	}
	b.WriteString("\r\n")
	b.Write(a.body)
	go func() { _, _ = io.Copy(c, &b) }() // it may be refused before its end
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // only the status is needed
	return resp.StatusCode, nil
}

// TestAttacks: for each endpoint and each kind of sender, forbidden requests are refused,
// nothing of them is stored, and honest senders are served afterwards.
func TestAttacks(t *testing.T) {
	o := keyed(1 << 20)
	x := newSite(t, o)
	o.Now, o.Dir = time.Now, t.TempDir()
	rows := attacks(x)
	for _, pattern := range httpin.New(o).Patterns() {
		kinds := rows[pattern]
		if len(kinds) == 0 {
			t.Errorf("the endpoint %s has no row of attacks", pattern)
		}
		for kind, list := range kinds {
			if len(list) < leastAttempts {
				t.Errorf("%s, %s: got %d attempts, want %d at least", pattern, kind, len(list), leastAttempts)
			}
			for _, a := range list {
				status, err := x.raw(a)
				if err != nil || !slices.Contains(a.want, status) {
					t.Errorf("%s, %s: %s: got %d, %v, want one of %v", pattern, kind, a.what, status, err, a.want)
				}
			}
		}
	}
	x.honest("after all attacks", 100)
	room := x.session.Latest().Room
	for _, a := range room.Alerts {
		for _, s := range []string{"web-9"} {
			if strings.HasPrefix(a.Alert.Asset.ID, s) {
				t.Errorf("the alert of %s was stored, want nothing of an attack", a.Alert.Asset.ID)
			}
		}
	}
	if room.Rejected > 0 {
		t.Errorf("got %d messages without effect, want none", room.Rejected)
	}
}

// TestReplays: a signed request is accepted once, with each kind of signature, and one that
// was not executed may be repeated.
func TestReplays(t *testing.T) {
	x := newSite(t, keyed(1<<20))
	now := x.now.Load()
	for _, c := range []struct {
		what string
		head func(b []byte) []string
	}{
		{"signature", func(b []byte) []string { return []string{httpin.SignHeader, sign(now, b)} }},
		{"GitHub", func(b []byte) []string { return []string{httpin.GitHubHeader, github(b)} }},
	} {
		b := append(falco(len(c.what)), '\n')
		if status, out := x.post("/ingest", b, c.head(b)...); status != 200 {
			t.Errorf("%s: got %d %v, want 200", c.what, status, out)
		}
		for _, path := range []string{"/ingest", "/ingest/other", "/ingest?room=inc-1"} {
			status, out := x.post(path, b, c.head(b)...)
			if sentence, _ := out["error"].(string); status != http.StatusConflict ||
				!strings.Contains(sentence, "received before") {
				t.Errorf("%s, once more to %s: got %d %v, want 409 and that it was received before", c.what, path,
					status, out)
			}
		}
		b = append(b, ' ')
		if status, _ := x.post("/ingest", b, c.head(b)...); status != 200 {
			t.Errorf("%s, another body: got %d, want 200", c.what, status)
		}
	}
}
