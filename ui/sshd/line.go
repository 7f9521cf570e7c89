package sshd

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
)

// line is one line of a file in authorized_keys format: a key with options that describe
// its holder.
type line struct {
	n   int // in the file, from 1
	key ssh.PublicKey
	opts
}

// opts are the options of a line.
type opts struct {
	handle, name, job string
	right             model.Right
	rooms             []string // nil: all
	from              origin   // nil: from anywhere
	fromText          string
	until             time.Time // zero: does not expire
	command           string    // forced command
	noPTY             bool
}

// same reports whether two lines give the same person the same access.
func (o *opts) same(p *opts) bool {
	return o.handle == p.handle && o.right == p.right && slices.Equal(o.rooms, p.rooms) &&
		(o.rooms == nil) == (p.rooms == nil) &&
		o.fromText == p.fromText && o.until.Equal(p.until) && o.command == p.command && o.noPTY == p.noPTY
}

// errUnknown marks an unknown option: only the key with it is refused.
var errUnknown = errors.New("option not understood")

// parseLine parses one line. It returns nil for a line without a key. The error wraps
// errUnknown if only an option is unknown.
func parseLine(n int, b []byte) (*line, error) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || b[0] == '#' {
		return nil, nil
	}
	key, _, head, _, err := ssh.ParseAuthorizedKey(b)
	if err != nil || !isKeyType(key.Type()) {
		return nil, whyNoKey(string(b))
	}
	if err := strong(key); err != nil {
		return nil, err
	}
	l := &line{n: n, key: key}
	seen := map[string]bool{}
	for _, o := range head {
		name, value, valued := strings.Cut(o, "=")
		name = strings.ToLower(name)
		if seen[name] {
			return nil, model.Refuse(model.Invalid, "the option %s is given twice; remove one", name)
		}
		seen[name] = true
		if err := l.option(name, unquote(value), valued); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// unquote returns the value of an option without its quotes; \" is a literal quote.
func unquote(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], `\"`):
			out.WriteByte('"')
			i++
		case s[i] != '"':
			out.WriteByte(s[i])
		}
	}
	return out.String()
}

func isKeyType(s string) bool { return slices.Contains(keyTypes, s) }

// whyNoKey explains what is wrong with a line that has no accepted key.
func whyNoKey(s string) error {
	f := strings.Fields(s)
	if w := f[0]; !isKeyType(w) && w != "ssh-dss" && !strings.Contains(w, "-cert-v") { // options come first
		rest, quoted := afterOptions(s)
		if quoted {
			return model.Refuse(model.Invalid,
				"a quote is not closed; write options as handle=\"ana\",right=\"write\"")
		}
		if rest == "" {
			return model.Refuse(model.Invalid,
				"there is no key; a line is options, key type and key, as in a .pub file")
		}
		f = strings.Fields(rest)
	}
	switch {
	case len(f) > 0 && strings.Contains(f[0], "-cert-v"):
		return model.Refuse(model.Invalid,
			"this is a certificate, not a key; put the key of its authority into the file given with --ssh-ca")
	case len(f) > 0 && f[0] == "ssh-dss":
		return model.Refuse(model.Invalid, "DSA keys are not accepted; make one with ssh-keygen -t ed25519")
	case len(f) < 2 || !isKeyType(f[0]):
		return model.Refuse(model.Invalid,
			"there is no key that can be read; a line is options, key type and key, as in a .pub file")
	}
	if b, err := base64.StdEncoding.DecodeString(f[1]); err == nil {
		if k, err := ssh.ParsePublicKey(b); err == nil && k.Type() != f[0] {
			return model.Refuse(model.Invalid,
				"the line says %s, but the key is of the type %s; copy the whole line of the .pub file", f[0],
				k.Type())
		}
	}
	return model.Refuse(model.Invalid, "the key is damaged; copy the whole line of the .pub file")
}

// afterOptions returns what follows the options of a line, and whether a quote in them is
// not closed.
func afterOptions(s string) (rest string, quoted bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' && (i == 0 || s[i-1] != '\\'):
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t'):
			return strings.TrimLeft(s[i:], " \t"), false
		}
	}
	return "", quoted
}

