//go:build ssh && linux

// These tests run the complete program with OpenSSH's own client: go test -tags ssh
// ./ui/sshd. They need ssh, ssh-keygen and tmux.
package sshd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// bastion is the running program, with the OpenSSH files of a few people.
type bastion struct {
	t    *testing.T
	dir  string
	port string
	bin  string
	log  *text
	cmd  *exec.Cmd
	bad  int // number of failed logins, each from a new address because of the penalty
}

func newBastion(t *testing.T) *bastion {
	t.Helper()
	dir, err := os.MkdirTemp("", "wrs") // short: it has the hub's socket
	if err != nil {
		t.Fatalf("mkdir temp: %v", err)
	}
	b := &bastion{t: t, dir: dir, bin: filepath.Join(dir, "warroom"), log: newText()}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if out, err := exec.Command("go", "build", "-o", b.bin, "warroom").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_ = os.Mkdir(filepath.Join(dir, "run"), 0o700)
	for _, k := range []string{"ana", "bo", "cy", "eve", "ca"} {
		b.sh("ssh-keygen -q -t ed25519 -N '' -C %s -f %s", k, k)
	}
	b.keys("ana", "bo", "cy")
	b.sh("cp ca.pub authorities && touch revoked")
	b.sh("./warroom --data data --as host declare --severity SEV-1 Deploy key in a public log")
	b.serve()
	t.Cleanup(b.stop)
	return b
}

// keys writes the file of accepted keys.
func (b *bastion) keys(who ...string) {
	b.t.Helper()
	var s strings.Builder
	for _, h := range who {
		right := map[string]string{"ana": "command", "bo": "write", "cy": "watch"}[h]
		p, err := os.ReadFile(filepath.Join(b.dir, h+".pub"))
		if err != nil {
			b.t.Fatalf("read a file: %v", err)
		}
		fmt.Fprintf(&s, "handle=%q,right=%q %s", h, right, p)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "keys.new"), []byte(s.String()), 0o600); err != nil {
		b.t.Fatalf("write a file: %v", err)
	}
	b.sh("mv keys.new keys")
}

func (b *bastion) env() []string {
	return []string{"HOME=" + b.dir, "XDG_RUNTIME_DIR=" + b.dir + "/run", "PATH=" + os.Getenv("PATH"), "USER=host",
		"TZ=UTC", "TERM=xterm-256color", "LC_ALL=C.UTF-8", "SHELL=/bin/sh"}
}

func (b *bastion) serve() {
	b.t.Helper()
	b.cmd = exec.Command(b.bin, "--data", "data", "--as", "host", "serve", "--ssh", "127.0.0.1:0", "--authorized-keys",
		"keys", "--ssh-ca", "authorities", "--revoked", "revoked")
	b.cmd.Dir, b.cmd.Env, b.cmd.Stderr = b.dir, b.env(), b.log
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := b.cmd.Start(); err != nil {
		b.t.Fatalf("start: %v", err)
	}
	b.log.until(b.t, "accepting guests over SSH at 127.0.0.1:")
	_, after, _ := strings.Cut(b.log.String(), "over SSH at 127.0.0.1:")
	b.port, _, _ = strings.Cut(after, "\n")
	_, after, _ = strings.Cut(b.log.String(), "known_hosts: ")
	line, _, _ := strings.Cut(after, "\n")
	if err := os.WriteFile(filepath.Join(b.dir, "known_hosts"), []byte(line+"\n"), 0o600); err != nil {
		b.t.Fatalf("write a file: %v", err)
	}
}

// stop stops the server as systemd does.
func (b *bastion) stop() {
	if b.cmd == nil {
		return
	}
	_ = b.cmd.Process.Signal(syscall.SIGTERM)
	if err := b.cmd.Wait(); err != nil {
		b.t.Errorf("the server: %v\n%s", err, b.log)
	}
	b.cmd = nil
}

// sh runs a shell line in the directory; a failure ends the test.
func (b *bastion) sh(format string, args ...any) string {
	b.t.Helper()
	out, code := b.try(format, args...)
	if code != 0 {
		b.t.Fatalf("%s: %d\n%s", fmt.Sprintf(format, args...), code, out)
	}
	return out
}

