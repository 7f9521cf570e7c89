package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
)

// ingest is what the flags of the command say.
type ingest struct {
	*app
	room, source string
	json, dry    bool
	read         model.AlertSource
}

// ingestCmd reads alerts.
func (a *app) ingestCmd() *cobra.Command {
	g := &ingest{app: a}
	c := &cobra.Command{
		Use:   "ingest FILE...|-",
		Short: "Read alerts of scanners, detectors and people",
		Long: "Read alerts, recognised by what is in them: SARIF of any tool, Gitleaks,\n" +
			"secretlint, TruffleHog, Trivy, ASFF, GuardDuty, npm audit, Checkov,\n" +
			"Dependabot, Alertmanager, Falco, OCSF; reports as JSON, mail or form. Packed\n" +
			"with gzip or not, with log lines in between. They are stored in the room of\n" +
			"--room, else in the lobby, where they wait to be judged: one alert for each\n" +
			"group of findings, and what is there already is not new. Secrets are not\n" +
			"kept. A file that is cut is refused as a whole.",
		Args: atLeast(1, "ingest FILE... [--room ROOM], or ingest - to read stdin"),
		RunE: func(cmd *cobra.Command, args []string) error { return g.run(cmd.Context(), args) },
	}
	f := c.Flags()
	f.StringVar(&g.room, "room", "", "store the alerts in this `ROOM`; else they wait in the lobby")
	f.StringVar(&g.source, "source", "", "`NAME` of where they come from; else what they say themselves")
	f.BoolVar(&g.json, "json", false, "as JSON, one line for each file")
	f.BoolVar(&g.dry, "dry-run", false, "only say what is read; nothing is stored")
	return c
}

func (g *ingest) run(ctx context.Context, files []string) error {
	if g.dry && g.room != "" {
		return usage(model.Lit("--room stores the alerts and --dry-run only shows what is read: leave one of them out"))
	}
	if g.visitor && (len(files) != 1 || files[0] != "-") {
		return usage(model.Lit("files are read where you are: ssh HOST ingest - <FILE, or gitleaks ... | ssh HOST ingest -"))
	}
	var err error
	if g.read, err = g.Intake(g.cfg.Data, !g.dry); err != nil {
		return err
	}
	if g.dry {
		return g.each(files, func(name string, r io.Reader) error { return g.show(ctx, name, r) })
	}
	if g.cfg.Creds != "" && g.IsTool != nil && g.IsTool(g.cfg.Creds) {
		if g.room != "" {
			return usage(model.Lit("the invitation of a tool sends alerts to the lobby; leave --room out"))
		}
		return g.each(files, func(_ string, r io.Reader) error { return g.post(ctx, r) })
	}
	if g.room == "" {
		g.room = model.LobbyShort
	}
	return g.withPlace(ctx, g.room, func(ctx context.Context, h Hub, s model.Seat) error {
		return g.each(files, func(name string, r io.Reader) error { return g.take(ctx, h, s, name, r) })
	})
}