// option applies one option.
func (l *line) option(name, value string, valued bool) error {
	switch name {
	case "no-agent-forwarding", "no-port-forwarding", "no-x11-forwarding", "no-user-rc":
		return nil // not supported anyway
	case "no-pty":
		l.noPTY = true
		return nil
	case "restrict":
		l.noPTY = true
		return nil
	case "pty":
		l.noPTY = false
		return nil
	}
	if set := l.setter(name); set != nil {
		if !valued || value == "" {
			return model.Refuse(model.Invalid, "the option %s has no value; write it as %s=\"...\"", name, name)
		}
		return set(value)
	}
	if name == "cert-authority" || name == "principals" {
		return unknown{model.Safef("the option %s is not understood here, so this key is refused; put authorities "+
			"into the file given with --ssh-ca", name)}
	}
	return unknown{model.Safef("the option %s is not understood, so this key is refused; remove it if the key "+
		"can do without it", short(name))}
}

// unknown is the error for an unknown option.
type unknown struct{ text model.Safe }

func (u unknown) Error() string        { return u.text.String() }
func (u unknown) Is(target error) bool { return target == errUnknown }

// setter returns the function that applies the value of an option, or nil if the option is
// unknown.
func (l *line) setter(name string) func(string) error {
	switch name {
	case "handle":
		return l.setHandle
	case "right":
		return l.setRight
	case "name":
		return func(s string) error { l.name = s; return shortText(name, s) }
	case "job":
		return func(s string) error { l.job = s; return shortText(name, s) }
	case "rooms":
		return l.setRooms
	case "from":
		return func(s string) (err error) { l.fromText = s; l.from, err = parseOrigin(s); return err }
	case "expiry-time":
		return l.setExpiry
	case "command":
		return func(s string) error { l.command = s; return nil }
	}
	return nil
}

func (l *line) setHandle(s string) error {
	l.handle = s
	if !model.ValidHandle(s) || reserved(s) {
		return model.Refuse(model.Invalid,
			"%q cannot be a handle; a handle is 1 to 32 characters from a-z 0-9 _ -, and not hub, room or me", short(s))
	}
	return nil
}

// reserved reports whether nobody may have a handle: the hub's own, "me", and the user name
// that stands for the handle of the key.
func reserved(handle string) bool { return handle == "hub" || handle == anyone || model.IsSelf(handle) }

func (l *line) setRight(s string) error {
	l.right = model.Right(s)
	if !l.right.Valid() {
		return model.Refuse(model.Invalid, "right= is watch, write or command, not %q", short(s))
	}
	return nil
}

func (l *line) setRooms(s string) error {
	l.rooms = []string{}
	for r := range strings.SplitSeq(s, ",") {
		if r = strings.TrimSpace(r); !model.IsRoomName(r) {
			return model.Refuse(model.Invalid, "rooms= has %q, which is not a room; write it as rooms=\"inc-7,inc-8\"",
				short(r))
		}
		l.rooms = append(l.rooms, r)
	}
	return nil
}

// setExpiry parses a time as sshd does: YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS in the
// time zone of the machine, or with a trailing Z in UTC.
func (l *line) setExpiry(s string) error {
	digits, utc := strings.CutSuffix(s, "Z")
	zone := time.Local
	if utc {
		zone = time.UTC
	}
	form := map[int]string{8: "20060102", 12: "200601021504", 14: "20060102150405"}[len(digits)]
	t, err := time.ParseInLocation(form, digits, zone)
	if form == "" || err != nil {
		return model.Refuse(model.Invalid,
			"expiry-time= has %q, which is not a time; write it as 20261231 or 202612312359Z", short(s))
	}
	l.until = t
	return nil
}

func shortText(name, s string) error {
	if len(s) > 120 {
		return model.Refuse(model.Invalid, "%s= has %d bytes, and up to 120 are allowed", name, len(s))
	}
	return nil
}
