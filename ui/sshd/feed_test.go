package sshd_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/backend"
	"warroom/ui/cli"
	"warroom/ui/sshd"
)

// realHub adapts a feed as main does.
type realHub struct{ *feed.Feed }

func (h realHub) Guest(ctx context.Context, g backend.Guest) (sshd.Hub, error) {
	f, err := h.Feed.Guest(ctx,
		feed.Guest{Handle: g.Handle, Via: "ssh", Dir: g.Dir, Right: g.Right, Origin: g.Origin, Name: g.Name,
			Job: g.Job})
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (h realHub) Guard(g backend.AccessEnforcer) { h.Feed.Guard(g) }

func (realHub) Web(context.Context, backend.Web) error { return errors.New("no HTTP here") }

// program runs the program in this process and returns its exit code at the end.
func program(ctx context.Context, data string, errs *text, args ...string) int {
	return programTo(ctx, data, newText(), errs, args...)
}

// programTo is program with its output.
func programTo(ctx context.Context, data string, out, errs *text, args ...string) int {
	return cli.Run(ctx,
		cli.Env{Args: append([]string{"--data", data, "--as", "host"}, args...), Stdin: strings.NewReader(""),
			Stdout: out, Stderr: errs,
			Getenv: func(string) string { return "" }, Clock: wall{}, Intake: readAlerts, CopyAlerts: copies,
			Open: func(ctx context.Context, p backend.Location) (backend.Hub, error) {
				f, err := feed.Open(ctx,
					feed.Options{Data: p.Data, Server: p.Server, Runtime: filepath.Join(data, "run"), Handle: p.Handle,
						Via: p.Via, Forget: p.Forget, Now: time.Now})
				if err != nil {
					return nil, err
				}
				return realHub{f}, nil
			}})
}

// whole starts the complete program with a room and returns a rig to log in with.
func whole(t *testing.T, more ...string) (r *rig, data string) {
	t.Helper()
	r = &rig{t: t, dir: t.TempDir(), log: newText()}
	data = feedtest.Data(t)
	r.write("keys", usual())
	ctx, stop := context.WithCancel(context.Background())
	r.stop, r.done = stop, make(chan error, 1)
	if code := program(ctx, data, r.log,
		append(more, "declare", "--severity", "SEV-1", "Deploy key in a public log")...); code != 0 {
		t.Fatal(r.log)
	}
	go func() {
		if code := program(ctx, data, r.log,
			append(more, "serve", "--ssh", "127.0.0.1:0", "--authorized-keys", r.path("keys"))...); code != 0 {
			r.done <- fmt.Errorf("exit code %d: %s", code, r.log)
		}
		close(r.done)
	}()
	t.Cleanup(r.close)
	r.log.until(t, "accepting guests over SSH at ")
	_, r.addr, _ = strings.Cut(r.log.String(), "accepting guests over SSH at ")
	r.addr, _, _ = strings.Cut(r.addr, "\n")
	return r, data
}

// TestWholeProgram: guests on a real hub, some of whom disconnect; their lines are in the
// record with the key that they logged in with, and nothing else remains of them.
func TestWholeProgram(t *testing.T) {
	before := runtime.NumGoroutine()
	r, data := whole(t)
	people := []struct {
		handle string
		key    ssh.Signer
	}{{"ana", ana}, {"bo", bo}}
	if _, errs, code := r.run("cy", cy, "note inc-1 let me in"); code != 1 ||
		!strings.HasPrefix(errs, "warroom: cy may only watch here") {
		t.Errorf("%d %q", code, errs)
	}
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			who := people[i%2]
			c, err := r.dial(who.handle, who.key)
			if err != nil {
				t.Errorf("dial: %v", err)
				return
			}
			defer c.Close()
			x := r.open(c, "xterm-256color", "", 100, 30)
			x.out.until(t, "Deploy key")
			// one line end for each: several that arrive together are a paste, which is asked about
			x.keys(fmt.Sprintf("line of %d\r", i))
			if i%4 < 2 {
				return // disconnect
			}
			x.out.until(t, "Tab")
			x.keys("\x03")
			if code := x.wait(); code != 0 {
				t.Errorf("exit code %d", code)
			}
		})
	}
	wg.Wait()
	for _, p := range people {
		r.recorded(p.handle, map[string]string{"ana": "command", "bo": "write"}[p.handle], p.key)
	}
	if _, err := os.Stat(filepath.Join(data, "state", "ssh-bo", "history")); err != nil {
		t.Errorf("look at a file: %v", err)
	}
	r.close()
	settled(t, before)
}

