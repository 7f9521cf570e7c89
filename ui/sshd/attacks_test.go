package sshd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// The attack suite of the SSH port: for each right, what it may do, and what is tried
// beyond it, with a real client and the complete program. A new command of guests or a new
// way to write needs rows here.

// What must not be visible to people without access: a room, and a file of the server.
const (
	hiddenMark = "ZEBRA"
	fileMark   = "CANARY-OF-THE-SERVER"
)

var wim, lim, con, conWatch = key(21), key(22), key(23), key(24)

// attack is the complete program with two rooms, of which the second is hidden from some,
// and a person per right.
type attack struct {
	*rig
	data   string
	canary string // a file of the server
	out    string // a file that nobody may create
	conns  map[string]*ssh.Client
}

// person is one of the people.
type person struct {
	name string
	key  ssh.Signer
	// writes: they may write in the first room; sees: they may see the second room; forced:
	// a forced command always opens the first room.
	writes, sees, forced bool
}

var people = []person{
	{name: "wim", key: wim, sees: true}, {name: "bo", key: bo, writes: true, sees: true},
	{name: "ana", key: ana, writes: true, sees: true},
	{name: "lim", key: lim, writes: true}, {name: "con", key: con, writes: true, forced: true},
	{name: "cow", key: conWatch, forced: true},
}

func newAttack(t *testing.T) *attack {
	t.Helper()
	r, data := whole(t)
	if code := program(context.Background(), data, newText(), "declare", "--severity", "SEV-1", "The "+hiddenMark+
		" matter"); code != 0 {
		t.Fatalf("declare the second room: got exit code %d, want 0", code)
	}
	if code := program(context.Background(), data, newText(), "note", "inc-2", "stripes of "+hiddenMark); code != 0 {
		t.Fatalf("note in the second room: got exit code %d, want 0", code)
	}
	r.write("keys", `handle="ana",right="command" `+pub(ana)+"\n"+`handle="bo",right="write" `+pub(bo)+"\n"+
		`handle="wim",right="watch" `+pub(wim)+"\n"+
		`handle="lim",right="command",rooms="inc-1" `+pub(lim)+"\n"+`handle="con",right="command",command="inc-1" `+
		pub(con)+"\n"+`handle="cow",right="watch",command="inc-1" `+pub(conWatch)+"\n")
	r.log.until(t, "was read again")
	a := &attack{rig: r, data: data, canary: filepath.Join(r.dir, "canary.json"), out: filepath.Join(r.dir, "made"),
		conns: map[string]*ssh.Client{}}
	r.write("canary.json", `{"title":"`+fileMark+`"}`)
	return a
}

// ask runs a command with input, and returns its output.
func (a *attack) ask(p person, cmd, stdin string) (out string, code int) {
	a.t.Helper()
	if a.conns[p.name] == nil { // one connection per person: an address has a limit
		a.conns[p.name] = a.login(p.name, p.key)
	}
	var s *ssh.Session
	eventually(a.t, "a session of "+p.name, func() (ok bool) { // the previous session may not have ended there
		var err error
		s, err = a.conns[p.name].NewSession()
		return err == nil
	})
	defer func() { _ = s.Close() }()
	var b, errs bytes.Buffer
	s.Stdout, s.Stderr, s.Stdin = &b, &errs, strings.NewReader(stdin)
	code = exitOf(a.t, s.Run(cmd))
	return b.String() + errs.String(), code
}

// written returns the number of entries of a room, except those that admit keys: a person
// whose command is refused may have been admitted before.
func (a *attack) written(short string) int {
	a.t.Helper()
	out, code := a.ask(people[2], "tail "+short+" --no-follow --json", "")
	if code != 0 {
		a.t.Fatalf("tail of %s: got %d %s, want 0", short, code, out)
	}
	return strings.Count(out, "\n") - strings.Count(out, `"kind":"key.admitted"`)
}

