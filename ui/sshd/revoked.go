package sshd

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"

	"warroom/model"
)

// revokedList is a file of keys and certificates that are not let in any more, in
// the text form that ssh-keygen makes its revocation lists from:
//
//	serial: 5            serial: 10-19        certificates by number
//	id: ana@laptop                            certificates by what they call themselves
//	hash: SHA256:...     sha256: SHA256:...   keys, and certificates of them, by fingerprint
//	key: ssh-ed25519 AAAA...                  by the key, which a line may also be alone
//
// Numbers and ids hold for every authority that is let in. The key of an authority
// takes all its certificates with it.
type revokedList struct {
	path  string
	seen  fs.FileInfo // when it was read last; nil: never
	fresh fs.FileInfo // what was there a look ago
	told  model.Safe  // why it could not be read the last time; empty: it could
	revoked
}

// revoked is what a list says.
type revoked struct {
	serials []serials
	ids     map[string]bool
	keys    map[string]bool // fingerprints, SHA256:...
	sha1s   map[string]bool // sums of keys
}

// serials are the certificates from a number to another.
type serials struct{ from, to uint64 }

// krlMagic is what a revocation list in OpenSSH's binary form begins with.
const krlMagic = "SSHKRL\n\x00"

// read reads the file at the start, when everything in it has to be right.
func (l *revokedList) read() error {
	fi, b, err := l.bytes()
	if err != nil {
		return err
	}
	r, said := parseRevoked(l.path, b)
	if len(said) > 0 {
		return &model.Error{Code: model.Invalid, Message: said[0]}
	}
	l.seen, l.fresh, l.revoked = fi, fi, r
	return nil
}

// look reads the file again where it has changed and stays as it is for the time
// between two looks. Where something is wrong with it, what was revoked before
// stays so too: nobody comes in again by a slip of the hand.
func (l *revokedList) look() (said []model.Safe) {
	fi, err := os.Stat(l.path)
	if err != nil {
		return once(&l.told, model.Safef("the list of what is revoked, %s, cannot be read: %s; what stood in it still holds", l.path, reason(err)))
	}
	if unchanged(l.seen, fi) {
		l.told = model.Safe{}
		return nil
	}
	if !unchanged(l.fresh, fi) {
		l.fresh = fi
		return nil
	}
	fi, b, err := l.bytes()
	if err != nil {
		return once(&l.told, model.Safef("%s; what was revoked before still is", model.Sentence(err)))
	}
	l.seen, l.told = fi, model.Safe{}
	r, said := parseRevoked(l.path, b)
	if len(said) > 0 {
		l.add(r)
		return append(said, model.Safef("%s was read again; as lines of it are wrong, what was revoked before still is", l.path))
	}
	l.revoked = r
	return []model.Safe{model.Safef("%s was read again: %d lines", l.path, len(r.serials)+len(r.ids)+len(r.keys)+len(r.sha1s))}
}

// bytes reads the file.
func (l *revokedList) bytes() (fs.FileInfo, []byte, error) {
	k := keyfile{path: l.path}
	fi, b, err := k.bytes()
	var said *model.Error
	switch {
	case errors.As(err, &said) && said.Code == model.Forbidden:
		return nil, nil, err
	case err != nil:
		return nil, nil, model.Refuse(model.Invalid, "the list of what is revoked, %s, cannot be read; give a text file with lines as serial: 5, id: ana@laptop or hash: SHA256:..., an empty one where nothing is", l.path)
	case bytes.HasPrefix(b, []byte(krlMagic)):
		return nil, nil, model.Refuse(model.Invalid, "%s is a revocation list in OpenSSH's binary form; give the text that ssh-keygen -k makes it from: lines as serial: 5, id: ana@laptop or hash: SHA256:...", l.path)
	}
	return fi, b, nil
}

// parseRevoked reads the lines, and says which are wrong.
func parseRevoked(path string, b []byte) (r revoked, said []model.Safe) {
	r = revoked{ids: map[string]bool{}, keys: map[string]bool{}, sha1s: map[string]bool{}}
	n := 0
	for raw := range bytes.Lines(b) {
		n++
		s := strings.TrimSpace(string(raw))
		if s == "" || s[0] == '#' {
			continue
		}
		if err := r.line(s); err != nil {
			said = append(said, model.Safef("%s:%d: %s", path, n, model.Sentence(err)))
		}
	}
	return r, said
}

