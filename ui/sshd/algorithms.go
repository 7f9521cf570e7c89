package sshd

import (
	"crypto/rsa"
	"slices"

	"golang.org/x/crypto/ssh"

	"warroom/model"
)

// tooWeak are algorithms that the library supports and this server does not use:
// they rest on SHA-1.
var tooWeak = []string{ssh.HMACSHA1, ssh.InsecureHMACSHA196, ssh.KeyAlgoRSA, ssh.CertAlgoRSAv01}

// algorithms returns what the library supports, without its insecure algorithms
// and those that are too weak.
func algorithms() ssh.Algorithms {
	a := ssh.SupportedAlgorithms()
	for _, list := range []*[]string{&a.KeyExchanges, &a.Ciphers, &a.MACs, &a.HostKeys, &a.PublicKeyAuths} {
		*list = slices.DeleteFunc(*list, func(s string) bool { return slices.Contains(tooWeak, s) })
	}
	return a
}

// signatures are the formats of signatures that are accepted, of clients and of
// authorities alike.
var signatures = algorithms().PublicKeyAuths

// keyTypes are the words that a key begins with. An RSA key has one name and
// several formats of signatures.
var keyTypes = append(slices.DeleteFunc(slices.Clone(signatures), func(s string) bool {
	return s == ssh.KeyAlgoRSASHA256 || s == ssh.KeyAlgoRSASHA512
}), ssh.KeyAlgoRSA)

// minRSA is the size of the smallest RSA key in bits that is accepted.
const minRSA = 2048

// strong refuses a key that is too weak to prove who somebody is, wherever it
// stands: in a line, inside a certificate, or as its authority.
func strong(k ssh.PublicKey) error {
	if _, nested := k.(*ssh.Certificate); nested || !isKeyType(k.Type()) {
		return model.Refuse(model.Invalid, "keys of the type %s are not taken; make one with ssh-keygen -t ed25519", short(k.Type()))
	}
	if c, ok := k.(ssh.CryptoPublicKey); ok {
		if r, ok := c.CryptoPublicKey().(*rsa.PublicKey); ok && r.N.BitLen() < minRSA {
			return model.Refuse(model.Invalid, "the RSA key has %d bits, and %d are the least; make one with ssh-keygen -t ed25519", r.N.BitLen(), minRSA)
		}
	}
	return nil
}

// strongCert refuses a certificate of which any part is weaker than a plain key
// may be: its key, its authority's key, or the signature between them.
func strongCert(c *ssh.Certificate) error {
	if err := strong(c.Key); err != nil {
		return told(model.Safef("the key of the certificate is refused: %s", model.Sentence(err)))
	}
	if err := strong(c.SignatureKey); err != nil {
		return told(model.Safef("the authority of the certificate is refused: %s", model.Sentence(err)))
	}
	if c.Signature == nil || !slices.Contains(signatures, c.Signature.Format) {
		return told(model.Lit("the signature of the certificate is refused, as it rests on SHA-1; sign it again with ssh-keygen -t rsa-sha2-512"))
	}
	return nil
}
