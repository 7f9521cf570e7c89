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

// maxKeyFile is the largest file of keys in bytes.
const maxKeyFile = 4 << 20

// keyfile is a file of keys and what stood in it when it was read last.
type keyfile struct {
	path string
	what func(*line) error // what a line has to have

	seen  fs.FileInfo // when it was read last; nil: it was not there
	fresh fs.FileInfo // what was there a look ago
	gone  int         // looks since it was there
	told  model.Safe  // why it could not be read the last time; empty: it could

	lines map[string]*line // by the key's bytes
	bad   []model.Safe     // what was wrong, in the order of the file
}

// goneAfter is how many looks a file may be missing before nobody is let in by
// it any more: an editor may take it away for a moment.
const goneAfter = 3

// read reads the file at the start, when everything in it has to be right. Keys
// that are refused for an option are in bad.
func (k *keyfile) read() error {
	fi, b, err := k.bytes()
	if err != nil {
		return err
	}
	var first error
	k.seen, k.fresh = fi, fi
	if k.lines, k.bad, first = k.parse(b); first != nil {
		return first
	}
	return nil
}

// look reads the file again where it has changed and stays as it is for the
// time between two looks, so that no half-written file counts. Lines that are
// wrong let nobody in; the others hold. News says that the keys may be others;
// the sentence is for whoever runs the server.
func (k *keyfile) look() (news bool, said []model.Safe) {
	fi, err := os.Stat(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		return k.missing()
	}
	k.gone = 0
	if err == nil && unchanged(k.seen, fi) {
		k.told = model.Safe{}
		return false, nil
	}
	if err == nil && !unchanged(k.fresh, fi) {
		k.fresh = fi
		return false, nil
	}
	fi, b, err := k.bytes()
	if err != nil {
		return false, once(&k.told, model.Safef("%s; until then the keys as they were still hold", model.Sentence(err)))
	}
	k.seen, k.told = fi, model.Safe{}
	k.lines, k.bad, _ = k.parse(b)
	said = append(said, k.bad...)
	return true, append(said, model.Safef("%s was read again: %d keys", k.path, len(k.lines)))
}

// once is a sentence, unless it is the one that was told last: a file that cannot
// be read is tried again with every look.
func once(told *model.Safe, s model.Safe) []model.Safe {
	if *told == s {
		return nil
	}
	*told = s
	return []model.Safe{s}
}

// missing counts how long the file is not there.
func (k *keyfile) missing() (news bool, said []model.Safe) {
	k.gone++
	if k.gone != goneAfter {
		return false, nil
	}
	k.lines, k.seen, k.fresh, k.told = nil, nil, nil, model.Safe{}
	return true, []model.Safe{model.Safef("%s is not there any more, so it lets nobody in", k.path)}
}

// unchanged says that a file is as it was, also who may write to it.
func unchanged(a, b fs.FileInfo) bool {
	return a != nil && b != nil && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && a.Mode() == b.Mode() && os.SameFile(a, b)
}

// bytes reads the file. One that others can write to is not believed.
func (k *keyfile) bytes() (fs.FileInfo, []byte, error) {
	fi, err := os.Stat(k.path)
	switch {
	case err != nil:
		return nil, nil, model.Refuse(model.Invalid, "the keys in %s cannot be read: %s; give a file in the form of authorized_keys", k.path, reason(err))
	case !fi.Mode().IsRegular():
		return nil, nil, model.Refuse(model.Invalid, "%s is no file; give a file in the form of authorized_keys", k.path)
	case runtime.GOOS != "windows" && fi.Mode().Perm()&0o022 != 0:
		return nil, nil, model.Refuse(model.Forbidden, "%s can be written to by others (%s); chmod go-w %s", k.path, fi.Mode().Perm().String(), k.path)
	case fi.Size() > maxKeyFile:
		return nil, nil, model.Refuse(model.Invalid, "%s is larger than %d bytes", k.path, maxKeyFile)
	}
	b, err := os.ReadFile(k.path)
	if err != nil {
		return nil, nil, model.Refuse(model.Invalid, "the keys in %s cannot be read: %s; give a file in the form of authorized_keys", k.path, reason(err))
	}
	return fi, b, nil
}

// parse reads the lines. Said is everything wrong with its place, first the
// first error that is more than an option not understood.
func (k *keyfile) parse(b []byte) (lines map[string]*line, said []model.Safe, first error) {
	lines = map[string]*line{}
	n := 0
	for raw := range bytes.Lines(b) {
		n++
		l, err := parseLine(n, raw)
		if err == nil && l != nil {
			err = k.what(l)
		}
		if err == nil && l != nil {
			if was := lines[string(l.key.Marshal())]; was != nil {
				err = model.Refuse(model.Invalid, "this key stands in line %d already; take one of the two away", was.n)
			}
		}
		if err != nil {
			s := model.Safef("%s:%d: %s", k.path, n, model.Sentence(err))
			said = append(said, s)
			if first == nil && !errors.Is(err, errUnknown) {
				first = &model.Error{Code: model.Invalid, Message: s}
			}
			continue
		}
		if l != nil {
			lines[string(l.key.Marshal())] = l
		}
	}
	return lines, said, first
}

// person is what a line of the file of keys has to have.
func person(l *line) error {
	switch {
	case l.handle == "":
		return model.Refuse(model.Invalid, "the key has no handle; write handle=\"ana\",right=\"write\" and a blank before it")
	case l.right == "":
		return model.Refuse(model.Invalid, "the key of %s has no right; write right=\"watch\", right=\"write\" or right=\"command\"", l.handle)
	}
	return nil
}

// authority is what a line of the file of authorities has to have.
func authority(l *line) error {
	if l.handle != "" || l.name != "" || l.job != "" || l.command != "" {
		return model.Refuse(model.Invalid, "an authority is nobody's key: it takes right, rooms, from and expiry-time; who comes is in the certificate")
	}
	if l.right == "" {
		l.right = model.Write
	}
	return nil
}

// find returns the line of a key, nil where there is none.
func (k *keyfile) find(key ssh.PublicKey) *line { return k.lines[string(key.Marshal())] }

// reason is the bare reason of a file error, without its path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
