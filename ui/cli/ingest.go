package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/ui/present"
)

// ingest has the flags of the command.
type ingest struct {
	*app
	room, source, format string
	json, dry            bool
	read                 model.AlertSource
}

// ingestCmd reads alerts.
func ingestCmd(a *app) *cobra.Command {
	g := &ingest{app: a}
	c := &cobra.Command{
		Use:   "ingest FILE...|-",
		Short: "Read alerts of scanners, detectors and people",
		Long: "Read alerts and recognise their format from the content: SARIF of any tool, Gitleaks,\n" +
			"secretlint, TruffleHog, Trivy, ASFF, GuardDuty, npm audit, Checkov, Dependabot,\n" +
			"Alertmanager, Falco, OCSF; reports as JSON, mail or form; with or without gzip, and with\n" +
			"log lines in between. They are stored in the room given with --room, otherwise in the\n" +
			"lobby for triage: one alert for each group of findings; known findings are not stored\n" +
			"twice. Secrets are never stored. A file that is cut off is refused as a whole.",
		Args: atLeast(1, "ingest FILE... [--room ROOM], or ingest - to read stdin"),
		RunE: func(cmd *cobra.Command, args []string) error { return g.run(cmd.Context(), args) },
	}
	f := c.Flags()
	f.StringVar(&g.room, "room", "", "store the alerts in this `ROOM`; by default, in the lobby")
	f.StringVar(&g.source, "source", "", "`NAME` of their source; by default, the one in the alerts")
	f.StringVar(&g.format, "format", "",
		"refuse what is not in the format `NAME`, such as gitleaks; an empty list then means\n"+
			"no findings")
	f.BoolVar(&g.json, "json", false, "print JSON, one line for each file")
	f.BoolVar(&g.dry, "dry-run", false, "parse and print alerts without storing them")
	return c
}

func (g *ingest) run(ctx context.Context, files []string) error {
	if g.dry && g.room != "" {
		return usage(model.Lit("--room stores the alerts and --dry-run only prints them: leave one of them out"))
	}
	if g.visitor && (len(files) != 1 || files[0] != "-") {
		return usage(present.IngestElsewhere(g.room))
	}
	var err error
	if g.read, err = g.Intake(g.cfg.Data, !g.dry); err != nil {
		return err
	}
	g.read = ofForm(g.read, g.format)
	if g.dry {
		return g.each(ctx, files, func(name string, r io.Reader) error { return g.show(ctx, name, r) })
	}
	if g.cfg.Creds != "" && g.IsTool != nil && g.IsTool(g.cfg.Creds) {
		if g.room != "" {
			return usage(model.Lit("with a tool's invitation, alerts go to the lobby; leave out --room"))
		}
		if g.format != "" {
			return usage(model.Lit("with a tool's invitation, the hub recognises the format; leave out --format"))
		}
		return g.each(ctx, files, func(_ string, r io.Reader) error { return g.post(ctx, r) })
	}
	if g.room != "" && g.room != model.LobbyShort {
		return g.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) error {
			return g.inSession(ctx, h, g.room, func(ctx context.Context, s model.RoomSession) error {
				return g.each(ctx, files, func(name string, r io.Reader) error {
					return g.take(ctx, intake{g.app}.rawOf(h, s, name, r))
				})
			})
		})
	}
	return g.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) error {
		var s model.RoomSession
		done := func() {}
		defer func() { done() }()
		enter := func(ctx context.Context) (_ model.RoomSession, err error) {
			if s == nil {
				s, done, err = enterLobby(ctx, g.app, h)
			}
			return s, err
		}
		return g.each(ctx, files, func(name string, r io.Reader) error {
			return g.take(ctx, intake{g.app}.rawOfLobby(h, enter, name, r))
		})
	})
}

// each processes the files. It prints the error of a file and continues with the others.
// It returns the last error.
func (g *ingest) each(ctx context.Context, files []string, do func(string, io.Reader) error) error {
	var last error
	for _, name := range files {
		err := g.open(ctx, name, do)
		if err == nil {
			continue
		}
		if last != nil {
			g.printErr(model.Sentence(last))
		}
		switch code := model.CodeOf(err); {
		case code == model.Internal || brokenPipe(err):
			return err
		case len(files) > 1 || name != "-":
			err = model.Refuse(code, "%s: %s", name, model.Sentence(err))
		}
		last = err
	}
	return last
}

