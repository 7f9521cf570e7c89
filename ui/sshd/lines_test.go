package sshd_test

import (
	"crypto/rand"
	"crypto/rsa"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/ui/sshd"
)

// read reads a file of keys and returns the messages about it.
func read(t *testing.T, file string, mode os.FileMode) (messages string, err error) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "keys")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatalf("change a file's mode: %v", err)
	}
	var b strings.Builder
	_, err = sshd.New(sshd.Options{Keys: path, Dir: filepath.Join(dir, "ssh"), Clock: wall{}, Handler: testHandler{},
		Log: func(s model.Safe) { b.WriteString(strings.ReplaceAll(s.String(), dir+"/", "") + "\n") }})
	if err != nil {
		return b.String(), &model.Error{Message: model.Clean(strings.ReplaceAll(err.Error(), dir+"/", ""))}
	}
	return b.String(), nil
}

// lineCase is a file of keys with the expected messages.
type lineCase struct{ name, file, fatal, messages string }

// optionCases are lines with a key p and various options.
func optionCases(p, who string) []lineCase {
	return []lineCase{
		{"empty", "", "", ""},
		{"comments", "# nobody\n\n   \n", "", ""},
		{"good", who + " " + p + " ana@laptop\n", "", ""},
		{"no line end, CR", who + " " + p + "\r", "", ""},
		{name: "all options",
			file: `handle="ana",name="Ana \"K\", SRE",job="lead",right="command",rooms="inc-7, inc-8",` +
				`from="10.0.0.0/8,!10.6.6.6,192.168.1.*",expiry-time="20301231",command="echo hello",restrict,pty,` +
				`no-agent-forwarding,no-X11-forwarding,no-port-forwarding,no-user-rc ` + p},
		{"capital option", `HANDLE="ana",Right="write" ` + p, "", ""},
		{"bare", p, `keys:1: the key has no handle; write handle="ana",right="write" and a space before it`, ""},
		{name: "no right", file: `handle="ana" ` + p,
			fatal: `keys:1: the key of ana has no right; write right="watch", right="write" or right="command"`},
		{"bad right", `handle="ana",right="admin" ` + p, `keys:1: right= is watch, write or command, not "admin"`, ""},
		{name: "bad handle", file: `handle="Ana K",right="write" ` + p,
			fatal: `keys:1: "Ana K" cannot be a handle; a handle is 1 to 32 characters from ` +
				"a-z 0-9 _ -, and not hub, room or me"},
		{name: "room", file: `handle="room",right="write" ` + p,
			fatal: `keys:1: "room" cannot be a handle; a handle is 1 to 32 characters from ` +
				"a-z 0-9 _ -, and not hub, room or me"},
		{name: "hub", file: `handle="hub",right="write" ` + p,
			fatal: `keys:1: "hub" cannot be a handle; a handle is 1 to 32 characters from ` +
				"a-z 0-9 _ -, and not hub, room or me"},
		{name: "escape", file: "handle=\"a\x1b]0;x\a\",right=\"write\" " + p,
			fatal: `keys:1: "a^[]0;x^G" cannot be a handle; a handle is 1 to 32 characters from ` +
				"a-z 0-9 _ -, and not hub, room or me"},
		{name: "twice", file: `handle="ana",handle="bo",right="write" ` + p,
			fatal: "keys:1: the option handle is given twice; remove one"},
		{name: "no value", file: `handle,right="write" ` + p,
			fatal: `keys:1: the option handle has no value; write it as handle="..."`},
		{name: "rooms", file: who + `,rooms="inc-7,*" ` + p,
			fatal: `keys:1: rooms= has "*", which is not a room; write it as rooms="inc-7,inc-8"`},
		{name: "from name", file: who + `,from="*.example.org" ` + p,
			fatal: `keys:1: from= has "*.example.org", which is not an address; write addresses, networks such as ` +
				"10.0.0.0/8, or 10.1.*; names are not looked up"},
		{name: "from in network", file: who + `,from="10.1.2.3/8" ` + p,
			fatal: `keys:1: from= has 10.1.2.3/8, which is an address within the network 10.0.0.0/8; ` +
				`write one or the other`},
		{name: "expiry", file: who + `,expiry-time="tomorrow" ` + p,
			fatal: `keys:1: expiry-time= has "tomorrow", which is not a time; write it as 20261231 or 202612312359Z`},
		{name: "expiry month", file: who + `,expiry-time="20261331" ` + p,
			fatal: `keys:1: expiry-time= has "20261331", which is not a time; write it as 20261231 or 202612312359Z`},
		{name: "command", file: who + `,command="/bin/sh" ` + p,
			fatal: "keys:1: there is no command /bin/sh here; give a room, such as inc-1, or one of the commands: " +
				"echo, cat, who, env, fail, boom, hold, flood, list, enter, declare, store"},
		{name: "long name", file: who + `,name="` + strings.Repeat("a", 121) + `" ` + p,
			fatal: "keys:1: name= has 121 bytes, and up to 120 are allowed"},
	}
}

