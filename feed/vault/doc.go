// Package vault encrypts what a terminal keeps on disk, where its user gave a
// passphrase or a key for that.
//
// A directory has one vault. Its file vault.json holds a salt, the costs of
// Argon2id (RFC 9106) and a check by which a wrong passphrase is told at once;
// it holds no key. From the passphrase comes one key for each purpose by HKDF
// (RFC 5869), so that what was sealed for one cannot be passed off for another.
// What is sealed is XChaCha20-Poly1305 with a random nonce of 24 bytes in front.
// A nil Vault seals nothing: it hands through.
package vault
