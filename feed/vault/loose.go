package vault

import (
	"crypto/rand"
	"encoding/json"
	"fmt"

	"warroom/model"
)

// Loose makes a vault that belongs to no directory: its head goes with what is
// sealed, so that whoever has the secret can read it on any machine.
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

// Unlock opens a vault by its head. The error is [ErrSealed] where the secret is
// another one, and says so otherwise.
func Unlock(raw []byte, secret model.Secret) (*Vault, error) {
	var h head
	if err := json.Unmarshal(raw, &h); err != nil || !h.sane() {
		return nil, fmt.Errorf("the head of the vault cannot be read")
	}
	v := unlock(h, secret)
	if _, err := v.Box("check").Open(h.Check, nil); err != nil {
		return nil, ErrSealed
	}
	return v, nil
}

// sane says whether a head can be worked with: what comes from others may not ask
// for all of this machine's memory.
func (h *head) sane() bool {
	return h.V == 1 && len(h.Salt) >= 16 && h.Memory <= maxMemoryKiB && h.Passes > 0 && h.Passes <= 64 && h.Threads > 0
}
