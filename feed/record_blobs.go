package feed

import (
	"context"
	"errors"
	"io"
	"strings"

	"warroom/model"
	sealed "warroom/model/bundle"
)

// ExportBare writes the record of a room without the contents of its evidence.
func (f *Feed) ExportBare(ctx context.Context, short, agent string, w io.Writer) error {
	return exportWith(ctx, f, short, agent, w, func(x *sealed.Export, v *sealed.Verdict) ([]string, error) {
		for i := range v.Room.Evidence {
			x.Bare = x.Bare || v.Room.Evidence[i].Readable()
		}
		return nil, nil
	})
}

// exportWith writes a record after more has added evidence to it. It returns
// [sealed.Tampered], with the record written, if the log does not verify or evidence is
// missing.
func exportWith(ctx context.Context, f *Feed, short, agent string, w io.Writer,
	more func(*sealed.Export, *sealed.Verdict) (lost []string, err error)) error {
	x, v, err := newExport(ctx, f, short, agent)
	if err != nil {
		return err
	}
	lost, err := more(x, v)
	if err == nil {
		err = x.Write(w)
		if errors.As(err, new(sealed.Tampered)) { // the log changed after it was verified
			err = model.Refuse(model.Internal, "the export was interrupted: %s", err)
		}
	}
	switch {
	case err != nil:
		return err
	case !v.Sound():
		return sealed.Tampered{Safe: model.Safef("the log of %s does not verify: %s; it was written anyway; to list "+
			"all faults: warroom verify %s", short, v.Bad[0], short)}
	case len(lost) > 0:
		return sealed.Tampered{Safe: model.Safef("the record of %s was written without the bytes of some evidence, "+
			"which the hub does not have as they were collected: %s", short, strings.Join(lost, "; "))}
	}
	return nil
}
