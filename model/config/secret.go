package config

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"time"

	"warroom/model"
)

// SecretFrom names the source of a secret. At most one of its fields is set; if none
// is, there is no secret. The configuration and the arguments of the program never
// contain a secret.
type SecretFrom struct {
	File    string   `toml:"file"`    // a file that only this user can read
	Env     string   `toml:"env"`     // the name of an environment variable
	Command []string `toml:"command"` // a program that prints it, such as that of the system's keyring
}

// maxSecret is the maximum size of a secret in bytes.
const maxSecret = 64 << 10

// askFor is how long a program may take to print a secret. It may have to ask the
// user for a password.
const askFor = 2 * time.Minute

// waitDelay is how long after the end of such a program its children may keep its
// output open.
const waitDelay = 50 * time.Millisecond

// Get returns the secret without a trailing newline. key is the name of the setting,
// for error messages. It returns an error if the source cannot be read or is
// readable by others.
func (f SecretFrom) Get(ctx context.Context, key string, env func(string) string) (model.Secret, error) {
	var b []byte
	var err error
	switch {
	case f.many() > 1:
		return model.Secret{},
			model.Refuse(model.Invalid, "%s names more than one source; leave one of file, env and command", key)
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
		return model.Secret{}, model.Refuse(model.Invalid, "the secret that %s names cannot be read: %s", key, err)
	}
	return model.NewSecret(b), nil
}

// IsEmpty reports whether no source is set.
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

// secretFile reads a file, and returns an error if others can read it.
func secretFile(path string) ([]byte, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, errors.New(path + ": " + model.FileReason(err))
	}
	if !fi.Mode().IsRegular() {
		return nil, errors.New(path + " is not a regular file")
	}
	if fi.Mode().Perm()&0o077 != 0 {
		return nil, errors.New("others can read " + path + "; run: chmod 600 " + path)
	}
	if fi.Size() > maxSecret {
		return nil, errors.New(path + " is too long to hold a secret")
	}
	return os.ReadFile(path)
}

// secretOf runs a program without a shell and returns its output. It does not show
// what the program writes to stderr, which may contain part of a secret.
func secretOf(ctx context.Context, argv []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = waitDelay
	b, err := cmd.Output()
	if err != nil {
		return nil, errors.New(argv[0] + ": " + err.Error())
	}
	return b, nil
}
