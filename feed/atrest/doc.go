// Package atrest encrypts what a terminal stores on disk, if its user has configured a
// passphrase or a key for that.
//
// A directory has one vault. Its file vault.json has a salt, the parameters of Argon2id
// (RFC 9106) and a check that detects a wrong passphrase; it has no key. HKDF (RFC 5869)
// derives one key per purpose from the passphrase, so that what was encrypted for one
// purpose is not accepted for another. Data is encrypted with XChaCha20-Poly1305, prefixed
// with a random nonce of 24 bytes. The box of a nil Vault is nil, which means no
// encryption.
package atrest
