package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds about evidence. What a person says about evidence in words is an
// entry, evidence.noted.
const (
	KindEvidenceStarted   Kind = "evidence.started"
	KindEvidenceCollected Kind = "evidence.collected"
)

var _ = register(func() Body { return new(EvidenceStarted) }, func() Body { return new(EvidenceCollected) })

// EvidenceClasses are what a piece of evidence may be. A plan's items secure the
// first three.
var EvidenceClasses = []string{"log", "metric", "snapshot", "memory", "other"}

// The bounds of one piece, and of how many a room has.
const (
	maxEvidence     = 2000
	maxEvidenceName = 255
	maxEvidenceLine = 2000
)

// EvidenceAbout is what a piece of evidence is, without its bytes.
type EvidenceAbout struct {
	Blob    string `json:"blob"`              // under which name its author put the bytes into the store
	Name    string `json:"name"`              // of the file, or as the person calls it
	Class   string `json:"class"`             // one of EvidenceClasses
	Host    string `json:"host,omitempty"`    // where it comes from
	Source  string `json:"source,omitempty"`  // the path of the file; "" for a pipe
	Command string `json:"command,omitempty"` // what made it, as the person says, else the program's own words
	Note    string `json:"note,omitempty"`
	Of      string `json:"of,omitempty"` // SHA-256 of what alerts were read from, where this is its copy without secrets
	Offset  int64  `json:"offset_ms"`    // what to add to the clock of the machine that took it, to get the hub's
}

// free are what people call it; the bytes have a custody of their own.
func (a *EvidenceAbout) free() []*string {
	return []*string{&a.Name, &a.Host, &a.Source, &a.Command, &a.Note}
}

