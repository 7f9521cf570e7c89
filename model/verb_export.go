package model

import (
	"slices"
	"strings"
	"time"
)

// ExportFile is the request of a line such as ":export regulator FILE". The client
// has to write the file, since commands of the room do no I/O.
type ExportFile struct {
	Profile *Profile
	Path    string // "": use ExportName
}

// ParseExport reports whether a line asks for an export, and which. The first word
// is a profile, or the rest is a file, which has a dot or a slash in it.
func ParseExport(line string) (f ExportFile, ok bool, err error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), ":export")
	if !ok || rest != "" && rest[0] != ' ' {
		return f, false, nil
	}
	f.Profile, f.Path = &Profiles[0], strings.TrimSpace(rest)
	if strings.HasPrefix(f.Path, "-") {
		return f, true,
			Refuse(Invalid,
				":export takes no flags: write :export [%s] [FILE]; for a single entry, use warroom export ROOM "+
					"--entry N -o FILE",
				strings.Join(profileNames(), "|"))
	}
	name, path, _ := strings.Cut(f.Path, " ")
	if i := slices.IndexFunc(Profiles, func(p Profile) bool { return p.Name == name }); i >= 0 {
		f.Profile, f.Path = &Profiles[i], strings.TrimSpace(path)
	} else if name != "" && !strings.ContainsAny(f.Path, `./\`) {
		return f, true, Refuse(NotFound, "there is no profile %s; the profiles are %s; for a file of that name "+
			"write ./%s",
			name, strings.Join(profileNames(), ", "), name)
	}
	return f, true, nil
}

// ExportName returns the file name of an export for which nobody chose one. It
// contains the profile and the time, so that no export overwrites another.
func ExportName(short string, p *Profile, at time.Time) string {
	return short + "-" + p.Name + "-" + at.UTC().Format("20060102T150405Z") + ".zip"
}

func profileNames() (out []string) {
	for _, p := range Profiles {
		out = append(out, p.Name)
	}
	return out
}
