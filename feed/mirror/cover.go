package mirror

import (
	"errors"
	"fmt"
	"io"
	"os"

	"warroom/feed/atrest"
)

// The forms of the file: what follows its first line is plain or encrypted.
const (
	plainForm  = 1
	sealedForm = 2
)

// ErrSealed means that a copy is encrypted and no box was given.
var ErrSealed = errors.New("the copy is encrypted, and at_rest in the configuration has no passphrase or key")

// cover determines how a copy is written: the room, and the encryption of frames.
type cover struct {
	room string
	box  *atrest.Box // nil: plain
}

func (c cover) form() int {
	if c.box != nil {
		return sealedForm
	}
	return plainForm
}

// head returns the first line of a copy.
func (c cover) head() string { return fmt.Sprintf("warroom log %d %s\n", c.form(), c.room) }

// coverOf returns how a room's file is written: plain, or encrypted with the box. It
// returns an error if the file is not a copy of the room.
func coverOf(f *os.File, room string, box *atrest.Box) (cover, error) {
	line := make([]byte, len(cover{room: room}.head()))
	if _, err := f.ReadAt(line, 0); err != nil && !errors.Is(err, io.EOF) {
		return cover{}, err
	}
	switch string(line) {
	case cover{room: room}.head():
		return cover{room: room}, nil
	case fmt.Sprintf("warroom log %d %s\n", sealedForm, room):
		if box == nil {
			return cover{}, ErrSealed
		}
		return cover{room: room, box: box}, nil
	}
	return cover{}, errHead
}

// at opens the file of a copy for reading.
func at(path, room string, box *atrest.Box) (*os.File, cover, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, cover{}, 0, err
	}
	fi, err := f.Stat()
	if err != nil {
		return nil, cover{}, 0, errors.Join(err, f.Close())
	}
	c, err := coverOf(f, room, box)
	if err != nil {
		_ = f.Close() // nothing was written to it
		return nil, cover{}, 0, err
	}
	return f, c, fi.Size(), nil
}
