package model

import (
	"cmp"
	"slices"
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

	// Person is who made the export, if the hub records it because that person may not
	// write in the room; if "", the author.
	Person string `json:"person,omitempty"`
}

func (b *ExportMade) free() []*string { return []*string{&b.Note} }

func (b *ExportMade) check(r *Room, e *Event) error {
	m := r.Members[e.Key]
	switch {
	case b.Person == "" && m.Hub:
		return Refuse(Forbidden, "the hub's own key does not export; name the person who made the export")
	case b.Person != "" && !m.Hub && m.Right != Command:
		return Refuse(Forbidden, `only the hub, or a key with the right "command", may record an export by somebody `+
			"else")
	case b.Person != "" && !ValidHandle(b.Person):
		return Refuse(Invalid, "the description of the export is malformed")
	case b.What != "record" && b.What != "report":
		return Refuse(Invalid, "an export is of the record or a report, not of %s", quoted(b.What))
	case len(b.Profile) > 40 || len(b.Form) > 10 || len(b.SHA256) > 64 || b.Upto > r.Seq:
		return Refuse(Invalid, "the description of the export is malformed")
	}
	return longText("note", b.Note, true)
}

func (b *ExportMade) apply(r *Room, e *Event) {
	r.Exports = push(r.Exports, Export{ExportMade: *b, By: cmp.Or(b.Person, e.By), At: e.RecordedAt, Seq: e.Seq})
}

// ExportListed is the period in which the log lists the exports of a person who may not
// write once for each profile and each kind of export, and up to maxSingleEntries of single
// entries, so that they cannot fill it.
const (
	ExportListed     = time.Hour
	maxSingleEntries = 10
)

// FurtherEntries is the note about single entries that were exported after maxSingleEntries
// of them.
const FurtherEntries = "further entries, each alone"

// ListsExport reports whether the log lists an export of the same kind, for the same
// profile, by the same person within [ExportListed] before now. An export of a single entry,
// which its note states, stands for that entry alone.
func (r *Room) ListsExport(b *ExportMade, now time.Time) bool {
	return slices.ContainsFunc(r.exportsLike(b, now), func(x Export) bool { return x.Note == "" || x.Note == b.Note })
}

// ListsManyEntries reports whether the log lists so many exports of single entries like b
// that further ones are listed together, with the note [FurtherEntries].
func (r *Room) ListsManyEntries(b *ExportMade, now time.Time) bool {
	return len(r.exportsLike(b, now)) >= maxSingleEntries
}

// exportsLike returns the exports of the same kind, for the same profile, by the same person
// within [ExportListed] before now.
func (r *Room) exportsLike(b *ExportMade, now time.Time) (like []Export) {
	for _, x := range slices.Backward(r.Exports) {
		if now.Sub(x.At) >= ExportListed {
			break
		}
		if x.By == b.Person && x.What == b.What && x.Profile == b.Profile {
			like = append(like, x)
		}
	}
	return like
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
	if b.Person != "" {
		s = Safef("%s, exported by %s, who may not write here", s, b.Person)
	}
	return because(s, b.Note)
}

// Export is one export from the room.
type Export struct {
	ExportMade
	By  string    `json:"by"` // who made it
	At  time.Time `json:"at"` // when it was recorded
	Seq uint64    `json:"seq"`
}
