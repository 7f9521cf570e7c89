package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"warroom/model"
)

// few refuses a zip with too many files before reading it. The number of files is at the
// end of a zip.
func few(r io.ReaderAt, size int64) error {
	n, err := entries(r, size)
	if err == nil && n > MaxFiles {
		err = unreadable(model.Safef("not an export of warroom: the ZIP has %d files or more, and only %d are allowed",
			n, MaxFiles))
	}
	return err
}

// endMark begins the end record of a zip, which has endSize bytes and a comment.
var endMark = []byte("PK\x05\x06")

const endSize = 22

// maxEnds is the maximum number of candidates for the end record that are tried.
const maxEnds = 1000

// trailing returns the number of bytes after a record at the beginning of the file. It
// returns 0 if there is none: the file may be truncated, or something else.
func trailing(r io.ReaderAt, size int64) int64 {
	const window = 1 << 20
	buf := make([]byte, window+len(endMark)-1)
	tried := 0
	for to := size; to > 0; to -= window {
		from := max(0, to-window)
		n, err := r.ReadAt(buf[:min(to+int64(len(endMark))-1, size)-from], from)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0
		}
		for b := buf[:n]; ; tried++ {
			i := bytes.LastIndex(b, endMark)
			if i < 0 {
				break
			}
			if tried == maxEnds {
				return 0
			}
			if at := from + int64(i); endsRecord(r, size, at) {
				return size - at - endSize
			}
			b = b[:i+len(endMark)-1]
		}
	}
	return 0
}

// endsRecord reports whether the end record of a zip is at an offset, and the zip begins
// with the file and is a record.
func endsRecord(r io.ReaderAt, size, at int64) bool {
	var last [endSize]byte
	if _, err := r.ReadAt(last[:], at); err != nil {
		return false
	}
	end := at + endSize + int64(binary.LittleEndian.Uint16(last[endSize-2:]))
	if n, err := entriesAt(r, at); end > size || err != nil || n > MaxFiles {
		return false
	}
	z, err := zip.NewReader(io.NewSectionReader(r, 0, end), end)
	if err != nil || len(z.File) == 0 || !isRecord(z) {
		return false
	}
	var first [4]byte
	_, err = r.ReadAt(first[:], 0)
	begin, ferr := z.File[0].DataOffset()
	return err == nil && ferr == nil && string(first[:]) == "PK\x03\x04" && begin < 1<<10
}

// isRecord reports whether a zip has the file that every record has.
func isRecord(z *zip.Reader) bool {
	return slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.HasSuffix(f.Name, "/"+fileBagit) })
}

// entries returns the number of files that the end record of a zip states.
func entries(r io.ReaderAt, size int64) (uint64, error) {
	var end [endSize]byte
	if size < endSize {
		return 0, unreadable(model.Lit("not an export of warroom: the file is too short"))
	}
	if _, err := r.ReadAt(end[:], size-endSize); err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(end[:], endMark) {
		if n := trailing(r, size); n > 0 {
			return 0, tampered(model.Safef("%d bytes follow the end of the ZIP, and no signature covers them; "+
				"nothing was read", n))
		}
		return 0, unreadable(model.Lit("not an export of warroom: it does not end like a ZIP; it may be cut off"))
	}
	return entriesAt(r, size-endSize)
}

// entriesAt returns entries for an end record at an offset.
func entriesAt(r io.ReaderAt, at int64) (uint64, error) {
	var end [endSize]byte
	if _, err := r.ReadAt(end[:], at); err != nil {
		return 0, err
	}
	n := binary.LittleEndian.Uint16(end[10:])
	if n < 1<<16-1 {
		return uint64(n), nil
	}
	// A zip of more than 4 GiB has the number in a record of 56 bytes before a locator of
	// 20.
	var large [76]byte
	if at < int64(len(large)) {
		return uint64(n), nil
	}
	if _, err := r.ReadAt(large[:], at-int64(len(large))); err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(large[:], []byte("PK\x06\x06")) || !bytes.HasPrefix(large[56:], []byte("PK\x06\x07")) {
		return uint64(n), nil
	}
	return binary.LittleEndian.Uint64(large[32:]), nil
}

