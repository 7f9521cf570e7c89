package model

import "fmt"

// Secret is a password, a key or a token. It never prints: every way in which
// Go makes text of a value says "secret", or a number that is none of it. Only
// Reveal returns what it is.
type Secret struct{ get func() []byte } // fmt asks no method of what is in a field that is not exported; it cannot look into a function

// NewSecret makes a secret of bytes, which belong to it from then on.
func NewSecret(b []byte) Secret { return Secret{func() []byte { return b }} }

// Reveal returns what the secret is, to use it and not to keep it.
func (s Secret) Reveal() []byte {
	if s.get == nil {
		return nil
	}
	return s.get()
}

// IsEmpty says whether there is none.
func (s Secret) IsEmpty() bool { return len(s.Reveal()) == 0 }

// Sealer encrypts what lies on a disk. Where says what it belongs to: Open takes
// it only there.
type Sealer interface {
	Seal(text, where []byte) []byte
	Open(sealed, where []byte) ([]byte, error)
}

const shownSecret = "secret"

// String implements fmt.Stringer.
func (Secret) String() string { return shownSecret }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return shownSecret }

// Format implements fmt.Formatter, so that no verb shows the bytes.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(shownSecret)) } // a writer of fmt does not fail

// MarshalText implements encoding.TextMarshaler, for JSON, TOML and logs.
func (Secret) MarshalText() ([]byte, error) { return []byte(shownSecret), nil }
