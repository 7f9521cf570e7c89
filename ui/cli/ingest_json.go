package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"

	"warroom/model"
	"warroom/ui/cli/jsonform"
)

// maxShown is the maximum number of alerts printed per file.
const maxShown = 100_000

// reading is what ingest --json prints for a file.
type reading struct {
	File       string       `json:"file"`
	Format     string       `json:"format"`
	Findings   int          `json:"findings"`
	Groups     int          `json:"groups"`
	Skipped    int          `json:"skipped"`
	Suppressed int          `json:"suppressed"` // left out: passed, suppressed, unchanged or gone
	Passed     int          `json:"passed"`     // of those, passed checks
	Unchanged  int          `json:"unchanged"`  // of those, findings in a baseline
	Reports    int          `json:"customer_reports,omitempty"`
	Bytes      int64        `json:"bytes"`
	Sum        string       `json:"sha256"`
	Notes      []model.Safe `json:"notes"`
	LeftOut    int          `json:"alerts_left_out,omitempty"`

	Updated int          `json:"updated,omitempty"` // known alerts that changed
	Changed []model.Safe `json:"changed,omitempty"` // the text written about each
	New     *int         `json:"new,omitempty"`     // findings that the room did not have
	Seen    *int         `json:"seen,omitempty"`    // findings that the room had, or that were repeated
	Stored  []storedRow  `json:"stored,omitempty"`

	Evidence int `json:"evidence,omitempty"` // number of the stored copy
}

// storedRow is an alert in the room.
type storedRow struct {
	N        int        `json:"n"`
	ID       string     `json:"id"`
	Seq      uint64     `json:"seq"`
	Findings int        `json:"findings"`
	Severity string     `json:"severity"`
	Rule     string     `json:"rule"`
	Suggests model.Safe `json:"suggests,omitzero"`
}

func readingOf(name string, in model.Intake) reading {
	return reading{File: model.CleanLine(name).String(), Format: in.Format, Findings: in.Findings, Groups: in.Groups,
		Skipped:    in.Skipped,
		Suppressed: in.Suppressed, Passed: in.Passed, Unchanged: in.Unchanged, Reports: in.Reports, Bytes: in.Bytes,
		Sum: in.Sum, Notes: append([]model.Safe{}, in.Notes...)}
}

// showJSON prints what was read as one line of JSON. It buffers the alerts in an
// encrypted unnamed file until the whole input was read.
func (g *ingest) showJSON(ctx context.Context, name string, r io.Reader) error {
	wait := newSpool(os.TempDir())
	if wait == nil {
		return model.Refuse(model.Internal,
			"no temporary file can be created in %s; free some space there, or set TMPDIR", os.TempDir())
	}
	defer wait.Close()
	list := bufio.NewWriter(wait)
	shown := 0
	in, err := g.read(ctx, r, g.source, func(a *model.Alert) error {
		if shown >= maxShown || a.LeftOut != "" {
			return nil
		}
		raw, err := json.Marshal(a)
		if err == nil && shown > 0 {
			err = list.WriteByte(',')
		}
		if err == nil {
			_, err = list.Write(jsonform.Escape(raw))
		}
		shown++
		return err
	})
	if err != nil {
		return err
	}
	if err := errors.Join(list.Flush(), wait.rewind()); err != nil {
		return model.Refuse(model.Internal, "the alerts that were read cannot be kept in %s: %s", os.TempDir(),
			model.FileReason(err))
	}
	out := readingOf(name, in)
	out.LeftOut = in.Findings - shown
	head, err := json.Marshal(out)
	if err != nil {
		return err
	}
	_, err = io.Copy(g.Stdout,
		io.MultiReader(bytes.NewReader(bytes.TrimSuffix(jsonform.Escape(head), []byte("}"))),
			strings.NewReader(`,"alerts":[`), wait, strings.NewReader("]}\n")))
	return err
}

// stored returns the row for an alert after it was stored.
func stored(r *model.Room, rec model.Receipt, b *model.AlertReceived) storedRow {
	row := storedRow{ID: rec.ID, Seq: rec.Seq, Findings: b.Findings, Severity: b.Alert.Severity, Rule: b.Alert.Rule,
		Suggests: r.AlertHint(&b.Alert)}
	for i := range r.Alerts {
		if r.Alerts[i].ID == rec.ID {
			row.N = r.Alerts[i].N
		}
	}
	return row
}
