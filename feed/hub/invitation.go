package hub

import (
	"bytes"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/nats-io/nkeys"
	"github.com/pelletier/go-toml/v2"

	"warroom/model"
)

// invitationForm is the form of invitations that this program writes and reads.
const invitationForm = 1

// Invitation is the only file that a person needs to connect over the network: the address
// of the hub, its pin, and the seed of a login. The seed authenticates the login and
// nothing else: entries are signed with another key, which never leaves the person's
// machine.
type Invitation struct {
	Form    int         `toml:"invitation"`
	Handle  string      `toml:"handle"`
	Right   model.Right `toml:"right"`
	Rooms   []string    `toml:"rooms,omitempty"`
	Until   time.Time   `toml:"until,omitempty"`
	Servers []string    `toml:"servers"`
	Pin     string      `toml:"pin"`
	Hub     string      `toml:"hub"`
	Seed    string      `toml:"seed"`
}

// Format implements fmt.Formatter: an invitation is printed without its secret.
func (v Invitation) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "invitation of "+v.Handle) // writing to fmt.State does not fail
}

// Text returns the invitation as the file to hand over.
func (v Invitation) Text() (string, error) {
	v.Form = invitationForm
	var b bytes.Buffer
	ends := ""
	if !v.Until.IsZero() {
		ends = ", until " + v.Until.UTC().Format(time.RFC3339)
	}
	fmt.Fprintf(&b, "# This lets %s into a warroom, with the right \"%s\"%s. Whoever has this file is %s:\n", v.Handle,
		v.Right, ends, v.Handle)
	use := "join with: warroom --creds FILE"
	if v.Right == Intake {
		use = "send alerts with: warroom ingest --creds FILE OUTPUT-OF-A-TOOL"
	}
	fmt.Fprintf(&b, "# keep it like a password (chmod 600), and %s\n", use)
	err := toml.NewEncoder(&b).Encode(v)
	return b.String(), err
}

// IsInvitation reports whether a file seems to be an invitation and not a NATS credentials
// file, which is PEM, or a bare NATS key.
func IsInvitation(raw []byte) bool {
	return !bytes.Contains(raw, []byte("-----BEGIN")) && Seed(raw) == nil
}

// Seed returns the seed of a user's NATS key if the file has that and nothing else, as nk
// and nsc write it.
func Seed(raw []byte) []byte {
	raw = bytes.TrimSpace(raw)
	if _, err := nkeys.FromSeed(raw); err != nil || !bytes.HasPrefix(raw, []byte("SU")) {
		return nil
	}
	return raw
}

// ReadInvitation parses an invitation. The error states what is wrong, and in which line.
func ReadInvitation(path string, raw []byte) (*Invitation, error) {
	v := new(Invitation)
	err := toml.NewDecoder(bytes.NewReader(raw)).DisallowUnknownFields().Decode(v)
	var strict *toml.StrictMissingError
	var where *toml.DecodeError
	switch {
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		row, _ := strict.Errors[0].Position()
		return nil, garbled(path, row, "there is nothing called "+strings.Join(strict.Errors[0].Key(), "."))
	case errors.As(err, &where):
		row, _ := where.Position()
		return nil, garbled(path, row, strings.TrimPrefix(where.Error(), "toml: "))
	case err != nil:
		return nil, garbled(path, 1, err.Error())
	case v.Form > invitationForm:
		return nil, model.Refuse(model.Invalid,
			"the invitation %s has format %d and this warroom reads only format %d; install a newer warroom",
			path, v.Form,
			invitationForm)
	}
	if key, why := v.check(); why != "" {
		return nil, garbled(path, lineOf(raw, key), why)
	}
	return v, nil
}

func garbled(path string, row int, why string) error {
	return model.Refuse(model.Invalid,
		"%s:%d: the invitation is not complete: %s; copy it again exactly as it was sent, or ask for "+
			"another", path, row, why)
}

// check returns the key that is wrong, and why.
func (v *Invitation) check() (key, why string) {
	switch {
	case v.Form != invitationForm:
		return "invitation", "the line invitation = 1 is missing"
	case !model.ValidHandle(v.Handle):
		return "handle", "the handle is missing or invalid"
	case !validRight(v.Right):
		return "right", "the right is not one of watch, write, command and intake"
	case len(v.Servers) == 0:
		return "servers", "the hub's address is missing"
	case !strings.HasPrefix(v.Pin, "sha256:") || len(v.Pin) != len("sha256:")+43:
		return "pin", "the pin of the hub's certificate is cut short or missing"
	case len(v.Hub) < 32:
		return "hub", "the hub's key is cut short or missing"
	}
	for _, s := range v.Servers {
		if !strings.HasPrefix(s, "tls://") {
			return "servers", "an address does not begin with tls://"
		}
	}
	if _, err := nkeys.FromSeed([]byte(v.Seed)); err != nil || !strings.HasPrefix(v.Seed, "SU") {
		return "seed", "the seed is cut short or has a wrong character"
	}
	return "", ""
}

// lineOf returns the line of a key, or the last line if the file does not have it.
func lineOf(raw []byte, key string) int {
	n := 0
	for line := range bytes.Lines(raw) {
		n++
		if bytes.HasPrefix(bytes.TrimSpace(line), []byte(key)) {
			return n
		}
	}
	return max(n, 1)
}

// ErrOtherHub means that the certificate is not the one of the invitation.
var ErrOtherHub = errors.New("this is not the hub that invited you")

// TLS returns the client's configuration: TLS 1.3, and only the key that the invitation
// pins. Names and dates are not checked, so that a wrong clock has no effect.
func (v *Invitation) TLS() *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, // VerifyConnection checks the pin instead
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 ||
				subtle.ConstantTimeCompare([]byte(pinOf(s.PeerCertificates[0])), []byte(v.Pin)) != 1 {
				return ErrOtherHub
			}
			return nil
		},
	}
}

// Login returns the public key of the login, and a function that signs the hub's nonce.
func (v *Invitation) Login() (public string, sign func([]byte) ([]byte, error), err error) {
	pair, err := nkeys.FromSeed([]byte(v.Seed))
	if err != nil {
		return "", nil, err
	}
	public, err = pair.PublicKey()
	return public, pair.Sign, err
}
