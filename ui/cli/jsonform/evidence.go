package jsonform

import (
	"time"

	"warroom/model"
)

// EvidenceItem is an item of evidence in JSON.
type EvidenceItem struct {
	N          string              `json:"n"` // such as E3
	ID         string              `json:"id"`
	Class      string              `json:"class"`
	Name       string              `json:"name"`
	State      string              `json:"state"`
	Whole      bool                `json:"whole"`
	SHA256     string              `json:"sha256"`
	Size       int64               `json:"size"`
	Host       string              `json:"host"`
	Source     string              `json:"source"`
	Command    string              `json:"command"`
	Note       string              `json:"note"`
	By         string              `json:"by"`
	At         time.Time           `json:"at"`
	RecordedAt time.Time           `json:"recorded_at"`
	OffsetMS   int64               `json:"offset_ms"`
	Holder     string              `json:"holder"`
	Sealed     bool                `json:"sealed"`
	Released   bool                `json:"released"`
	Offer      *model.CustodyOffer `json:"offer"`
	Custody    []model.CustodyStep `json:"custody"`
}

// Evidence returns the register of evidence of a room.
func Evidence(r *model.Room) []EvidenceItem {
	out := []EvidenceItem{}
	for i := range r.Evidence {
		p := &r.Evidence[i]
		out = append(out,
			EvidenceItem{N: model.Safef("E%d", p.N).String(), ID: p.ID, Class: p.Class, Name: p.Name,
				State: p.State().String(), Whole: p.Whole(),
				SHA256: p.SHA256, Size: p.Size, Host: p.Host, Source: p.Source, Command: p.Command, Note: p.Note,
				By: p.By, At: p.At, RecordedAt: p.RecordedAt,
				OffsetMS: p.Offset, Holder: p.Holder, Sealed: p.Sealed, Released: p.Released, Offer: p.Offer,
				Custody: append([]model.CustodyStep{}, p.Custody...)})
	}
	return out
}