// each goes over the files. One that is refused is told, and the others are
// read all the same.
func (g *ingest) each(files []string, do func(string, io.Reader) error) error {
	var last error
	for _, name := range files {
		err := g.open(name, do)
		if err == nil {
			continue
		}
		if last != nil {
			g.tell(model.Sentence(last))
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

func (g *ingest) open(name string, do func(string, io.Reader) error) error {
	if name == "-" {
		return do(name, g.Stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return model.Refuse(model.Invalid, "it cannot be read: %s", reason(err))
	}
	defer f.Close() // it was only read
	r, done := g.watched(name, f)
	defer done()
	return do(name, r)
}

// maxShown is how many alerts of a file are printed.
const maxShown = 100_000

// reading is what ingest --json prints of a file.
type reading struct {
	File       string       `json:"file"`
	Format     string       `json:"format"`
	Findings   int          `json:"findings"`
	Groups     int          `json:"groups"`
	Skipped    int          `json:"skipped"`
	Suppressed int          `json:"suppressed"` // left out: passed, suppressed, unchanged or gone
	Passed     int          `json:"passed"`     // of those, checks that passed
	Unchanged  int          `json:"unchanged"`  // of those, what a baseline has
	Reports    int          `json:"customer_reports,omitempty"`
	Bytes      int64        `json:"bytes"`
	Sum        string       `json:"sha256"`
	Notes      []model.Safe `json:"notes"`
	LeftOut    int          `json:"alerts_left_out,omitempty"`

	Updated int          `json:"updated,omitempty"` // alerts that are known and changed
	Changed []model.Safe `json:"changed,omitempty"` // and what is written of each
	New     *int         `json:"new,omitempty"`     // findings that the room did not have
	Seen    *int         `json:"seen,omitempty"`    // and those that it had, or that came twice
	Stored  []storedRow  `json:"stored,omitempty"`

	Evidence int `json:"evidence,omitempty"` // the number of the copy that is kept
}

// storedRow is an alert as the room has it.
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
	return reading{File: model.CleanLine(name).String(), Format: in.Format, Findings: in.Findings, Groups: in.Groups, Skipped: in.Skipped,
		Suppressed: in.Suppressed, Passed: in.Passed, Unchanged: in.Unchanged, Reports: in.Reports, Bytes: in.Bytes, Sum: in.Sum, Notes: append([]model.Safe{}, in.Notes...)}
}

// show says what is read and keeps nothing.
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
	return g.sayAlerts(in, list)
}

// showJSON prints what is read as one line of JSON. The alerts wait in an encrypted
// file without a name until the whole input was read.
func (g *ingest) showJSON(ctx context.Context, name string, r io.Reader) error {
	wait := newSpool(os.TempDir())
	if wait == nil {
		return model.Refuse(model.Internal, "no file can be made in %s for what is read; free some space there, or set TMPDIR", os.TempDir())
	}
	defer wait.Close()
	list := bufio.NewWriter(wait)
	shown := 0
	in, err := g.read(ctx, r, g.source, func(a *model.Alert) error {
		if shown >= maxShown {
			return nil
		}
		raw, err := json.Marshal(a)
		if err == nil && shown > 0 {
			err = list.WriteByte(',')
		}
		if err == nil {
			_, err = list.Write(escapeJSON(raw))
		}
		shown++
		return err
	})
	if err != nil {
		return err
	}
	if err := errors.Join(list.Flush(), wait.rewind()); err != nil {
		return model.Refuse(model.Internal, "what was read cannot be kept in %s: %s", os.TempDir(), reason(err))
	}
	out := readingOf(name, in)
	out.LeftOut = in.Findings - shown
	head, err := json.Marshal(out)
	if err != nil {
		return err
	}
	_, err = io.Copy(g.Stdout, io.MultiReader(bytes.NewReader(bytes.TrimSuffix(escapeJSON(head), []byte("}"))), strings.NewReader(`,"alerts":[`), wait, strings.NewReader("]}\n")))
	return err
}

// sayAlerts prints alerts for people: the worst groups, not every finding.
func (g *ingest) sayAlerts(in model.Intake, list []model.Alert) error {
	if err := g.say(model.Safef("%s: %s in %s", in.Format, many(in.Findings, "finding"), many(in.Groups, "group"))); err != nil {
		return err
	}
	for i := range list {
		if i == maxLines {
			if err := g.say(model.Safef("and %d more; --json shows them", in.Findings-i)); err != nil {
				return err
			}
			break
		}
		a := &list[i]
		s := model.Safef("%-8s  %s", a.Severity, a.What())
		if where := a.Where(); !where.IsEmpty() {
			s = model.Safef("%s  in %s", s, where)
		}
		if err := g.say(s); err != nil {
			return err
		}
	}
	g.sayNotes(in)
	return nil
}

// maxLines is how many findings are printed for people.
const maxLines = 50

func (g *ingest) sayNotes(in model.Intake) {
	for _, n := range in.Notes {
		g.tell(n)
	}
}

// take stores the alerts of a file in a room, and keeps the file itself there
// without its secrets.
func (g *ingest) take(ctx context.Context, h Hub, s model.Seat, name string, r io.Reader) error {
	raw := g.rawOf(h, s, name, r)
	defer raw.close()
	t, err := g.takeIn(ctx, s, raw, g.read, g.source)
	if err != nil && model.CodeOf(err) != model.Kept {
		return raw.unread(ctx, t, err)
	}
	piece, kerr := raw.keep(ctx, t)
	if serr := g.sayTaken(name, t, piece); serr != nil {
		return serr
	}
	if err != nil && kerr != nil {
		g.tell(model.Sentence(kerr))
	}
	return cmp.Or(err, kerr)
}

// takenIn is what became of one file.
type takenIn struct {
	model.Intake
	fresh, seen int
	rows        []storedRow
	changed     []model.Safe // lines of alerts that are known and changed
}

// takeIn reads a file and stores its alerts in a room. Where the error is that
// they are kept in the outbox, the rest of the answer holds.
func (a *app) takeIn(ctx context.Context, s model.Seat, r io.Reader, read model.AlertSource, source string) (t takenIn, kept error) {
	var groups model.AlertGroups
	var err error
	if t.Intake, err = read(ctx, r, source, func(al *model.Alert) error {
		groups.Add(al)
		return nil
	}); err != nil {
		return t, err
	}
	if kept, err = a.takeUpdates(ctx, s, &groups, &t); err != nil {
		return t, err
	}
	bodies, seen := groups.Bodies(s.Latest().Room, t.Format, t.Sum)
	t.seen, t.rows = seen, []storedRow{}
	for _, b := range bodies {
		rec, err := a.store(ctx, s, model.Act{Body: b})
		switch model.CodeOf(err) {
		case "":
		case model.Kept: // so will be the others
			kept = err
		default:
			return t, err
		}
		t.fresh += b.Findings
		t.rows = append(t.rows, stored(s.Latest().Room, rec, b))
	}
	return t, kept
}

// takeUpdates stores what changed in alerts that a room has. What somebody else stored
// in this moment is there.
func (a *app) takeUpdates(ctx context.Context, s model.Seat, groups *model.AlertGroups, t *takenIn) (kept, err error) {
	for _, u := range groups.Updates(s.Latest().Room, t.Format, t.Sum) {
		rec, err := a.store(ctx, s, model.Act{Body: u})
		switch model.CodeOf(err) {
		case "":
			if l := s.Latest().Room.Line(rec.Seq); l != nil {
				t.changed = append(t.changed, model.Safef("alert %s", l.Text))
			}
		case model.Kept:
			kept = err
		case model.Conflict:
			continue
		default:
			return kept, err
		}
	}
	return kept, nil
}

// words say in one line what was stored.
func (t *takenIn) words() model.Safe {
	s := model.Safef("%s: %s, %d of them new, as %s", t.Format, many(t.Findings, "finding"), t.fresh, many(len(t.rows), "alert"))
	if t.fresh == 0 && t.Findings > 0 {
		s = model.Safef("%s: %s, none of them new: all are stored already", t.Format, many(t.Findings, "finding"))
	}
	if n := len(t.changed); n > 0 {
		s = model.Safef("%s; %s that is known changed", s, many(n, "alert"))
	}
	return s
}

// maxPosted is a byte more than what the invitation of a tool sends at once.
const maxPosted = 1<<20 + 1

// post sends what a tool said with the tool's own invitation, and prints what the
// hub says of it.
func (g *ingest) post(ctx context.Context, r io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(r, maxPosted))
	if err != nil {
		return model.Refuse(model.Invalid, "it cannot be read: %s", reason(err))
	}
	ctx, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	said, err := g.Post(ctx, g.cfg.Creds, g.source, data)
	if err != nil {
		return err
	}
	if g.json {
		return g.sayJSON(said)
	}
	var t struct {
		Format              string
		Findings, New, Held int
		Updated             int
		Notes               []model.Safe
	}
	if err := json.Unmarshal(said, &t); err != nil {
		return model.Refuse(model.Internal, "the hub's answer cannot be read: %s", err)
	}
	for _, n := range t.Notes {
		g.tell(model.CleanLine(n.String()))
	}
	s := model.Safef("%s: %s, %d of them new", t.Format, many(t.Findings, "finding"), t.New)
	if t.Updated > 0 {
		s = model.Safef("%s; %s that is known changed", s, many(t.Updated, "alert"))
	}
	if t.Held > 0 {
		s = model.Safef("%s: %s, stored within seconds with others: much comes in now", t.Format, many(t.Findings, "finding"))
	}
	return g.say(s)
}

// sayTaken says what was stored of a file.
func (g *ingest) sayTaken(name string, t takenIn, piece *model.Piece) error {
	if g.json {
		out := readingOf(name, t.Intake)
		if piece != nil {
			out.Evidence = piece.N
		}
		out.New, out.Seen, out.Stored = &t.fresh, &t.seen, t.rows
		out.Updated, out.Changed = len(t.changed), t.changed
		return g.sayJSON(out)
	}
	g.sayNotes(t.Intake)
	if err := g.say(t.words()); err != nil {
		return err
	}
	for _, line := range t.changed {
		if err := g.say(line); err != nil {
			return err
		}
	}
	for _, row := range t.rows {
		line := model.Safef("alert %d  %s  %s, %s", row.N, row.Severity, row.Rule, many(row.Findings, "finding"))
		if !row.Suggests.IsEmpty() {
			line = model.Safef("%s; %s", line, row.Suggests)
		}
		if err := g.say(line); err != nil {
			return err
		}
	}
	if piece != nil {
		return g.say(model.Safef("E%d  %s  the file, its secrets masked; sha256 %s", piece.N, model.Bytes(piece.Size), piece.SHA256))
	}
	return nil
}

// many counts things in words.
func many(n int, thing string) model.Safe {
	if n == 1 {
		return model.Safef("1 %s", thing)
	}
	return model.Safef("%d %ss", n, thing)
}

// stored is an alert as it stands in the room after it was stored.
func stored(r *model.Room, rec model.Receipt, b *model.AlertReceived) storedRow {
	row := storedRow{ID: rec.ID, Seq: rec.Seq, Findings: b.Findings, Severity: b.Alert.Severity, Rule: b.Alert.Rule, Suggests: r.AlertHint(&b.Alert)}
	for i := range r.Alerts {
		if r.Alerts[i].ID == rec.ID {
			row.N = r.Alerts[i].N
		}
	}
	return row
}