// keyCases are lines with various keys.
func keyCases(p, who, weakPub string) []lineCase {
	return []lineCase{
		{name: "open quote", file: `handle="ana ` + p,
			fatal: `keys:1: a quote is not closed; write options as handle="ana",right="write"`},
		{"only options", who, "keys:1: there is no key; a line is options, key type and key, as in a .pub file", ""},
		{name: "garbage", file: "\n\nhello world\n",
			fatal: "keys:3: there is no key that can be read; a line is options, key type and key, as in a .pub file"},
		{name: "binary", file: string([]byte{0, 1, 2, 255, 254, ' ', 7}),
			fatal: "keys:1: there is no key that can be read; a line is options, key type and key, as in a .pub file"},
		{"cut key", who + " " + p[:40], "keys:1: the key is damaged; copy the whole line of the .pub file", ""},
		{name: "not base64", file: who + " ssh-ed25519 !!!!",
			fatal: "keys:1: the key is damaged; copy the whole line of the .pub file"},
		{name: "wrong type", file: who + " ssh-rsa " + strings.Fields(p)[1],
			fatal: "keys:1: the line says ssh-rsa, but the key is of the type ssh-ed25519; copy the whole line of " +
				"the .pub file"},
		{name: "weak", file: who + " " + weakPub,
			fatal: "keys:1: the RSA key has 1024 bits, and at least 2048 are required; make one with ssh-keygen " +
				"-t ed25519"},
		{"dsa", who + " ssh-dss AAAA", "keys:1: DSA keys are not accepted; make one with ssh-keygen -t ed25519", ""},
		{name: "certificate", file: who + " ssh-ed25519-cert-v01@openssh.com AAAA",
			fatal: "keys:1: this is a certificate, not a key; put the key of its authority into the file given " +
				"with --ssh-ca"},
		{name: "twice the key", file: who + " " + p + "\n" + `handle="bo",right="watch" ` + p,
			fatal: "keys:2: this key is already in line 1; remove one of the two"},
		{name: "unknown option", file: "\n" + who + `,environment="A=b" ` + p,
			messages: "keys:2: the option environment is not understood, so this key is refused; remove it if the " +
				"key can do without it\n"},
		{name: "unknown flag", file: who + `,verify-required ` + p,
			messages: "keys:1: the option verify-required is not understood, so this key is refused; remove it if " +
				"the key can do without it\n"},
		{name: "authority", file: "cert-authority," + who + " " + p,
			messages: "keys:1: the option cert-authority is not understood here, so this key is refused; put " +
				"authorities into the file given with --ssh-ca\n"},
	}
}

