package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
)

// ingestFrom reads the alerts of a file of this machine into the room of a seat:
// what :ingest does.
func (a *app) ingestFrom(ctx context.Context, s model.Seat, file string, p *model.Progress) (model.Safe, error) {
	if rest, ok := strings.CutPrefix(file, "~/"); ok {
		file = filepath.Join(a.Getenv("HOME"), rest)
	}
	read, err := a.Intake(a.cfg.Data, true)
	if err != nil {
		return model.Safe{}, err
	}
	f, err := os.Open(file)
	if err != nil {
		return model.Safe{}, model.Refuse(model.Invalid, "%s cannot be read: %s", file, reason(err))
	}
	defer f.Close() // it was only read
	if fi, err := f.Stat(); err == nil && fi.Mode().IsRegular() {
		p.Begin(fi.Size())
	}
	t, err := a.takeIn(ctx, s, io.TeeReader(f, p), read, "")
	say := t.words()
	if len(t.Notes) > 0 {
		say = model.Safef("%s; %s", say, t.Notes[0])
	}
	return say, err
}
