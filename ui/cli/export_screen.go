package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
	"warroom/model/backend"
	"warroom/ui/present"
)

// forScreen returns the function behind :export, which writes the record of a room to a
// file of this machine.
func (a exports) forScreen(h backend.Hub) func(context.Context, string, model.ExportFile, func(int64)) (
	model.Safe, error) {
	return func(ctx context.Context, short string, e model.ExportFile, done func(int64)) (model.Safe, error) {
		path, err := a.filePath(short, e)
		if err != nil {
			return model.Safe{}, err
		}
		write := h.Export
		if !e.Profile.IsWhole() {
			write = func(ctx context.Context, short, agent string, w io.Writer) error {
				return h.ExportSubset(ctx, short, agent, e.Profile, w)
			}
		}
		n, err := exportTo(path, done, func(w io.Writer) error {
			if err := a.noteExport(ctx, h, short, exportOf(e.Profile, 0), 0); err != nil {
				return err
			}
			return write(ctx, short, "warroom "+Version, w)
		})
		if err != nil {
			return model.Safe{}, err
		}
		return model.Safef("exported to %s (%s); check it with warroom verify", path, model.Bytes(n)), nil
	}
}

// filePath returns the path of the export. It returns an error for an existing file,
// because the screen does not ask before it overwrites one.
func (a exports) filePath(short string, e model.ExportFile) (string, error) {
	path := e.Path
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		path = filepath.Join(a.Getenv("HOME"), rest)
	}
	st, err := os.Stat(path)
	switch {
	case path == "":
		path = model.ExportName(short, e.Profile, a.Clock.Now())
	case err == nil && st.IsDir():
		path = filepath.Join(path, model.ExportName(short, e.Profile, a.Clock.Now()))
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", model.Refuse(model.Invalid, "%s cannot be written: %s", e.Path, model.FileReason(err))
	}
	if _, err := os.Lstat(path); err == nil {
		return "", model.Refuse(model.Invalid, "%s already exists; give another name", path)
	}
	return path, nil
}

// typed executes :export in plain mode.
func (a exports) typed(ctx context.Context, h backend.Hub, short string, e model.ExportFile) error {
	if a.visitor {
		return &model.Error{Code: model.Forbidden, Message: present.ExportElsewhere(short, e.Profile)}
	}
	message, err := a.forScreen(h)(ctx, short, e, func(int64) {})
	if err != nil {
		return err
	}
	return a.print(message)
}
