package sshd

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
)

// anyone is the user name that stands for the handle of the key.
const anyone = "room"

// Who is a guest, as described by the key that signed.
type Who struct {
	Handle    string
	Name, Job string
	Right     model.Right
	Rooms     []string // the rooms they may see; if nil, all
	Key       string   // fingerprint of the key that signed, SHA256:...
	Cert      string   // key id of a certificate, "" for a plain key
}

// Dir returns the directory of the guest's signing keys below the keys of the data
// directory. Its name includes handle and right: a key keeps the right with which it was
// admitted to a room, so a guest with another right needs another key.
func (w Who) Dir() string {
	sum := sha256.Sum256([]byte(w.Key))
	return "ssh/" + hex.EncodeToString(sum[:]) + "/" + w.Handle + "-" + string(w.Right)
}

// Origin returns how the guest is known, for the record.
func (w Who) Origin() string {
	if w.Cert != "" {
		return "ssh " + w.Key + " by certificate " + w.Cert
	}
	return "ssh " + w.Key
}

// grant is why a connection was accepted.
type grant struct {
	who     Who
	key     ssh.PublicKey // the key or certificate that signed
	by      *line         // line of the key, or of the authority
	ca      bool
	until   time.Time // zero: does not expire
	command string
	noPTY   bool
}

// grantKey is the key of the grant in the permissions of a connection.
type grantKey struct{}

// keyring has the accepted keys.
type keyring struct {
	clock    model.Clock
	commands []string

	mu   sync.RWMutex
	keys keyfile
	cas  keyfile     // no path: no authority is trusted
	gone revokedList // no path: nothing is revoked

	accessRevoked func(Who) bool // nil: nobody is revoked
}

// newKeyring reads the files. Messages are about keys that are refused.
func newKeyring(o *Options) (r *keyring, messages []model.Safe, err error) {
	r = &keyring{clock: o.Clock, commands: o.Handler.Commands(), keys: keyfile{path: o.Keys},
		cas:  keyfile{path: o.CA, what: authority},
		gone: revokedList{path: o.Revoked}, accessRevoked: o.AccessRevoked}
	r.keys.what = r.checked(person)
	if r.gone.path != "" {
		if err := r.gone.read(); err != nil {
			return nil, nil, err
		}
	}
	for _, k := range []*keyfile{&r.keys, &r.cas} {
		if k.path == "" {
			continue
		}
		if err := k.read(); err != nil {
			return nil, nil, err
		}
		messages = append(messages, k.bad...)
	}
	return r, messages, nil
}

// checked returns a check of a line that also requires its command to be a known one.
func (r *keyring) checked(what func(*line) error) func(*line) error {
	return func(l *line) error {
		if err := what(l); err != nil {
			return err
		}
		if l.command != "" {
			_, err := parseOrder(l.command, r.commands)
			return err
		}
		return nil
	}
}

// look reads the files again if they have changed.
func (r *keyring) look() (changed bool, messages []model.Safe) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range []*keyfile{&r.keys, &r.cas} {
		if k.path == "" {
			continue
		}
		n, s := k.look()
		changed, messages = changed || n, append(messages, s...)
	}
	if r.gone.path != "" {
		messages = append(messages, r.gone.look()...)
	}
	return changed, messages
}

var errNotKnown = errors.New("the key is not known here")

// admit decides about an offered key, by the user name, the key and the address alone.
// Whether the client has the private key is not known yet.
func (r *keyring) admit(m ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if c, ok := key.(*ssh.Certificate); ok {
		return r.admitCert(m, c)
	}
	l := r.keys.find(key)
	if l == nil {
		return nil, errNotKnown
	}
	g := &grant{who: Who{Handle: l.handle, Name: l.name, Job: l.job, Right: l.right, Rooms: l.rooms,
		Key: ssh.FingerprintSHA256(key)},
		key: key, by: l, until: l.until, command: l.command, noPTY: l.noPTY}
	r.confine(g)
	if u := m.User(); u != l.handle && u != anyone {
		return nil, bannerError(model.Safef("this key belongs to another name here: log in as your own handle, or "+
			"as %s",
			anyone))
	}
	if err := r.check(g, m.RemoteAddr()); err != nil {
		return nil, err
	}
	return &ssh.Permissions{ExtraData: map[any]any{grantKey{}: g}}, nil
}

// out returns an error if a key or its person was revoked.
func (r *keyring) out(g *grant) error {
	switch {
	case r.gone.has(g.key):
		return model.Refuse(model.Forbidden, "your key or certificate was revoked; ask the server's administrator")
	case r.isRevoked(g):
		return model.Refuse(model.Forbidden, "your access to this hub was revoked; ask the server's administrator")
	}
	return nil
}

// isRevoked reports whether the person or the key of a grant was revoked on the hub.
func (r *keyring) isRevoked(g *grant) bool { return r.accessRevoked != nil && r.accessRevoked(g.who) }

// check checks revocation, address and expiry.
func (r *keyring) check(g *grant, from net.Addr) error {
	if err := r.out(g); err != nil {
		return bannerError(model.Sentence(err))
	}
	if g.by.from != nil && !g.by.from.allows(addrOf(from)) {
		return bannerError(model.Safef("this key may not be used from %s", from))
	}
	if !g.until.IsZero() && !r.clock.Now().Before(g.until) {
		return bannerError(model.Safef("this key expired at %s; ask the server's administrator",
			g.until.UTC().Format("2006-01-02 15:04 UTC")))
	}
	return nil
}

