package httpin

import (
	"bufio"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
)

// errForm means that a form has no alerts.
var errForm = errors.New("the form has no field payload; have the sender send application/json")

// document returns the document in a body. GitHub's webhooks send forms with one field,
// unless their content type is set to JSON.
func document(h http.Header, r io.ReadSeeker) (io.ReadSeeker, error) {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type")) // "" if it cannot be parsed
	if kind != "application/x-www-form-urlencoded" || h.Get(GitHubHeader) == "" {
		return r, nil
	}
	f := &formValue{body: r}
	return f, f.begin()
}

// formField is the only field of a form that is read.
const formField = "payload="

// formValue decodes the value of a form's field while it is read.
type formValue struct {
	body io.ReadSeeker
	r    *bufio.Reader
	end  error // persistent
}

// begin reads up to the value.
func (f *formValue) begin() error {
	f.r, f.end = bufio.NewReaderSize(f.body, 4<<10), nil
	if head, _ := f.r.Peek(len(formField)); string(head) != formField {
		return errForm
	}
	_, err := f.r.Discard(len(formField))
	return err
}

// Seek implements io.Seeker, to the beginning only.
func (f *formValue) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, errors.ErrUnsupported
	}
	if _, err := f.body.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	return 0, f.begin()
}

// Read implements io.Reader.
func (f *formValue) Read(p []byte) (int, error) {
	if f.end != nil {
		return 0, f.end
	}
	for n := range p {
		b, err := f.r.ReadByte()
		if err == nil {
			switch b {
			case '&':
				_ = f.r.UnreadByte() // it was just read
				err = io.EOF
			case '+':
				b = ' '
			case '%':
				var two, one [2]byte
				if _, rerr := io.ReadFull(f.r, two[:]); rerr != nil {
					err = errForm
				} else if _, herr := hex.Decode(one[:], two[:]); herr != nil {
					err = errForm
				}
				b = one[0]
			}
		}
		if err != nil {
			f.end = err
			return n, err
		}
		p[n] = b
	}
	return len(p), nil
}
