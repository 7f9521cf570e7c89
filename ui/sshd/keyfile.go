package sshd

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"runtime"

	"golang.org/x/crypto/ssh"

	"warroom/model"
)

// maxKeyFile is the max size of a file of keys, in bytes.
const maxKeyFile = 4 << 20

// keyfile is a file of keys with its content as last read.
type keyfile struct {
	path string
	what func(*line) error // checks a line

	seen         fs.FileInfo // when it was last read; if nil, it did not exist
	pending      fs.FileInfo // at the previous look
	gone         int         // number of looks since it was removed
	lastReported model.Safe  // why it could not be read last time; if empty, it could

	lines map[string]*line // by the key's bytes
	bad   []model.Safe     // what was invalid, in the order of the file
}

// goneAfter is the number of looks after which a missing file means that its keys are no
// longer accepted: an editor may remove it for a moment.
const goneAfter = 3

// read reads the file at startup, when everything in it must be valid. Keys that are
// refused because of an option are in bad.
func (k *keyfile) read() error {
	fi, b, err := k.bytes()
	if err != nil {
		return err
	}
	var first error
	k.seen, k.pending = fi, fi
	if k.lines, k.bad, first = k.parse(b); first != nil {
		return first
	}
	return nil
}

// look reads the file again if it has changed and was stable for the interval between two
// looks, so that a partly written file does not count. Invalid lines are ignored; the
// others are used. Changed reports whether the keys may have changed; messages are for the
// operator.
func (k *keyfile) look() (changed bool, messages []model.Safe) {
	fi, err := os.Stat(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		return k.missing()
	}
	k.gone = 0
	if err == nil && unchanged(k.seen, fi) {
		k.lastReported = model.Safe{}
		return false, nil
	}
	if err == nil && !unchanged(k.pending, fi) {
		k.pending = fi
		return false, nil
	}
	fi, b, err := k.bytes()
	if err != nil {
		return false, once(&k.lastReported,
			model.Safef("%s; until then the previous keys stay in effect", model.Sentence(err)))
	}
	k.seen, k.lastReported = fi, model.Safe{}
	k.lines, k.bad, _ = k.parse(b)
	messages = append(messages, k.bad...)
	return true, append(messages, model.Safef("%s was read again: %d keys", k.path, len(k.lines)))
}

// once returns a message, unless it equals the last one: a file that cannot be read is
// retried with every look.
func once(last *model.Safe, s model.Safe) []model.Safe {
	if *last == s {
		return nil
	}
	*last = s
	return []model.Safe{s}
}

// missing counts how long the file is missing.
func (k *keyfile) missing() (changed bool, messages []model.Safe) {
	k.gone++
	if k.gone != goneAfter {
		return false, nil
	}
	k.lines, k.seen, k.pending, k.lastReported = nil, nil, nil, model.Safe{}
	return true, []model.Safe{model.Safef("%s no longer exists, so it lets nobody in", k.path)}
}

// unchanged reports whether a file is the same, including its mode.
func unchanged(a, b fs.FileInfo) bool {
	return a != nil && b != nil && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && a.Mode() == b.Mode() &&
		os.SameFile(a, b)
}

// bytes reads the file. It returns an error if others can write to it.
func (k *keyfile) bytes() (fs.FileInfo, []byte, error) {
	fi, err := os.Stat(k.path)
	switch {
	case err != nil:
		return nil, nil,
			model.Refuse(model.Invalid, "the keys in %s cannot be read: %s; give a file in the authorized_keys format",
				k.path, reason(err))
	case !fi.Mode().IsRegular():
		return nil, nil,
			model.Refuse(model.Invalid, "%s is not a file; give a file in the authorized_keys format", k.path)
	case runtime.GOOS != "windows" && fi.Mode().Perm()&0o022 != 0:
		return nil, nil,
			model.Refuse(model.Forbidden, "%s can be written to by others (%s); chmod go-w %s", k.path,
				fi.Mode().Perm().String(), k.path)
	case fi.Size() > maxKeyFile:
		return nil, nil, model.Refuse(model.Invalid, "%s is larger than %d bytes", k.path, maxKeyFile)
	}
	b, err := os.ReadFile(k.path)
	if err != nil {
		return nil, nil,
			model.Refuse(model.Invalid, "the keys in %s cannot be read: %s; give a file in the authorized_keys format",
				k.path, reason(err))
	}
	return fi, b, nil
}

// parse parses the lines. Messages describe everything invalid with its position; first is
// the first error other than an unknown option.
func (k *keyfile) parse(b []byte) (lines map[string]*line, messages []model.Safe, first error) {
	lines = map[string]*line{}
	n := 0
	for raw := range bytes.Lines(b) {
		n++
		l, err := parseLine(n, raw)
		if err == nil && l != nil {
			err = k.what(l)
		}
		if err == nil && l != nil {
			if prev := lines[string(l.key.Marshal())]; prev != nil {
				err = model.Refuse(model.Invalid, "this key is already in line %d; remove one of the two",
					prev.n)
			}
		}
		if err != nil {
			s := model.Safef("%s:%d: %s", k.path, n, model.Sentence(err))
			messages = append(messages, s)
			if first == nil && !errors.Is(err, errUnknown) {
				first = &model.Error{Code: model.Invalid, Message: s}
			}
			continue
		}
		if l != nil {
			lines[string(l.key.Marshal())] = l
		}
	}
	return lines, messages, first
}

// person checks a line of the file of keys.
func person(l *line) error {
	switch {
	case l.handle == "":
		return model.Refuse(model.Invalid,
			"the key has no handle; write handle=\"ana\",right=\"write\" and a space before it")
	case l.right == "":
		return model.Refuse(model.Invalid,
			"the key of %s has no right; write right=\"watch\", right=\"write\" or right=\"command\"", l.handle)
	}
	return nil
}

// authority checks a line of the file of authorities.
func authority(l *line) error {
	if l.handle != "" || l.name != "" || l.job != "" || l.command != "" {
		return model.Refuse(model.Invalid,
			"an authority is not one person's key: it takes right, rooms, from and expiry-time; the "+
				"certificate names the person")
	}
	if l.right == "" {
		l.right = model.Write
	}
	return nil
}

// find returns the line of a key, or nil.
func (k *keyfile) find(key ssh.PublicKey) *line { return k.lines[string(key.Marshal())] }

// reason returns the reason of a file error, without its path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
