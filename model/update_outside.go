package model

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Updates to people outside the company: what is drafted for them has no names of assets and
// people, and a text that has some is pointed out before it is sent.

// isOutside reports whether an audience is outside the company: one that a profile names as the
// audience of what it publishes, the regulator, and one whose updates need approval.
func (a *Audience) isOutside() bool {
	return a.Approval || a.OnExposure || a.ID == "regulator" ||
		slices.ContainsFunc(Profiles, func(p Profile) bool { return slices.Contains(p.Audiences, a.ID) })
}

// itemNumber is the number of an item at the beginning of the text of a line.
var itemNumber = regexp.MustCompile(`^(\d+)  `)

// outsideWords returns a line in words for people outside, without names, notes and reasons. It
// returns the words for people inside if they have none of these, or nothing else.
func (t *updateText) outsideWords(l *Line, inside Safe) Safe {
	switch l.Kind {
	case KindImpactStarted, KindImpactEnded:
		for i := range t.r.Impacts {
			switch m := &t.r.Impacts[i]; l.Seq {
			case m.Seq:
				return Safef("impact on %s started at %s", t.affected(m), FormatTime(m.From))
			case m.EndSeq:
				return Safef("impact on %s ended at %s", t.affected(m), FormatTime(m.Until))
			}
		}
	case KindAssetAdded, KindAssetState:
		for _, a := range t.r.Assets {
			for _, s := range a.Steps {
				if s.Seq == l.Seq {
					return Safef("one %s %s", a.Type, s.State)
				}
			}
		}
	case KindIOCBlocked:
		return Lit("one indicator blocked")
	case KindItemDone, KindGateOverridden:
		if m := itemNumber.FindStringSubmatch(t.r.Text(l).String()); m != nil {
			n, _ := strconv.Atoi(m[1])
			if it := t.r.ItemByN(n); it != nil {
				return Safef("done: %s", it.Text)
			}
		}
	case KindSeverityChanged, KindExposureAssessed:
		what, _, _ := strings.Cut(t.r.Text(l).String(), ": ")
		what, _, _ = strings.Cut(what, "; reason")
		return Safef("%s: %s", l.Word(), what)
	}
	return inside
}

// affected names what an impact is on: for people outside, without the name of the asset.
func (t *updateText) affected(i *Impact) Safe {
	if a := t.r.assetByID(i.Asset); a != nil && t.audience.isOutside() {
		return Safef("one %s", a.Type)
	}
	return t.r.ImpactWords(i)
}

// contact names who is in command for people outside: by name and job, or by the role.
func (t *updateText) contact() Safe {
	d := t.r.CommandRole()
	if d == nil || len(t.r.Holders(d.ID)) == 0 {
		return Lit("the incident response team")
	}
	for _, a := range t.r.Roles {
		if who := strings.Trim(a.Name+", "+a.Job, ", "); a.Role == d.ID && a.Until.IsZero() && who != "" {
			return CleanLine(who)
		}
	}
	return Safef("the %s", d.Label)
}

// itemTexts returns the texts of the items in a state, without numbers, people and reasons.
func (t *updateText) itemTexts(state ItemState) []Safe {
	var out []Safe
	for i := range t.r.Items {
		if it := &t.r.Items[i]; it.State == state {
			out = append(out, CleanLine(it.Text))
		}
	}
	return out
}

// namesInside appends to s a warning with the internal names in an update to people outside.
func (b *UpdateSent) namesInside(r *Room, s Safe) Safe {
	names := r.internalNames(b)
	if len(names) == 0 {
		return s
	}
	list := CleanLine(names[0])
	if n := len(names); n > 1 {
		list = Safef("%s and %s", strings.Join(names[:n-1], ", "), names[n-1])
	}
	warning := Safef("for people outside, the text names %s", list)
	if s.IsEmpty() {
		return warning
	}
	return Safef("%s; %s", s, warning)
}

// internalNames returns the names of assets and the handles in an update to people outside.
func (r *Room) internalNames(b *UpdateSent) []string {
	d := r.Plan.Audience(b.Audience)
	if d == nil || !d.isOutside() {
		return nil
	}
	text := b.Conditions + "\n" + b.Actions + "\n" + b.Needs
	var out []string
	add := func(name, in, find string) {
		if !slices.Contains(out, name) && namesIt(in, find) {
			out = append(out, name)
		}
	}
	for _, a := range r.Assets {
		if a.Name != Blank {
			add(a.Name, strings.ToLower(text), strings.ToLower(a.Name))
		}
	}
	var people []string
	for _, m := range r.Members {
		if !m.Hub && !slices.Contains(people, m.Handle) {
			people = append(people, m.Handle)
		}
	}
	slices.Sort(people)
	for _, h := range people {
		if add(h, text, "@"+h); !slices.Contains(openers, h) && !isReaders(h) { // a handle may be a usual word
			add(h, text, h)
		}
	}
	return out
}

// namesIt reports whether a text has a word, or words, that are no part of longer ones.
func namesIt(text, word string) bool {
	part := func(c byte) bool { return handleByte(c) || c >= 'A' && c <= 'Z' || c >= 0x80 }
	for at := 0; word != ""; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(word)
		if (i == 0 || !part(text[i-1])) && (end == len(text) || !part(text[end])) {
			return true
		}
		at = i + 1
	}
	return false
}