// everyone returns what nobody may do, whatever their right.
func (a *attack) everyone() []string {
	list := []string{
		"serve --ssh 127.0.0.1:0", "invite eve --right command", "revoke ana", "strike ana", "doctor",
		"doctor --repair inc-1 --yes", "import FILE", "declare --severity SEV-1 x",
		"playbook list", "playbook check FILE", "completion bash", "__complete status inc",
		"__completeNoDesc status inc", "open inc-1", "wall inc-1", "demo", "oncall", "on-call",
		"--data /tmp rooms", "rooms --data /tmp", "--config FILE rooms", "rooms --config FILE", "rooms --config=FILE",
		"rooms --server nats://127.0.0.1:1", "rooms --creds FILE",
		"rooms --as ana", "status inc-1 --as ana", "tail inc-1 --no-follow --as=ana", "note --as ana inc-1 x",
		"do --as=ana inc-1 x", "export inc-1 --data=/tmp",
		"/bin/sh", "sh -c id", "bash -i", "scp -f FILE", "scp -t OUT", "sftp-server", "/usr/lib/openssh/sftp-server",
		"rsync --server . /", "git-upload-pack /", "cat FILE",
		"$(cat FILE)", "`cat FILE`", "rooms; cat FILE", "rooms && cat FILE", "rooms | cat", "rooms > OUT",
		"rooms\ncat FILE", "rooms\x00cat FILE", "status $(cat FILE)",
		"evidence add inc-1 FILE", "evidence add inc-1 FILE --class log", "evidence add inc-1 - FILE", "ingest FILE",
		"ingest FILE --room inc-1", "ingest - FILE --room inc-1",
		"export inc-1 -o OUT", "export inc-1 --output OUT", "export inc-1 OUT", "report inc-1 -o OUT",
		"report inc-1 --output=OUT", "report FILE", "verify FILE", "verify inc-1 --pin FILE",
		"do inc-1 ':export OUT'", "do inc-1 ':export public OUT'", "do inc-1 ':evidence FILE --class log'",
		"do inc-1 ':ingest FILE'", "evidence get inc-1 1 -o OUT",
		"warroom warroom rooms", "inc-1 inc-1", "inc-1/../inc-2", "status ../inc-1", "status FILE",
		"status ''", "status '*'", "tail '>' --no-follow", "export warroom.inc-1.log",
		"status 01JD0000000000000000000000", "help --config FILE", "version --config FILE",
	}
	for i := range list {
		list[i] = strings.NewReplacer("FILE", a.canary, "OUT", a.out).Replace(list[i])
	}
	return list
}

// writing requires the right to write.
var writing = []string{
	"note inc-1 let me", "note inc-1 -", "do inc-1 plain", "do inc-1 '!a decision'", "do inc-1 '?a guess'",
	"do inc-1 'TODO: x'", "do inc-1 ':note x'", "do inc-1 ':insist x'",
	"do inc-1 ':finding x'", "do inc-1 ':action x'", "do inc-1 ':comms x'", "do inc-1 ':evidence word'",
	"do inc-1 ':todo x'", "do inc-1 ':ask @ana 5m x'", "do inc-1 ':amend 4 x'",
	"do inc-1 ':retract 4 x'", "do inc-1 ':pin 4'", "do inc-1 ':start 1'", "do inc-1 ':check 1'",
	"do inc-1 ':skip 1 x'", "do inc-1 ':block 1 x'", "do inc-1 ':item containment x'",
	"do inc-1 ':assign 1 @wim'", "do inc-1 ':role scribe @wim'", "do inc-1 ':role ic @wim'",
	"do inc-1 ':renounce ic @ana'", "do inc-1 ':link jira https://example.org/1 x'", "do inc-1 ':page security x'",
	"do inc-1 '-5m earlier'", "evidence add inc-1 - --name x --class log", "ingest - --room inc-1", "ingest -",
}