func (g *ingest) open(ctx context.Context, name string, do func(string, io.Reader) error) error {
	if name == "-" {
		return do(name, g.Stdin)
	}
	f, err := openInput(ctx, name)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return model.Refuse(model.Invalid, "it cannot be read: %s", model.FileReason(err))
	}
	defer f.Close() // it was only read
	// Ends a read of a named pipe that waits; other files do not wait.
	defer context.AfterFunc(ctx, func() { _ = f.SetReadDeadline(time.Unix(1, 0)) })()
	r, done := g.watched(name, f)
	defer done()
	if err = do(name, r); err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// openInput opens a file. A named pipe is opened when somebody writes to it, or not at all if
// the context ends before.
func openInput(ctx context.Context, name string) (*os.File, error) {
	var f *os.File
	var err error
	opened := make(chan struct{})
	go func() {
		f, err = os.Open(name)
		close(opened)
	}()
	select {
	case <-opened:
		return f, err
	case <-ctx.Done():
		return nil, ctx.Err() // the program ends, and the pipe with it
	}
}

// show prints the alerts and stores nothing.
func (g *ingest) show(ctx context.Context, name string, r io.Reader) error {
	if g.json {
		return g.showJSON(ctx, name, r)
	}
	list := []model.Alert{}
	in, err := g.read(ctx, r, g.source, func(a *model.Alert) error {
		if len(list) < maxLines && a.LeftOut == "" {
			list = append(list, *a)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return g.printAlerts(in, list)
}

// printAlerts prints the first alerts of a file.
func (g *ingest) printAlerts(in model.Intake, list []model.Alert) error {
	if err := g.print(model.Safef("%s: %s in %s", in.Format, many(in.Findings, "finding"),
		many(in.Groups, "group"))); err != nil {
		return err
	}
	for i := range list {
		a := &list[i]
		s := model.Safef("%-8s  %s", a.Severity, a.What())
		if where := a.Where(); !where.IsEmpty() {
			s = model.Safef("%s  in %s", s, where)
		}
		if a.Resolved {
			s = model.Safef("%s; resolved at its source", s)
		}
		if err := g.print(s); err != nil {
			return err
		}
	}
	if n := in.Findings - len(list); n > 0 {
		if err := g.print(model.Safef("and %d more; --json shows them", n)); err != nil {
			return err
		}
	}
	g.printNotes(in)
	return nil
}

// maxLines is the maximum number of printed alerts.
const maxLines = 50

func (g *ingest) printNotes(in model.Intake) {
	for _, n := range in.Notes {
		g.printErr(n)
	}
}

// take stores the alerts of a file in a room, with a copy of the file without its
// secrets.
func (g *ingest) take(ctx context.Context, raw *rawInput) error {
	defer raw.close()
	t, err := intake{g.app}.take(ctx, raw, g.read, g.source)
	if err != nil && model.CodeOf(err) != model.Queued {
		return raw.unread(ctx, t, err)
	}
	item, kerr := raw.saveCopy(ctx, &t)
	if serr := g.printStored(raw.name, t, item); serr != nil {
		return serr
	}
	if err != nil && kerr != nil {
		g.printErr(model.Sentence(kerr))
	}
	return cmp.Or(err, kerr)
}

// printStored prints what was stored of a file.
func (g *ingest) printStored(name string, t takenIn, item *model.EvidenceItem) error {
	if g.json {
		out := readingOf(name, t.Intake)
		if item != nil {
			out.Evidence = item.N
		}
		out.New, out.Seen, out.Stored = &t.added, &t.seen, t.rows
		out.Updated, out.Changed = len(t.changed), t.changed
		return g.printJSON(out)
	}
	g.printNotes(t.Intake)
	if err := g.print(t.words()); err != nil {
		return err
	}
	for _, line := range t.changed {
		if err := g.print(line); err != nil {
			return err
		}
	}
	for _, row := range t.rows {
		line := model.Safef("alert %d  %s  %s, %s", row.N, row.Severity, row.Rule, many(row.Findings, "finding"))
		if !row.Suggests.IsEmpty() {
			line = model.Safef("%s; %s", line, row.Suggests)
		}
		if err := g.print(line); err != nil {
			return err
		}
	}
	if item != nil {
		return g.print(model.Safef("E%d  %s  the file, its secrets masked; sha256 %s", item.N, model.Bytes(item.Size),
			item.SHA256))
	}
	return nil
}

// many formats a count with a noun in the singular or plural.
func many(n int, thing string) model.Safe {
	if n == 1 {
		return model.Safef("1 %s", thing)
	}
	return model.Safef("%d %ss", n, thing)
}