// recorded checks that the record has the author, and how they were admitted.
func (r *rig) recorded(handle, right string, k ssh.Signer) {
	r.t.Helper()
	out, errs, code := r.run("cy", cy, "tail inc-1 --no-follow --json")
	if code != 0 || strings.Contains(out, `"fault"`) {
		r.t.Errorf("%d %s %s", code, out, errs)
	}
	if want := fmt.Sprintf(`"handle":%q,"right":%q,"door":"ssh %s"`, handle, right,
		ssh.FingerprintSHA256(k.PublicKey())); !strings.Contains(out, want) {
		r.t.Errorf("no %s in %s", want, out)
	}
	if !strings.Contains(out, fmt.Sprintf(`"by":%q,"via":"ssh"`, handle)) {
		r.t.Errorf("nothing is written by %s", handle)
	}
}

// TestRightsOfTheLine: changing the right in the line changes the right in the room.
func TestRightsOfTheLine(t *testing.T) {
	t.Parallel()
	r, _ := whole(t)
	sev := `do inc-1 ":sev SEV-2 only the inside is at risk"`
	if _, errs, code := r.run("bo", bo, sev); code != 1 || !strings.Contains(errs, "bo may not do that") {
		t.Errorf("write: %d %q", code, errs)
	}
	r.write("keys", strings.ReplaceAll(usual(), `handle="bo",right="write"`, `handle="bo",right="command"`))
	r.log.until(t, "was read again")
	if _, errs, code := r.run("bo", bo, sev); code != 0 {
		t.Errorf("command: %d %q", code, errs)
	}
	r.log.forget()
	r.write("keys", strings.ReplaceAll(usual(), `handle="bo",right="write"`, `handle="bo",right="watch"`))
	r.log.until(t, "was read again")
	if _, errs, code := r.run("bo", bo, "note inc-1 hello"); code != 1 ||
		!strings.Contains(errs, "bo may only watch here") {
		t.Errorf("watch: %d %q", code, errs)
	}
	if out, _, _ := r.run("bo", bo, "status inc-1 --json"); !strings.Contains(out, `"severity":"SEV-2"`) {
		t.Errorf("%s", out)
	}
}

// TestExternalServer: a bastion in front of an external NATS server.
func TestExternalServer(t *testing.T) {
	s := feedtest.Server(t)
	r, _ := whole(t, "--server", s.ClientURL())
	if _, errs, code := r.run("bo", bo, "note inc-1 by another server"); code != 0 {
		t.Errorf("%d %q", code, errs)
	}
	if _, errs, code := r.run("cy", cy, "note inc-1 no"); code != 1 ||
		!strings.Contains(errs, "cy may only watch here") {
		t.Errorf("%d %q", code, errs)
	}
	if out, _, _ := r.run("cy", cy, "tail inc-1 --no-follow"); !strings.Contains(out, "by another server") {
		t.Errorf("%s", out)
	}
}

// TestServeFlags: contradictory flags are reported before anything starts.
func TestServeFlags(t *testing.T) {
	data := feedtest.Data(t)
	keys := filepath.Join(data, "k")
	for path, content := range map[string]string{keys: usual(), keys + "bad": usual() + "nonsense\n"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatalf("write a file: %v", err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	defer l.Close()
	for _, c := range []struct {
		flags, want string
		code        int
	}{
		{"--authorized-keys k", "need --ssh, as in --ssh 127.0.0.1:2222", 2},
		{"--ssh 127.0.0.1:0", "--ssh needs --authorized-keys FILE, or nobody can log in; docs/ssh.md shows the " +
			"lines of the file", 2},
		{flags: "--ssh 127.0.0.1:99999 --authorized-keys " + keys,
			want: "--ssh: 127.0.0.1:99999 is not an address; write it as 127.0.0.1:2222 or :2222", code: 2},
		{flags: "--ssh 192.0.2.1:0 --authorized-keys " + keys,
			want: "this machine does not have that address: give one of its own, or only the port, such as " +
				":2222", code: 1},
		{"--ssh 2222 --authorized-keys " + keys, "--ssh: 2222 is not an address; write it as 127.0.0.1:2222 or " +
			":2222", 2},
		{"--ssh 127.0.0.1:0 --ssh-idle -1h --authorized-keys " + keys, "--ssh-idle takes a length of time, such " +
			"as 2h", 2},
		{"--ssh 127.0.0.1:0 --authorized-keys " + keys + "none", "cannot be read: no such file or directory", 1},
		{"--ssh 127.0.0.1:0 --authorized-keys " + keys + "bad", "kbad:4: there is no key;", 1},
		{"--ssh 127.0.0.1:0 --authorized-keys " + keys + " --ssh-ca " + keys,
			"k:1: an authority is not one person's key", 1},
		{flags: "--ssh " + l.Addr().String() + " --authorized-keys " + keys,
			want: "cannot listen on " + l.Addr().String() + ": address already in use; another server uses it: end " +
				"that one, or give another port", code: 1},
	} {
		errs := newText()
		if code := program(context.Background(), data, errs,
			append([]string{"serve"}, strings.Fields(c.flags)...)...); code != c.code ||
			!strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: %d %s", c.flags, code, errs)
		}
	}
}

var _ model.Rooms = realHub{}
