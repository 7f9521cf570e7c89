package sshd_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/ui"
	"warroom/ui/sshd"
	"warroom/ui/theme"
	"warroom/ui/uitest"
)

const defaultTimeout = 20 * time.Second

type wall struct{}

func (wall) Now() time.Time { return time.Now() }

// key returns a key that is determined by a number.
func key(n byte) ssh.Signer {
	seed := bytes.Repeat([]byte{n}, ed25519.SeedSize)
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed))
	if err != nil {
		panic(err)
	}
	return s
}

// pub returns a key in the format of a .pub file.
func pub(s ssh.Signer) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.PublicKey())))
}

var ana, bo, cy, eve = key(1), key(2), key(3), key(4)

// usual returns the keys of most tests.
func usual() string {
	return `handle="ana",right="command",name="Ana K.",job="SRE lead" ` + pub(ana) + "\n" +
		`handle="bo",right="write" ` + pub(bo) + "\n" + `handle="cy",right="watch",rooms="inc-1" ` + pub(cy) + "\n"
}

// rig is a server for a hub in memory.
type rig struct {
	t     testing.TB
	hub   *uitest.Hub
	srv   *sshd.Server
	dir   string
	addr  string
	log   *text
	stop  context.CancelFunc
	done  chan error
	ended bool
}

