package httpin

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// errReplay means that a signed request was received before.
var errReplay = errors.New("this request was received before: each signature is accepted once; sign it again to " +
	"send it again")

// replayFor is the min time for which signatures without a time are remembered. Those with
// a time are valid for twice the skew.
const replayFor = 6 * time.Hour

// maxReplays is the max number of remembered signatures, in both generations together. Only
// authenticated senders add one.
const maxReplays = 200_000

// The files in which signatures outlive the process, of the newer and the older generation.
const (
	replayFile = "signatures"
	replayOld  = "signatures.old"
)

// replays are the accepted signatures in two generations: the older one is forgotten when
// the newer one is full or old enough. They are stored as hashes.
type replays struct {
	dir string // "": in memory only

	mu       sync.Mutex
	now, old map[string]struct{}
	since    time.Time
	f        *os.File // nil: not writable
}

// load reads the signatures that earlier processes accepted.
func (p *replays) load(dir string, now time.Time) {
	if dir == "" {
		return
	}
	p.dir = dir
	p.old = readReplays(filepath.Join(dir, replayOld))
	p.now = readReplays(filepath.Join(dir, replayFile))
	p.since = now
	p.open(os.O_APPEND)
}

// readReplays reads a file of signatures: + and a hash, or - and a forgotten one. It skips
// a truncated line.
func readReplays(path string) map[string]struct{} {
	out := map[string]struct{}{}
	f, err := os.Open(path)
	if err != nil {
		return out // none yet
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		switch {
		case len(line) != 1+2*sha256.Size:
		case line[0] == '+':
			out[line[1:]] = struct{}{}
		case line[0] == '-':
			delete(out, line[1:])
		}
	}
	return out
}

// open opens the newer file. If that fails, signatures are kept in memory only.
func (p *replays) open(flags int) {
	if os.MkdirAll(p.dir, 0o700) != nil {
		return
	}
	f, err := os.OpenFile(filepath.Join(p.dir, replayFile), os.O_WRONLY|os.O_CREATE|flags, 0o600)
	if err == nil {
		p.f = f
		_, _ = f.WriteString("\n") // after a truncated line
	}
}

// turn begins a new generation.
func (p *replays) turn(now time.Time) {
	p.old, p.now, p.since = p.now, map[string]struct{}{}, now
	if p.f == nil {
		return
	}
	_ = p.f.Close() // its content is in old
	p.f = nil
	if os.Rename(filepath.Join(p.dir, replayFile), filepath.Join(p.dir, replayOld)) == nil {
		p.open(os.O_TRUNC)
	}
}

// note writes a line for the next process.
func (p *replays) note(sign, sum string) {
	if p.f != nil {
		_, _ = fmt.Fprintf(p.f, "%s%s\n", sign, sum) // on a full disk it is in memory only
	}
}

// close closes the file.
func (p *replays) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.f != nil {
		_ = p.f.Close()
		p.f = nil
	}
}

func hashed(sum string) string {
	h := sha256.Sum256([]byte(sum))
	return hex.EncodeToString(h[:])
}

// first reports whether a signature is new, and remembers it.
func (p *replays) first(sum string, now time.Time) bool {
	sum = hashed(sum)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == nil || len(p.now) >= maxReplays/2 || now.Sub(p.since) > replayFor {
		p.turn(now)
	}
	_, isNew := p.now[sum]
	_, isOld := p.old[sum]
	if isNew || isOld {
		return false
	}
	p.now[sum] = struct{}{}
	p.note("+", sum)
	return true
}

// forget lets a signature be used once more, because its request was not executed.
func (p *replays) forget(sum string) {
	sum = hashed(sum)
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.now, sum)
	delete(p.old, sum)
	p.note("-", sum)
}
