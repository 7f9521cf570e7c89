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

// revokedList is a file of revoked keys and certificates, in the text format from which
// ssh-keygen makes its revocation lists:
//
//	serial: 5            serial: 10-19        certificates by serial number
//	id: ana@laptop                            certificates by key id
//	hash: SHA256:...     sha256: SHA256:...   keys, and their certificates, by fingerprint
//	key: ssh-ed25519 AAAA...                  by the key, which may also be on a line of its own
//
// Serial numbers and ids apply to every trusted authority. Revoking the key of an authority
// revokes all its certificates.
type revokedList struct {
	path         string
	seen         fs.FileInfo // when it was last read; if nil, never
	pending      fs.FileInfo // at the previous look
	lastReported model.Safe  // why it could not be read last time; if empty, it could
	revoked
}

// revoked is the content of a list.
type revoked struct {
	serials []serials
	ids     map[string]bool
	keys    map[string]bool // fingerprints, SHA256:...
	sha1s   map[string]bool // SHA-1 sums of keys
}

// serials is a range of serial numbers.
type serials struct{ from, to uint64 }

// krlMagic is the beginning of a revocation list in OpenSSH's binary format.
const krlMagic = "SSHKRL\n\x00"

// read reads the file at startup, when everything in it must be valid.
func (l *revokedList) read() error {
	fi, b, err := l.bytes()
	if err != nil {
		return err
	}
	r, messages := parseRevoked(l.path, b)
	if len(messages) > 0 {
		return &model.Error{Code: model.Invalid, Message: messages[0]}
	}
	l.seen, l.pending, l.revoked = fi, fi, r
	return nil
}

// look reads the file again if it has changed and was stable for the interval between two
// looks. If it has an error, everything that was revoked before stays revoked, so that a
// mistake reinstates nobody.
func (l *revokedList) look() (messages []model.Safe) {
	fi, err := os.Stat(l.path)
	if err != nil {
		return once(&l.lastReported,
			model.Safef("the revocation list %s cannot be read: %s; its previous entries stay in effect", l.path,
				reason(err)))
	}
	if unchanged(l.seen, fi) {
		l.lastReported = model.Safe{}
		return nil
	}
	if !unchanged(l.pending, fi) {
		l.pending = fi
		return nil
	}
	fi, b, err := l.bytes()
	if err != nil {
		return once(&l.lastReported, model.Safef("%s; everything revoked before stays revoked", model.Sentence(err)))
	}
	l.seen, l.lastReported = fi, model.Safe{}
	r, messages := parseRevoked(l.path, b)
	if len(messages) > 0 {
		l.add(r)
		return append(messages,
			model.Safef("%s was read again; some of its lines are wrong, so everything revoked before stays "+
				"revoked", l.path))
	}
	l.revoked = r
	return []model.Safe{model.Safef("%s was read again: %d lines", l.path,
		len(r.serials)+len(r.ids)+len(r.keys)+len(r.sha1s))}
}

// bytes reads the file.
func (l *revokedList) bytes() (fs.FileInfo, []byte, error) {
	k := keyfile{path: l.path}
	fi, b, err := k.bytes()
	var refusal *model.Error
	switch {
	case errors.As(err, &refusal) && refusal.Code == model.Forbidden:
		return nil, nil, err
	case err != nil:
		return nil, nil,
			model.Refuse(model.Invalid,
				"the revocation list %s cannot be read; give a text file with lines such as serial: 5, id: "+
					"ana@laptop or hash: SHA256:..., or an empty one if nothing is revoked", l.path)
	case bytes.HasPrefix(b, []byte(krlMagic)):
		return nil, nil,
			model.Refuse(model.Invalid,
				"%s is a revocation list in OpenSSH's binary form; give the text from which ssh-keygen -k makes it: "+
					"lines such as serial: 5, id: ana@laptop or hash: SHA256:...", l.path)
	}
	return fi, b, nil
}

// parseRevoked parses the lines, and reports invalid ones.
func parseRevoked(path string, b []byte) (r revoked, messages []model.Safe) {
	r = revoked{ids: map[string]bool{}, keys: map[string]bool{}, sha1s: map[string]bool{}}
	n := 0
	for raw := range bytes.Lines(b) {
		n++
		s := strings.TrimSpace(string(raw))
		if s == "" || s[0] == '#' {
			continue
		}
		if err := r.line(s); err != nil {
			messages = append(messages, model.Safef("%s:%d: %s", path, n, model.Sentence(err)))
		}
	}
	return r, messages
}

// line parses one line.
func (r *revoked) line(s string) error {
	what, rest, ok := strings.Cut(s, ":")
	rest = strings.TrimSpace(rest)
	switch what = strings.ToLower(strings.TrimSpace(what)); {
	case ok && rest == "":
		return model.Refuse(model.Invalid,
			"nothing follows %s:; write it as serial: 5, id: ana@laptop, hash: SHA256:... or key: ssh-ed25519 AAAA...",
			short(what))
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
	return model.Refuse(model.Invalid,
		"%q is not a line of a revocation list; write serial: 5, id: ana@laptop, hash: SHA256:... or key: ssh-ed25519 "+
			"AAAA...", short(s))
}

// serial parses a number or a range; the prefixes 0x and 0 have the same meaning as in
// ssh-keygen.
func (r *revoked) serial(s string) error {
	lo, hi, ranged := strings.Cut(s, "-")
	from, err := strconv.ParseUint(strings.TrimSpace(lo), 0, 64)
	to := from
	if err == nil && ranged {
		to, err = strconv.ParseUint(strings.TrimSpace(hi), 0, 64)
	}
	if err != nil || to < from || from == 0 {
		return model.Refuse(model.Invalid,
			"serial: has %q, which is neither a number from 1 up nor a range; write serial: 5 or serial: "+
				"10-19", short(s))
	}
	r.serials = append(r.serials, serials{from: from, to: to})
	return nil
}

// print parses a fingerprint.
func (r *revoked) print(s string) error {
	sum, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimPrefix(s, "SHA256:"), "="))
	if err != nil || len(sum) != sha256.Size {
		return model.Refuse(model.Invalid,
			"hash: has %q, which is not a fingerprint; copy it from ssh-keygen -l: SHA256:...", short(s))
	}
	r.keys["SHA256:"+base64.RawStdEncoding.EncodeToString(sum)] = true
	return nil
}

// key parses a key. A certificate is revoked by its serial number, or else by its key id,
// as in ssh-keygen, because its key may get another certificate.
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
		r.serials = append(r.serials, serials{from: c.Serial, to: c.Serial})
	default:
		r.ids[c.KeyId] = true
	}
	return nil
}

// revokedKey parses a key or a certificate in the format of a .pub file.
func revokedKey(s string) (ssh.PublicKey, error) {
	k, _, _, _, err := ssh.ParseAuthorizedKey([]byte(s))
	if err != nil {
		return nil, model.Refuse(model.Invalid, "the key cannot be read; copy the whole line of the .pub file")
	}
	return k, nil
}

// add adds the content of another list.
func (r *revoked) add(o revoked) {
	r.serials = append(r.serials[:len(r.serials):len(r.serials)], o.serials...)
	for _, m := range []struct{ to, from map[string]bool }{{r.ids, o.ids}, {r.keys, o.keys}, {r.sha1s, o.sha1s}} {
		for k := range m.from {
			m.to[k] = true
		}
	}
}

// has reports whether a key is revoked, or a certificate: by its serial number, its id, its
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
