package outbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"warroom/feed/atrest"
	"warroom/model"
)

// boxLine is one line of the file. Exactly one of Head, Draft, Stored, Refused and
// Dropped is set.
type boxLine struct {
	Head    *Head        `json:"head,omitempty"`
	Draft   *model.Draft `json:"draft,omitempty"`
	Stored  string       `json:"stored,omitempty"`  // id
	Refused string       `json:"refused,omitempty"` // id
	Dropped string       `json:"dropped,omitempty"` // id of a refused one that its author has dismissed
	Why     string       `json:"why,omitempty"`
}

// sealedMark begins an encrypted line. A plain line begins with a brace.
const sealedMark = '~'

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encode returns the line, encrypted if box is not nil.
func (l boxLine) encode(room string, box *atrest.Box) ([]byte, error) {
	b, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("encode for the outbox: %w", err)
	}
	if box != nil {
		b = base64.StdEncoding.AppendEncode([]byte{sealedMark}, box.Seal(b, []byte(room)))
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(b, castagnoli), b), nil
}

// errLocked is returned for an encrypted line without a key.
var errLocked = errors.New("encrypted")

// errSpoilt is returned for a damaged line.
var errSpoilt = errors.New("damaged")

// decodeLine decodes a line without its newline.
func decodeLine(b []byte, room string, box *atrest.Box) (l boxLine, err error) {
	sum, rest, ok := bytes.Cut(b, []byte(" "))
	if !ok || string(sum) != fmt.Sprintf("%08x", crc32.Checksum(rest, castagnoli)) {
		return l, errSpoilt
	}
	if len(rest) > 0 && rest[0] == sealedMark {
		if box == nil {
			return l, errLocked
		}
		sealed, err := base64.StdEncoding.AppendDecode(nil, rest[1:])
		if err != nil {
			return l, errSpoilt
		}
		if rest, err = box.Open(sealed, []byte(room)); err != nil {
			return l, errSpoilt
		}
	}
	if json.Unmarshal(rest, &l) != nil {
		return l, errSpoilt
	}
	return l, nil
}
