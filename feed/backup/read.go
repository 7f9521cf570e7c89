package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"warroom/feed/atrest"
	"warroom/model"
	"warroom/model/bundle"
)

// Backup is an existing backup.
type Backup struct {
	dir string
	m   *manifest
	box *atrest.Box
}

// Open reads backup.json. The error is a [model.Error], or [bundle.Tampered] if the file
// was changed.
func Open(dir string, secret model.Secret) (*Backup, error) {
	m, box, err := load(dir, secret)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, model.Refuse(model.NotFound, "there is no backup in %s: it has no %s", dir, manifestFile)
	case err != nil:
		return nil, err
	case !m.Complete:
		return nil, model.Refuse(model.Conflict,
			"the backup in %s was never finished; run warroom backup again where the hub is", dir)
	}
	return &Backup{dir: dir, m: m, box: box}, nil
}

// Check verifies every file. It returns [bundle.Tampered] with the name of the first file
// that is missing or changed.
func (b *Backup) Check(ctx context.Context) error {
	for _, f := range b.m.all() {
		if err := ctx.Err(); err != nil {
			return err
		}
		sum, err := hashOf(filepath.Join(b.dir, f.Name), f.Size)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return bundle.Tampered{Safe: model.Safef("the backup is incomplete: %s (%s) is missing; nothing was "+
				"restored", f.Name, f.Of)}
		case err != nil:
			return unreadable(filepath.Join(b.dir, f.Name), err)
		case sum != f.SHA256:
			return damaged(f)
		}
	}
	return nil
}

func damaged(f File) error {
	return bundle.Tampered{Safe: model.Safef("the backup was changed or is damaged: %s (%s) is not what was written; "+
		"nothing was restored", f.Name, f.Of)}
}

// hashOf returns the SHA-256 of a file, or "" if it does not have the given size.
func hashOf(path string, size int64) (string, error) {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() { // opening a pipe would wait for a writer
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || st.Size() != size || !st.Mode().IsRegular() {
		return "", err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// open opens a file of the backup.
func (b *Backup) open(f File) (r io.ReaderAt, size int64, done func(), err error) {
	path := filepath.Join(b.dir, f.Name)
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, nil, unreadable(path, err)
	}
	done = func() { _ = file.Close() } // it was only read
	if b.box == nil {
		return file, f.Size, done, nil
	}
	s, err := newSealReader(file, f.Size, b.box, f.Of)
	if err != nil {
		done()
		return nil, 0, nil, damaged(f)
	}
	return s, s.size, done, nil
}

// WriteFiles writes the files of the hub into a data directory.
func (b *Backup) WriteFiles(data string) error {
	if b.m.Vault != nil {
		err := writeFile(filepath.Join(data, atrest.File), func(w io.Writer) error {
			_, err := w.Write(append(b.m.Vault, '\n'))
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, f := range b.m.Files {
		r, size, done, err := b.open(f)
		if err != nil {
			return err
		}
		to := filepath.Join(data, filepath.FromSlash(f.Of))
		if err = os.MkdirAll(filepath.Dir(to), 0o700); err == nil {
			err = writeFile(to, func(w io.Writer) error {
				_, err := io.Copy(w, io.NewSectionReader(r, 0, size))
				return err
			})
		}
		done()
		if errors.Is(err, errSealed) {
			return damaged(f)
		}
		if err != nil {
			return unwritable(to, err)
		}
	}
	return nil
}

// Restore restores the rooms on a hub that has none of them, and compares each with the
// backup. It returns the number of rooms. skipped has the rooms whose log did not verify
// when it was written.
func (b *Backup) Restore(ctx context.Context, to Hub) (n int, skipped []string, err error) {
	if key, err := to.HubKey(); err != nil {
		return 0, nil, err
	} else if key != b.m.Hub {
		return 0, nil, damaged(File{Name: manifestFile, Of: "hub/hub.key"})
	}
	for i := range b.m.Rooms {
		r := &b.m.Rooms[i]
		if r.Unsound {
			skipped = append(skipped, r.Short)
			continue
		}
		if err := b.restoreRoom(ctx, to, r); err != nil {
			return n, skipped, err
		}
		n++
	}
	return n, skipped, nil
}

func (b *Backup) restoreRoom(ctx context.Context, to Hub, r *Room) error {
	at, size, done, err := b.open(r.Log)
	if err != nil {
		return err
	}
	defer done()
	bag, err := bundle.Open(at, size)
	if errors.Is(err, errSealed) {
		return damaged(r.Log)
	}
	if err != nil {
		return model.Refuse(model.Internal, "the export of %s in %s cannot be read: %s", r.Short, r.Log.Name,
			model.Sentence(err))
	}
	want := bundle.Verify(bag.Evidence(), bundle.VerifyOptions{})
	if want.Room.ID != r.Room {
		return damaged(r.Log)
	}
	got, err := to.Restore(ctx, bag, r.Short, func(put func(Chunk) error) error {
		if r.Stored == nil {
			return nil
		}
		return b.chunks(*r.Stored, put)
	})
	if err != nil {
		return err
	}
	if got.StateHash() != want.Room.StateHash() {
		return model.Refuse(model.Internal,
			"%s was restored, but it is not the room that was backed up: its state is %.12s instead of "+
				"%.12s", r.Short, got.StateHash(), want.Room.StateHash())
	}
	return nil
}

// maxSubject and maxChunk are the maximum sizes in bytes of a message of an evidence
// stream.
const (
	maxSubject = 512
	maxChunk   = 16 << 20
)

// chunks calls put for each message of an evidence file.
func (b *Backup) chunks(f File, put func(Chunk) error) error {
	at, size, done, err := b.open(f)
	if err != nil {
		return err
	}
	defer done()
	in := bufio.NewReaderSize(io.NewSectionReader(at, 0, size), 256<<10)
	for {
		n, err := binary.ReadUvarint(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || n > maxSubject {
			return damaged(f)
		}
		m, err := binary.ReadUvarint(in)
		if err != nil || m > maxChunk {
			return damaged(f)
		}
		raw := make([]byte, n+m)
		if _, err := io.ReadFull(in, raw); err != nil {
			return damaged(f)
		}
		if err := put(Chunk{Subject: string(raw[:n]), Data: raw[n:]}); err != nil {
			return err
		}
	}
}
