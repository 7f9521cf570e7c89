package playbook

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
)

// starter is a small plan with comments, for people who write their first one.
//
//go:embed new.toml
var starter string

// New writes a small plan with comments to NAME.toml in dir, and returns its path.
// It creates dir if necessary. The error is a [model.Error] with the code Invalid if
// the name is malformed, and Conflict if a plan of that name exists.
func New(dir, name string) (path string, err error) {
	if !goodName.MatchString(name) {
		return "", model.Refuse(model.Invalid,
			"%q cannot be the name of a playbook; use up to 40 characters from a-z 0-9 - _", name)
	}
	if f, err := shipped.Open("plans/" + name + suffix); err == nil {
		_ = f.Close() // an embedded file can always be read
		return "", model.Refuse(model.Conflict, "a playbook %s comes with warroom; give yours another name", name)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", model.Refuse(model.Unreachable, "the directory of playbooks cannot be created: %s", err)
	}
	path = filepath.Join(dir, name+".toml")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if os.IsExist(err) {
		return "", model.Refuse(model.Conflict, "%s already exists; edit it, or give the new playbook another name",
			path)
	}
	if err != nil {
		return "", model.Refuse(model.Unreachable, "the playbook cannot be written: %s", err)
	}
	_, err = f.WriteString(strings.ReplaceAll(starter, "{{name}}", name))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return "", fmt.Errorf("write a playbook: %w", err)
	}
	return path, nil
}
