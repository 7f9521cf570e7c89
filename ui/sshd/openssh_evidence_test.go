//go:build ssh && linux

package sshd_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// evidenceGiB is the amount of data: go test -tags ssh -run OpenSSHEvidence ./ui/sshd
// -evidence-gib 5 -timeout 60m.
var evidenceGiB = flag.Int64("evidence-gib", 0, "GiB of evidence through a pipe over SSH; 0: 40 MiB")

// source returns the same stream of bytes every time.
func source(n int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{7}), n)
}

// TestOpenSSHEvidence: evidence from a pipe that is interrupted by killing the client is
// incomplete; repeating the pipe resumes it, and what is read back is what was sent. The
// server's memory does not grow with it.
func TestOpenSSHEvidence(t *testing.T) {
	b := newBastion(t)
	size := int64(40<<20 + 5)
	if *evidenceGiB > 0 {
		size = *evidenceGiB<<30 + 5
	}
	bo, cy := b.ssh("-i bo bo@127.0.0.1"), b.ssh("-i cy cy@127.0.0.1")
	add := bo + ` "evidence add inc-1 - --class memory --host web3 --name dump --command 'dd if=/dev/mem'"`

	begun := time.Now()
	cut := exec.Command("sh", "-c", "exec "+add)
	var bad bytes.Buffer
	cut.Dir, cut.Env, cut.Stderr = b.dir, b.env(), &bad
	in, err := cut.StdinPipe()
	if err != nil {
		t.Fatalf("open stdin: %v", err)
	}
	if err := cut.Start(); err != nil {
		t.Fatalf("start: %v", err)
	}
	if _, err := io.Copy(in, source(size/2)); err != nil {
		t.Fatalf("%v: %s", err, bad.String())
	}
	_ = cut.Process.Kill()
	_ = cut.Wait()
	t.Logf("cut after %d of %d bytes, %s", size/2, size, time.Since(begun).Round(time.Second))
	p := b.waitEvidence(bo, func(p evidenceRow) bool { return p.State == "incomplete" })
	if p.Whole || p.Host != "web3" || p.By != "bo" || p.Command != "dd if=/dev/mem" {
		t.Errorf("cut: %+v", p)
	}
	out, code := b.try("%s evidence get inc-1 E1", bo)
	if b.wants("an incomplete one", out, "E1 is incomplete"); code != 1 {
		t.Errorf("an incomplete one: %d", code)
	}

	begun = time.Now()
	sum, got := b.through(add, source(size))
	b.wants("resumed", got, "E1  ", "sha256 "+sum, "dump")
	t.Logf("resumed and whole, %s", time.Since(begun).Round(time.Second))
	if p := b.waitEvidence(bo, func(p evidenceRow) bool { return p.Whole }); p.SHA256 != sum || p.Size != size ||
		p.State != "held" {
		t.Errorf("whole: %+v", p)
	}

	begun = time.Now()
	h := sha256.New()
	b.drain(bo+" evidence get inc-1 E1", h)
	if hex.EncodeToString(h.Sum(nil)) != sum {
		t.Error("what was got out is not what went in")
	}
	t.Logf("got out, %s", time.Since(begun).Round(time.Second))
	peak := b.peak()
	t.Logf("the server's memory was at most %d MiB", peak>>20)
	if peak > 600<<20 {
		t.Errorf("the server took %d MiB of memory", peak>>20)
	}

	out, code = b.try("echo x | %s evidence add inc-1 -", cy)
	if b.wants("a watcher adds", out, "cy may only watch here"); code != 1 {
		t.Errorf("a watcher adds: %d", code)
	}
	out, code = b.try("%s evidence get inc-1 E1 | wc -c", cy)
	b.wants("a watcher gets", out, "cy may only watch here", "0")
	out, code = b.try("%s evidence add inc-1 /etc/passwd", bo)
	if b.wants("the server's files", out,
		"over SSH you cannot add files on the server; from your machine: ssh HOST evidence add"); code != 1 {
		t.Errorf("the server's files: %d %s", code, out)
	}
	out, code = b.try("%s evidence get inc-1 E1 -o /tmp/warroom-was-here", bo)
	if b.wants("-o", out, "-o would write a file on the server"); code != 2 {
		t.Errorf("-o: %d", code)
	}
	out, code = b.try("printf '' | %s evidence add inc-1 -", bo)
	if b.wants("nothing", out, "stdin is empty"); code != 1 {
		t.Errorf("nothing: %d", code)
	}
	b.sh("%s evidence custody inc-1 E1 transfer @ana for the court", bo)
	b.sh("%s evidence custody inc-1 E1 accept", b.ssh("-i ana ana@127.0.0.1"))
	b.wants("custody", b.sh("%s evidence list inc-1 E1", cy), "offered   by bo to ana: for the court",
		"accepted  by ana", "accessed  by bo")
}

// evidenceRow is a row of evidence list --json.
type evidenceRow struct {
	State, Host, By, Command, SHA256 string
	Whole                            bool
	Size                             int64
}

// waitEvidence waits until the first evidence item is as expected.
func (b *bastion) waitEvidence(who string, is func(evidenceRow) bool) evidenceRow {
	b.t.Helper()
	for late := time.Now().Add(defaultTimeout); ; {
		var all []evidenceRow
		out := b.sh("%s evidence list inc-1 --json 2>/dev/null", who)
		if err := json.Unmarshal([]byte(out), &all); err != nil {
			b.t.Fatalf("%v: %s", err, out)
		}
		if len(all) == 1 && is(all[0]) {
			return all[0]
		}
		if time.Now().After(late) {
			b.t.Fatalf("got %+v", all)
		}
	}
}

// through sends a stream to a command, and returns its hash and the output.
func (b *bastion) through(line string, r io.Reader) (sum, message string) {
	b.t.Helper()
	h := sha256.New()
	cmd := exec.Command("sh", "-c", "exec "+line)
	var out bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = b.dir, b.env(), io.TeeReader(r, h), &out, &out
	if err := cmd.Run(); err != nil {
		b.t.Fatalf("%v: %s", err, out.String())
	}
	return hex.EncodeToString(h.Sum(nil)), out.String()
}

// drain hashes the output of a command.
func (b *bastion) drain(line string, h hash.Hash) {
	b.t.Helper()
	cmd := exec.Command("sh", "-c", "exec "+line)
	var bad bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = b.dir, b.env(), h, &bad
	if err := cmd.Run(); err != nil {
		b.t.Fatalf("%v: %s", err, bad.String())
	}
}

// peak returns the peak memory of the server.
func (b *bastion) peak() int64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.cmd.Process.Pid))
	if err != nil {
		b.t.Fatalf("read a file: %v", err)
	}
	_, after, _ := strings.Cut(string(raw), "VmHWM:")
	var kib int64
	if _, err := fmt.Sscan(after, &kib); err != nil {
		b.t.Fatalf("sscan: %v", err)
	}
	return kib << 10
}
