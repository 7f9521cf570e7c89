package intake

import (
	"context"
	"encoding/hex"
	"errors"
	"io"

	"warroom/model"
)

// Options are what a reading needs besides the bytes.
type Options struct {
	Key    model.Secret // of this installation, for the marks of secrets
	Source string       // the name a person gave; "": what the form says
	Max    int64        // bytes after unpacking; 0: 1 GiB
	Hidden func(string) // is called with what a record names as a secret; may be nil
}

// Read reads alerts and hands them to emit. What was handed out before an
// error must not be used.
func Read(ctx context.Context, r io.Reader, o Options, emit func(*model.Alert) error) (model.Intake, error) {
	if o.Max <= 0 {
		o.Max = 1 << 30
	}
	in, err := newInput(ctx, r, o.Max)
	if err != nil {
		return model.Intake{}, model.Refuse(model.Invalid, "it cannot be read: %s", err)
	}
	w := &work{Options: o, in: in, parser: newParser(in), emit: emit, groups: map[string]struct{}{}}
	w.sink = w.found
	err = w.read()
	w.out.Bytes, w.out.Sum, w.out.Groups = in.n, hex.EncodeToString(in.sum.Sum(nil)), len(w.groups)
	if err != nil {
		return w.out, w.refusal(err)
	}
	return w.out, w.judge()
}

// work is one reading.
type work struct {
	Options
	*parser
	in     *input
	emit   func(*model.Alert) error
	out    model.Intake
	groups map[string]struct{}

	form   string   // how it was read so far
	head   []byte   // text before anything else was found, for mails and forms
	lines  int      // of text
	good   int      // whole JSON values
	bad    int      // broken lines
	empty  bool     // an array without members
	handed int      // findings of the value that is being read
	taken  int      // records of a form that is known
	run    sarifRun // what a SARIF run says of its rules
	held   []int32  // results that came before their tool

	artifactBytes int // of the paths that the run names
	style         stylish

	seen     map[uint64]seenAt // findings of this reading, by what and where
	spots    map[uint64]uint32 // ordinals of those that are there more than once
	strange  int               // records of no known form
	near     nearest           // what they came nearest to
	licences int               // of packages: no alerts
	accepted bool              // what is read is a finding that Trivy was told to accept
	cluster  string            // the resource of a cluster that is being read
	unnamed  bool              // alerts of the generic form were read, and their document has not named itself yet
	inner    int               // findings of lists of the document that is being read
}

// maxHead is how much text is kept to see whether it is a mail or a form.
const maxHead = 1 << 20

// maxGroups is how many groups are told apart.
const maxGroups = 100_000

// read goes over the values and lines of the input.
func (w *work) read() error {
	for {
		if w.form == formMail { // white space is part of it
			if w.peek() == 0 && w.pos >= w.scanner.end {
				return w.end()
			}
			if err := w.textLine(); err != nil {
				return err
			}
			continue
		}
		before := w.scanner.lines
		c := w.space()
		if w.scanner.lines > before && len(w.head) > 0 { // blank lines are part of a mail
			w.head = append(w.head, '\n')
		}
		switch {
		case c == 0 && w.pos >= w.scanner.end:
			return w.end()
		case w.startsJSON(c):
			if err := w.document(c); err != nil {
				return err
			}
		default:
			if err := w.textLine(); err != nil {
				return err
			}
		}
	}
}

// startsJSON says whether a value begins here and not a line of a log: "[INFO]"
// is one, and a mail may have any bracket.
func (w *work) startsJSON(c byte) bool {
	if c != '{' && c != '[' {
		return false
	}
	for i := w.pos + 1; ; i++ {
		if i >= w.scanner.end {
			if i-w.pos >= len(w.buf) || !w.peekMore() {
				return true
			}
			i = w.pos + 1
		}
		switch b := w.buf[i]; b {
		case ' ', '\t', '\r', '\n':
		case '"', '}':
			return c == '{' || b == '"' && len(w.head) == 0
		case '{', ']', '[':
			return c == '['
		default:
			return false
		}
	}
}

// peekMore reads on where the window has room.
func (w *work) peekMore() bool { return w.scanner.end-w.pos < len(w.buf) && w.more() }

// document reads one value at the top: a whole document, or a line.
func (w *work) document(c byte) error {
	line := w.scanner.lines
	w.reset(1, 0)
	w.open, w.mute, w.held, w.handed = w.open[:0], 0, w.held[:0], 0
	watched := documents
	if c == '[' {
		watched = records
	}
	i, err := w.value(watched)
	if err == nil {
		w.good++
		if c == '[' {
			w.empty = w.empty || w.nodes[i].child == 0 && w.handed == 0
			return nil
		}
		return w.whole(val{&w.doc, i})
	}
	if (err == errCut || err == errSyntax) && c == '{' && w.scanner.lines == line && w.handed == 0 && (err == errSyntax || w.good > 0) {
		w.bad++
		w.skip()
		w.scanner.line(nil, 0)
		return nil
	}
	return err
}

// whole takes a document whose lists were read.
func (w *work) whole(v val) error {
	if runs := v.get("runs"); runs.i > 0 {
		if err := oldSarif(v); err != nil {
			return err
		}
	}
	if w.unnamed && v.get("warroom").str() != genericMark {
		return model.RefuseForm("its form is not known; the nearest is the generic form, but it has no \"warroom\": %q; see docs/alerts.md", genericMark)
	}
	w.unnamed = false
	err := w.record(v)
	w.inner = 0
	return err
}

