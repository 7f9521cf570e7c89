package model

import (
	"context"
	"encoding/hex"
	"io"
	"strings"
)

// AlertCopier writes the copy of a file of alerts that may be kept: without the
// secrets that are in it. It reads in twice, and returns the SHA-256 that a reading
// has for it.
type AlertCopier func(ctx context.Context, in io.ReadSeeker, out io.Writer) (sum string, err error)

// RawOf is the piece of evidence that is the copy of what an alert was read from,
// nil where there is none.
func (r *Room) RawOf(sum string) *Piece {
	if sum == "" {
		return nil
	}
	for i := range r.Evidence {
		if p := &r.Evidence[i]; p.Of == sum && p.Whole() {
			return p
		}
	}
	return nil
}

// RawOfLine is RawOf for a line of the log, nil where that is no alert.
func (r *Room) RawOfLine(l *Line) *Piece {
	if a := r.alertByID(l.ID); a != nil {
		return r.RawOf(a.Sum)
	}
	return nil
}

func (a *EvidenceAbout) ofWords() Safe {
	if a.Of == "" {
		return Safe{}
	}
	return Lit(" (read for alerts, its secrets masked)")
}

// isSum says whether s is a SHA-256 as it is written here.
func isSum(s string) bool {
	sum, err := hex.DecodeString(s)
	return err == nil && len(sum) == 32 && strings.ToLower(s) == s
}
