package backup

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// put writes a file under a name with the hash of its content, encrypted if the backup
// is.
func (w *writing) put(of, dir, stem, end string, fill func(io.Writer) error) (File, error) {
	f := File{Of: of}
	sum := sha256.New()
	var failed error
	tmp := filepath.Join(w.Dir, dir, "."+stem+".new")
	err := writeFile(tmp, func(file io.Writer) error {
		n := &counting{w: io.MultiWriter(file, sum)}
		failed = w.cover(n, of, fill)
		f.Size = n.n
		return failed
	})
	if err != nil {
		if n := failed; n != nil && !isDisk(n) {
			return f, n
		}
		return f, &fatal{err}
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if w.box != nil {
		end += ".sealed"
	}
	f.Name = dir + "/" + stem + "-" + f.SHA256[:12] + end
	if err := os.Rename(tmp, filepath.Join(w.Dir, f.Name)); err != nil {
		return f, &fatal{unwritable(filepath.Join(w.Dir, f.Name), err)}
	}
	w.report.Bytes += f.Size
	return f, nil
}

// isDisk reports whether an error comes from a file.
func isDisk(err error) bool {
	return errors.As(err, new(*os.PathError)) || errors.As(err, new(*os.LinkError))
}

// cover seals what fill writes, if the backup is encrypted.
func (w *writing) cover(to io.Writer, of string, fill func(io.Writer) error) error {
	out := bufio.NewWriterSize(to, 256<<10)
	if w.box == nil {
		if err := fill(out); err != nil {
			return err
		}
		return out.Flush()
	}
	s, err := newSealWriter(out, w.box, of)
	if err == nil {
		err = fill(s)
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// counting is a writer that counts bytes.
type counting struct {
	w io.Writer
	n int64
}

// Write implements io.Writer.
func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