// try runs a shell line and returns its output and its exit code.
func (b *bastion) try(format string, args ...any) (string, int) {
	b.t.Helper()
	cmd := exec.Command("sh", "-c", fmt.Sprintf(format, args...))
	cmd.Dir, cmd.Env = b.dir, b.env()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr, cmd.WaitDelay = &syscall.SysProcAttr{Setpgid: true}, time.Second
	if err := cmd.Start(); err != nil {
		b.t.Fatalf("start: %v", err)
	}
	late := time.AfterFunc(defaultTimeout, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer late.Stop()
	_ = cmd.Wait()
	return out.String(), cmd.ProcessState.ExitCode()
}

// ssh returns the client's command with the common options; more are additional ones.
func (b *bastion) ssh(more string) string {
	return fmt.Sprintf("ssh -F none -p %s -o StrictHostKeyChecking=yes -o UserKnownHostsFile=known_hosts -o "+
		"IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes %s", b.port, more)
}

// stranger is ssh from an address without failed logins.
func (b *bastion) stranger(more string) string {
	b.bad++
	return b.ssh(fmt.Sprintf("-b 127.0.1.%d %s", b.bad, more))
}

func (b *bastion) wants(what, got string, want ...string) {
	b.t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			b.t.Errorf("%s: no %q in\n%s", what, w, got)
		}
	}
}

func TestOpenSSHLogin(t *testing.T) {
	b := newBastion(t)
	for _, c := range []struct{ what, line, want string }{
		{"password", "-o PreferredAuthentications=password,keyboard-interactive ana@127.0.0.1 rooms",
			"Permission denied (publickey)"},
		{"unknown key", "-i eve ana@127.0.0.1 rooms", "Permission denied (publickey)"},
		{"another's name", "-i ana bo@127.0.0.1 rooms",
			"this key belongs to another name here: log in as your own handle, or as room"},
	} {
		out, code := b.try("%s", b.stranger(c.line))
		if b.wants(c.what, out, c.want); code != 255 {
			t.Errorf("%s: %d", c.what, code)
		}
	}
	b.sh(`echo "[127.0.0.1]:%s $(cat eve.pub)" >wrong_hosts`, b.port)
	out, _ := b.try("%s", strings.Replace(b.ssh("-i ana ana@127.0.0.1 rooms"), "known_hosts", "wrong_hosts", 1))
	b.wants("another host key", out, "Host key verification failed")
	b.wants("two keys", b.sh("%s", b.ssh("-i eve -i bo bo@127.0.0.1 note inc-1 by the second key")), "")
	b.wants("two known keys", b.sh("%s", b.ssh("-i ana -i bo bo@127.0.0.1 note inc-1 not as ana")), "")
	got := b.sh("%s", b.ssh("-i cy room@127.0.0.1 tail --no-follow inc-1"))
	b.wants("tail", got, "bo       note       by the second key", "bo       note       not as ana", "(may write)",
		"ssh SHA256:")

	b.sh("ssh-keygen -q -s ca -I dan@laptop -n dan,daniel -V -1h:+1h -z 7 eve.pub")
	b.sh("%s", b.ssh("-i eve -o CertificateFile=eve-cert.pub dan@127.0.0.1 note inc-1 by certificate"))
	b.wants("certificate", b.sh("%s", b.ssh("-i ana ana@127.0.0.1 tail --no-follow inc-1")),
		"dan      note       by certificate", `by certificate "dan@laptop" serial 7`)
	out, _ = b.try("%s", b.stranger("-i eve -o CertificateFile=eve-cert.pub bo@127.0.0.1 rooms"))
	b.wants("a principal it lacks", out, "log in as a handle that the certificate names as a principal",
		"Permission denied")
	b.sh("rm eve-cert.pub; ssh-keygen -q -s ca -I old -n dan -V -2h:-1h eve.pub")
	out, _ = b.try("%s", b.stranger("-i eve -o CertificateFile=eve-cert.pub dan@127.0.0.1 rooms"))
	b.wants("an old certificate", out, "the certificate is refused: ssh: cert has expired")
	b.sh("rm eve-cert.pub; ssh-keygen -q -s ca -I bot -n bot -O force-command='status inc-1' -O " +
		"source-address=127.0.0.0/8 eve.pub")
	b.wants("forced command", b.sh("%s", b.ssh("-i eve -o CertificateFile=eve-cert.pub bot@127.0.0.1 note inc-1 no")),
		"inc-1  SEV-1  TRIAGE")
}

