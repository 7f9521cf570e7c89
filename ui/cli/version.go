package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"warroom/model"
)

// Version is the program's version. A release sets it at build time.
var Version = "0.2.0-dev"

// versionLines describes the version of the program and of its main dependencies.
func versionLines() []model.Safe {
	out := []model.Safe{model.Safef("warroom %s, %s %s/%s, fold %d", Version, runtime.Version(), runtime.GOOS,
		runtime.GOARCH, model.FoldVersion)}
	if b, ok := debug.ReadBuildInfo(); ok {
		if s := commitOf(b.Settings); !s.IsEmpty() {
			out = append(out, s)
		}
		for _, d := range b.Deps {
			switch d.Path {
			case "github.com/nats-io/nats-server/v2", "github.com/nats-io/nats.go", "github.com/rivo/tview",
				"github.com/gdamore/tcell/v2":
				out = append(out, model.Safef("  %s %s", d.Path, d.Version))
			}
		}
	}
	return out
}

// commitOf returns the commit that the program was built from, if Go has recorded it.
func commitOf(settings []debug.BuildSetting) model.Safe {
	of := map[string]string{}
	for _, s := range settings {
		of[s.Key] = s.Value
	}
	switch {
	case of["vcs.revision"] == "":
		return model.Safe{}
	case of["vcs.modified"] == "true":
		return model.Safef("  commit %s, with changes, %s", of["vcs.revision"], of["vcs.time"])
	}
	return model.Safef("  commit %s, %s", of["vcs.revision"], of["vcs.time"])
}

// versionCmd prints the version.
func versionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the build settings",
		Args:  exactly(0, "version"),
		RunE: func(*cobra.Command, []string) error {
			for _, l := range versionLines() {
				if err := a.print(l); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
