package model

import (
	"strings"
	"time"
)

// KindExportMade is the kind of an export from the room.
const KindExportMade Kind = "export.made"

var _ = register(bodyOf[ExportMade](KindExportMade))

// ExportMade records that the record, a partial export or a report was written for
// somebody.
type ExportMade struct {
	What    string `json:"what"`              // record or report
	Profile string `json:"profile,omitempty"` // profile of the export
	Form    string `json:"form,omitempty"`    // md, html, json, zip
	Upto    uint64 `json:"upto,omitempty"`    // sequence of the newest entry in it
	SHA256  string `json:"sha256,omitempty"`  // of the file that was written
	Note    string `json:"note,omitempty"`    // recipient, as reported
}

func (b *ExportMade) free() []*string { return []*string{&b.Note} }

func (b *ExportMade) check(r *Room, _ *Event) error {
	switch {
	case b.What != "record" && b.What != "report":
		return Refuse(Invalid, "an export is of the record or a report, not of %s", quoted(b.What))
	case len(b.Profile) > 40 || len(b.Form) > 10 || len(b.SHA256) > 64 || b.Upto > r.Seq:
		return Refuse(Invalid, "the export is not described correctly")
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

// Export is one export from the room.
type Export struct {
	ExportMade
	By  string    `json:"by"`
	At  time.Time `json:"at"` // when it was recorded
	Seq uint64    `json:"seq"`
}
