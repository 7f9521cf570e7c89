package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"time"

	"warroom/model"
)

// SecretFrom says where a secret comes from: exactly one of its fields is set,
// none where there is no secret. A secret never stands in the configuration or
// in arguments.
type SecretFrom struct {
	File    string   `toml:"file"`    // a file that only this user can read
	Env     string   `toml:"env"`     // the name of an environment variable
	Command []string `toml:"command"` // a program that prints it, as the one of the system's keyring
}

// sealing is a hub whose data directory may be encrypted.
type sealing interface {
	// Sealer is what drafts and history are sealed with, nil where all is plain.
	Sealer() model.Sealer
	// AtRest says how what lies on this disk lies there, and whether that is as
	// it was asked for.
	AtRest() (is model.Safe, ok bool)
}

// restFinding says whether what lies on this disk is encrypted.
func restFinding(h Hub) []finding {
	s, ok := h.(sealing)
	if !ok {
		return nil
	}
	is, ok := s.AtRest()
	return []finding{{ok: ok, what: model.Safef("at rest: %s", is)}}
}

// maxSecret is the longest secret in bytes.
const maxSecret = 64 << 10

// askFor is how long a program may take to print a secret: the system's keyring
// may first ask the person for a password.
const askFor = 2 * time.Minute

// Get returns the secret, without the line break at its end. Key is where it
// stands in the configuration, for people.
func (f SecretFrom) Get(ctx context.Context, key string, env func(string) string) (model.Secret, error) {
	var b []byte
	var err error
	switch {
	case f.many() > 1:
		return model.Secret{}, model.Refuse(model.Invalid, "%s names more than one source; leave one of file, env and command", key)
	case f.File != "":
		b, err = secretFile(f.File)
	case f.Env != "":
		if b = []byte(env(f.Env)); len(b) == 0 {
			err = errors.New("the variable " + f.Env + " is empty")
		}
	case len(f.Command) > 0:
		b, err = secretOf(ctx, f.Command)
	default:
		return model.Secret{}, nil
	}
	b = bytes.TrimRight(b, "\r\n")
	if err == nil && len(b) == 0 {
		err = errors.New("there is nothing in it")
	}
	if err == nil && len(b) > maxSecret {
		err = errors.New("it is too long to be a secret")
	}
	if err != nil {
		return model.Secret{}, model.Refuse(model.Invalid, "the secret that %s names cannot be had: %s", key, err)
	}
	return model.NewSecret(b), nil
}

// IsEmpty says whether no source is named.
func (f SecretFrom) IsEmpty() bool { return f.many() == 0 }

func (f SecretFrom) many() int {
	n := 0
	for _, set := range []bool{f.File != "", f.Env != "", len(f.Command) > 0} {
		if set {
			n++
		}
	}
	return n
}

// secretFile reads a file that nobody else can read.
func secretFile(path string) ([]byte, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, errors.New(path + ": " + reason(err))
	}
	if !fi.Mode().IsRegular() {
		return nil, errors.New(path + " is no plain file")
	}
	if fi.Mode().Perm()&0o077 != 0 {
		return nil, errors.New("others can read " + path + "; run: chmod 600 " + path)
	}
	if fi.Size() > maxSecret {
		return nil, errors.New(path + " is too long to hold a secret")
	}
	return os.ReadFile(path)
}

// secretOf runs a program, without a shell, and returns what it prints. What it
// says beside that is not shown: it may be part of a secret.
func secretOf(ctx context.Context, argv []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	b, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
	if err != nil {
		return nil, errors.New(argv[0] + ": " + err.Error())
	}
	return b, nil
}
