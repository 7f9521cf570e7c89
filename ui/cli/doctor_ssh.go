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

// addressName is the file, next to the host key, with the last address of serve.
const addressName = "address"

// sshDir returns the directory of the host key.
func sshDir(a *app) string { return filepath.Join(a.cfg.Data, "ssh") }

// saveAddress saves the address for guests. An error is ignored: only doctor uses the
// file.
func saveAddress(a *app, addr string) {
	_ = os.WriteFile(filepath.Join(sshDir(a), addressName), []byte(addr+"\n"), 0o600) // see above
}

// checkSSH reports the host key, if there is one, and checks the permissions of files
// that guests depend on.
func (a doctor) checkSSH() []finding {
	addr := ":2222"
	if b, err := os.ReadFile(filepath.Join(sshDir(a.app), addressName)); err == nil {
		addr = strings.TrimSpace(string(b))
	}
	print, known, err := sshd.Fingerprint(sshDir(a.app), addr)
	if errors.Is(err, fs.ErrNotExist) {
		return a.checkPrivate()
	}
	if err != nil {
		return append([]finding{{what: model.Safef("ssh: %s", model.Sentence(err)),
			do: model.Lit("until then no guest can log in")}}, a.checkPrivate()...)
	}
	out := []finding{{ok: true, what: model.Safef("ssh host key: %s", print)},
		{ok: true, what: model.Safef("known_hosts: %s", known)}}
	return append(out, a.checkPrivate()...)
}

// checkPrivate checks files and directories that other users must not access.
func (a doctor) checkPrivate() []finding {
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
		out = append(out,
			finding{what: model.Safef("%s can be read by others (%s)", path, fi.Mode().Perm().String()),
				do: model.Safef("chmod %o %s", f.mode, path)})
	}
	return out
}
