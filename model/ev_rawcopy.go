package model

import (
	"context"
	"encoding/hex"
	"io"
	"strings"
)

// AlertCopier writes a copy of an alert file in which secrets are masked. It reads
// in twice, and returns the SHA-256 of in as [Intake] reports it.
type AlertCopier func(ctx context.Context, in io.ReadSeeker, out io.Writer) (sum string, err error)

// RawOf returns the masked copy of the file from which an alert was read, or nil if
// there is none. sum is the SHA-256 of the file.
func (r *Room) RawOf(sum string) *EvidenceItem {
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

// RawOfLine returns the masked copy for a line of the log, or nil if it is not an
// alert or there is no copy.
func (r *Room) RawOfLine(l *Line) *EvidenceItem {
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

// isSum reports whether s is a SHA-256 in lower-case hexadecimal.
func isSum(s string) bool {
	sum, err := hex.DecodeString(s)
	return err == nil && len(sum) == 32 && strings.ToLower(s) == s
}
