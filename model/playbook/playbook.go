package playbook

import (
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/namedfile"
)

//go:embed plans/*.toml
var shipped embed.FS

// maxFile is the maximum size of a plan file in bytes.
const maxFile = 256 << 10

const suffix = ".toml"

var goodName = regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)

// Info describes a plan that can be chosen.
type Info struct {
	Name    string // for --playbook
	Title   string // for people; empty if Err is set
	Path    string // path of the user's own file; empty for an embedded plan
	Shipped bool   // embedded in the program
	Err     error  // why the plan cannot be loaded
}

// Default returns the name of the plan that is used if none is chosen.
func Default() string { return "security" }

// Names lists the embedded plans and the user's own plans in dir, by name. The user's own
// hides an embedded one of the same name. A plan with faults is listed with its Err. An
// empty or missing dir has no plans. If dir cannot be read, Names returns an error along
// with the embedded plans.
func Names(dir string) ([]Info, error) {
	found := map[string]Info{}
	entries, _ := shipped.ReadDir("plans") // an embedded directory can always be read
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), suffix)
		found[name] = describe(Info{Name: name, Shipped: true}, dir)
	}
	entries, err := readDir(dir)
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), suffix)
		if ok && !e.IsDir() && !strings.HasPrefix(name, ".") {
			found[name] = describe(Info{Name: name, Path: filepath.Join(dir, e.Name())}, dir)
		}
	}
	infos := make([]Info, 0, len(found))
	for _, i := range found {
		infos = append(infos, i)
	}
	slices.SortFunc(infos, func(a, b Info) int { return cmp.Compare(a.Name, b.Name) })
	return infos, err
}

func readDir(dir string) ([]fs.DirEntry, error) {
	if dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return entries, model.Refuse(model.Invalid,
			"the directory of playbooks %s cannot be read (%v); check its permissions", dir, err)
	}
	return entries, nil
}

func describe(i Info, dir string) Info {
	load := func() (*model.Plan, error) { return Load(dir, i.Name) }
	if i.Shipped {
		load = func() (*model.Plan, error) { return Load("", i.Name) }
	}
	p, err := load()
	if err != nil {
		i.Err = err
		return i
	}
	i.Title = p.Title
	return i
}

// Load returns the plan of a name: the user's own in dir, or else the embedded one. It
// returns [model.NotFound] if there is neither, [model.Invalid] if the name is malformed,
// and [Faults] if the file cannot be used.
func Load(dir, name string) (*model.Plan, error) {
	base := strings.TrimSuffix(filepath.Base(name), suffix)
	if strings.HasSuffix(name, suffix) && goodName.MatchString(base) {
		return nil, model.Refuse(model.Invalid,
			"%q is a file; a playbook is named without its directory and %s: %s", name, suffix, base)
	}
	if !goodName.MatchString(name) {
		return nil, model.Refuse(model.Invalid,
			"%q cannot be the name of a playbook; use up to 40 characters from a-z 0-9 - _", name)
	}
	if dir != "" {
		path := filepath.Join(dir, name+suffix)
		data, err := readFile(path)
		switch {
		case err == nil:
			return load(path, name, data)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, unreadable(path, err)
		}
	}
	data, err := shipped.ReadFile("plans/" + name + suffix)
	if err != nil {
		return nil, notFound(dir, name)
	}
	return Parse(name, data)
}

func notFound(dir, name string) error {
	var known []string
	infos, _ := Names(dir)
	for _, i := range infos {
		known = append(known, i.Name)
	}
	return model.Refuse(model.NotFound, "there is no playbook %q; %s", name, instead(name, known))
}

// Parse reads a plan from the content of a file. If the plan has faults, the error is of
// type [Faults].
func Parse(name string, data []byte) (*model.Plan, error) {
	return load(name+suffix, name, data)
}

// Find returns the path of the file that a person wants to check: the one at path, or the user's
// own plan in dir if path is its name. It returns [model.NotFound] if there is neither.
func Find(dir, path string) (string, error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) || filepath.Base(path) != path {
		return path, nil
	}
	name := strings.TrimSuffix(path, suffix)
	if own := filepath.Join(dir, name+suffix); dir != "" {
		if _, err := os.Stat(own); err == nil {
			return own, nil
		}
	}
	if _, err := shipped.ReadFile("plans/" + name + suffix); err == nil {
		return "", model.Refuse(model.NotFound,
			"%s comes with the program and is no file of yours; `warroom playbook show %s` prints it", name, name)
	}
	return "", model.Refuse(model.NotFound, "there is no file %s, and no playbook of your own of that name; `warroom "+
		"playbook list` lists them, and `warroom playbook new %s` writes one", path, name)
}

// Check reads the file at path as [Load] does. It returns nil, all faults of the file as
// [Faults], or an error if the file cannot be read.
func Check(path string) error {
	data, err := readFile(path)
	if err != nil {
		return unreadable(path, err)
	}
	name := strings.TrimSuffix(filepath.Base(path), suffix)
	if _, err := load(path, name, data); err != nil {
		return err
	}
	if !goodName.MatchString(name) || !strings.HasSuffix(path, suffix) {
		return model.Refuse(model.Invalid,
			"%s: the plan is valid, but the name of the file is not; call it NAME.toml, where NAME has up to 40 "+
				"characters from a-z 0-9 - _",
			path)
	}
	return nil
}

// load checks the syntax, the keys and the types, and then the meaning.
func load(label, name string, data []byte) (*model.Plan, error) {
	if len(data) > maxFile {
		return nil, tooLarge(label)
	}
	root, faults := parse(label, data)
	if faults != nil {
		return nil, faults
	}
	r := newReader(label)
	var f file
	r.fill(reflect.ValueOf(&f).Elem(), root, "")
	p := r.plan(name, &f)
	r.check(p)
	if len(r.faults) > 0 {
		r.faults.sort()
		return nil, r.faults
	}
	arrange(p)
	return p, nil
}

// arrange sorts the severities by rank and the items by phase.
func arrange(p *model.Plan) {
	slices.SortStableFunc(p.Severities, func(a, b model.Severity) int { return cmp.Compare(a.Rank, b.Rank) })
	order := map[string]int{}
	for i, ph := range p.Phases {
		order[ph.ID] = i
	}
	slices.SortStableFunc(p.Items, func(a, b model.ItemDef) int { return cmp.Compare(order[a.Phase], order[b.Phase]) })
}

var errTooLarge = errors.New("too large")

// readFile reads a file of at most maxFile bytes.
func readFile(path string) ([]byte, error) {
	data, err := namedfile.Read(path, maxFile)
	if errors.Is(err, namedfile.ErrTooLarge) {
		err = errTooLarge
	}
	return data, err
}

func unreadable(path string, err error) error {
	var pe *fs.PathError
	switch {
	case errors.Is(err, errTooLarge):
		return tooLarge(path)
	case errors.Is(err, fs.ErrNotExist):
		return model.Refuse(model.NotFound, "there is no file %s; check the path", path)
	case errors.As(err, &pe):
		err = pe.Err
	}
	return model.Refuse(model.Invalid, "the playbook %s cannot be read (%v); name a file that you can read", path, err)
}

func tooLarge(path string) error {
	return model.Refuse(model.Invalid, "the playbook %s is larger than 256 KiB, which is the limit; check that it "+
		"is the right file, or shorten it", path)
}