// commanding requires the right "command" or a role.
var commanding = []string{
	"do inc-1 ':sev SEV-2 x'", "do inc-1 ':phase containment'", "do inc-1 ':role scribe @ana'",
	"do inc-1 ':renounce ic @ana'", "do inc-1 ':handoff ic @wim'", "do inc-1 ':confirm scribe @bo'",
	"do inc-1 ':update executives x'", "do inc-1 ':notify executives x'", "do inc-1 ':snooze update 5m x'",
	"do inc-1 ':clock waive update x'", "do inc-1 ':clock met validate x'", "do inc-1 ':exposure confirmed x'",
	"do inc-1 ':milestone contained'", "do inc-1 ':redact 3 x'", "do inc-1 ':redact 4 x'", "do inc-1 ':kind malware'",
	"do inc-1 ':rename x'", "do inc-1 ':resolve'", "do inc-1 ':close'", "do inc-1 ':close override x'",
	"do inc-1 ':reopen x'", "do inc-1 ':admit @eve command'", "do inc-1 ':right @bo command'",
	"do inc-1 ':right @ana watch'", "do inc-1 ':restrict @bo'", "do inc-1 ':restrict off'", "do inc-1 ':strike @ana'",
	"do inc-1 ':channel slack compromised x'", "do inc-1 ':check 1 override x'", "do inc-1 ':amend 1 x'",
	"do inc-1 ':pin 3'",
}

// otherRoom concerns a room that a login does not name.
var otherRoom = []string{
	"inc-2", "INC-2", "Inc-2",
	"status inc-2", "status inc-2 --json", "tail inc-2", "tail inc-2 --no-follow --json", "note inc-2 x",
	"note -- inc-2 x", "note 'inc-2' x", "do inc-2 x", "do inc-2 ':redact 4 x'", "report inc-2",
	"report inc-2 --format json", "verify inc-2", "export inc-2", "export inc-2 --entry 4",
	"export inc-2 --profile public", "evidence list inc-2", "evidence get inc-2 1", "evidence add inc-2 - --name x",
	"ingest - --room inc-2", "ingest - --room=inc-2", "ingest -", "status lobby", "tail lobby --no-follow",
	"note lobby x", "do lobby x", "export lobby", "verify lobby", "report lobby",
	"do inc-1 ':handoff inc-2'", "status inc-02", "status inc-2/", "status INC-2", "status 'inc-2 '",
	"status inc-1/../inc-2", "tail inc-1 inc-2 --no-follow", "export inc-1 inc-2", "status inc-1 inc-2",
	"warroom status inc-2", "warroom inc-2", "inc-1 inc-2", "do inc-1 ':rooms inc-2'",
}

// check runs a command, and fails the test if that shows or does something forbidden.
func (a *attack) check(p person, cmd string, refused bool) {
	a.t.Helper()
	stdin := `{"title":"an attack","severity":"high"}`
	if p.forced { // it would be a note in their own room
		stdin = ""
	}
	out, code := a.ask(p, cmd, stdin)
	if refused && code == 0 {
		a.t.Errorf("%s: %q: got exit code 0, want it refused: %.200s", p.name, cmd, out)
	}
	if strings.Contains(out, fileMark) || !p.sees && strings.Contains(out, hiddenMark) {
		a.t.Errorf("%s: %q: got what is hidden from them: %.300s", p.name, cmd, out)
	}
	if _, err := os.Lstat(a.out); err == nil {
		a.t.Errorf("%s: %q: got a file of the server made, want none", p.name, cmd)
		_ = os.Remove(a.out)
	}
}

// TestAttacks tries, as everyone, what their right does not permit.
func TestAttacks(t *testing.T) {
	a := newAttack(t)
	hash := a.written("inc-2")
	for _, p := range people {
		before := a.written("inc-1")
		tried := a.everyone()
		switch {
		case p.name == "wim":
			tried = append(append(tried, writing...), commanding...)
		case p.name == "bo":
			tried = append(tried, commanding...)
		case !p.sees:
			tried = append(tried, otherRoom...)
		}
		if len(tried) < 40 {
			t.Errorf("%s: got %d attempts, want 40 or more", p.name, len(tried))
		}
		for _, cmd := range tried {
			a.check(p, cmd, !p.forced)
		}
		if after := a.written("inc-1"); after != before {
			out, _ := a.ask(people[2], "tail inc-1 --no-follow", "")
			t.Errorf("%s: the first room: got %d entries after what was refused, want %d:\n%s", p.name, after, before,
				out)
		}
	}
	if after := a.written("inc-2"); after != hash {
		t.Error("the second room: got changed, want it as it was")
	}
	if out, _ := a.ask(people[2], "tail inc-1 --no-follow --json", ""); strings.Count(out,
		`"kind":"key.admitted"`) > len(people)+1 {
		t.Errorf("keys let in: got %d entries, want one for each of %d people at most",
			strings.Count(out, `"kind":"key.admitted"`), len(people)+1)
	}
	if out, code := a.ask(people[2], "rooms", ""); strings.Count(out, "inc-") != 2 {
		t.Errorf("rooms after all: got %d %q, want two", code, out)
	}
}

