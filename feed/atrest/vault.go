package atrest

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"warroom/model"
)

// File is the name of a vault's file in its directory.
const File = "vault.json"

// The parameters of a new vault: the second of the two settings that OWASP's cheat sheet on
// password storage recommends for Argon2id, about 30 ms.
const (
	memoryKiB = 19 << 10
	passes    = 2
	threads   = 1
)

// maxMemoryKiB is the max memory that a file may demand.
const maxMemoryKiB = 1 << 20

// head is the content of the file.
type head struct {
	V       int    `json:"v"`
	Salt    []byte `json:"salt"`
	Memory  uint32 `json:"memory_kib"`
	Passes  uint32 `json:"passes"`
	Threads uint8  `json:"threads"`
	Check   []byte `json:"check"` // an empty text, encrypted
}

// Vault has the key of a directory.
type Vault struct {
	root []byte
	salt []byte
}

// Format implements fmt.Formatter: a vault is printed without its key.
func (v *Vault) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("vault")) } // writing to fmt.State does not fail

// Exists reports whether a directory has a vault.
func Exists(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, File))
	return err == nil
}

// Open opens the vault of a directory with a secret, and creates it if there is none. If
// two processes create it at once, both get the same one. The error is a [model.Error]:
// Forbidden if the secret is wrong, Invalid if the file cannot be read.
func Open(dir string, secret model.Secret) (*Vault, error) {
	path := filepath.Join(dir, File)
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := begin(path, secret); err != nil {
			return nil, err
		}
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, model.Refuse(model.Internal, "the vault of %s cannot be read (%s)", dir, err)
	}
	var h head
	if err := json.Unmarshal(raw, &h); err != nil || !h.sane() {
		return nil, model.Refuse(model.Invalid,
			"%s is not a vault that this program can read; restore the file from a copy: without it, nothing "+
				"that is encrypted there can be read", path)
	}
	v := unlock(h, secret)
	if _, err := v.Box("check").Open(h.Check, nil); err != nil {
		return nil, model.Refuse(model.Forbidden, "the passphrase or key is not the one with which %s was encrypted",
			dir)
	}
	return v, nil
}

// unlock derives the vault from a head and a secret.
func unlock(h head, secret model.Secret) *Vault {
	return &Vault{root: argon2.IDKey(secret.Reveal(), h.Salt, h.Passes, h.Memory, h.Threads, 32), salt: h.Salt}
}

// begin writes the file of a new vault, unless another process was faster.
func begin(path string, secret model.Secret) error {
	h := head{V: 1, Salt: make([]byte, 16), Memory: memoryKiB, Passes: passes, Threads: threads}
	if _, err := rand.Read(h.Salt); err != nil {
		return fmt.Errorf("make a vault: %w", err)
	}
	h.Check = unlock(h, secret).Box("check").Seal(nil, nil)
	raw, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("make a vault: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".vault-*") // created with mode 0600
	if err == nil {
		_, err = f.Write(append(raw, '\n'))
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err == nil {
		if err = os.Link(f.Name(), path); errors.Is(err, os.ErrExist) {
			err = nil
		}
		err = errors.Join(err, os.Remove(f.Name()))
	}
	if err != nil {
		return model.Refuse(model.Internal, "the vault %s cannot be created (%s)", path, err)
	}
	return nil
}

// Key returns a key of 32 bytes for a purpose, for callers that encrypt themselves.
func (v *Vault) Key(purpose string) model.Secret {
	k, err := hkdf.Key(sha256.New, v.root, v.salt, "warroom/vault/v1/"+purpose, 32)
	if err != nil {
		panic("vault: " + err.Error()) // 32 bytes are within the limit of HKDF
	}
	return model.NewSecret(k)
}

// Box returns the box for a purpose. The box of a nil Vault is nil.
func (v *Vault) Box(purpose string) *Box {
	if v == nil {
		return nil
	}
	a, err := chacha20poly1305.NewX(v.Key(purpose).Reveal())
	if err != nil {
		panic("vault: " + err.Error()) // the key has the right length
	}
	return &Box{a}
}

// Box encrypts and decrypts. It is safe for concurrent use.
type Box struct{ a cipher.AEAD }

// ErrSealed means that something cannot be decrypted: the key or the context differs, or it
// was modified.
var ErrSealed = errors.New("it was encrypted with a different key or for a different place, or has been changed since")

// Seal encrypts text. It is bound to where, its context: Open needs the same.
func (b *Box) Seal(text, where []byte) []byte {
	nonce := make([]byte, b.a.NonceSize(), b.a.NonceSize()+len(text)+b.a.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		panic("vault: no randomness: " + err.Error()) // crypto/rand never fails since Go 1.24
	}
	return b.a.Seal(nonce, nonce, text, where)
}

// Open decrypts what Seal returned, or returns ErrSealed.
func (b *Box) Open(sealed, where []byte) ([]byte, error) {
	n := b.a.NonceSize()
	if len(sealed) < n {
		return nil, ErrSealed
	}
	text, err := b.a.Open(nil, sealed[:n], sealed[n:], where)
	if err != nil {
		return nil, ErrSealed
	}
	return text, nil
}