// start starts a server with these keys and one room.
func start(t testing.TB, keys string, with ...func(*sshd.Options)) *rig {
	t.Helper()
	r := &rig{t: t, hub: uitest.NewHub(), dir: t.TempDir(), log: newText(), done: make(chan error, 1)}
	r.hub.SetRight("ana", model.Command)
	r.hub.SetRight("cy", model.Watch)
	r.declare("Deploy key in a public log")
	r.write("keys", keys)
	o := sshd.Options{Keys: r.path("keys"), Dir: r.path("ssh"), Clock: wall{}, Handler: testHandler{r.hub, r.log},
		Log: func(s model.Safe) { fmt.Fprintln(r.log, s) },
		Guest: func(_ context.Context, w sshd.Who) (sshd.Hub, error) {
			return testHub{r.hub.As(w.Handle).(memory), w}, nil
		},
		Limits: sshd.Limits{Penalty: -1, Rate: 1e6, Burst: 1e6, Look: 20 * time.Millisecond}}
	for _, f := range with {
		f(&o)
	}
	var err error
	if r.srv, err = sshd.New(o); err != nil {
		t.Fatalf("make sshd: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	r.addr = l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.done <- r.srv.Serve(ctx, l) }()
	t.Cleanup(r.close)
	return r
}

// close stops the server and waits for it.
func (r *rig) close() {
	r.t.Helper()
	if r.ended {
		return
	}
	r.ended = true
	r.stop()
	select {
	case err := <-r.done:
		if err != nil {
			r.t.Errorf("Serve: %v", err)
		}
	case <-time.After(defaultTimeout):
		r.t.Error("the server does not end")
	}
}

func (r *rig) path(name string) string { return filepath.Join(r.dir, name) }

// write replaces a file by renaming, as an editor does.
func (r *rig) write(name, content string) {
	r.t.Helper()
	if err := os.WriteFile(r.path(name+".new"), []byte(content), 0o600); err != nil {
		r.t.Fatalf("write a file: %v", err)
	}
	if err := os.Rename(r.path(name+".new"), r.path(name)); err != nil {
		r.t.Fatalf("rename a file: %v", err)
	}
}

func (r *rig) declare(title string) string {
	r.t.Helper()
	short, err := r.hub.As("ana").Declare(context.Background(),
		model.Declaration{Title: title, Severity: "SEV-1", Plan: uitest.Plan()})
	if err != nil {
		r.t.Fatalf("declare a room: %v", err)
	}
	return short
}

// testHub is a guest's hub in memory.
type testHub struct {
	memory
	who sshd.Who
}

// memory is what a hub in memory implements.
type memory interface {
	model.Rooms
	model.Lobby
}

// errNone is the error for what a hub in memory does not implement.
var errNone = errors.New("not in memory")

func (testHub) At(string) func() { return func() {} }

func (testHub) StoreRaw(context.Context, model.Collection, io.Reader) error { return nil }

func (testHub) Collect(context.Context, string, model.Collection, io.Reader, func(int64)) (model.EvidenceItem, error) {
	return model.EvidenceItem{}, errNone
}

func (testHub) Fetch(context.Context, string, int, string, io.Writer, func(int64)) (model.EvidenceItem, error) {
	return model.EvidenceItem{}, errNone
}

func (testHub) Record(context.Context, string) (bundle.Evidence, error) {
	return bundle.Evidence{}, errNone
}
func (testHub) ExportBare(context.Context, string, string, io.Writer) error { return errNone }
func (testHub) ExportSubset(context.Context, string, string, *model.Profile, io.Writer) error {
	return errNone
}

func (testHub) ExportEntry(context.Context, string, string, uint64, io.Writer) error {
	return errNone
}

func (testHub) RecordExport(context.Context, string, *model.ExportMade, uint64) error { return nil }

func (h testHub) Who() model.Actor { return model.Actor{Handle: h.who.Handle, Via: "ssh"} }
func (h testHub) Close() error     { return nil }

// testHandler is a handler with commands for tests.
type testHandler struct {
	hub *uitest.Hub
	log *text
}

func (testHandler) Commands() []string {
	return []string{"echo", "cat", "who", "env", "fail", "boom", "hold", "flood", "list", "enter", "declare", "store"}
}

func (f testHandler) Screen(h sshd.Hub, v sshd.Visit) ui.Options {
	o := ui.Options{Rooms: h, Clock: f.hub.Clock, Handle: v.Who.Handle, Room: v.Room, Zone: time.UTC, Colors: 256,
		ASCII: v.Getenv("LANG") == "C", Theme: theme.Name(v.Getenv("WARROOM_THEME")), Frame: time.Millisecond,
		Bell: true}
	if v.Getenv("NO_COLOR") != "" {
		o.Colors = 0
	}
	if v.Room == "inc-666" {
		o.Rooms = nil // panics
	}
	return o
}

func (f testHandler) Plain(ctx context.Context, h sshd.Hub, v sshd.Visit) int {
	fmt.Fprintf(v.Stdout, "plain %s\n", v.Room)
	var b [64]byte
	for ctx.Err() == nil {
		n, err := v.Stdin.Read(b[:])
		if n > 0 {
			fmt.Fprintf(v.Stdout, "got %q\n", b[:n])
		}
		if err != nil {
			return 0
		}
	}
	return 1
}

func (f testHandler) Command(ctx context.Context, h sshd.Hub, v sshd.Visit) int {
	var err error
	switch v.Args[0] {
	case "echo":
		fmt.Fprintln(v.Stdout, strings.Join(v.Args[1:], "|"))
		fmt.Fprintln(v.Stderr, "said")
	case "cat":
		_, err = io.Copy(v.Stdout, v.Stdin)
	case "who":
		fmt.Fprintln(v.Stdout, v.Who.Handle, v.Who.Right, v.Who.Key, v.Who.Cert)
	case "env":
		for _, k := range []string{"TERM", "LANG", "LC_ALL", "LC_CTYPE", "COLORTERM", "NO_COLOR", "PATH", "HOME"} {
			fmt.Fprintf(v.Stdout, "%s=%q\n", k, v.Getenv(k))
		}
	case "store":
		fmt.Fprintln(v.Stdout, "reading")
		b, err := io.ReadAll(v.Stdin)
		fmt.Fprintf(f.log, "store %q %v\n", b, err)
	case "fail":
		return 7
	case "boom":
		panic("secret of the server")
	case "hold":
		fmt.Fprintln(v.Stdout, "held")
		<-ctx.Done()
	case "flood":
		for err == nil {
			_, err = fmt.Fprintln(v.Stdout, strings.Repeat("flood ", 1000))
		}
	case "list":
		var list []model.RoomInfo
		list, err = h.List(ctx)
		for _, i := range list {
			fmt.Fprintln(v.Stdout, i.Short)
		}
	case "enter":
		_, err = h.Enter(ctx, v.Args[1])
	case "declare":
		_, err = h.Declare(ctx, model.Declaration{Title: "another", Severity: "SEV-1", Plan: uitest.Plan()})
	}
	if err != nil {
		fmt.Fprintln(v.Stderr, model.Sentence(err))
		return 1
	}
	return 0
}

// noLog discards the log.
func noLog(model.Safe) {}
