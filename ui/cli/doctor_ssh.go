package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"warroom/model"
	"warroom/ui/sshd"
)

// addressName is the file beside the host key that says where serve listened
// last.
const addressName = "address"

// sshDir is where the host key lies.
func (a *app) sshDir() string { return filepath.Join(a.cfg.Data, "ssh") }

// keepAddress notes where guests come in. That it cannot be is no reason not to
// let them in: doctor says less then.
func (a *app) keepAddress(addr string) {
	_ = os.WriteFile(filepath.Join(a.sshDir(), addressName), []byte(addr+"\n"), 0o600) // see above
}

// checkSSH says how clients know the host key, where there is one, and whether
// what guests depend on is this user's alone.
func (a *app) checkSSH() []finding {
	addr := ":2222"
	if b, err := os.ReadFile(filepath.Join(a.sshDir(), addressName)); err == nil {
		addr = strings.TrimSpace(string(b))
	}
	print, known, err := sshd.Fingerprint(a.sshDir(), addr)
	if errors.Is(err, fs.ErrNotExist) {
		return a.checkPrivate()
	}
	if err != nil {
		return append([]finding{{what: model.Safef("ssh: %s", model.Sentence(err)), do: model.Lit("no guest is let in until then")}}, a.checkPrivate()...)
	}
	out := []finding{{ok: true, what: model.Safef("ssh host key: %s", print)}, {ok: true, what: model.Safef("known_hosts: %s", known)}}
	return append(out, a.checkPrivate()...)
}

// checkPrivate looks at files and directories that others must not get at.
func (a *app) checkPrivate() []finding {
	var out []finding
	for _, f := range []struct {
		name string
		mode fs.FileMode
	}{{"keys", 0o700}, {"outbox", 0o700}, {"cache", 0o700}, {"hub", 0o700}, {"ssh", 0o700}, {"struck", 0o600}} {
		path := filepath.Join(a.cfg.Data, f.name)
		fi, err := os.Stat(path)
		if err != nil || runtime.GOOS == "windows" || fi.Mode().Perm()&^f.mode == 0 {
			continue
		}
		out = append(out, finding{what: model.Safef("%s is open to others (%s)", path, fi.Mode().Perm().String()), do: model.Safef("chmod %o %s", f.mode, path)})
	}
	return out
}
