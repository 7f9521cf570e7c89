package model

import (
	"slices"
	"strings"
	"time"
)

// KindEvidenceCustody is the kind of a change of custody after evidence was
// collected.
const KindEvidenceCustody Kind = "evidence.custody"

var _ = register(bodyOf[EvidenceCustody](KindEvidenceCustody))

// The steps of custody. A transfer takes two: one person offers, the other accepts.
const (
	CustodyCollected = "collected" // recorded by evidence.collected itself
	CustodyAccessed  = "accessed"  // somebody read the bytes
	CustodyOffered   = "offered"
	CustodyAccepted  = "accepted"
	CustodyDeclined  = "declined"
	CustodySealed    = "sealed"
	CustodyReleased  = "released"
)

var custodyActs = []string{CustodyAccessed, CustodyOffered, CustodyAccepted, CustodyDeclined, CustodySealed,
	CustodyReleased}

// maxCustody is the maximum number of custody steps that an evidence item may have.
const maxCustody = 1000

// CustodyStep is one step in the custody of an evidence item.
type CustodyStep struct {
	Act    string    `json:"act"`
	By     string    `json:"by"`
	To     string    `json:"to,omitempty"`
	At     time.Time `json:"at"`
	Seq    uint64    `json:"seq"`
	Reason string    `json:"reason,omitempty"`
}

// CustodyOffer is an offered transfer that has not been accepted.
type CustodyOffer struct {
	By string    `json:"by"`
	To string    `json:"to"`
	At time.Time `json:"at"`
}

// EvidenceCustody records one step in the custody of an evidence item.
type EvidenceCustody struct {
	EvidenceID string `json:"piece"` // ULID of the event that collected it
	Act        string `json:"act"`
	To         string `json:"to,omitempty"`
	Reason     string `json:"reason,omitempty"`
}

func (b *EvidenceCustody) free() []*string { return []*string{&b.Reason} }

// need returns PowerAuthority if the author transfers, seals or disposes of evidence
// that somebody else holds.
func (b *EvidenceCustody) need(r *Room, e *Event) Power {
	p := r.evidenceItemByID(b.EvidenceID)
	if p == nil || p.Holder == e.By || b.Act == CustodyAccessed || b.Act == CustodyAccepted ||
		b.Act == CustodyDeclined {
		return ""
	}
	return PowerAuthority
}

func (b *EvidenceCustody) check(r *Room, e *Event) error {
	p := r.evidenceItemByID(b.EvidenceID)
	switch {
	case p == nil:
		return Refuse(NotFound, "there is no such piece of evidence in this room")
	case !slices.Contains(custodyActs, b.Act):
		return Refuse(Invalid, "a step of custody is one of %s", strings.Join(custodyActs, ", "))
	case len(p.Custody) >= maxCustody:
		return Refuse(Conflict, "the custody of E%d has %d steps, which is the limit", p.N, maxCustody)
	}
	if err := longText("reason", b.Reason, true); err != nil {
		return err
	}
	if why := b.against(p, e); why != nil {
		return why
	}
	return nil
}

// against returns why a step is not possible, or nil if it is.
func (b *EvidenceCustody) against(p *EvidenceItem, e *Event) error {
	empty := strings.TrimSpace(b.Reason) == ""
	switch {
	case !p.Whole() && b.Act != CustodyReleased:
		return Refuse(Conflict,
			"E%d is incomplete and in nobody's custody yet; to abandon it: :custody E%d release REASON", p.N, p.N)
	case p.Released && b.Act != CustodyAccessed:
		return Refuse(Conflict, "E%d was released by %s: %s", p.N, p.last(CustodyReleased).By,
			CleanLine(p.last(CustodyReleased).Reason))
	case b.Act == CustodyAccessed && p.Sealed && empty:
		return Refuse(Conflict, "E%d is sealed: give a reason with --reason", p.N)
	case b.Act == CustodyOffered && !ValidHandle(b.To):
		return Refuse(Invalid, "name the person: :custody E%d transfer @WHO REASON", p.N)
	case b.Act == CustodyOffered && b.To == p.Holder:
		return Refuse(Conflict, "%s already has E%d in custody", b.To, p.N)
	case b.Act == CustodyOffered && p.Offer != nil && p.Offer.To == b.To:
		return Refuse(Conflict, "E%d is already offered to %s", p.N, b.To)
	case (b.Act == CustodyAccepted || b.Act == CustodyDeclined) && p.Offer == nil:
		return Refuse(Conflict, "E%d has not been offered to anybody", p.N)
	case b.Act == CustodyAccepted && p.Offer.To != e.By:
		return Refuse(Forbidden, "E%d is offered to %s, not to %s", p.N, p.Offer.To, e.By)
	case b.Act == CustodyDeclined && p.Offer.To != e.By && p.Offer.By != e.By && p.Holder != e.By:
		return Refuse(Forbidden, "E%d was offered by %s to %s; only those two can answer", p.N, p.Offer.By, p.Offer.To)
	case b.Act == CustodySealed && p.Sealed:
		return Refuse(Conflict, "E%d is already sealed", p.N)
	case b.Act == CustodyReleased && empty:
		return Refuse(Invalid, "give the recipient or the reason: :custody E%d release REASON", p.N)
	}
	return nil
}

func (b *EvidenceCustody) apply(r *Room, e *Event) {
	p := *r.evidenceItemByID(b.EvidenceID) // the check found it
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
	p.Custody = push(p.Custody,
		CustodyStep{Act: b.Act, By: e.By, To: b.To, At: e.RecordedAt, Seq: e.Seq, Reason: b.Reason})
	r.Evidence = set(r, r.Evidence, p.N-1, p)
}

func (b *EvidenceCustody) line(r *Room, e *Event) Safe {
	p := r.evidenceItemByID(b.EvidenceID)
	s := Safef("E%d  %s  %s", p.N, p.Name, b.Act)
	switch b.Act {
	case CustodyOffered:
		s = Safef("E%d  %s  offered to %s", p.N, p.Name, b.To)
	case CustodyAccepted:
		s = Safef("E%d  %s  accepted from %s; %s has it in custody", p.N, p.Name, p.Holder, e.By)
	case CustodyAccessed:
		s = Safef("E%d  %s  accessed: its bytes were read", p.N, p.Name)
	}
	if b.Reason != "" {
		s = Safef("%s: %s", s, CleanLine(b.Reason))
	}
	return s
}

func (r *Room) evidenceItemByID(id string) *EvidenceItem {
	for i := range r.Evidence {
		if r.Evidence[i].ID == id {
			return &r.Evidence[i]
		}
	}
	return nil
}
