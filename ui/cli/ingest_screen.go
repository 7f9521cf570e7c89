package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
	"warroom/model/backend"
)

// ingestFrom returns the function behind :ingest, which reads the alerts of a file of
// this machine into the room of a session.
func ingestFrom(a *app, h backend.Hub) func(context.Context, model.RoomSession, string, *model.Progress) (
	model.Safe, error) {
	return func(ctx context.Context, s model.RoomSession, file string, p *model.Progress) (model.Safe, error) {
		line := ":ingest " + file
		if rest, ok := strings.CutPrefix(file, "~/"); ok {
			file = filepath.Join(a.Getenv("HOME"), rest)
		}
		read, err := a.Intake(a.cfg.Data, true)
		if err != nil {
			return model.Safe{}, err
		}
		if st, err := os.Stat(file); err == nil && isNamedPipe(file, st) {
			return model.Safe{}, model.Refuse(model.Invalid,
				"%s is a named pipe, which may never have anything in it; name a regular file", file)
		}
		f, err := os.Open(file)
		if err != nil {
			return model.Safe{}, model.Refuse(model.Invalid, "%s cannot be read: %s", file, model.FileReason(err))
		}
		defer f.Close() // it was only read
		if fi, err := f.Stat(); err == nil && fi.Mode().IsRegular() {
			p.Begin(fi.Size())
		}
		raw := intake{a}.rawOf(h, s, file, io.TeeReader(f, p))
		defer raw.close()
		raw.command = line
		t, err := intake{a}.take(ctx, raw, read, "")
		if err != nil && model.CodeOf(err) != model.Queued {
			return model.Safe{}, raw.unread(ctx, t, err)
		}
		message := t.words()
		item, kerr := raw.saveCopy(ctx, &t)
		if item != nil {
			message = model.Safef("%s; the file, its secrets masked, is E%d", message, item.N)
		}
		if len(t.Notes) > 0 {
			message = model.Safef("%s; %s", message, t.Notes[0])
		}
		if err == nil && kerr != nil {
			err = model.Refuse(model.CodeOf(kerr), "%s; %s", message, model.Sentence(kerr))
		}
		return message, err
	}
}
