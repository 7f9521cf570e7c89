package intake

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strings"

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
	run    sarifRun // what a SARIF run says of its rules
	held   []int32  // results that came before their tool
	style  stylish
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
		return w.record(val{&w.doc, i})
	}
	if (err == errCut || err == errSyntax) && c == '{' && w.scanner.lines == line && w.handed == 0 && (err == errSyntax || w.good > 0) {
		w.bad++
		w.skip()
		w.scanner.line(nil, 0)
		return nil
	}
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
	case w.form == "" && (w.lines > 0 || w.bad > 0 || w.good > 0 && !w.empty):
		return model.Refuse(model.Invalid, "its form is not known; tried: %s", strings.Join(tried, ", "))
	case w.form == "":
		w.out.Format = "empty"
	}
	if w.out.Findings == 0 {
		w.out.Notes = append(w.out.Notes, model.Lit("no findings: there was nothing to find, or the tool failed; look at its exit code and its messages. This is no all-clear"))
	}
	if w.out.Skipped > 0 {
		w.out.Notes = append(w.out.Notes, model.Safef("%d lines or records are no finding and were passed over", w.out.Skipped))
	}
	if w.out.Suppressed > 0 {
		w.out.Notes = append(w.out.Notes, model.Safef("%d findings were left out because the tool calls them suppressed, accepted or gone", w.out.Suppressed))
	}
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

// found takes a member of a list that is watched.
func (w *work) found(at string, v val) (keep bool, err error) {
	w.handed++
	switch at {
	case atRecord:
		return false, w.record(v)
	case atRun:
		return false, w.endRun(v)
	case atResult:
		return w.sarifResult(v)
	case atTrivyVuln, atTrivySecret, atTrivyMisconfig, atTrivySuppressed:
		return false, w.trivy(at, v)
	case atAlertmanager:
		return false, w.alertmanager(v)
	case atFinding:
		return false, w.finding(v)
	case atNpmVuln:
		return false, w.npmVuln(v)
	case atNpmAdvisory:
		return false, w.npmAdvisory(v)
	case atCheckov:
		return false, w.checkov(v)
	}
	return false, nil
}
