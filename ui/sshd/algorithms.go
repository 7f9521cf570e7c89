package sshd

import (
	"crypto/rsa"
	"slices"

	"golang.org/x/crypto/ssh"

	"warroom/model"
)

// tooWeak are algorithms that the library supports and this server does not use, because
// they rest on SHA-1.
var tooWeak = []string{ssh.HMACSHA1, ssh.InsecureHMACSHA196, ssh.KeyAlgoRSA, ssh.CertAlgoRSAv01}

// algorithms returns the algorithms of the library, without the insecure and the weak ones.
func algorithms() ssh.Algorithms {
	a := ssh.SupportedAlgorithms()
	for _, list := range []*[]string{&a.KeyExchanges, &a.Ciphers, &a.MACs, &a.HostKeys, &a.PublicKeyAuths} {
		*list = slices.DeleteFunc(*list, func(s string) bool { return slices.Contains(tooWeak, s) })
	}
	return a
}

// signatures are the accepted signature formats, of clients and authorities.
var signatures = algorithms().PublicKeyAuths

// keyTypes are the accepted types of keys. An RSA key has one type and several signature
// formats.
var keyTypes = append(slices.DeleteFunc(slices.Clone(signatures), func(s string) bool {
	return s == ssh.KeyAlgoRSASHA256 || s == ssh.KeyAlgoRSASHA512
}), ssh.KeyAlgoRSA)

// minRSA is the min size of an RSA key, in bits.
const minRSA = 2048

// strong returns an error if a key is too weak for authentication, wherever it occurs: in a
// line, inside a certificate, or as its authority.
func strong(k ssh.PublicKey) error {
	if _, nested := k.(*ssh.Certificate); nested || !isKeyType(k.Type()) {
		return model.Refuse(model.Invalid, "keys of type %s are not accepted; make one with ssh-keygen -t ed25519",
			short(k.Type()))
	}
	if c, ok := k.(ssh.CryptoPublicKey); ok {
		if r, ok := c.CryptoPublicKey().(*rsa.PublicKey); ok && r.N.BitLen() < minRSA {
			return model.Refuse(model.Invalid,
				"the RSA key has %d bits, and at least %d are required; make one with ssh-keygen -t "+
					"ed25519", r.N.BitLen(),
				minRSA)
		}
	}
	return nil
}

// strongCert returns an error if any part of a certificate is too weak: its key, its
// authority's key, or the signature.
func strongCert(c *ssh.Certificate) error {
	if err := strong(c.Key); err != nil {
		return bannerError(model.Safef("the key of the certificate is refused: %s", model.Sentence(err)))
	}
	if err := strong(c.SignatureKey); err != nil {
		return bannerError(model.Safef("the authority of the certificate is refused: %s", model.Sentence(err)))
	}
	if c.Signature == nil || !slices.Contains(signatures, c.Signature.Format) {
		return bannerError(
			model.Lit("the signature of the certificate is refused because it uses SHA-1; sign it again " +
				"with ssh-keygen -t rsa-sha2-512"))
	}
	return nil
}
