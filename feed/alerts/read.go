package alerts

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"warroom/model"
)

// Options configure a reading.
type Options struct {
	Key    model.Secret // of this installation, for the marks of secrets
	Source string       // given by a person; if "", from the input
	Max    int64        // bytes after decompression; if 0, 1 GiB
	Hidden func(string) // called with each value that a record marks as a secret; may be nil
}

// Read reads alerts and passes them to emit. If it returns an error, the alerts that were
// already emitted must not be used.
func Read(ctx context.Context, r io.Reader, o Options, emit func(*model.Alert) error) (model.Intake, error) {
	if o.Max <= 0 {
		o.Max = 1 << 30
	}
	in, err := newInput(ctx, r, o.Max)
	if err != nil {
		return model.Intake{}, refusalOfInput(err)
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

// work is the state of one reading.
type work struct {
	Options
	*parser
	in     *input
	emit   func(*model.Alert) error
	out    model.Intake
	groups map[string]struct{}

	form   string   // the recognized form so far
	head   []byte   // text before anything else was found, for mails and forms
	lines  int      // of text
	good   int      // complete JSON values
	bad    int      // broken lines
	empty  bool     // an array without elements
	bare   bool     // a document with an empty list that does not name a tool
	handed int      // findings of the current value
	taken  int      // records of a known form
	run    sarifRun // the current run of SARIF
	held   []int32  // results that precede their tool

	locationBytes int // of the paths and logical locations in the run
	style         stylish

	seen             ordinals // findings of this reading, by what and where
	carried          ordinals // the same, by the parts that several forms have in common
	unknownRecords   int      // records of no known form
	unknownDocuments int      // of those, whole documents
	near             nearest  // the form they are most similar to
	licences         int      // of packages: not alerts
	closed           int      // findings that are closed at their source
	accepted         bool     // the current finding is one that its tool was configured to accept
	cluster          string   // the current resource of a cluster
	// alerts of the generic form were read, but its mark has not been seen yet
	unnamed  bool
	inner    int // findings in lists of the current document
	failures int // failed checks in the current document of Checkov
	doubts
}

// maxHead is how much text is kept to find out whether it is a mail or a form.
const maxHead = 1 << 20

// maxGroups is the max number of groups that are distinguished.
const maxGroups = 100_000

// read reads the values and lines of the input.
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
		for c == 0xEF && w.skipMark() {
			c = w.space()
		}
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

// startsJSON reports whether a value begins here and not a log line: "[INFO]" is one, and a
// mail may have any bracket.
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
		case 'n':
			return c == '[' && bytes.HasPrefix(w.buf[i:w.scanner.end], []byte("null"))
		default:
			return false
		}
	}
}

// peekMore reads more if the window has space.
func (w *work) peekMore() bool { return w.scanner.end-w.pos < len(w.buf) && w.more() }

// document reads one top-level value: a complete document, or a line.
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
		return w.whole(val{d: &w.doc, i: i})
	}
	if (err == errCut || err == errSyntax) && c == '{' && w.scanner.lines == line && w.handed == 0 &&
		(err == errSyntax || w.good > 0) {
		w.bad++
		w.skip()
		w.scanner.line(nil, 0)
		return nil
	}
	return err
}

// whole handles a document whose lists were read.
func (w *work) whole(v val) error {
	if runs := v.get("runs"); runs.i > 0 {
		if err := oldSarif(v); err != nil {
			return err
		}
	}
	if w.unnamed && v.get("warroom").str() != genericMark {
		return model.RefuseForm("the format is not recognized; the nearest is the generic form, but it has no "+
			"\"warroom\": "+
			"%q; see docs/alerts.md", genericMark)
	}
	w.unnamed = false
	err := w.record(v)
	w.inner, w.failures, w.trivyBad = 0, 0, 0
	return err
}

func (w *work) skip() { w.out.Skipped++ }

// textLine handles a line that is not JSON.
func (w *work) textLine() error {
	b := w.scanner.line(nil, 16<<10)
	w.lines++
	w.logText(b)
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
		if consumed, err := w.style.line(w, string(b)); err != nil || consumed {
			return err
		}
	}
	w.skip()
	return nil
}

// end ends the reading: an input without JSON may be a mail or a form.
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