// admitCert decides about a certificate.
func (r *keyring) admitCert(m ssh.ConnMetadata, c *ssh.Certificate) (*ssh.Permissions, error) {
	l := r.cas.find(c.SignatureKey)
	if l == nil {
		return nil, errNotKnown
	}
	if err := strongCert(c); err != nil {
		return nil, err
	}
	user := m.User()
	if len(c.ValidPrincipals) == 0 {
		return nil, bannerError(model.Lit("this certificate has no principals; sign it again with your " +
			"handle: ssh-keygen -n HANDLE"))
	}
	if !model.ValidHandle(user) || reserved(user) || !slices.Contains(c.ValidPrincipals, user) {
		return nil, bannerError(model.Lit("log in as a handle that the certificate names as a principal"))
	}
	check := ssh.CertChecker{Clock: r.clock.Now, SupportedCriticalOptions: []string{"force-command"},
		IsUserAuthority: func(ssh.PublicKey) bool { return true }}
	if _, err := check.Authenticate(m, c); err != nil {
		return nil, bannerError(model.Safef("the certificate is refused: %s", err))
	}
	g, err := r.certGrant(user, c, l)
	if err != nil {
		return nil, err
	}
	if err := r.check(g, m.RemoteAddr()); err != nil {
		return nil, err
	}
	// The library checks source-address itself.
	return &ssh.Permissions{CriticalOptions: c.CriticalOptions, ExtraData: map[any]any{grantKey{}: g}}, nil
}

// rightExt is the extension with which a certificate requests a right.
const rightExt = "right@warroom"

// certGrant returns the grant of a certificate whose signature was checked.
func (r *keyring) certGrant(user string, c *ssh.Certificate, l *line) (*grant, error) {
	g := &grant{key: c, by: l, ca: true, until: l.until, command: c.CriticalOptions["force-command"]}
	if _, forced := c.CriticalOptions["force-command"]; forced {
		if o, err := parseOrder(g.command, r.commands); err != nil || o.args == nil && o.room == "" {
			return nil, bannerError(model.Safef("the certificate forces a command that warroom does not have: %s",
				short(g.command)))
		}
	}
	right := l.right
	if s, ok := c.Extensions[rightExt]; ok {
		if !model.Right(s).Valid() {
			return nil, bannerError(model.Safef("the certificate asks for the right %q; the rights are watch, "+
				"write and command",
				short(s)))
		}
		right = lesser(right, model.Right(s))
	}
	if _, ok := c.Extensions["permit-pty"]; !ok || l.noPTY {
		g.noPTY = true
	}
	if c.ValidBefore != uint64(ssh.CertTimeInfinity) {
		if end := time.Unix(int64(c.ValidBefore), 0); g.until.IsZero() || end.Before(g.until) {
			g.until = end
		}
	}
	g.who = Who{Handle: user, Right: right, Rooms: l.rooms, Key: ssh.FingerprintSHA256(c.Key),
		Cert: strconv.Quote(short(c.KeyId)) + " serial " + strconv.FormatUint(c.Serial, 10)}
	r.confine(g)
	return g, nil
}

// confine restricts a login with a forced command to the rooms that the command names,
// because a screen can open other rooms.
func (r *keyring) confine(g *grant) {
	if g.command == "" {
		return
	}
	o, err := parseOrder(g.command, r.commands)
	if err != nil { // such a command is refused when the session begins
		g.who.Rooms = []string{}
		return
	}
	names := o.rooms()
	if names == nil {
		return
	}
	if g.who.Rooms == nil {
		g.who.Rooms = names
		return
	}
	g.who.Rooms = slices.DeleteFunc(slices.Clone(g.who.Rooms),
		func(s string) bool { return !slices.Contains(names, s) })
}

// lesser returns the lower of two rights.
func lesser(a, b model.Right) model.Right {
	order := []model.Right{model.Watch, model.Write, model.Command}
	return order[min(slices.Index(order, a), slices.Index(order, b))]
}

// stands returns nil if a grant is still valid, or else the error to show to the client.
func (r *keyring) stands(g *grant) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	k := &r.keys
	if g.ca {
		k = &r.cas
	}
	now := k.find(g.by.key)
	switch {
	case now == nil:
		return model.Refuse(model.Forbidden, "your key was revoked; ask the server's administrator")
	case !now.same(&g.by.opts):
		return model.Refuse(model.Forbidden, "the rights of your key were changed; log in again")
	case !g.until.IsZero() && !r.clock.Now().Before(g.until):
		return model.Refuse(model.Forbidden, "your key expired at %s; ask the server's administrator",
			g.until.UTC().Format("2006-01-02 15:04 UTC"))
	}
	return r.out(g)
}

// bannerError returns a refusal that is shown to the client.
func bannerError(s model.Safe) error {
	return &ssh.BannerError{Err: &model.Error{Code: model.Forbidden, Message: s}, Message: "warroom: " + s.String() +
		"\r\n"}
}
