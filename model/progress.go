package model

import "sync/atomic"

// Progress is how far something of a known length was read. It may be asked while
// another goroutine reads.
type Progress struct {
	All int64
	got atomic.Int64
}

// Add counts bytes that were read.
func (p *Progress) Add(n int) { p.got.Add(int64(n)) }

// Share is how much of it was read, from 0 to 1.
func (p *Progress) Share() float64 {
	if p.All <= 0 {
		return 0
	}
	return min(1, float64(p.got.Load())/float64(p.All))
}

// Words say so: "42% of 512 MB".
func (p *Progress) Words() Safe {
	return Safef("%d%% of %s", int(100*p.Share()), byteCount(p.All))
}

func byteCount(n int64) Safe {
	if n < 1<<20 {
		return Safef("%d kB", (n+1023)>>10)
	}
	return Safef("%d MB", n>>20)
}