// judge decides what an input without findings means.
func (w *work) judge() error {
	w.out.Format = w.form
	switch {
	case w.form == "" && w.isEmpty():
		return refuseEmpty()
	case w.form == "" && (w.lines > 0 || w.bad > 0 || w.good > 0 && !w.empty || w.unknownRecords > 0):
		return w.refuseUnknown()
	}
	out := &w.out
	w.fewer(w.logged, out.Findings+out.Suppressed, "findings of "+w.logTool)
	if out.Findings+out.Suppressed == 0 {
		if err := w.doubts.refusal(); err != nil {
			return err
		}
	}
	if w.form == "" {
		out.Format = "empty"
	}
	out.Notes = append(out.Notes, notesOf(w)...)
	return nil
}

// isEmpty reports whether the input is an empty list, or a bare null, which some tools
// write instead.
func (w *work) isEmpty() bool {
	if w.good == 0 && w.bad == 0 && w.lines == 1 {
		return strings.TrimSpace(string(w.head)) == "null"
	}
	return (w.empty || w.bare) && w.lines == 0 && w.bad == 0 && w.unknownRecords == 0
}

// refusal returns the error for an input that was not read.
func (w *work) refusal(err error) error {
	var e *model.Error
	switch {
	case errors.As(err, &e), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errLarge):
		return model.Refuse(model.Invalid, "it is larger than %d MB after unpacking; split it", w.Max>>20)
	case errors.Is(err, errCut), errors.Is(err, io.ErrUnexpectedEOF):
		return model.Refuse(model.Invalid,
			"it is incomplete: %s, after %s and %s; nothing was stored: send all of it", errCut,
			counted(int(w.in.n), "byte"), counted(w.out.Findings, "finding"))
	case isDamaged(err):
		return refusalOfInput(err)
	}
	return model.Refuse(model.Invalid, "%s, near byte %d; nothing was stored", err,
		w.in.n-int64(w.scanner.end-w.pos))
}

// isDamaged reports whether compressed data is not what was compressed.
func isDamaged(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.As(err, &corrupt)
}

// refusalOfInput returns the error for an input that is not text, or of which nothing can be
// read.
func refusalOfInput(err error) error {
	var e *model.Error
	switch {
	case errors.As(err, &e):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return model.Refuse(model.Invalid, "it is incomplete: %s; send all of it", errCut)
	case isDamaged(err):
		return model.Refuse(model.Invalid, "its compressed data is damaged; nothing of it was stored, send it again")
	}
	return model.Refuse(model.Invalid, "it cannot be read: %s", model.FileReason(err))
}

// is sets the form of the input, if it is not set.
func (w *work) is(form string) {
	if w.form == "" {
		w.form = form
	}
}

// up returns an enclosing container of the current finding: 1 is the list, 2 its parent.
func (w *work) up(n int) val {
	if n > len(w.open) {
		return val{}
	}
	return val{d: &w.doc, i: w.open[len(w.open)-n]}
}

// found handles an element of a watched list. Retain means that it stays in its document,
// because it is not one of the findings of the list.
func (w *work) found(at string, v val) (retain bool, err error) {
	if at == atRecord {
		w.handed++
		return false, w.whole(v)
	}
	before := w.taken
	if at == atCheckov {
		w.failures++
	}
	retain, err = w.member1(at, v)
	if retain && w.taken == before {
		return true, err
	}
	w.handed++
	w.inner += w.taken - before
	return retain, err
}

// memberReader handles an element of a list while its document is read. It reports whether
// the element stays in its document, for later use.
type memberReader func(w *work, at string, v val) (retain bool, err error)

// memberReaders are the readers of the watched lists, by path; registry.go fills them.
var memberReaders map[string]memberReader

// member1 handles an element of a list in a document.
func (w *work) member1(at string, v val) (retain bool, err error) {
	if read := memberReaders[at]; read != nil {
		return read(w, at, v)
	}
	return false, nil
}

// listed handles an element of a list that may have findings of several forms.
func (w *work) listed(v val) (retain bool, err error) {
	f := formOf(v)
	if f == nil {
		w.unknown(v)
		return true, nil
	}
	return false, w.take(f, v)
}

// alertIn handles an element of a list "alerts", which several forms have.
func (w *work) alertIn(v val) (retain bool, err error) {
	if f := formOf(v); f != nil && f.name != "report-json" {
		return false, w.take(f, v)
	}
	if v.is('{') && v.first("title", "rule") != "" && !v.has("labels") {
		w.unnamed = true
		w.taken++
		return false, readGeneric(w, v)
	}
	w.unknown(v)
	return true, nil
}