// TestRightsStillDo: what each right permits works.
func TestRightsStillDo(t *testing.T) {
	a := newAttack(t)
	reading := []string{"rooms", "status inc-1", "status inc-1 --json", "tail inc-1 --no-follow", "report inc-1",
		"verify inc-1", "export inc-1", "export inc-1 --entry 2", "evidence list inc-1", "version", "help"}
	notes := []string{"note inc-1 a note", "do inc-1 '!a decision'", "do inc-1 ':todo x'", "do inc-1 ':role sme " +
		"@NAME'"}
	for _, p := range people {
		may := reading
		if p.writes && !p.forced {
			may = append(may[:len(may):len(may)], notes...)
		}
		if p.name == "ana" {
			may = append(may, "do inc-1 ':sev SEV-2 calm'", "do inc-1 ':confirm scribe @bo'", "do inc-1 ':role ic "+
				"@bo'",
				"status inc-2")
		}
		if p.name == "bo" {
			may = append(may, "do inc-1 ':role scribe @bo'")
		}
		for _, cmd := range may {
			if cmd == "do inc-1 ':confirm scribe @bo'" {
				continue // bo is tried before ana: see below
			}
			if out, code := a.ask(p, strings.ReplaceAll(cmd, "NAME", p.name), ""); code != 0 {
				t.Errorf("%s: %q: got %d %.200s, want 0", p.name, cmd, code, out)
			}
		}
	}
	unconfirmed := func() string {
		out, _ := a.ask(people[2], "status inc-1 --json", "")
		var s struct {
			Roles []struct {
				ID          string
				Unconfirmed []string
			}
		}
		if err := json.Unmarshal([]byte(out), &s); err != nil {
			t.Errorf("status: got %v, want JSON", err)
		}
		for _, r := range s.Roles {
			if r.ID == "scribe" {
				return strings.Join(r.Unconfirmed, ",")
			}
		}
		return "no scribe"
	}
	if got := unconfirmed(); got != "bo" {
		t.Errorf("who took the role: got unconfirmed %q, want bo", got)
	}
	if out, _ := a.ask(people[0], "status inc-1", ""); !strings.Contains(out,
		":confirm scribe @bo") {
		t.Errorf("status: got no word of what waits, want it: %s", out)
	}
	if out, code := a.ask(people[2], "do inc-1 ':confirm scribe @bo'", ""); code != 0 {
		t.Errorf("ana confirms bo: got %d %s, want 0", code, out)
	}
	if got := unconfirmed(); got != "" {
		t.Errorf("after the confirmation: got unconfirmed %q, want nobody", got)
	}
}

