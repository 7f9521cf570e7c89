package hub

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"warroom/model"
)

// certFile has the hub's certificate and its key, created once.
const certFile = "tls.pem"

// certLasts is the validity period of the certificate. No client checks it: invitations pin
// the key.
const certLasts = 50 * 365 * 24 * time.Hour

// certificate is the hub's certificate with its pin.
type certificate struct {
	pair tls.Certificate
	pin  string
}

// config returns the server's TLS configuration.
func (c certificate) config() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c.pair}, MinVersion: tls.VersionTLS13}
}

// pinOf returns the pin of a certificate's public key, which invitations contain.
func pinOf(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return "sha256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// Pin returns the pin of the hub's certificate in a directory. It creates the certificate
// if there is none.
func Pin(dir string, now func() time.Time) (string, error) {
	dir, err := OwnDir(dir)
	if err != nil {
		return "", err
	}
	c, err := ownCertificate(dir, now)
	return c.pin, err
}

// ownCertificate reads the certificate of a directory, and creates it if there is none.
func ownCertificate(dir string, now func() time.Time) (certificate, error) {
	path := filepath.Join(dir, certFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeCertificate(path, now()); err != nil {
			return certificate{}, err
		}
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		return certificate{}, refuseDisk(err, "read", path)
	}
	if fi, err := os.Stat(path); err == nil && fi.Mode().Perm()&0o077 != 0 {
		if _, known := owner(fi); known {
			return certificate{},
				model.Refuse(model.Forbidden, "others can read %s, which holds the hub's TLS key; run chmod 600 on it",
					path)
		}
	}
	pair, err := tls.X509KeyPair(raw, raw)
	if err != nil {
		return certificate{}, model.Refuse(model.Internal,
			"%s has no certificate and key (%s); restore it from a copy, or move it away, and create all "+
				"invitations again", path, err)
	}
	return certificate{pair: pair, pin: pinOf(pair.Leaf)}, nil
}

// makeCertificate writes a self-signed certificate. If two processes do so at once, the
// first one is kept.
func makeCertificate(path string, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "warroom hub"}, DNSNames: []string{"warroom.invalid"},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(certLasts),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		return err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})...)
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tls-*") // created with mode 0600
	if err != nil {
		return refuseDisk(err, "write", path)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return refuseDisk(err, "write", path)
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return refuseDisk(err, "write", path)
	}
	return nil
}
