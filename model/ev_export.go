package model

import (
	"strings"
	"time"
)

// KindExportMade is the kind about what was handed out of the room.
const KindExportMade Kind = "export.made"

var _ = register(func() Body { return new(ExportMade) })

// ExportMade says that the record, a part of it or a report was written for
// somebody.
type ExportMade struct {
	What    string `json:"what"`              // record, report
	Profile string `json:"profile,omitempty"` // for whom
	Form    string `json:"form,omitempty"`    // md, html, json, zip
	Upto    uint64 `json:"upto,omitempty"`    // the newest entry in it
	SHA256  string `json:"sha256,omitempty"`  // of what was written
	Note    string `json:"note,omitempty"`    // to whom it went
}

// Kind names the kind.
func (*ExportMade) Kind() Kind { return KindExportMade }

func (b *ExportMade) free() []*string { return []*string{&b.Note} }

func (b *ExportMade) check(r *Room, _ *Event) error {
	switch {
	case b.What != "record" && b.What != "report":
		return Refuse(Invalid, "an export is of the record or a report, not of %s", quoted(b.What))
	case len(b.Profile) > 40 || len(b.Form) > 10 || len(b.SHA256) > 64 || b.Upto > r.Seq:
		return Refuse(Invalid, "the export is not described as it has to be")
	}
	return longText("note", b.Note, true)
}

func (b *ExportMade) apply(r *Room, e *Event) {
	r.Exports = push(r.Exports, Export{ExportMade: *b, By: e.By, At: e.RecordedAt, Seq: e.Seq})
}

func (b *ExportMade) line(*Room, *Event) Safe {
	s := Safef("the %s", b.What)
	if b.Profile != "" {
		s = Safef("%s for %s", s, b.Profile)
	}
	if b.Form != "" {
		s = Safef("%s, %s", s, strings.ToUpper(b.Form))
	}
	if b.Upto > 0 {
		s = Safef("%s, up to entry %d", s, b.Upto)
	}
	if b.SHA256 != "" {
		s = Safef("%s, SHA-256 %s", s, b.SHA256)
	}
	return because(s, b.Note)
}

// Export is what was handed out of the room.
type Export struct {
	ExportMade
	By  string    `json:"by"`
	At  time.Time `json:"at"` // recorded
	Seq uint64    `json:"seq"`
}
