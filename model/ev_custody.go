package model

import (
	"slices"
	"strings"
	"time"
)

// KindEvidenceCustody is what happens to a piece of evidence after it was
// collected.
const KindEvidenceCustody Kind = "evidence.custody"

var _ = register(func() Body { return new(EvidenceCustody) })

// The steps of custody. A transfer has two sides: one offers, the other accepts.
const (
	CustodyCollected = "collected" // by evidence.collected itself
	CustodyAccessed  = "accessed"  // the bytes were got out
	CustodyOffered   = "offered"
	CustodyAccepted  = "accepted"
	CustodyDeclined  = "declined"
	CustodySealed    = "sealed"
	CustodyReleased  = "released"
)

var custodyActs = []string{CustodyAccessed, CustodyOffered, CustodyAccepted, CustodyDeclined, CustodySealed, CustodyReleased}

// maxCustody is how many steps a piece may have.
const maxCustody = 1000

// CustodyStep is one step in the custody of a piece.
type CustodyStep struct {
	Act    string    `json:"act"`
	By     string    `json:"by"`
	To     string    `json:"to,omitempty"`
	At     time.Time `json:"at"`
	Seq    uint64    `json:"seq"`
	Reason string    `json:"reason,omitempty"`
}

// CustodyOffer is a piece on its way from one to another.
type CustodyOffer struct {
	By string    `json:"by"`
	To string    `json:"to"`
	At time.Time `json:"at"`
}

// EvidenceCustody is one step in the custody of a piece of evidence.
type EvidenceCustody struct {
	Piece  string `json:"piece"` // ULID of the event that brought it
	Act    string `json:"act"`
	To     string `json:"to,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Kind names the kind.
func (*EvidenceCustody) Kind() Kind { return KindEvidenceCustody }

func (b *EvidenceCustody) free() []*string { return []*string{&b.Reason} }

// need is command, where somebody disposes of what another has in custody.
func (b *EvidenceCustody) need(r *Room, e *Event) Power {
	p := r.pieceByID(b.Piece)
	if p == nil || p.Holder == e.By || b.Act == CustodyAccessed || b.Act == CustodyAccepted || b.Act == CustodyDeclined {
		return ""
	}
	return PowerAuthority
}

func (b *EvidenceCustody) check(r *Room, e *Event) error {
	p := r.pieceByID(b.Piece)
	switch {
	case p == nil:
		return Refuse(NotFound, "there is no such piece of evidence")
	case !slices.Contains(custodyActs, b.Act):
		return Refuse(Invalid, "custody is one of: %s", strings.Join(custodyActs, ", "))
	case len(p.Custody) >= maxCustody:
		return Refuse(Conflict, "the custody of E%d has %d steps; no more fit", p.N, maxCustody)
	}
	if err := longText("reason", b.Reason, true); err != nil {
		return err
	}
	if why := b.against(p, e); why != nil {
		return why
	}
	return nil
}

// against is what stands against a step, nil where nothing does.
func (b *EvidenceCustody) against(p *Piece, e *Event) error {
	empty := strings.TrimSpace(b.Reason) == ""
	switch {
	case !p.Whole() && b.Act != CustodyReleased:
		return Refuse(Conflict, "E%d is incomplete: it is in nobody's custody yet; to give it up: :custody E%d release REASON", p.N, p.N)
	case p.Released && b.Act != CustodyAccessed:
		return Refuse(Conflict, "E%d was released by %s: %s", p.N, p.last(CustodyReleased).By, CleanLine(p.last(CustodyReleased).Reason))
	case b.Act == CustodyAccessed && p.Sealed && empty:
		return Refuse(Conflict, "E%d is sealed: say why it is got out, with --reason", p.N)
	case b.Act == CustodyOffered && !ValidHandle(b.To):
		return Refuse(Invalid, "say to whom: :custody E%d transfer @WHO REASON", p.N)
	case b.Act == CustodyOffered && b.To == p.Holder:
		return Refuse(Conflict, "%s has E%d in custody already", b.To, p.N)
	case b.Act == CustodyOffered && p.Offer != nil && p.Offer.To == b.To:
		return Refuse(Conflict, "E%d is offered to %s already", p.N, b.To)
	case (b.Act == CustodyAccepted || b.Act == CustodyDeclined) && p.Offer == nil:
		return Refuse(Conflict, "nobody offers E%d", p.N)
	case b.Act == CustodyAccepted && p.Offer.To != e.By:
		return Refuse(Forbidden, "E%d is offered to %s, not to %s", p.N, p.Offer.To, e.By)
	case b.Act == CustodyDeclined && p.Offer.To != e.By && p.Offer.By != e.By && p.Holder != e.By:
		return Refuse(Forbidden, "E%d is offered by %s to %s; only they may end that", p.N, p.Offer.By, p.Offer.To)
	case b.Act == CustodySealed && p.Sealed:
		return Refuse(Conflict, "E%d is sealed already", p.N)
	case b.Act == CustodyReleased && empty:
		return Refuse(Invalid, "say to whom or why: :custody E%d release REASON", p.N)
	}
	return nil
}

func (b *EvidenceCustody) apply(r *Room, e *Event) {
	p := *r.pieceByID(b.Piece) // it was checked
	switch b.Act {
	case CustodyOffered:
		p.Offer = &CustodyOffer{By: e.By, To: b.To, At: e.RecordedAt}
	case CustodyAccepted:
		p.Holder, p.Offer = e.By, nil
	case CustodyDeclined:
		p.Offer = nil
	case CustodySealed:
		p.Sealed = true
	case CustodyReleased:
		p.Released, p.Offer = true, nil
	}
	p.Custody = push(p.Custody, CustodyStep{Act: b.Act, By: e.By, To: b.To, At: e.RecordedAt, Seq: e.Seq, Reason: b.Reason})
	r.Evidence = set(r.Evidence, p.N-1, p)
}

func (b *EvidenceCustody) line(r *Room, e *Event) Safe {
	p := r.pieceByID(b.Piece)
	s := Safef("E%d  %s  %s", p.N, p.Name, b.Act)
	switch b.Act {
	case CustodyOffered:
		s = Safef("E%d  %s  offered to %s", p.N, p.Name, b.To)
	case CustodyAccepted:
		s = Safef("E%d  %s  accepted from %s; %s has it in custody", p.N, p.Name, p.Holder, e.By)
	case CustodyAccessed:
		s = Safef("E%d  %s  accessed: its bytes were got out", p.N, p.Name)
	}
	if b.Reason != "" {
		s = Safef("%s: %s", s, CleanLine(b.Reason))
	}
	return s
}

func (r *Room) pieceByID(id string) *Piece {
	for i := range r.Evidence {
		if r.Evidence[i].ID == id {
			return &r.Evidence[i]
		}
	}
	return nil
}
