package atrest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"

	"warroom/model"
)

// Loose creates a vault that belongs to no directory: its head is stored with the encrypted
// data, so that it can be decrypted with the secret on any machine.
func Loose(secret model.Secret) (*Vault, []byte, error) {
	h := head{V: 1, Salt: make([]byte, 16), Memory: memoryKiB, Passes: passes, Threads: threads}
	if _, err := rand.Read(h.Salt); err != nil {
		return nil, nil, fmt.Errorf("make a vault: %w", err)
	}
	v := unlock(h, secret)
	h.Check = v.Box("check").Seal(nil, nil)
	raw, err := json.Marshal(h)
	return v, raw, err
}

// Unlock opens a vault from its head. The error is [ErrSealed] if the secret is wrong, and
// another one if the head is invalid.
func Unlock(raw []byte, secret model.Secret) (*Vault, error) {
	var h head
	if err := json.Unmarshal(raw, &h); err != nil || !h.sane() {
		return nil, fmt.Errorf("the header of the vault cannot be read")
	}
	v := unlock(h, secret)
	if _, err := v.Box("check").Open(h.Check, nil); err != nil {
		return nil, ErrSealed
	}
	return v, nil
}

// sane reports whether the parameters of a head are acceptable: an untrusted head must not
// use all memory of this machine.
func (h *head) sane() bool {
	return h.V == 1 && len(h.Salt) >= 16 && h.Memory <= maxMemoryKiB && h.Passes > 0 && h.Passes <= 64 && h.Threads > 0
}