func TestOpenSSHCommands(t *testing.T) {
	b := newBastion(t)
	ana, bo, cy := b.ssh("-i ana ana@127.0.0.1"), b.ssh("-i bo bo@127.0.0.1"), b.ssh("-i cy cy@127.0.0.1")
	b.wants("rooms", b.sh("%s rooms", cy), "inc-1", "SEV-1", "Deploy key")
	b.wants("plain room", b.sh("%s -T </dev/null", ana), "inc-1  SEV-1  TRIAGE", "declared")
	b.wants("pages of the plain face", b.sh("printf ':evidence\\n:clocks\\n:rooms\\n:help\\n' | %s inc-1", ana),
		"no evidence yet", "Validate: ", ":quit  leave warroom; the room stays open")
	b.wants("plain room by name", b.sh("echo 'a line of the plain face' | %s inc-1", ana), "inc-1  SEV-1  TRIAGE")
	b.sh("printf 'from a pipe\nwith two lines\n' | %s note inc-1 -", bo)
	b.sh(`%s "do inc-1 '!rotate now'"`, bo)
	b.sh(`%s warroom note inc-1 --data /etc is only text`, bo)
	out, code := b.try("%s note inc-1 hello", cy)
	if b.wants("a watcher", out, "warroom: cy may only watch here"); code != 1 {
		t.Errorf("a watcher: %d", code)
	}
	out, code = b.try("%s do inc-1 :sev SEV-3 because", bo)
	if b.wants("no command", out, "bo may not do that"); code != 1 {
		t.Errorf("no command: %d", code)
	}
	b.sh(`%s do inc-1 ":sev SEV-2 only the inside is at risk"`, ana)
	for _, line := range []string{"\"'--data' /tmp rooms\"", "rooms --data /tmp", "rooms --config /etc/passwd",
		"status inc-1 --server nats://x", "rooms --as ana", "completion bash", "__complete ''", "serve", "doctor",
		"/bin/sh", "demo"} {
		if out, code := b.try("%s %s", bo, line); code != 2 {
			t.Errorf("%s: %d %s", line, code, out)
		}
	}
	var st struct {
		ID, Severity string
		People       []struct{ Handle, Via string }
	}
	if err := json.Unmarshal([]byte(b.sh("%s status inc-1 --json", cy)), &st); err != nil || st.ID != "inc-1" ||
		st.Severity != "SEV-2" {
		t.Errorf("%+v %v", st, err)
	}
	got := b.sh("%s tail inc-1 --no-follow --json", cy)
	b.wants("json", got, `"by":"bo","via":"ssh"`, `"text":"from a pipe\nwith two lines"`,
		`"text":"--data /etc is only text"`, `"door":"ssh SHA256:`)
	if n := strings.Count(b.sh("%s tail inc-1 --no-follow | head -3", cy), "\n"); n != 3 {
		t.Errorf("tail --no-follow | head -3: %d lines", n)
	}
	b.headEndsTail(cy)
	if out := b.sh("%s -tt status inc-1 </dev/null", ana); !strings.Contains(out,
		"inc-1  SEV-2  TRIAGE  Deploy key in a public log\r\n") {
		t.Errorf("-tt: %q", out)
	}
	b.wants("a dumb terminal", b.sh("printf 'typed in plain\\n' | TERM=dumb %s -tt", ana),
		"type a line and press Enter", "typed in plain")
}

// headEndsTail: tail ends when nobody reads its output any more, even if nobody writes in
// the room. The client has to detect that in time, which may fail on a busy machine.
func (b *bastion) headEndsTail(reader string) {
	b.t.Helper()
	for look := range 5 {
		out, _ := b.try("{ timeout 5 %s tail inc-1; echo ended with $? >&2; } | head -3", reader)
		lines, code, ok := strings.Cut(out, "ended with ")
		if n := strings.Count(lines, "\n"); !ok || n != 3 {
			b.t.Fatalf("tail | head -3: %q", out)
		}
		if code != "124\n" {
			b.t.Logf("tail ended at look %d", look+1)
			return
		}
	}
	b.t.Error("tail continues although nobody reads its output")
}

func TestOpenSSHNothingElse(t *testing.T) {
	b := newBastion(t)
	ana := "-i ana ana@127.0.0.1"
	out, code := b.try("%s", b.ssh("-o ExitOnForwardFailure=yes -R 127.0.0.1:0:127.0.0.1:1 "+ana+" rooms"))
	if b.wants("-R", out, "remote port forwarding failed"); code != 255 {
		t.Errorf("-R: %d", code)
	}
	out, _ = b.try("%s </dev/null", b.ssh("-W 127.0.0.1:22 "+ana))
	b.wants("-W", out, "warroom offers only sessions; nothing is forwarded")
	b.wants("-A -X", b.sh("%s", b.ssh("-A -X -o SendEnv=HOME "+ana+" rooms")), "inc-1")
	out, code = b.try("sftp -S /usr/bin/ssh -F none -P %s -o StrictHostKeyChecking=yes -o "+
		"UserKnownHostsFile=known_hosts -o IdentitiesOnly=yes -i ana ana@127.0.0.1 </dev/null", b.port)
	if code == 0 {
		t.Errorf("sftp: %s", out)
	}
	out, code = b.try("scp -O -F none -P %s -o StrictHostKeyChecking=yes -o UserKnownHostsFile=known_hosts -o "+
		"IdentitiesOnly=yes -i ana known_hosts ana@127.0.0.1:/tmp/warroom-was-here", b.port)
	if b.wants("scp", out, "there is no command scp here"); code == 0 {
		t.Error("scp")
	}
	if _, err := os.Stat("/tmp/warroom-was-here"); err == nil {
		t.Error("scp wrote a file")
	}
}
