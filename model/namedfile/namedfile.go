// Package namedfile reads small files that a person named: a configuration, credentials, a
// plan, a checkpoint. Nothing that it reads can make it wait for ever or fill the memory.
package namedfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"
)

// wait is how long a pipe or device may take until its end.
var wait = time.Minute

// MaxLogin is more than any file of credentials, certificates or checkpoints has, in bytes.
const MaxLogin = 1 << 20

// ErrTooLarge means that a file is larger than the limit.
var ErrTooLarge = errors.New("it is too large")

// Read reads a regular file of at most limit bytes; of a larger one it returns
// [ErrTooLarge]. It also reads the pipes that a shell opens, as in <(COMMAND), and devices,
// for at most a minute. A named pipe is refused, since nobody may ever write to it.
//
// A pipe can be read only once, so further calls return what the first one did.
func Read(path string, limit int64) ([]byte, error) {
	if !IsDescriptor(path) {
		return readFile(path, limit)
	}
	pipes.Lock()
	defer pipes.Unlock()
	r, ok := pipes.read[path]
	if !ok {
		r.data, r.err = readFile(path, limit)
		if pipes.read == nil {
			pipes.read = map[string]result{}
		}
		pipes.read[path] = r
	}
	if r.err == nil && int64(len(r.data)) > limit {
		return nil, ErrTooLarge
	}
	return r.data, r.err
}

// IsRegular reports whether a path names a regular file, which can be read again later.
func IsRegular(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular() && !IsDescriptor(path)
}

// pipes are the descriptors of this process that were read.
var pipes struct {
	sync.Mutex
	read map[string]result
}

type result struct {
	data []byte
	err  error
}

// IsDescriptor reports whether a path names an open file of this process, as a shell passes
// the output of a command.
func IsDescriptor(path string) bool {
	return strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/self/fd/") || path == "/dev/stdin"
}

func readFile(path string, limit int64) ([]byte, error) {
	flags := os.O_RDONLY
	if !IsDescriptor(path) {
		flags |= nonBlocking
	}
	f, err := os.OpenFile(path, flags, 0)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil {
		err = readable(path, st.Mode())
	}
	if err != nil {
		_ = f.Close() // nothing was read
		return nil, err
	}
	if st.Mode().IsRegular() {
		defer f.Close()
		return readAll(f, limit)
	}
	return readInTime(f, limit)
}

// readable returns an error for what is not a file that is read.
func readable(path string, mode fs.FileMode) error {
	switch {
	case mode.IsDir():
		return errors.New("it is a directory; name a file")
	case mode&fs.ModeNamedPipe != 0 && !IsDescriptor(path):
		return errors.New("it is a named pipe; name a regular file, or write <(COMMAND)")
	case mode&fs.ModeSocket != 0:
		return errors.New("it is a socket; name a regular file")
	}
	return nil
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, ErrTooLarge
	}
	return data, err
}

// readInTime reads a pipe or device, and closes it. After the time limit it returns an error
// and leaves the rest to the end of the program.
func readInTime(f *os.File, limit int64) ([]byte, error) {
	done := make(chan result, 1)
	go func() {
		var r result
		r.data, r.err = readAll(f, limit)
		_ = f.Close() // it was only read
		done <- r
	}()
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case r := <-done:
		return r.data, r.err
	case <-t.C:
		return nil, fmt.Errorf("nothing more came from it within %s", wait)
	}
}
