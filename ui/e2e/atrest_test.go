package e2e_test

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// plainFiles are the files of an encrypted data directory that may contain typed words.
// docs/record.md lists them.
var plainFiles = []string{"hub/people.json", "struck", "bridges/pagerduty-aside.jsonl"}

// typed matches the words that the test types or sends.
var typed = regexp.MustCompile(`MARK[A-Z]+`)

// TestAtRestLeavesPlain: in an encrypted data directory after a busy day that ends with
// SIGKILL, only the files listed in docs/record.md contain anything that was typed or
// sent.
func TestAtRestLeavesPlain(t *testing.T) {
	o := newBusy(t)
	o.run("", "declare", "--severity", "SEV-1", "MARKTITLE")
	o.run("", "note", "inc-1", "MARKNOTE")
	o.run("", "declare", "--severity", "SEV-1", "--restricted", "@bo", "MARKRESTRICTED")
	o.run("", "evidence", "add", "inc-1", o.file("MARKNAME.txt", "MARKEVIDENCE"))
	o.run("", "ingest", o.file("a.json", finding("MARKFINDING")))
	o.run("", "ingest", "--room", "inc-1", o.file("b.json", finding("MARKRAW")))
	o.run("", "invite", "cy", "--right", "write", "--at", "127.0.0.1:4222", "--name", "MARKPERSON", "--job", "MARKJOB")
	o.run("", "strike", "cy", "MARKREASON")
	url, stop := o.serve()
	for i := range 30 { // a storm: some are held when the process is killed
		o.post(url+"/ingest", []byte(falcoLine(i)), "Authorization", "Bearer "+busySecret, 200, 202)
	}
	body := []byte(`{"event":{"id":"E1","event_type":"incident.triggered","data":{"id":"Q","title":"MARKPAGED"}}}`)
	mac := hmac.New(sha256.New, []byte(busySecret))
	mac.Write(body)
	o.post(url+"/hooks/pagerduty", body, "X-PagerDuty-Signature", "v1="+hex.EncodeToString(mac.Sum(nil)), 202)
	o.run("", "note", "inc-1", "MARKLATE")
	stop()
	found := map[string]string{}
	err := filepath.WalkDir(o.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range typed.FindAll(b, -1) {
			rel, rerr := filepath.Rel(o.data, path)
			if rerr != nil {
				return rerr
			}
			found[rel] += string(m) + " "
		}
		return err
	})
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	docs, err := os.ReadFile("../../docs/record.md")
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	for _, path := range plainFiles {
		if found[path] == "" {
			t.Errorf("%s holds nothing that was typed: the test shows nothing of it", path)
		}
		if !bytes.Contains(docs, []byte("`"+path+"`")) {
			t.Errorf("docs/record.md does not name %s", path)
		}
		delete(found, path)
	}
	for path, words := range found {
		t.Errorf("%s can be read in %s, want it encrypted", words, path)
	}
	if list, err := filepath.Glob(filepath.Join(o.data, "held", "*.held")); err != nil || len(list) == 0 {
		t.Errorf("nothing was held when the hub was killed (%v, %v): the test shows nothing of it", list, err)
	}
}

// busySecret is the value of every secret in the test.
const busySecret = "every secret of this test"

// busy runs the program in one data directory.
type busy struct {
	t                 *testing.T
	dir, data, config string
	env               []string
}

func newBusy(t *testing.T) *busy {
	t.Helper()
	dir := t.TempDir()
	o := &busy{t: t, dir: dir, data: filepath.Join(dir, "data"), config: filepath.Join(dir, "config.toml")}
	o.env = []string{"HOME=" + dir, "USER=ana", "TZ=UTC", "PATH=" + os.Getenv("PATH"), "XDG_RUNTIME_DIR=" + dir,
		"T_SECRET=" + busySecret}
	o.file("config.toml",
		fmt.Sprintf("as = \"ana\"\ndata = %q\nat_rest = { env = \"T_SECRET\" }\nhttp = { addr = \"127.0.0.1:0\", "+
			"token = { env = \"T_SECRET\" } }\n"+
			"[pagerduty]\npoll = \"0s\"\nwebhook = { env = \"T_SECRET\" }\n[[pagerduty.page]]\npurpose = "+
			"\"security\"\nrouting_key = { env = \"T_SECRET\" }\n", o.data))
	return o
}

// file writes a file next to the data directory.
func (o *busy) file(name, text string) string {
	o.t.Helper()
	path := filepath.Join(o.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		o.t.Fatalf("write a file: %v", err)
	}
	return path
}

// run runs one command and returns its output.
func (o *busy) run(stdin string, args ...string) string {
	o.t.Helper()
	cmd := exec.Command(binary, append([]string{"--config", o.config}, args...)...)
	cmd.Env, cmd.Stdin = o.env, strings.NewReader(stdin)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		o.t.Fatalf("%v: %v\n%s", args, err, errs.String())
	}
	return string(out)
}

// serve runs serve until stop kills it, and returns its address.
func (o *busy) serve() (url string, stop func()) {
	o.t.Helper()
	cmd := exec.Command(binary, "--config", o.config, "serve")
	cmd.Env = o.env
	errs, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		o.t.Fatalf("start: %v", err)
	}
	stop = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	o.t.Cleanup(stop)
	lines := bufio.NewScanner(errs)
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "accepting alerts at "); ok {
			go func() {
				for lines.Scan() {
				}
			}()
			return strings.TrimSuffix(rest, "/ingest"), stop
		}
	}
	o.t.Fatal("serve did not name its address")
	return "", stop
}

// post sends a body, and fails the test unless the status is one of want.
func (o *busy) post(url string, body []byte, header, value string, want ...int) {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		o.t.Fatalf("make a request: %v", err)
	}
	req.Header.Set(header, value)
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		o.t.Fatalf("do the request: %v", err)
	}
	resp.Body.Close()
	for _, w := range want {
		if resp.StatusCode == w {
			return
		}
	}
	o.t.Errorf("POST %s: got %d, want one of %v", url, resp.StatusCode, want)
}

func finding(word string) string {
	return fmt.Sprintf(
		`[{"RuleID":"%s","Fingerprint":"f","Secret":"%s","Match":"m","Description":"%s","File":"%s","StartLine":1}]`,
		word, word, word, word)
}

func falcoLine(i int) string {
	return fmt.Sprintf(
		`{"rule":"MARKSTORM","priority":"Critical","time":"2026-11-21T14:00:00Z","output":"MARKSTORM",`+
			`"hostname":"MARKHOST-%d","output_fields":{"proc.name":"sh"}}`, i)
}