func (a *EvidenceAbout) check(r *Room) error {
	switch {
	case len(a.Blob) != 26 || strings.Trim(a.Blob, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "":
		return Refuse(Invalid, "the piece of evidence has no name in the store")
	case a.Of != "" && !isSum(a.Of):
		return Refuse(Invalid, "what the piece of evidence is a copy of has no SHA-256")
	case !slices.Contains(EvidenceClasses, a.Class):
		return Refuse(Invalid, "evidence is of a class: %s; not %s", strings.Join(EvidenceClasses, ", "), quoted(a.Class))
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
		return Refuse(Conflict, "the room has %d pieces of evidence; no more fit: pack several files into one", maxEvidence)
	}
	return nil
}

// from words where a piece comes from.
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

// EvidenceStarted says that a large piece of evidence is on its way into the
// store. What it has so far stays there when it is cut, and is incomplete.
type EvidenceStarted struct{ EvidenceAbout }

// Kind names the kind.
func (*EvidenceStarted) Kind() Kind { return KindEvidenceStarted }

func (b *EvidenceStarted) check(r *Room, e *Event) error {
	if r.pieceOf(e.By, b.Blob) != nil {
		return Refuse(Conflict, "the piece of evidence has begun already")
	}
	return b.EvidenceAbout.check(r)
}

func (b *EvidenceStarted) apply(r *Room, e *Event) { r.addPiece(newPiece(r, e, b.EvidenceAbout)) }

func (b *EvidenceStarted) line(r *Room, _ *Event) Safe {
	return Safef("E%d  %s  %s%s: begun", len(r.Evidence)+1, b.Class, b.Name, b.from())
}

// EvidenceCollected says that a piece of evidence is in the store, to its last
// byte.
type EvidenceCollected struct {
	EvidenceAbout
	SHA256 string `json:"sha256"` // of the plain bytes
	Size   int64  `json:"size"`
}

// Kind names the kind.
func (*EvidenceCollected) Kind() Kind { return KindEvidenceCollected }

func (b *EvidenceCollected) check(r *Room, e *Event) error {
	p := r.pieceOf(e.By, b.Blob)
	switch {
	case !isSum(b.SHA256):
		return Refuse(Invalid, "the evidence has no SHA-256")
	case b.Size <= 0:
		return Refuse(Invalid, "%s is empty: there is nothing to keep; note it instead", CleanLine(b.Name))
	case p == nil:
		return b.EvidenceAbout.check(r)
	case p.Whole():
		return Refuse(Conflict, "E%d is collected already", p.N)
	case p.Released:
		return Refuse(Conflict, "E%d was given up: %s", p.N, p.last(CustodyReleased).Reason)
	}
	return nil
}

func (b *EvidenceCollected) apply(r *Room, e *Event) {
	p := newPiece(r, e, b.EvidenceAbout)
	was := r.pieceOf(e.By, b.Blob)
	if was != nil {
		p = *was
	}
	p.SHA256, p.Size, p.Done = b.SHA256, b.Size, e.Seq
	p.Custody = push(p.Custody, CustodyStep{Act: CustodyCollected, By: e.By, At: e.RecordedAt, Seq: e.Seq})
	if was == nil {
		r.addPiece(p)
		return
	}
	r.Evidence = set(r.Evidence, p.N-1, p)
}

func (b *EvidenceCollected) line(r *Room, e *Event) Safe {
	n := len(r.Evidence) + 1
	if p := r.pieceOf(e.By, b.Blob); p != nil {
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

// Piece is a piece of evidence in a room's register.
type Piece struct {
	N          int       `json:"n"`   // E1, E2, … on every screen
	ID         string    `json:"id"`  // ULID of the event that brought it
	Seq        uint64    `json:"seq"` // its place
	By         string    `json:"by"`  // who collected it
	At         time.Time `json:"at"`
	RecordedAt time.Time `json:"recorded_at"`
	EvidenceAbout

	SHA256 string `json:"sha256,omitempty"` // "" while it is incomplete
	Size   int64  `json:"size,omitempty"`
	Done   uint64 `json:"done,omitempty"` // place of the event that completed it

	Holder   string        `json:"holder"` // who has it in custody
	Sealed   bool          `json:"sealed,omitempty"`
	Released bool          `json:"released,omitempty"`
	Offer    *CustodyOffer `json:"offer,omitempty"` // to whom it is on its way
	Custody  []CustodyStep `json:"custody,omitempty"`
}

// Whole says whether all of a piece was collected.
func (p *Piece) Whole() bool { return p.Done > 0 }

// State is the one word for how a piece stands.
func (p *Piece) State() Safe {
	switch {
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

// last is the newest step of a kind.
func (p *Piece) last(act string) CustodyStep {
	for _, s := range slices.Backward(p.Custody) {
		if s.Act == act {
			return s
		}
	}
	return CustodyStep{}
}

func newPiece(r *Room, e *Event, a EvidenceAbout) Piece {
	return Piece{N: len(r.Evidence) + 1, ID: e.ID, Seq: e.Seq, By: e.By, At: e.At, RecordedAt: e.RecordedAt, EvidenceAbout: a, Holder: e.By}
}

func (r *Room) addPiece(p Piece) { r.Evidence = push(r.Evidence, p) }

// pieceOf finds a piece by its author and its name in the store.
func (r *Room) pieceOf(by, blob string) *Piece {
	for i := range r.Evidence {
		if p := &r.Evidence[i]; p.By == by && p.Blob == blob {
			return p
		}
	}
	return nil
}

// PieceOf is the piece that somebody put into the store under a name; nil where
// the room knows none.
func (r *Room) PieceOf(by, blob string) *Piece { return r.pieceOf(by, blob) }

// Piece is the piece of a number, nil where there is none.
func (r *Room) Piece(n int) *Piece {
	if n < 1 || n > len(r.Evidence) {
		return nil
	}
	return &r.Evidence[n-1]
}

// secured says whether a piece of a class is whole in the store.
func (r *Room) secured(class string) bool {
	return slices.ContainsFunc(r.Evidence, func(p Piece) bool { return p.Class == class && p.Whole() })
}

// Bytes writes a size for people: 5.0 GiB.
func Bytes(n int64) Safe {
	units := []lit{"KiB", "MiB", "GiB", "TiB", "PiB"}
	if n < 1<<10 {
		return Safef("%d bytes", n)
	}
	f, i := float64(n)/1024, 0
	for f >= 1023.95 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	return Safef("%.1f %s", f, Lit(units[i]))
}

// PieceLines is everything that a room knows of a piece, for people.
func PieceLines(p *Piece, zone *time.Location) []Safe {
	when := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05 MST") }
	out := []Safe{Safef("E%d  %s  %s", p.N, p.Name, p.State()), Safef("class      %s", p.Class)}
	add := func(what lit, s string) {
		if s != "" {
			out = append(out, Safef("%-10s %s", Lit(what), CleanLine(s)))
		}
	}
	if p.Whole() {
		size := Bytes(p.Size)
		if p.Size >= 1<<10 {
			size = Safef("%s (%d bytes)", size, p.Size)
		}
		add("size", size.String())
	}
	if p.SHA256 != "" {
		out = append(out, Safef("sha256 %s", p.SHA256)) // so that it fits into a row of 80
	}
	add("host", p.Host)
	add("file", p.Source)
	add("command", p.Command)
	add("note", p.Note)
	if p.Of != "" {
		out = append(out, Lit("masked     a copy; the SHA-256 of the original, which its alerts have too:"), Safef("           %s", p.Of))
	}
	add("collected", Safef("by %s, %s; that machine's clock was %s", p.By, when(p.RecordedAt), offsetWords(p.Offset)).String())
	add("custody", p.Holder)
	for _, s := range p.Custody {
		l := Safef("  %s  %-9s by %s", when(s.At), s.Act, s.By)
		if s.To != "" {
			l = Safef("%s to %s", l, s.To)
		}
		if s.Reason != "" {
			l = Safef("%s: %s", l, CleanLine(s.Reason))
		}
		out = append(out, l)
	}
	return out
}

// offsetWords says how a clock stood to the hub's.
func offsetWords(ms int64) Safe {
	switch {
	case ms == 0:
		return Lit("the hub's")
	case ms > 0:
		return Safef("%d ms behind the hub's", ms)
	}
	return Safef("%d ms before the hub's", -ms)
}