func TestLines(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatalf("make a key: %v", err)
	}
	weakKey, _ := ssh.NewPublicKey(&weak.PublicKey)
	weakPub := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(weakKey)))
	p, who := pub(ana), `handle="ana",right="write"`
	for _, c := range append(optionCases(p, who), keyCases(p, who, weakPub)...) {
		t.Run(c.name, func(t *testing.T) {
			messages, err := read(t, c.file, 0o600)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != c.fatal {
				t.Errorf("got  %s\nwant %s", got, c.fatal)
			}
			if messages != c.messages {
				t.Errorf("got %q\nwant %q", messages, c.messages)
			}
		})
	}
}

// TestRefusedKey: a key with an unknown option is not accepted.
func TestRefusedKey(t *testing.T) {
	r := start(t, strings.ReplaceAll(usual(), `handle="bo"`, `handle="bo",environment="A=b"`))
	if _, err := r.dial("bo", bo); err == nil {
		t.Error("was let in")
	}
	r.login("ana", ana)
}

func TestKeyFileItself(t *testing.T) {
	if runtime.GOOS != "windows" {
		if _, err := read(t, usual(), 0o620); err == nil ||
			err.Error() != "keys can be written to by others (-rw--w----); chmod go-w keys" {
			t.Errorf("read: %v", err)
		}
	}
	for path, want := range map[string]string{
		"/nowhere/keys": "the keys in /nowhere/keys cannot be read: no such file or directory; give a file in the " +
			"authorized_keys format",
		"/": "/ is not a file; give a file in the authorized_keys format",
	} {
		_, err := sshd.New(sshd.Options{Keys: path, Dir: t.TempDir(), Clock: wall{}, Handler: testHandler{}})
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestFrom(t *testing.T) {
	for _, c := range []struct {
		from, addr string
		want       bool
	}{
		{"10.0.0.0/8", "10.1.2.3", true},
		{"10.0.0.0/8", "11.1.2.3", false},
		{"10.0.0.0/8,!10.6.0.0/16", "10.6.1.1", false},
		{"!10.6.0.0/16", "10.7.1.1", false},
		{"192.168.1.?", "192.168.1.7", true},
		{"192.168.1.?", "192.168.1.77", false},
		{"*", "2001:db8::1", true},
		{"2001:DB8::/32", "2001:db8::1", true},
		{"2001:DB8:*", "2001:db8::1", true},
		{"::ffff:10.0.0.1", "10.0.0.1", true},
		{"127.0.0.1", "127.0.0.1", true},
		{" 127.0.0.1 , 127.0.0.2", "127.0.0.2", true},
	} {
		got, err := sshd.Allows(c.from, c.addr)
		if got != c.want || err != nil {
			t.Errorf("from=%q %s: %v %v", c.from, c.addr, got, err)
		}
	}
	r := start(t, `handle="ana",right="write",from="10.0.0.0/8" `+pub(ana)+"\n"+
		`handle="bo",right="write",from="127.*" `+pub(bo)+"\n")
	if _, err := r.dial("ana", ana); err == nil {
		t.Error("ana was let in from here")
	}
	r.login("bo", bo)
}

func TestWords(t *testing.T) {
	for in, want := range map[string][]string{
		"":                         nil,
		"  a\tb\n c ":              {"a", "b", "c"},
		`a 'b c' "d e"`:            {"a", "b c", "d e"},
		`a'b'"c"d`:                 {"abcd"},
		`'' ""`:                    {"", ""},
		`a\ b \'c`:                 {"a b", "'c"},
		`"a\"b\\c\n"`:              {`a"b\c\n`},
		`'a\'`:                     {`a\`},
		"$(id) `id` $HOME ; | & *": {"$(id)", "`id`", "$HOME", ";", "|", "&", "*"},
	} {
		if got, err := sshd.Words(in); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	for _, in := range []string{`'a`, `"a`, `a\`, `"a\"`} {
		if got, err := sshd.Words(in); err == nil {
			t.Errorf("%.20q: %.20q", in, got)
		}
	}
}