// line takes one line.
func (r *revoked) line(s string) error {
	what, rest, ok := strings.Cut(s, ":")
	rest = strings.TrimSpace(rest)
	switch what = strings.ToLower(strings.TrimSpace(what)); {
	case ok && rest == "":
		return model.Refuse(model.Invalid, "nothing follows %s:; write it as serial: 5, id: ana@laptop, hash: SHA256:... or key: ssh-ed25519 AAAA...", short(what))
	case ok && what == "serial":
		return r.serial(rest)
	case ok && what == "id":
		r.ids[rest] = true
		return nil
	case ok && (what == "hash" || what == "sha256") && strings.HasPrefix(rest, "SHA256:"):
		return r.print(rest)
	case ok && what == "sha1":
		k, err := revokedKey(rest)
		if err == nil {
			sum := sha1.Sum(k.Marshal())
			r.sha1s[string(sum[:])] = true
		}
		return err
	case ok && (what == "key" || what == "sha256"):
		return r.key(rest)
	case isKeyType(strings.Fields(s)[0]) || strings.Contains(strings.Fields(s)[0], "-cert-v"):
		return r.key(s)
	}
	return model.Refuse(model.Invalid, "%q is no line of what is revoked; write serial: 5, id: ana@laptop, hash: SHA256:... or key: ssh-ed25519 AAAA...", short(s))
}

// serial takes a number or a range of them; 0x and 0 before one mean what they
// mean to ssh-keygen.
func (r *revoked) serial(s string) error {
	lo, hi, ranged := strings.Cut(s, "-")
	from, err := strconv.ParseUint(strings.TrimSpace(lo), 0, 64)
	to := from
	if err == nil && ranged {
		to, err = strconv.ParseUint(strings.TrimSpace(hi), 0, 64)
	}
	if err != nil || to < from || from == 0 {
		return model.Refuse(model.Invalid, "serial: has %q, which is no number from 1 on and no range; write serial: 5 or serial: 10-19", short(s))
	}
	r.serials = append(r.serials, serials{from, to})
	return nil
}

// print takes a fingerprint.
func (r *revoked) print(s string) error {
	sum, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimPrefix(s, "SHA256:"), "="))
	if err != nil || len(sum) != sha256.Size {
		return model.Refuse(model.Invalid, "hash: has %q, which is no fingerprint; copy it from ssh-keygen -l: SHA256:...", short(s))
	}
	r.keys["SHA256:"+base64.RawStdEncoding.EncodeToString(sum)] = true
	return nil
}

// key takes a key. Of a certificate it takes the number, or else its id, as
// ssh-keygen does: the key itself may get another one.
func (r *revoked) key(s string) error {
	k, err := revokedKey(s)
	if err != nil {
		return err
	}
	c, ok := k.(*ssh.Certificate)
	switch {
	case !ok:
		r.keys[ssh.FingerprintSHA256(k)] = true
	case c.Serial != 0:
		r.serials = append(r.serials, serials{c.Serial, c.Serial})
	default:
		r.ids[c.KeyId] = true
	}
	return nil
}

// revokedKey reads a key or a certificate as in a .pub file.
func revokedKey(s string) (ssh.PublicKey, error) {
	k, _, _, _, err := ssh.ParseAuthorizedKey([]byte(s))
	if err != nil {
		return nil, model.Refuse(model.Invalid, "the key cannot be read; copy the whole line of the .pub file")
	}
	return k, nil
}

// add takes over what another list says.
func (r *revoked) add(o revoked) {
	r.serials = append(r.serials[:len(r.serials):len(r.serials)], o.serials...)
	for _, m := range []struct{ to, from map[string]bool }{{r.ids, o.ids}, {r.keys, o.keys}, {r.sha1s, o.sha1s}} {
		for k := range m.from {
			m.to[k] = true
		}
	}
}

// has says whether a key is revoked, or a certificate: by its number, its id, its
// key or the key of its authority.
func (r *revoked) has(k ssh.PublicKey) bool {
	c, ok := k.(*ssh.Certificate)
	if !ok {
		sum := sha1.Sum(k.Marshal())
		return r.keys[ssh.FingerprintSHA256(k)] || r.sha1s[string(sum[:])]
	}
	for _, s := range r.serials {
		if c.Serial >= s.from && c.Serial <= s.to {
			return true
		}
	}
	return r.ids[c.KeyId] || r.has(c.Key) || r.has(c.SignatureKey)
}