// TestConfined: a login whose forced command is the name of a room can see and do nothing
// outside that room, by any line or key.
func TestConfined(t *testing.T) {
	a := newAttack(t)
	hash := a.written("inc-2")
	lines := ":rooms\n:open inc-2\n:declare\n:lobby\n:export " + a.out + "\n:ingest " + a.canary + "\n:evidence " +
		a.canary + " --class log\n:link room inc-2 x\n:help\n"
	for _, p := range people[4:] {
		for _, cmd := range []string{"", "inc-2", "rooms", "status inc-2", "export inc-2", "note inc-2 " +
			"x", "sh", "' "} {
			if out, _ := a.ask(p, cmd, lines); strings.Contains(out, hiddenMark) || strings.Contains(out, fileMark) {
				t.Errorf("%s: %q and lines: got what is hidden from them: %.300s", p.name, cmd, out)
			}
		}
		x := a.open(a.login(p.name, p.key), "xterm-256color", "inc-2", 120, 40)
		x.out.until(t, "Deploy key")
		for _, keys := range []string{"\x1b[15~", "\x1b", "\x1b[20~", "\x1b", ":rooms\r", "\x1b", ":lobby\r", "\x1b",
			":declare\r", "\x1b\x1b", ":open inc-2\r", "\x15", "inc-2\r"} {
			x.keys(keys)
		}
		x.keys("\x15:people\r")
		x.out.until(t, "Roles")
		x.keys("\x03")
		x.wait()
		if strings.Contains(x.out.String(), hiddenMark) {
			t.Errorf("%s: the screen: got the other room, want none of it", p.name)
		}
		if strings.Contains(x.out.String(), "inc-2  ") {
			t.Errorf("%s: the list: got the other room, want it alone", p.name)
		}
	}
	if after := a.written("inc-2"); after != hash {
		t.Error("the other room: got changed, want it as it was")
	}
	if _, err := os.Lstat(a.out); err == nil {
		t.Error("a file of the server: got made, want none")
	}
}

// TestNothingElse: whatever the right, only sessions can be opened, nothing is forwarded,
// and the resources of a session are limited.
func TestNothingElse(t *testing.T) {
	a := newAttack(t)
	for _, p := range people {
		c := a.login(p.name, p.key)
		for _, kind := range []string{"direct-tcpip", "forwarded-tcpip", "x11", "auth-agent@openssh.com",
			"direct-streamlocal@openssh.com", "forwarded-streamlocal@openssh.com", "tun@openssh.com", "sftp", ""} {
			if ch, _, err := c.OpenChannel(kind, ssh.Marshal(struct {
				Host string
				Port uint32
				From string
				At   uint32
			}{"127.0.0.1", 22, "127.0.0.1", 1})); err == nil {
				t.Errorf("%s: channel %q: got opened, want refused", p.name, kind)
				_ = ch.Close()
			}
		}
		for _, kind := range []string{"tcpip-forward", "cancel-tcpip-forward", "streamlocal-forward@openssh.com",
			"hostkeys-prove-00@openssh.com", "no-more-sessions@openssh.com", "elevate"} {
			if ok, _, err := c.SendRequest(kind, true, nil); ok || err != nil {
				t.Errorf("%s: request %s: got %v %v, want refused", p.name, kind, ok, err)
			}
		}
		ch, reqs, err := c.OpenChannel("session", nil)
		if err != nil {
			t.Fatalf("%s: session: got %v, want no error", p.name, err)
		}
		go ssh.DiscardRequests(reqs)
		str := func(s ...string) (b []byte) {
			for _, s := range s {
				b = append(b, ssh.Marshal(struct{ S string }{s})...)
			}
			return b
		}
		for kind, with := range map[string][]byte{"subsystem": str("sftp"), "x11-req": nil,
			"auth-agent-req@openssh.com": nil, "env": str("SSH_ORIGINAL_COMMAND", "inc-2"),
			"break": nil, "xon-xoff": nil, "exit-status": nil} {
			if ok, err := ch.SendRequest(kind, true, with); ok || err != nil {
				t.Errorf("%s: session request %s: got %v %v, want refused", p.name, kind, ok, err)
			}
		}
		for _, name := range []string{"SSH_ORIGINAL_COMMAND", "WARROOM_CONFIG", "WARROOM_DATA", "HOME", "USER",
			"XDG_CONFIG_HOME", "LD_PRELOAD", "PATH", "EDITOR", "SHELL", "TERM", "GODEBUG"} {
			if ok, err := ch.SendRequest("env", true, str(name, "/tmp")); ok || err != nil {
				t.Errorf("%s: env %s: got %v %v, want refused", p.name, name, ok, err)
			}
		}
		_ = c.Close()
	}
}
