package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"warroom/model"
)

// ofForm returns a reader that accepts only one format, and accepts an empty list as that
// format. It returns the reader itself for "".
func ofForm(read model.AlertSource, form string) model.AlertSource {
	if form == "" {
		return read
	}
	return func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		in, err := read(ctx, r, source, emit)
		switch {
		case model.IsEmptyOf(err, form):
			in.Format = form
			in.Notes = append(in.Notes, model.NoFindings())
			return in, nil
		case isEmptyList(err):
			return in, model.Refuse(model.Invalid, "it is an empty list, and no format called %s is written as one; "+
				"docs/alerts.md lists the formats", form)
		case err == nil && in.Format == "empty": // the input is empty
			in.Format = form
		case err == nil && !model.IsForm(in.Format, form):
			return in, model.Refuse(model.Invalid,
				"it looks like %s, and --format is %s; nothing was stored", in.Format, form)
		}
		return in, err
	}
}

// isEmptyList reports whether err is the refusal of an empty list that names no tool.
func isEmptyList(err error) bool {
	var e *model.Error
	return errors.As(err, &e) && e.EmptyOf != nil
}

// maxPosted is one byte more than an invitation of a tool may send at once.
const maxPosted = 1<<20 + 1

// post sends the output of a tool with the invitation of the tool, and prints the hub's
// answer.
func (g *ingest) post(ctx context.Context, r io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(r, maxPosted))
	if err != nil {
		return model.Refuse(model.Invalid, "it cannot be read: %s", model.FileReason(err))
	}
	ctx, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	answer, err := g.Post(ctx, g.cfg.Creds, g.source, data)
	if err != nil {
		return err
	}
	if g.json {
		return g.printJSON(answer)
	}
	var t struct {
		Format              string
		Findings, New, Held int
		Updated             int
		Notes               []model.Safe
	}
	if err := json.Unmarshal(answer, &t); err != nil {
		return model.Refuse(model.Internal, "the hub's answer cannot be read: %s", err)
	}
	for _, n := range t.Notes {
		g.printErr(model.CleanLine(n.String()))
	}
	s := model.Safef("%s: %s, %d of them new", t.Format, many(t.Findings, "finding"), t.New)
	if t.Updated > 0 {
		s = model.Safef("%s; %s that was known changed", s, many(t.Updated, "alert"))
	}
	if t.Held > 0 {
		s = model.Safef("%s: %s, to be stored within seconds together with others, as many alerts are coming "+
			"in", t.Format,
			many(t.Findings, "finding"))
	}
	return g.print(s)
}
