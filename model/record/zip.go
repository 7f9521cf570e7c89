package record

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

// few refuses a zip before anything of it is in memory: how many files it has
// stands at its end.
func few(r io.ReaderAt, size int64) error {
	n, err := entries(r, size)
	if err == nil && n > MaxFiles {
		err = unreadable(model.Safef("it is no record: the zip says that it has %d files or more, and %d are allowed", n, MaxFiles))
	}
	return err
}

// entries is how many files a zip says that it has.
func entries(r io.ReaderAt, size int64) (uint64, error) {
	var end [22]byte
	if size < int64(len(end)) {
		return 0, unreadable(model.Lit("it is no record: the file is too short"))
	}
	if _, err := r.ReadAt(end[:], size-int64(len(end))); err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(end[:], []byte("PK\x05\x06")) {
		return 0, unreadable(model.Lit("it is no record: it does not end as a zip does; it may be cut off"))
	}
	n := binary.LittleEndian.Uint16(end[10:])
	if n < 1<<16-1 {
		return uint64(n), nil
	}
	// One of more than 4 GiB says it in a record of 56 bytes before a locator of 20.
	var large [76]byte
	if size < int64(len(large)+len(end)) {
		return uint64(n), nil
	}
	if _, err := r.ReadAt(large[:], size-int64(len(large)+len(end))); err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(large[:], []byte("PK\x06\x06")) || !bytes.HasPrefix(large[56:], []byte("PK\x06\x07")) {
		return uint64(n), nil
	}
	return binary.LittleEndian.Uint64(large[32:]), nil
}

// names refuses what has no place in a bag, and returns the directory that it is
// in.
func names(z *zip.Reader) (base string, err error) {
	refuse := unreadable
	if slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.HasSuffix(f.Name, "/"+fileBagit) }) {
		refuse = tampered // it is a record, with something that no record has
	}
	seen, total := map[string]bool{}, uint64(0)
	for _, f := range z.File {
		dir, rest, ok := strings.Cut(f.Name, "/")
		switch {
		case f.Name == "" || strings.HasPrefix(f.Name, "/") || strings.Contains(f.Name, `\`) || strings.Contains(f.Name, ":"):
			return "", refuse(model.Safef("the zip has a file %q: an absolute path has no place in a record; nothing was read", f.Name))
		case !fs.ValidPath(f.Name) || path.Clean(f.Name) != f.Name:
			return "", refuse(model.Safef("the zip has a file %q, which leads out of it or is a directory; nothing was read", f.Name))
		case !f.Mode().IsRegular():
			return "", refuse(model.Safef("the zip has %q, which is no plain file (%s); nothing was read", f.Name, f.Mode().String()))
		case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64:
			return "", unreadable(model.Safef("the zip has %q compressed, and a record never is: it may be a bomb; unpack it elsewhere and check the directory", f.Name))
		case seen[f.Name]:
			return "", refuse(model.Safef("the zip has the file %q twice; nothing was read", f.Name))
		case !ok || rest == "" || base != "" && base != dir+"/":
			return "", refuse(model.Safef("the zip has a file %q outside of the record's one directory; nothing was read", f.Name))
		}
		base, seen[f.Name] = dir+"/", true
		if isBlob(rest) {
			continue
		}
		if f.UncompressedSize64 > MaxBytes || total+f.UncompressedSize64 > MaxBytes {
			return "", unreadable(model.Safef("it is no record: it has more than %d MiB besides the evidence", MaxBytes>>20))
		}
		total += f.UncompressedSize64
	}
	return base, nil
}

// asWritten refuses a zip that is not byte for byte what this package writes for
// these files: there is nothing in it that no sum covers.
func asWritten(z *zip.Reader, r io.Reader) error {
	same := &comparing{r: r}
	w := zip.NewWriter(same)
	for _, f := range z.File {
		if err := again(w, f); err != nil {
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

// again writes a file of a zip as this package does.
func again(w *zip.Writer, f *zip.File) error {
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

// spill copies a file of a zip, and tells what is wrong with it from what is wrong
// with where it goes.
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

// errOther means that bytes differ.
var errOther = errors.New("other bytes")

// comparing takes what is written only where it is what is read.
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

// or words an error of comparing.
func (c *comparing) or(err error) error {
	if errors.Is(err, errOther) {
		return tampered(model.Safef("the zip is not as a record is written, from byte %d on; if somebody packed it anew, unpack it and check the directory", c.at))
	}
	return err
}
