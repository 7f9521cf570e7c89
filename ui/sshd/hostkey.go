package sshd

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"warroom/model"
)

// hostKeyName is the file name of the host key.
const hostKeyName = "host_key"

// HostKey reads the host key of a directory, and creates it if there is none. A key that
// others can read is refused, because they may have copied it.
func HostKey(dir string) (ssh.Signer, error) {
	k, err := readHostKey(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if err := makeHostKey(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, model.Refuse(model.Internal, "the host key cannot be created in %s: %s", dir, reason(err))
	}
	return readHostKey(dir)
}

// Fingerprint returns how clients see the host key of a directory: its fingerprint and a
// line for their known_hosts, for a server at an address. It does not create a key; the
// error is fs.ErrNotExist if there is none yet.
func Fingerprint(dir, addr string) (print, known string, err error) {
	k, err := readHostKey(dir)
	if err != nil {
		return "", "", err
	}
	return ssh.FingerprintSHA256(k.PublicKey()), knownhosts.Line([]string{publicName(addr)}, k.PublicKey()), nil
}

// publicName returns an address as a client would dial it.
func publicName(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		if host, err = os.Hostname(); err != nil {
			host = "HOST"
		}
	}
	return net.JoinHostPort(host, port)
}

func readHostKey(dir string) (ssh.Signer, error) {
	path := filepath.Join(dir, hostKeyName)
	fi, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err != nil:
		return nil, model.Refuse(model.Internal, "the host key %s cannot be read: %s", path, reason(err))
	case !fi.Mode().IsRegular():
		return nil, model.Refuse(model.Forbidden, "the host key %s is not a regular file; put the key itself there",
			path)
	case runtime.GOOS != "windows" && fi.Mode().Perm()&0o077 != 0:
		return nil, model.Refuse(model.Forbidden,
			"the host key %s is open to others (%s), who may have it: move it away for a new one, or chmod 600 if "+
				"you are sure", path, fi.Mode().Perm().String())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, model.Refuse(model.Internal, "the host key %s cannot be read: %s", path, reason(err))
	}
	k, err := ssh.ParsePrivateKey(b)
	if err != nil || k.PublicKey().Type() != ssh.KeyAlgoED25519 {
		return nil, model.Refuse(model.Internal,
			"the host key %s is damaged, or is not an Ed25519 key without a passphrase; restore it from a backup, "+
				"or move it away and tell everybody the new one", path)
	}
	return k, nil
}

// makeHostKey writes a new key to a temporary file and then renames it, so that the key is
// complete and concurrent servers agree.
func makeHostKey(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	_, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(priv, "warroom host key")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".host_key-*") // created with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(pem.EncodeToMemory(block))
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Link(f.Name(), filepath.Join(dir, hostKeyName))
	}
	if err != nil {
		return fmt.Errorf("make host key: %w", err)
	}
	return nil
}
