package model

import "sync/atomic"

// Progress is the progress of reading something of a known length. It is safe for
// concurrent use.
type Progress struct{ all, got atomic.Int64 }

// Begin sets the number of bytes to read.
func (p *Progress) Begin(all int64) { p.all.Store(all) }

// Size returns the number of bytes to read, or 0 if it is not known.
func (p *Progress) Size() int64 { return p.all.Load() }

// Write counts the bytes that were read. It never returns an error.
func (p *Progress) Write(b []byte) (int, error) {
	p.got.Add(int64(len(b)))
	return len(b), nil
}

// Share returns the fraction that was read, from 0 to 1.
func (p *Progress) Share() float64 {
	all := p.all.Load()
	if all <= 0 {
		return 0
	}
	return min(1, float64(p.got.Load())/float64(all))
}

// Words describes the progress: "42% of 512 MB".
func (p *Progress) Words() Safe {
	return Safef("%d%% of %s", int(100*p.Share()), byteCount(p.all.Load()))
}

func byteCount(n int64) Safe {
	if n < 1<<20 {
		return Safef("%d kB", (n+1023)>>10)
	}
	return Safef("%d MB", n>>20)
}
