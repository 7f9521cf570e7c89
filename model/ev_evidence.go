package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds of events about evidence. A remark on evidence is an entry of the kind
// evidence.noted.
const (
	KindEvidenceStarted   Kind = "evidence.started"
	KindEvidenceCollected Kind = "evidence.collected"
)

var _ = register(bodyOf[EvidenceStarted](KindEvidenceStarted), bodyOf[EvidenceCollected](KindEvidenceCollected))

// EvidenceClasses are the classes of evidence. Items of a plan may preserve the
// first three.
var EvidenceClasses = []string{"log", "metric", "snapshot", "memory", "other"}

// Limits on one evidence item, and on their number.
const (
	maxEvidence     = 2000
	maxEvidenceName = 255
	maxEvidenceLine = 2000
)

// EvidenceAbout describes an evidence item, without its bytes.
type EvidenceAbout struct {
	Blob    string `json:"blob"`              // name of the bytes in the store, chosen by the author
	Name    string `json:"name"`              // file name, or a name that the person chose
	Class   string `json:"class"`             // one of EvidenceClasses
	Host    string `json:"host,omitempty"`    // where it was collected
	Source  string `json:"source,omitempty"`  // the path of the file; "" for a pipe
	Command string `json:"command,omitempty"` // the command that produced it, as reported
	Note    string `json:"note,omitempty"`
	// SHA-256 of the alert file of which this is the masked copy.
	Of     string `json:"of,omitempty"`
	Report bool   `json:"report,omitempty"` // it is the hub's report of the closed room
	Offset int64  `json:"offset_ms"`        // add it to the collecting machine's clock to get the hub's, in ms
}

// free returns the texts that a person wrote. A redaction does not touch the bytes.
func (a *EvidenceAbout) free() []*string {
	return []*string{&a.Name, &a.Host, &a.Source, &a.Command, &a.Note}
}

