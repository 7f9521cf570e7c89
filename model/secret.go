package model

import "fmt"

// Secret is a password, key or token. Formatting or encoding it never shows its
// bytes; only Reveal returns them.
//
// Package fmt does not call methods of values in unexported fields, so the bytes are
// kept in a closure, which fmt cannot inspect.
type Secret struct{ get func() []byte }

// NewSecret returns a secret that consists of b. It takes ownership of b.
func NewSecret(b []byte) Secret { return Secret{func() []byte { return b }} }

// Reveal returns the bytes of the secret. The caller must not store them.
func (s Secret) Reveal() []byte {
	if s.get == nil {
		return nil
	}
	return s.get()
}

// IsEmpty reports whether the secret has no bytes.
func (s Secret) IsEmpty() bool { return len(s.Reveal()) == 0 }

// Sealer encrypts data for storage on disk. Where names what the data belongs to;
// Open fails for data that was sealed with another name.
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
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(shownSecret)) } // fmt's writer never fails

// MarshalText implements encoding.TextMarshaler, for JSON, TOML and logs.
func (Secret) MarshalText() ([]byte, error) { return []byte(shownSecret), nil }
