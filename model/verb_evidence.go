package model

import (
	"slices"
	"strconv"
	"strings"
)

// Commands about evidence.

// EvidenceFile is the request of a line such as ":evidence FILE --class log". The
// client has to read the file, since commands of the room do no I/O.
type EvidenceFile struct {
	Path, Class, Host, Name, Note string
}

// ParseEvidenceFile reports whether a line asks to collect a file, and which.
// Without --class, it does if the first word is a path, as in ":evidence
// ./auth.log"; otherwise the line is a remark on evidence.
func ParseEvidenceFile(line string) (f EvidenceFile, ok bool, err error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), ":evidence ")
	if !ok {
		return f, false, nil
	}
	words := strings.Fields(rest)
	if len(words) == 0 || !pathLike(words[0]) && !strings.Contains(rest, " --class") {
		return f, false, nil
	}
	into := map[string]*string{"--class": &f.Class, "--host": &f.Host, "--name": &f.Name, "--note": &f.Note}
	to := &f.Path
	for _, w := range words {
		flag, value, given := strings.Cut(w, "=")
		if p := into[flag]; p != nil {
			if to = p; given {
				*p = value
			}
			continue
		}
		if strings.HasPrefix(w, "--") {
			return f, true,
				Refuse(Invalid, ":evidence has no %s; write :evidence FILE --class log --host web3", w)
		}
		*to = strings.TrimPrefix(*to+" "+w, " ")
	}
	if f.Path == "" {
		return f, true, Refuse(Invalid, "name the file: :evidence FILE --class log")
	}
	return f, true, nil
}

func pathLike(w string) bool {
	return strings.HasPrefix(w, "/") || strings.HasPrefix(w, "./") || strings.HasPrefix(w, "../") ||
		strings.HasPrefix(w, "~/")
}

func parseEvidence(a *args) (Body, error) {
	if f, ok, err := ParseEvidenceFile(":evidence " + a.remaining); ok {
		if err != nil {
			return nil, err
		}
		return nil, Refuse(Invalid,
			"a file is added to the evidence from the machine that has it: warroom evidence add ROOM %s, or over "+
				"SSH: ssh HOST evidence add ROOM - < %s", f.Path, f.Path)
	}
	return parseEntry(KindEvidenceNoted)(a)
}

// custodyWords maps the words after :custody to steps of custody.
var custodyWords = map[string]string{"transfer": CustodyOffered, "offer": CustodyOffered, "accept": CustodyAccepted,
	"decline": CustodyDeclined, "seal": CustodySealed, "release": CustodyReleased}

func parseCustody(a *args) (Body, error) {
	p, err := a.evidenceItem()
	if err != nil {
		return nil, err
	}
	w := strings.ToLower(a.word())
	b := &EvidenceCustody{EvidenceID: p.ID, Act: custodyWords[w]}
	a.as("piece", Safef("E%d", p.N))
	a.as("step", CleanLine(w))
	if err := checkCustodyStep(p.N, w); err != nil {
		return nil, err
	}
	if b.Act == CustodyOffered {
		if !strings.HasPrefix(a.peek(), "@") {
			return nil, Refuse(Invalid, "name the person: :custody E%d transfer @WHO REASON", p.N)
		}
		b.To = a.person()
	}
	b.Reason = a.reason()
	return b, nil
}

func checkCustodyStep(n int, w string) error {
	switch {
	case w == "":
		return Refuse(Invalid,
			"name the step for E%d: transfer @WHO REASON, accept, decline, seal or release REASON", n)
	case custodyWords[w] == "":
		return Refuse(Invalid,
			"name the step for E%d: transfer @WHO REASON, accept, decline, seal or release REASON, not %s", n,
			quoted(w))
	}
	return nil
}

// CheckCustody returns an error if the words after :custody do not name a piece and a step.
// It does not check whether the piece exists.
func CheckCustody(words []string) error {
	words = append(slices.Clone(words), "", "")
	n, err := ParseEvidenceNumber(words[0])
	if err != nil {
		return err
	}
	return checkCustodyStep(n, strings.ToLower(words[1]))
}

// evidenceItem consumes the number of an evidence item: E3, or 3.
func (a *args) evidenceItem() (*EvidenceItem, error) {
	w := a.word()
	n, err := ParseEvidenceNumber(w)
	if err != nil {
		return nil, err
	}
	if p := a.Room.EvidenceItem(n); p != nil {
		return p, nil
	}
	return nil, EvidenceNotFound(a.Room, n)
}

// ParseEvidenceNumber parses the number of an evidence item: E3, e3 or 3.
func ParseEvidenceNumber(w string) (int, error) {
	if w == "" {
		return 0, Refuse(Invalid, "give the number of the piece of evidence, such as E3")
	}
	n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimPrefix(w, "E"), "e"))
	if err != nil || n < 1 {
		return 0, Refuse(Invalid, "give the number of the piece of evidence, such as E3, not %s", quoted(w))
	}
	return n, nil
}

// EvidenceNotFound returns the error for an evidence item that does not exist.
func EvidenceNotFound(r *Room, n int) error {
	switch len(r.Evidence) {
	case 0:
		return Refuse(NotFound, "there is no E%d; this room has no evidence yet", n)
	case 1:
		return Refuse(NotFound, "there is no E%d; this room has only E1", n)
	}
	return Refuse(NotFound, "there is no E%d; this room has E1 to E%d", n, len(r.Evidence))
}

func evidenceItems(c Ctx, _ []string) []option {
	return from(c.Room.Evidence, func(p EvidenceItem) (string, string) {
		return "E" + strconv.Itoa(p.N), p.Class + "  " + p.Name + "  " + p.State().String() + ", " + p.Holder
	})
}

func custodyActsOf(Ctx, []string) []option {
	return []option{{word: "transfer", help: Lit("offer it to somebody")},
		{word: "accept", help: Lit("accept the offer that was made to you")},
		{word: "decline", help: Lit("decline the offer, or withdraw your own")},
		{word: "seal", help: Lit("from now on, reading it requires a reason")},
		{word: "release", help: Lit("end custody; give the recipient or the reason")}}
}
