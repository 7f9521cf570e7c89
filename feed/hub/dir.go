package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"warroom/model"
)

// The files of a hub's directory, beside those of JetStream.
const (
	lockFile = "lock"
	cardFile = "host.json" // the host; see card
	formFile = "form"      // the form of the store
	keyFile  = "key"       // identifies the key of an encrypted store
)

// The forms of the store that this program writes. Programs before 0.2 wrote 1 (plain) and
// 2 (encrypted), and let logins use the JetStream API. They refuse the forms below.
const (
	form       = 3 // plain
	formSealed = 4 // encrypted
)

// isSealed reports whether a form is that of an encrypted store.
func isSealed(form int) bool { return form == 2 || form == formSealed }

// maxPath is the max length of a socket's path: macOS allows 104 bytes including a
// terminating zero, Linux 108.
const maxPath = 103

// card identifies the process that hosts.
type card struct {
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Version string    `json:"version"`
	Form    int       `json:"form"`
	Socket  string    `json:"socket"`
	Port    bool      `json:"port,omitempty"` // logins can connect over the network
}

// OwnDir creates a directory if necessary, removes access for others, and returns its real
// path. It returns a [model.Error] if the directory belongs to another user, if others may
// write to it, or if they may replace it through one of its parents.
func OwnDir(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(path, 0o700)
	}
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return "", refuseDisk(err, "make the directory", dir)
	}
	fi, err := os.Stat(path)
	if err != nil {
		return "", refuseDisk(err, "read the directory", path)
	}
	uid, known := owner(fi)
	switch {
	case known && uid != os.Geteuid():
		return "", model.Refuse(model.Forbidden,
			"%s belongs to user %d and not to you (user %d); choose another directory with --data", path, uid,
			os.Geteuid())
	case known && fi.Mode().Perm()&0o022 != 0:
		return "", model.Refuse(model.Forbidden,
			"others may write to %s; if you trust its content, run chmod 700 on it, or choose another directory "+
				"with --data", path)
	}
	for _, way := range []string{dir, path} {
		if err := ownWay(way); err != nil {
			return "", err
		}
	}
	if known && fi.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o700); err != nil {
			return "", refuseDisk(err, "restrict to its owner the directory", path)
		}
	}
	return path, nil
}

// overflow is the user id that Linux shows for users of another namespace, such as for
// root's directories in a container.
const overflow = 65534

// ownWay refuses a path that others can redirect: a parent directory belongs to them, or
// they may write to it and it has no sticky bit. This user's own group counts as this user.
func ownWay(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return refuseDisk(err, "find the directory", path)
	}
	for up := filepath.Dir(path); ; up = filepath.Dir(up) {
		fi, err := os.Stat(up)
		if err != nil {
			return refuseDisk(err, "read the directory", up)
		}
		uid, known := owner(fi)
		if !known {
			return nil
		}
		mode, trusted := fi.Mode(), uid == os.Geteuid() || uid == 0 || uid == overflow
		open := mode.Perm()&0o002 != 0 || mode.Perm()&0o020 != 0 && !ownGroup(fi)
		switch {
		case !trusted:
			return model.Refuse(model.Forbidden,
				"%s is below %s, which belongs to user %d, who could replace it; choose another directory with --data",
				path, up, uid)
		case open && mode&fs.ModeSticky == 0:
			return model.Refuse(model.Forbidden,
				"%s is below %s, in which others may replace it; run chmod go-w %s, or choose another directory "+
					"with --data", path, up, up)
		case up == filepath.Dir(up):
			return nil
		}
	}
}

// socketPath returns the path at which a hub in dir binds its socket.
func socketPath(dir, runtime string) (string, error) {
	sum := sha256.Sum256([]byte(dir))
	name := hex.EncodeToString(sum[:8]) + ".sock"
	var err error
	for _, candidate := range runtimeDirs(runtime) {
		var own string
		if fi, lost := os.Lstat(candidate); lost == nil && fi.Mode()&fs.ModeSymlink != 0 {
			err = model.Refuse(model.Forbidden,
				"%s is a symbolic link; remove it, or set XDG_RUNTIME_DIR to a directory of your own", candidate)
			continue
		}
		if own, err = OwnDir(candidate); err != nil {
			continue
		}
		path := filepath.Join(own, name)
		if len(path) <= maxPath {
			return path, nil
		}
		err = model.Refuse(model.Invalid,
			"the socket's path %s is longer than %d bytes; set XDG_RUNTIME_DIR to a shorter directory", path, maxPath)
	}
	return "", err
}

// runtimeDirs returns the candidate directories for the socket, the best one first.
func runtimeDirs(chosen string) []string {
	if chosen != "" {
		return []string{chosen}
	}
	var dirs []string
	if xdg := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(xdg) {
		fi, err := os.Stat(xdg)
		if err == nil {
			if uid, known := owner(fi); !known || uid == os.Geteuid() {
				dirs = append(dirs, filepath.Join(xdg, "warroom"))
			}
		}
	}
	return append(dirs, filepath.Join(os.TempDir(), fmt.Sprintf("warroom-%d", os.Geteuid())))
}

// readForm returns the form of a store, or 0 if there is none yet. It refuses a form that a
// newer program wrote.
func readForm(dir string) (int, error) {
	b, err := os.ReadFile(filepath.Join(dir, formFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, refuseDisk(err, "read the store's form in", dir)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	switch {
	case err != nil || n < 1:
		return 0, model.Refuse(model.Conflict,
			"%s does not hold a number; restore it from a copy, or, if no other version was used, write %d into it, "+
				"or %d for an encrypted store", filepath.Join(dir, formFile), form, formSealed)
	case n > formSealed:
		return 0, model.Refuse(model.Conflict,
			"the store in %s has format %d and this warroom reads only format %d; install a newer warroom", dir, n,
			formSealed)
	}
	return n, nil
}

// writeForm records the form of a store.
func writeForm(dir string, form int) error {
	return writeFile(filepath.Join(dir, formFile), []byte(strconv.Itoa(form)+"\n"))
}

func writeCard(dir string, c card) error {
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode host.json: %w", err)
	}
	return writeFile(filepath.Join(dir, cardFile), append(b, '\n'))
}

func readCard(dir string) (card, error) {
	var c card
	b, err := os.ReadFile(filepath.Join(dir, cardFile))
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("decode host.json: %w", err)
	}
	return c, nil
}

// writeFile replaces path atomically and syncs it to disk. A file that a power failure left
// empty would be worse than none.
func writeFile(path string, b []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return refuseDisk(err, "write", path)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		_ = os.Remove(tmp)
		return refuseDisk(err, "write", path)
	}
	return nil
}

// refuseDisk returns the error for a person after a disk operation failed.
func refuseDisk(err error, what, path string) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return model.Refuse(model.Internal,
			"cannot %s %s: the disk is full; free some space and try again", model.Clean(what), path)
	case errors.Is(err, syscall.EROFS):
		return model.Refuse(model.Internal,
			"cannot %s %s: it is read-only; choose a directory you may write to with --data", model.Clean(what),
			path)
	case errors.Is(err, fs.ErrPermission):
		return model.Refuse(model.Internal,
			"cannot %s %s: you may not write there; choose a directory of your own with --data", model.Clean(what),
			path)
	}
	return model.Refuse(model.Internal,
		"cannot %s %s: %s; check that it is a directory you may write to, or choose another with --data",
		model.Clean(what), path, model.FileReason(err))
}

// version returns the version of this program.
func version() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		return b.Main.Version
	}
	return "unknown"
}
