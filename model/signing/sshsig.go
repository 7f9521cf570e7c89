package signing

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// The signature format that `ssh-keygen -Y verify` reads (PROTOCOL.sshsig of OpenSSH), so
// that a record can be verified on a machine without this program.
const (
	sshMagic  = "SSHSIG"
	sshBegin  = "-----BEGIN SSH SIGNATURE-----\n"
	sshEnd    = "-----END SSH SIGNATURE-----\n"
	sshHash   = "sha512"
	sshKind   = "ssh-ed25519"
	sshPerRow = 70
	// SSHSpace is the namespace of the signatures.
	SSHSpace = "warroom"
)

// sshString appends s to b as an SSH string: a length of 4 bytes, then the bytes.
func sshString(b []byte, s []byte) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// sshKey returns a public key in SSH wire format.
func sshKey(pub ed25519.PublicKey) []byte {
	return sshString(sshString(nil, []byte(sshKind)), pub)
}

// sshText returns the bytes that are signed.
func sshText(msg []byte) []byte {
	sum := sha512.Sum512(msg)
	b := []byte(sshMagic)
	for _, s := range [][]byte{[]byte(SSHSpace), nil, []byte(sshHash), sum[:]} {
		b = sshString(b, s)
	}
	return b
}

// sshBlob returns a complete signature.
func sshBlob(pub ed25519.PublicKey, sig []byte) []byte {
	b := binary.BigEndian.AppendUint32([]byte(sshMagic), 1)
	for _, s := range [][]byte{sshKey(pub), []byte(SSHSpace), nil, []byte(sshHash),
		sshString(sshString(nil, []byte(sshKind)), sig)} {
		b = sshString(b, s)
	}
	return b
}

// armour encodes a signature as text.
func armour(blob []byte) []byte {
	out := []byte(sshBegin)
	text := base64.StdEncoding.EncodeToString(blob)
	for len(text) > sshPerRow {
		out, text = append(append(out, text[:sshPerRow]...), '\n'), text[sshPerRow:]
	}
	return append(append(append(out, text...), '\n'), sshEnd...)
}

// SignSSH signs a file for `ssh-keygen -Y verify -n warroom`.
func SignSSH(k ed25519.PrivateKey, msg []byte) []byte {
	return armour(sshBlob(k.Public().(ed25519.PublicKey), ed25519.Sign(k, sshText(msg))))
}

// OpenSSH verifies a signature that SignSSH wrote and returns the key that signed. Any
// other form, even an equivalent one, is an error.
func OpenSSH(sig, msg []byte) (key string, err error) {
	bad := errors.New("the signature cannot be read")
	body, ok := bytes.CutPrefix(sig, []byte(sshBegin))
	body, end := bytes.CutSuffix(body, []byte(sshEnd))
	blob, err := base64.StdEncoding.DecodeString(string(bytes.ReplaceAll(body, []byte("\n"), nil)))
	if !ok || !end || err != nil || !bytes.Equal(armour(blob), sig) {
		return "", bad
	}
	at := len(sshMagic) + 4 + 4 + 4 + len(sshKind) + 4 // offset of the key
	if len(blob) < at+ed25519.PublicKeySize+ed25519.SignatureSize {
		return "", bad
	}
	pub, raw := ed25519.PublicKey(blob[at:at+ed25519.PublicKeySize]), blob[len(blob)-ed25519.SignatureSize:]
	if !bytes.Equal(sshBlob(pub, raw), blob) {
		return "", bad
	}
	if !ed25519.Verify(pub, sshText(msg), raw) {
		return "", errors.New("the signature does not verify")
	}
	return KeyText(pub), nil
}

// SignerLine returns the line of a key in an allowed signers file.
func SignerLine(principal, key string) (string, error) {
	pub, err := ParseKey(key)
	if err != nil {
		return "", err
	}
	return principal + ` namespaces="` + SSHSpace + `" ` + sshKind + " " +
		base64.StdEncoding.EncodeToString(sshKey(pub)) + "\n", nil
}
