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

// line is one line of a file in the form of authorized_keys: a key and what its
// options say of whoever holds it.
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
	until             time.Time // zero: for ever
	command           string    // whatever the client asks for, this is done
	noPTY             bool
}

// same says whether two lines let the same person do the same.
func (o *opts) same(p *opts) bool {
	return o.handle == p.handle && o.right == p.right && slices.Equal(o.rooms, p.rooms) && (o.rooms == nil) == (p.rooms == nil) &&
		o.fromText == p.fromText && o.until.Equal(p.until) && o.command == p.command && o.noPTY == p.noPTY
}

// errUnknown marks an option that is not understood: its key alone is refused.
var errUnknown = errors.New("option not understood")

// parseLine reads one line; nil for one without a key. The error wraps
// errUnknown where only an option is not understood.
func parseLine(n int, b []byte) (*line, error) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || b[0] == '#' {
		return nil, nil
	}
	l := &line{n: n}
	head, rest, err := cutOptions(string(b))
	if err != nil {
		return nil, err
	}
	if l.key, err = parseKey(rest); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, o := range head {
		name, value, _ := strings.Cut(o, "=")
		name = strings.ToLower(name)
		if seen[name] {
			return nil, model.Refuse(model.Invalid, "the option %s stands there twice; take one away", name)
		}
		seen[name] = true
		if err := l.option(name, value, strings.Contains(o, "=")); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// cutOptions parts a line into its options, their quotes taken away, and the
// key.
func cutOptions(s string) (head []string, rest string, err error) {
	if w, _, _ := strings.Cut(s, " "); isKeyType(w) {
		return nil, s, nil
	}
	var o strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted && i+1 < len(s) && s[i+1] == '"':
			o.WriteByte('"')
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ' ' || c == '\t'):
			if o.Len() > 0 {
				head = append(head, o.String())
			}
			o.Reset()
			if c != ',' {
				return head, strings.TrimLeft(s[i:], " \t"), nil
			}
		default:
			o.WriteByte(c)
		}
	}
	if quoted {
		return nil, "", model.Refuse(model.Invalid, "a quote is not closed; write options as handle=\"ana\",right=\"write\"")
	}
	return nil, "", model.Refuse(model.Invalid, "there is no key; a line is options, key type and key, as in a .pub file")
}

func isKeyType(s string) bool { return slices.Contains(keyTypes, s) }

// parseKey reads the type and the key itself; what follows is a comment.
func parseKey(s string) (ssh.PublicKey, error) {
	f := strings.Fields(s)
	switch {
	case len(f) > 0 && strings.Contains(f[0], "-cert-v"):
		return nil, model.Refuse(model.Invalid, "this is a certificate, not a key; put the key of its authority into the file of --ssh-ca")
	case len(f) > 0 && f[0] == "ssh-dss":
		return nil, model.Refuse(model.Invalid, "DSA keys are not taken; make one with ssh-keygen -t ed25519")
	case len(f) < 2 || !isKeyType(f[0]):
		return nil, model.Refuse(model.Invalid, "there is no key that can be read; a line is options, key type and key, as in a .pub file")
	}
	b, err := base64.StdEncoding.DecodeString(f[1])
	if err != nil {
		return nil, model.Refuse(model.Invalid, "the key is damaged; copy the whole line of the .pub file")
	}
	k, err := ssh.ParsePublicKey(b)
	if err != nil {
		return nil, model.Refuse(model.Invalid, "the key is damaged; copy the whole line of the .pub file")
	}
	if k.Type() != f[0] {
		return nil, model.Refuse(model.Invalid, "the line says %s, but the key is of the type %s; copy the whole line of the .pub file", f[0], k.Type())
	}
	return k, strong(k)
}

// option takes one option.
func (l *line) option(name, value string, valued bool) error {
	switch name {
	case "no-agent-forwarding", "no-port-forwarding", "no-x11-forwarding", "no-user-rc":
		return nil // nothing of that is here
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
		return unknown{model.Safef("the option %s is not understood here, so this key is refused; put authorities into the file of --ssh-ca", name)}
	}
	return unknown{model.Safef("the option %s is not understood, so this key is refused; take it away if the key may do without it", short(name))}
}

// unknown is an option that is not understood.
type unknown struct{ text model.Safe }

func (u unknown) Error() string        { return u.text.String() }
func (u unknown) Is(target error) bool { return target == errUnknown }

// setter is what takes the value of an option, nil where there is no such one.
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
		return model.Refuse(model.Invalid, "%q cannot be a handle; handles are 1 to 32 of a-z 0-9 _ -, and not hub or room", short(s))
	}
	return nil
}

// reserved are the handles that nobody may have: the hub's own, and the user
// name that stands for whoever the key says.
func reserved(handle string) bool { return handle == "hub" || handle == anyone }

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
		if r = strings.TrimSpace(r); !roomName.MatchString(r) {
			return model.Refuse(model.Invalid, "rooms= has %q, which is no room; write it as rooms=\"inc-7,inc-8\"", short(r))
		}
		l.rooms = append(l.rooms, r)
	}
	return nil
}

// setExpiry reads a time as sshd does: YYYYMMDD, YYYYMMDDHHMM or
// YYYYMMDDHHMMSS in the time zone of the machine, with Z behind it in UTC.
func (l *line) setExpiry(s string) error {
	digits, utc := strings.CutSuffix(s, "Z")
	zone := time.Local
	if utc {
		zone = time.UTC
	}
	form := map[int]string{8: "20060102", 12: "200601021504", 14: "20060102150405"}[len(digits)]
	t, err := time.ParseInLocation(form, digits, zone)
	if form == "" || err != nil {
		return model.Refuse(model.Invalid, "expiry-time= has %q, which is no time; write it as 20261231 or 202612312359Z", short(s))
	}
	l.until = t
	return nil
}

func shortText(name, s string) error {
	if len(s) > 120 {
		return model.Refuse(model.Invalid, "%s= has %d bytes, and 120 are the most", name, len(s))
	}
	return nil
}
