package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
)

// ingestFrom returns what :ingest does: read the alerts of a file of this machine
// into the room of a seat.
func (a *app) ingestFrom(h Hub) func(context.Context, model.Seat, string, *model.Progress) (model.Safe, error) {
	return func(ctx context.Context, s model.Seat, file string, p *model.Progress) (model.Safe, error) {
		line := ":ingest " + file
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
		raw := a.rawOf(h, s, file, io.TeeReader(f, p))
		defer raw.close()
		raw.command = line
		t, err := a.takeIn(ctx, s, raw, read, "")
		if err != nil && model.CodeOf(err) != model.Kept {
			return model.Safe{}, raw.unread(ctx, t, err)
		}
		say := t.words()
		piece, kerr := raw.keep(ctx, t)
		if piece != nil {
			say = model.Safef("%s; the file, its secrets masked, is E%d", say, piece.N)
		}
		if len(t.Notes) > 0 {
			say = model.Safef("%s; %s", say, t.Notes[0])
		}
		if err == nil && kerr != nil {
			err = model.Refuse(model.CodeOf(kerr), "%s; %s", say, model.Sentence(kerr))
		}
		return say, err
	}
}
