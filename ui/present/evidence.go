package present

import (
	"time"

	"warroom/model"
)

// EvidenceNotesTitle is the title of [EvidenceNotes].
var EvidenceNotesTitle = model.Lit("Notes about evidence, without a file")

// NoEvidence is the sentence for a register without files; empty if it has some.
func NoEvidence(r *model.Room) Wording {
	switch {
	case len(r.Evidence) > 0:
		return Wording{}
	case len(EvidenceNotes(r)) > 0:
		return Wording{Full: model.Lit("no file is in the evidence yet, only notes"),
			Short: model.Lit("No file is in the evidence yet, only notes.")}
	}
	return Wording{Full: model.Lit("no evidence yet"), Short: model.Lit("No evidence yet.")}
}

// EvidenceNotes describes the notes about evidence, which have no file in the store.
func EvidenceNotes(r *model.Room) []model.Safe {
	var out []model.Safe
	for _, l := range r.Lines() {
		if l.Kind == model.KindEvidenceNoted && l.Refused.IsEmpty() && r.Marks[l.Seq].Retracted == "" {
			out = append(out, model.Safef("line %d by %s: %s", l.Seq, l.By, model.CleanLine(r.Text(l).String())))
		}
	}
	return out
}

// EvidenceSize returns the size of an item, or "-" while it is incomplete.
func EvidenceSize(p *model.EvidenceItem) model.Safe {
	if !p.Whole() {
		return model.Lit("-")
	}
	return model.Bytes(p.Size)
}

// EvidenceRows describes an item in a list: state, size, who has it, and its hash.
func EvidenceRows(p *model.EvidenceItem, zone *time.Location) []model.Safe {
	out := []model.Safe{model.Safef("E%-3d %-8s %-10s %9s  %-10s %s  %s", p.N, p.Class, p.State(), EvidenceSize(p),
		p.Holder, p.RecordedAt.In(zone).Format("2006-01-02 15:04"), p.Name)}
	if p.SHA256 != "" {
		out = append(out, model.Safef("     sha256 %s", p.SHA256))
	}
	return out
}

// EvidenceTitle names an item, with its state.
func EvidenceTitle(p *model.EvidenceItem) model.Safe {
	return model.Safef("E%d  %s  %s", p.N, p.Name, p.State())
}

// EvidenceFacts describes an item besides its name and class, and its custody, one line per
// fact.
func EvidenceFacts(p *model.EvidenceItem, zone *time.Location) []model.Safe {
	when := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05 MST") }
	var out []model.Safe
	add := func(what string, s model.Safe) {
		if !s.IsEmpty() {
			out = append(out, model.Safef("%-10s %s", what, s))
		}
	}
	if p.Whole() {
		size := EvidenceSize(p)
		if p.Size >= 1<<10 {
			size = model.Safef("%s (%d bytes)", size, p.Size)
		}
		add("size", size)
	}
	if p.SHA256 != "" {
		out = append(out, model.Safef("sha256 %s", p.SHA256)) // separate, to fit into 80 columns
	}
	add("host", model.CleanLine(p.Host))
	add("file", model.CleanLine(p.Source))
	add("command", model.CleanLine(p.Command))
	add("note", model.CleanLine(p.Note))
	if p.Of != "" {
		out = append(out, model.Lit("masked     a copy; the SHA-256 of the original, which its alerts have too:"),
			model.Safef("           %s", p.Of))
	}
	add("collected", model.Safef("by %s, %s; that machine's clock was %s", p.By, when(p.RecordedAt),
		offsetWords(p.Offset)))
	add("custody", model.CleanLine(p.Holder))
	for _, s := range p.Custody {
		l := model.Safef("  %s  %-9s by %s", when(s.At), s.Act, s.By)
		if s.To != "" {
			l = model.Safef("%s to %s", l, s.To)
		}
		if s.Reason != "" {
			l = model.Safef("%s: %s", l, model.CleanLine(s.Reason))
		}
		out = append(out, l)
	}
	return out
}

// EvidenceItem describes an item by itself, see [EvidenceFacts].
func EvidenceItem(p *model.EvidenceItem, zone *time.Location) []model.Safe {
	return append([]model.Safe{EvidenceTitle(p), model.Safef("class      %s", p.Class)}, EvidenceFacts(p, zone)...)
}

// offsetWords describes how far a clock was ahead of or behind the hub's.
func offsetWords(ms int64) model.Safe {
	switch {
	case ms == 0:
		return model.Lit("in step with the hub's")
	case ms > 0:
		return model.Safef("%d ms behind the hub's", ms)
	}
	return model.Safef("%d ms ahead of the hub's", -ms)
}
