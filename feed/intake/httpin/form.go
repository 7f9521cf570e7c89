package httpin

import (
	"bufio"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
)

// errForm means that a form holds no alerts.
var errForm = errors.New("the form has no field payload; let the sender send application/json")

// document returns the document in a body. GitHub's webhooks are forms with one
// field unless their content type is set to JSON.
func document(h http.Header, r io.Reader) (io.Reader, error) {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type")) // "" where it cannot be parsed
	if kind != "application/x-www-form-urlencoded" || h.Get(GitHubHeader) == "" {
		return r, nil
	}
	const field = "payload="
	b := bufio.NewReaderSize(r, 4<<10)
	if head, _ := b.Peek(len(field)); string(head) != field {
		return nil, errForm
	}
	if _, err := b.Discard(len(field)); err != nil {
		return nil, errForm
	}
	return &formValue{r: b}, nil
}

// formValue decodes the value of a form's field as it is read.
type formValue struct {
	r   *bufio.Reader
	end error // it stays
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