func (a *EvidenceAbout) check(r *Room, e *Event) error {
	switch {
	case a.Of == "" && !a.Report && r.Members[e.Key].Hub:
		return Refuse(Forbidden, "the hub's own key may add only files that alerts were read from")
	case len(a.Blob) != 26 || strings.Trim(a.Blob, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "":
		return Refuse(Invalid, "the piece of evidence has no name in the store")
	case a.Of != "" && !isSum(a.Of):
		return Refuse(Invalid, "the original of the piece of evidence has no SHA-256")
	case !slices.Contains(EvidenceClasses, a.Class):
		return Refuse(Invalid, "the class of evidence is one of %s, not %s", strings.Join(EvidenceClasses, ", "),
			quoted(a.Class))
	}
	if err := a.checkReport(r, r.Members[e.Key].Hub); err != nil {
		return err
	}
	if err := oneLine("name", a.Name, maxEvidenceName); err != nil {
		return err
	}
	for _, f := range []struct{ what, text string }{{"host", a.Host}, {"source", a.Source}, {"command", a.Command}} {
		if f.text == "" {
			continue
		}
		if err := oneLine(f.what, f.text, maxEvidenceLine); err != nil {
			return err
		}
	}
	if err := longText("note", a.Note, true); err != nil {
		return err
	}
	if len(r.Evidence) >= maxEvidence {
		return Refuse(Conflict, "the room has %d pieces of evidence, which is the limit: pack several files into one",
			maxEvidence)
	}
	return nil
}

// from describes where the evidence comes from.
func (a *EvidenceAbout) from() Safe {
	s := Safe{}
	if a.Host != "" {
		s = Safef("%s from %s", s, a.Host)
	}
	if a.Note != "" {
		s = Safef("%s: %s", s, CleanLine(a.Note))
	}
	return Safef("%s%s", s, a.ofWords())
}

// EvidenceStarted records that the upload of a large evidence item began. If the
// upload is interrupted, the bytes so far stay in the store and the item is
// incomplete.
type EvidenceStarted struct{ EvidenceAbout }

func (b *EvidenceStarted) check(r *Room, e *Event) error {
	if r.evidenceItemOf(e.By, b.Blob) != nil {
		return Refuse(Conflict, "collecting this piece of evidence has already begun")
	}
	return b.EvidenceAbout.check(r, e)
}

func (b *EvidenceStarted) apply(r *Room, e *Event) {
	r.addEvidenceItem(newEvidenceItem(r, e, b.EvidenceAbout))
}

func (b *EvidenceStarted) line(r *Room, _ *Event) Safe {
	return Safef("E%d  %s  %s%s: begun", len(r.Evidence)+1, b.Class, b.Name, b.from())
}

// EvidenceCollected records that an evidence item is completely in the store.
type EvidenceCollected struct {
	EvidenceAbout
	SHA256 string `json:"sha256"` // of the unencrypted bytes
	Size   int64  `json:"size"`
}

func (b *EvidenceCollected) check(r *Room, e *Event) error {
	p := r.evidenceItemOf(e.By, b.Blob)
	switch {
	case !isSum(b.SHA256):
		return Refuse(Invalid, "the evidence has no SHA-256")
	case b.Size <= 0:
		return Refuse(Invalid, "%s is empty, so there is nothing to keep; write a note instead", CleanLine(b.Name))
	case p == nil:
		return b.EvidenceAbout.check(r, e)
	case p.Whole():
		return Refuse(Conflict, "E%d is already collected", p.N)
	case p.Released:
		return Refuse(Conflict, "E%d was given up: %s", p.N, p.last(CustodyReleased).Reason)
	}
	return nil
}

func (b *EvidenceCollected) apply(r *Room, e *Event) {
	p := newEvidenceItem(r, e, b.EvidenceAbout)
	started := r.evidenceItemOf(e.By, b.Blob)
	if started != nil {
		p = *started
	}
	p.SHA256, p.Size, p.Done = b.SHA256, b.Size, e.Seq
	p.Custody = push(p.Custody, CustodyStep{Act: CustodyCollected, By: e.By, At: e.RecordedAt, Seq: e.Seq})
	if started == nil {
		r.addEvidenceItem(p)
		return
	}
	r.Evidence = set(r, r.Evidence, p.N-1, p)
}

func (b *EvidenceCollected) line(r *Room, e *Event) Safe {
	n := len(r.Evidence) + 1
	if p := r.evidenceItemOf(e.By, b.Blob); p != nil {
		n = p.N
	}
	s := Safef("E%d  %s  %s%s: %s, sha256 %s", n, b.Class, b.Name, b.from(), Bytes(b.Size), b.SHA256)
	for i := range r.Evidence {
		if o := &r.Evidence[i]; o.SHA256 == b.SHA256 {
			return Safef("%s; the same bytes as E%d", s, o.N)
		}
	}
	return s
}

// EvidenceItem is an entry of a room's register of evidence.
type EvidenceItem struct {
	N          int       `json:"n"`   // shown as E1, E2, …
	ID         string    `json:"id"`  // ULID of the event that started it
	Seq        uint64    `json:"seq"` // sequence of that event
	By         string    `json:"by"`  // who collected it
	At         time.Time `json:"at"`
	RecordedAt time.Time `json:"recorded_at"`
	EvidenceAbout

	SHA256 string `json:"sha256,omitempty"` // "" while it is incomplete
	Size   int64  `json:"size,omitempty"`
	Done   uint64 `json:"done,omitempty"` // sequence of the event that completed it

	Holder   string        `json:"holder"` // who has it in custody
	Sealed   bool          `json:"sealed,omitempty"`
	Released bool          `json:"released,omitempty"`
	Withheld bool          `json:"withheld,omitempty"` // a report that was made before text was redacted
	Offer    *CustodyOffer `json:"offer,omitempty"`    // a transfer that has not been accepted
	Custody  []CustodyStep `json:"custody,omitempty"`
}

// Whole reports whether all bytes were collected.
func (p *EvidenceItem) Whole() bool { return p.Done > 0 }

// Readable reports whether all bytes were collected and may be read. The bytes of a report from
// before a redaction may have the redacted text, so they are withheld, and the hub deletes them.
func (p *EvidenceItem) Readable() bool { return p.Whole() && !p.Withheld }

// State returns the state of the item in one word.
func (p *EvidenceItem) State() Safe {
	switch {
	case p.Withheld:
		return Lit("withheld")
	case p.Released && !p.Whole():
		return Lit("given up")
	case !p.Whole():
		return Lit("incomplete")
	case p.Released:
		return Lit("released")
	case p.Offer != nil:
		return Safef("offered to %s", p.Offer.To)
	case p.Sealed:
		return Lit("sealed")
	}
	return Lit("held")
}

// last returns the newest step of a kind.
func (p *EvidenceItem) last(act string) CustodyStep {
	for _, s := range slices.Backward(p.Custody) {
		if s.Act == act {
			return s
		}
	}
	return CustodyStep{}
}

func newEvidenceItem(r *Room, e *Event, a EvidenceAbout) EvidenceItem {
	return EvidenceItem{N: len(r.Evidence) + 1, ID: e.ID, Seq: e.Seq, By: e.By, At: e.At, RecordedAt: e.RecordedAt,
		EvidenceAbout: a, Holder: e.By}
}

func (r *Room) addEvidenceItem(p EvidenceItem) { r.Evidence = push(r.Evidence, p) }

// evidenceItemOf returns the item that a person stored under a name, or nil if there
// is none.
func (r *Room) evidenceItemOf(by, blob string) *EvidenceItem {
	for i := range r.Evidence {
		if p := &r.Evidence[i]; p.By == by && p.Blob == blob {
			return p
		}
	}
	return nil
}

// EvidenceItemOf returns the item that a person stored under a name, or nil if there
// is none.
func (r *Room) EvidenceItemOf(by, blob string) *EvidenceItem { return r.evidenceItemOf(by, blob) }

// EvidenceItem returns the item with number n, or nil if there is none.
func (r *Room) EvidenceItem(n int) *EvidenceItem {
	if n < 1 || n > len(r.Evidence) {
		return nil
	}
	return &r.Evidence[n-1]
}

// Secured reports whether the register has a complete item of a class.
func (r *Room) Secured(class string) bool {
	return slices.ContainsFunc(r.Evidence, func(p EvidenceItem) bool { return p.Class == class && p.Whole() })
}

// Bytes formats a size: 5.0 GiB.
func Bytes(n int64) Safe {
	units := []lit{"KiB", "MiB", "GiB", "TiB", "PiB"}
	if n < 1<<10 {
		if n == 1 {
			return Lit("1 byte")
		}
		return Safef("%d bytes", n)
	}
	f, i := float64(n)/1024, 0
	for f >= 1023.95 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	return Safef("%.1f %s", f, Lit(units[i]))
}
