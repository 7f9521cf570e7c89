package model

import (
	"slices"
	"strings"
	"time"
)

// ExportFile is what ":export regulator FILE" asks for: the terminal writes the
// file, as no command of the room does.
type ExportFile struct {
	Profile *Profile
	Path    string // "": a name is made
}

// ParseExport says whether a line hands a record on, and how. The first word is a
// profile where it is the name of one.
func ParseExport(line string) (f ExportFile, ok bool, err error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), ":export")
	if !ok || rest != "" && rest[0] != ' ' {
		return f, false, nil
	}
	f.Profile, f.Path = &Profiles[0], strings.TrimSpace(rest)
	if strings.HasPrefix(f.Path, "-") {
		return f, true, Refuse(Invalid, "write it as: :export [%s] [FILE]; for one entry alone: warroom export ROOM --entry N -o FILE", strings.Join(profileNames(), "|"))
	}
	name, path, _ := strings.Cut(f.Path, " ")
	if i := slices.IndexFunc(Profiles, func(p Profile) bool { return p.Name == name }); i >= 0 {
		f.Profile, f.Path = &Profiles[i], strings.TrimSpace(path)
	}
	return f, true, nil
}

// ExportName is the file of an export that nobody gave a name: for whom it is and
// when it was made stand in it, so that none is written over another.
func ExportName(short string, p *Profile, at time.Time) string {
	return short + "-" + p.Name + "-" + at.UTC().Format("20060102T150405Z") + ".zip"
}

func profileNames() (out []string) {
	for _, p := range Profiles {
		out = append(out, p.Name)
	}
	return out
}
