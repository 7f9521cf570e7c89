package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
	"warroom/model/record"
)

// exporter writes the record of a room into a file of this machine, for the
// screen: what :export does. It is nil where this hub hands out none.
func (a *app) exporter(h Hub) func(context.Context, string, model.ExportFile, func(int64)) (model.Safe, error) {
	k, ok := h.(record.Keeper)
	if !ok {
		return nil
	}
	return func(ctx context.Context, short string, e model.ExportFile, done func(int64)) (model.Safe, error) {
		path, err := a.exportPath(short, e)
		if err != nil {
			return model.Safe{}, err
		}
		write := k.Export
		if !e.Profile.IsWhole() {
			write = func(ctx context.Context, short, agent string, w io.Writer) error {
				return k.ExportPart(ctx, short, agent, e.Profile, w)
			}
		}
		a.handsOut(ctx, h, short, exportOf(e.Profile, 0))
		n, err := exportTo(path, done, func(w io.Writer) error { return write(ctx, short, "warroom "+Version, w) })
		if err != nil {
			return model.Safe{}, err
		}
		return model.Safef("written: %s, %s; warroom verify checks it", path, model.Bytes(n)), nil
	}
}

// exportPath is the file that is written. One that is there stays: nobody sees on
// the screen what they would write over.
func (a *app) exportPath(short string, e model.ExportFile) (string, error) {
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
		return "", model.Refuse(model.Invalid, "%s cannot be written: %s", e.Path, reason(err))
	}
	if _, err := os.Lstat(path); err == nil {
		return "", model.Refuse(model.Invalid, "%s is there already; give another name", path)
	}
	return path, nil
}

// typedExport is :export among plain lines.
func (a *app) typedExport(ctx context.Context, h Hub, short string, e model.ExportFile) error {
	write := a.exporter(h)
	if a.visitor || write == nil {
		return model.Refuse(model.Forbidden, "a record is written where you are: ssh HOST export %s --profile %s > %s.zip", short, e.Profile.Name, short)
	}
	say, err := write(ctx, short, e, func(int64) {})
	if err != nil {
		return err
	}
	return a.say(say)
}