func (w *work) skip() { w.out.Skipped++ }

// textLine takes a line that is no JSON.
func (w *work) textLine() error {
	b := w.scanner.line(nil, 16<<10)
	w.lines++
	if room := maxHead - len(w.head); w.good == 0 && room > 0 {
		w.head = append(append(w.head, b[:min(len(b), room)]...), '\n')
		if w.lines == 1 && looksLikeMail(string(b)) {
			w.form = formMail
		}
	}
	if w.form == formMail {
		return nil
	}
	if w.form == "" || w.form == formStylish {
		if mine, err := w.style.line(w, string(b)); err != nil || mine {
			return err
		}
	}
	w.skip()
	return nil
}

// end ends the reading: what has no JSON may be a mail or a form.
func (w *work) end() error {
	switch {
	case w.done != nil && w.done != io.EOF:
		return w.done
	case w.form == formMail:
		w.out.Skipped = 0
		return w.mail(w.head)
	case w.good == 0 && w.form == "" && w.bad == 0:
		if ok, err := w.filled(string(w.head)); ok {
			w.out.Skipped = 0
			return err
		}
	}
	return nil
}

// judge says what an input without findings may mean.
func (w *work) judge() error {
	w.out.Format = w.form
	switch {
	case w.form == "" && (w.lines > 0 || w.bad > 0 || w.good > 0 && !w.empty || w.strange > 0):
		return w.refuseUnknown()
	case w.form == "":
		w.out.Format = "empty"
	}
	note := func(on bool, s model.Safe) {
		if on {
			w.out.Notes = append(w.out.Notes, s)
		}
	}
	out := &w.out
	note(out.Findings == 0, model.Lit("no findings: there was nothing to find, or the tool failed; look at its exit code and its messages. This is no all-clear"))
	note(out.Skipped > 0, model.Safef("%d lines or records are no finding and were passed over", out.Skipped))
	note(out.Passed > 0, model.Safef("%d checks were left out because they passed or were not applicable", out.Passed))
	note(out.Unchanged > 0, model.Safef("%d findings were left out because they are unchanged in the tool's baseline", out.Unchanged))
	rest := out.Suppressed - out.Passed - out.Unchanged
	note(rest > 0, model.Safef("%d findings were left out because the tool calls them suppressed, accepted or gone", rest))
	note(w.licences > 0, model.Safef("%d licences of packages are no alerts and were left out", w.licences))
	note(out.Reports > 0, model.Safef("%d of them are reports of customers", out.Reports))
	return nil
}

// refusal words why an input was not read.
func (w *work) refusal(err error) error {
	var e *model.Error
	switch {
	case errors.As(err, &e), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errLarge):
		return model.Refuse(model.Invalid, "it is larger than %d MB after unpacking; split it", w.Max>>20)
	case errors.Is(err, errCut):
		return model.Refuse(model.Invalid, "it is cut: %s, after %d bytes and %d findings; nothing of it was taken, get the whole of it", err, w.in.n, w.out.Findings)
	}
	return model.Refuse(model.Invalid, "%s, near byte %d; nothing of it was taken", err, w.in.n-int64(w.scanner.end-w.pos))
}

// is names the form of what is being read. The first stays.
func (w *work) is(form string) {
	if w.form == "" {
		w.form = form
	}
}

// up is a container that the finding stands in: 1 is the list, 2 what has it.
func (w *work) up(n int) val {
	if n > len(w.open) {
		return val{}
	}
	return val{&w.doc, w.open[len(w.open)-n]}
}

// found takes a member of a list that is watched. Keep leaves it in its document:
// it is none of the findings that the list may have.
func (w *work) found(at string, v val) (keep bool, err error) {
	if at == atRecord {
		w.handed++
		return false, w.whole(v)
	}
	before := w.taken
	keep, err = w.member1(at, v)
	if keep && w.taken == before {
		return true, err
	}
	w.handed++
	w.inner += w.taken - before
	return keep, err
}

// member1 takes a member of a list in a document.
func (w *work) member1(at string, v val) (keep bool, err error) {
	switch at {
	case atRun:
		return false, w.endRun(v)
	case atResult:
		return w.sarifResult(v)
	case atArtifact:
		w.sarifArtifact(v)
		return false, nil
	case atTrivyVuln, atTrivySecret, atTrivyMisconfig, atTrivySuppressed, atTrivyLicense:
		w.taken++
		return false, w.trivy(at, v)
	case atCheckov, atCheckovPassed:
		w.taken++
		return false, w.checkov(at, v)
	case atTrivyResource:
		return w.trivyResource(v)
	case atFinding:
		return w.listed(v)
	case atAlertmanager:
		return w.alertIn(v)
	case atNpmVuln:
		return w.npmVuln(v)
	case atNpmAdvisory:
		return w.advisoryIn(v)
	}
	return false, nil
}

// listed takes a member of a list that findings of several forms are in.
func (w *work) listed(v val) (keep bool, err error) {
	f := formOf(v)
	if f == nil {
		w.unknown(v)
		return true, nil
	}
	return false, w.take(f, v)
}

// alertIn takes a member of a list "alerts", which several forms have.
func (w *work) alertIn(v val) (keep bool, err error) {
	if f := formOf(v); f != nil && f.name != "report-json" {
		return false, w.take(f, v)
	}
	if v.is('{') && v.first("title", "rule") != "" && !v.has("labels") {
		w.unnamed = true
		w.taken++
		return false, w.generic(v)
	}
	w.unknown(v)
	return true, nil
}