// names refuses names that are not allowed in a bag, and returns its directory.
func names(z *zip.Reader) (base string, err error) {
	refuse := unreadable
	if isRecord(z) {
		refuse = tampered // a record with a file that has no place in records
	}
	for _, f := range z.File { // first: a program that compresses may also add directories
		if f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 {
			return "", unreadable(model.Safef("the ZIP has %q compressed, as warroom never does: it may be a bomb; "+
				"unpack it with another program and verify the directory", f.Name))
		}
	}
	seen, total := map[string]bool{}, uint64(0)
	for _, f := range z.File {
		dir, rest, ok := strings.Cut(f.Name, "/")
		switch {
		case f.Name == "" || strings.HasPrefix(f.Name, "/") || strings.Contains(f.Name, `\`) ||
			strings.Contains(f.Name, ":"):
			return "", refuse(model.Safef("the ZIP has a file %q: a name must not be empty or absolute, or contain "+
				"\\ or a colon; nothing was read", f.Name))
		case !fs.ValidPath(f.Name) || path.Clean(f.Name) != f.Name:
			return "", refuse(model.Safef("the ZIP has a file %q, which is a directory or leads out of the ZIP; "+
				"nothing was read", f.Name))
		case !f.Mode().IsRegular():
			return "", refuse(model.Safef("the ZIP has %q, which is not a regular file (%s); nothing was read", f.Name,
				f.Mode().String()))
		case seen[f.Name]:
			return "", refuse(model.Safef("the ZIP has the file %q twice; nothing was read", f.Name))
		case !ok || rest == "" || base != "" && base != dir+"/":
			return "", refuse(model.Safef("the ZIP has a file %q outside its one directory; nothing was read", f.Name))
		}
		base, seen[f.Name] = dir+"/", true
		if isBlob(rest) {
			continue
		}
		if f.UncompressedSize64 > MaxBytes || total+f.UncompressedSize64 > MaxBytes {
			return "", unreadable(model.Safef("not an export of warroom: it has more than %d MiB besides the evidence",
				MaxBytes>>20))
		}
		total += f.UncompressedSize64
	}
	return base, nil
}

// asWritten refuses a zip that is not byte for byte what this package writes for its files,
// so that every byte is covered by a sum.
func asWritten(z *zip.Reader, r io.Reader) error {
	same := &comparing{r: r}
	w := zip.NewWriter(same)
	for _, f := range z.File {
		if err := rewriteFile(w, f); err != nil {
			return same.or(err)
		}
	}
	err := w.Close()
	if err == nil {
		if n, _ := r.Read(make([]byte, 1)); n > 0 {
			err = errOther
		}
	}
	return same.or(err)
}

// rewriteFile writes a file of a zip in canonical form.
func rewriteFile(w *zip.Writer, f *zip.File) error {
	if _, rest, _ := strings.Cut(f.Name, "/"); isBlob(rest) {
		return putBlob(w, f.Name, int64(f.UncompressedSize64), f.CRC32, func(to io.Writer) error {
			r, err := f.Open()
			if err != nil {
				return tampered(model.Safef("the file %s in the zip cannot be read: %s", f.Name, err))
			}
			defer r.Close()
			return spill(to, r, f.Name)
		})
	}
	body, err := content(f)
	if err == nil {
		err = put(w, f.Name, body)
	}
	return err
}

// spill copies a file of a zip. Its errors distinguish a damaged file from a failing
// writer.
func spill(to io.Writer, r io.Reader, name string) error {
	buf := make([]byte, 256<<10)
	for {
		n, err := r.Read(buf)
		if _, werr := to.Write(buf[:n]); werr != nil {
			return werr
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return tampered(model.Safef("the file %s in the zip was changed: %s", name, err))
		}
	}
}

// content reads one file.
func content(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, tampered(model.Safef("the file %s in the zip cannot be read: %s", f.Name, err))
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes))
	if err != nil {
		return nil, tampered(model.Safef("the file %s in the zip was changed: %s", f.Name, err))
	}
	return b, nil
}

// errOther is returned if bytes differ.
var errOther = errors.New("other bytes")

// comparing is a writer that accepts only the bytes that it reads from r.
type comparing struct {
	r   io.Reader
	at  int64
	buf []byte
}

// Write implements io.Writer.
func (c *comparing) Write(p []byte) (int, error) {
	if len(c.buf) < len(p) {
		c.buf = make([]byte, len(p))
	}
	b := c.buf[:len(p)]
	n, err := io.ReadFull(c.r, b)
	if bytes.Equal(b[:n], p) {
		c.at += int64(n)
		return n, nil
	}
	for i := range n {
		if b[i] != p[i] {
			c.at += int64(i)
			return i, errOther
		}
	}
	if c.at += int64(n); err != nil {
		return n, errOther
	}
	return n, nil
}

// or returns the error for a person if err is one of comparing, or else err.
func (c *comparing) or(err error) error {
	if errors.Is(err, errOther) {
		return tampered(model.Safef("from byte %d on, the ZIP is not in the form in which warroom writes it; if "+
			"another program packed it, unpack it and verify the directory", c.at))
	}
	return err
}
