package alerts

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"warroom/model"
)

// errLarge is the error for an input that exceeds Options.Max.
var errLarge = errors.New("larger than allowed")

// input is the decompressed input as UTF-8, without a byte order mark. It counts and hashes
// what is read.
type input struct {
	ctx context.Context
	r   io.Reader
	n   int64
	max int64
	sum hash.Hash
}

func newInput(ctx context.Context, r io.Reader, limit int64) (*input, error) {
	in := &input{ctx: ctx, max: limit, sum: sha256.New()}
	b := bufio.NewReaderSize(r, 4<<10)
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1F, 0x8B}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, err
		}
		b = bufio.NewReaderSize(z, 4<<10)
	}
	head, err := b.Peek(512)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if err := notText(head); err != nil {
		return nil, err
	}
	head = head[:min(len(head), 4)]
	in.r = b
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		_, _ = b.Discard(3) // they were peeked at
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		_, _ = b.Discard(2)
		in.r = &wide{r: b, low: 0}
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		_, _ = b.Discard(2)
		in.r = &wide{r: b, low: 1}
	case len(head) == 4 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		in.r = &wide{r: b, low: 0}
	case len(head) == 4 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		in.r = &wide{r: b, low: 1}
	}
	return in, nil
}

// archives are inputs that are no text, by the bytes at an offset, with what to do instead.
var archives = []struct {
	at               int
	bytes, what, way string
}{
	{0, "PK\x03\x04", "a ZIP archive", "unpack it, and send the report in it"},
	{0, "7z\xBC\xAF\x27\x1C", "a 7z archive", "unpack it, and send the report in it"},
	{257, "ustar", "a tar archive", "unpack it, and send the report in it"},
	{0, "\x28\xB5\x2F\xFD", "compressed with Zstandard", "decompress it: zstd -dc FILE; gzip is read as it is"},
	{0, "\xFD7zXZ\x00", "compressed with XZ", "decompress it: xz -dc FILE; gzip is read as it is"},
	{0, "BZh", "compressed with bzip2", "decompress it: bzip2 -dc FILE; gzip is read as it is"},
	{0, "PAR1", "Parquet", "convert it to JSON, one finding a line"},
	{0, "%PDF-", "a PDF document", "ask the tool for JSON or SARIF"},
	{0, "\xFF\xFE\x00\x00", "text in UTF-32", "convert it to UTF-8: iconv -f UTF-32 -t UTF-8 FILE"},
	{0, "\x00\x00\xFE\xFF", "text in UTF-32", "convert it to UTF-8: iconv -f UTF-32 -t UTF-8 FILE"},
	{1, "\x00\x00\x00", "text in UTF-32", "convert it to UTF-8: iconv -f UTF-32LE -t UTF-8 FILE"},
	{0, "\x00\x00\x00", "text in UTF-32", "convert it to UTF-8: iconv -f UTF-32BE -t UTF-8 FILE"},
}

// notText returns an error that names an input that is no text.
func notText(head []byte) error {
	for _, a := range archives {
		if len(head) >= a.at && bytes.HasPrefix(head[a.at:], []byte(a.bytes)) {
			return model.RefuseForm("the format is not supported here: it is %s; %s", a.what, a.way)
		}
	}
	return nil
}

// Read implements io.Reader.
func (in *input) Read(b []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := in.r.Read(b)
	in.sum.Write(b[:n])
	if in.n += int64(n); in.n > in.max {
		return n, errLarge
	}
	return n, err
}

// wide converts UTF-16 to UTF-8. Low is the index of the low byte.
type wide struct {
	r        *bufio.Reader
	low      int
	buffered []byte
	half     rune
}

// Read implements io.Reader.
func (w *wide) Read(b []byte) (int, error) {
	for len(w.buffered) == 0 {
		var two [512]byte
		n, err := io.ReadFull(w.r, two[:])
		for i := 0; i+1 < n; i += 2 {
			w.unit(rune(two[i+w.low]) | rune(two[i+1-w.low])<<8)
		}
		if n == 0 && err != nil {
			if w.half != 0 {
				w.unit('\n')
				continue
			}
			if err == io.ErrUnexpectedEOF {
				err = io.EOF
			}
			return 0, err
		}
	}
	n := copy(b, w.buffered)
	w.buffered = w.buffered[n:]
	return n, nil
}

func (w *wide) unit(r rune) {
	switch {
	case w.half != 0:
		both := utf16.DecodeRune(w.half, r)
		w.half = 0
		w.buffered = utf8.AppendRune(w.buffered, both)
		if both == utf8.RuneError {
			w.unit(r)
		}
	case r >= 0xD800 && r < 0xDC00:
		w.half = r
	default:
		w.buffered = utf8.AppendRune(w.buffered, r)
	}
}
