package model

import (
	"strconv"
	"strings"
)

// Commands about evidence.

// EvidenceFile is what ":evidence FILE --class log" asks for: the terminal reads
// the file, as no command of the room does.
type EvidenceFile struct {
	Path, Class, Host, Name, Note string
}

// ParseEvidenceFile says whether a line takes a file into evidence, and which.
// With no --class it does where the first word is a path, as in ":evidence
// ./auth.log"; else the line is a word on evidence.
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
			return f, true, Refuse(Invalid, "there is no %s here; write it as: :evidence FILE --class log --host web3", w)
		}
		*to = strings.TrimPrefix(*to+" "+w, " ")
	}
	if f.Path == "" {
		return f, true, Refuse(Invalid, "say which file: :evidence FILE --class log")
	}
	return f, true, nil
}

func pathLike(w string) bool {
	return strings.HasPrefix(w, "/") || strings.HasPrefix(w, "./") || strings.HasPrefix(w, "../") || strings.HasPrefix(w, "~/")
}

func parseEvidence(a *args) (Body, error) {
	if f, ok, err := ParseEvidenceFile(":evidence " + a.rest); ok {
		if err != nil {
			return nil, err
		}
		return nil, Refuse(Invalid, "a file is taken into evidence by the terminal that has it: warroom evidence add ROOM %s, or by SSH: ssh HOST evidence add ROOM - < %s", f.Path, f.Path)
	}
	return parseEntry(KindEvidenceNoted)(a)
}

// custodyWords are the words of :custody and what they do.
var custodyWords = map[string]string{"transfer": CustodyOffered, "offer": CustodyOffered, "accept": CustodyAccepted, "decline": CustodyDeclined, "seal": CustodySealed, "release": CustodyReleased}

func parseCustody(a *args) (Body, error) {
	p, err := a.piece()
	if err != nil {
		return nil, err
	}
	w := strings.ToLower(a.word())
	b := &EvidenceCustody{Piece: p.ID, Act: custodyWords[w]}
	a.as("piece", Safef("E%d", p.N))
	a.as("step", CleanLine(w))
	if w == "" {
		return nil, Refuse(Invalid, "say what happens to E%d: transfer @WHO REASON, accept, decline, seal or release REASON", p.N)
	}
	if b.Act == "" {
		return nil, Refuse(Invalid, "say what happens to E%d: transfer @WHO REASON, accept, decline, seal or release REASON; not %s", p.N, quoted(w))
	}
	if b.Act == CustodyOffered {
		if !strings.HasPrefix(a.peek(), "@") {
			return nil, Refuse(Invalid, "say to whom: :custody E%d transfer @WHO REASON", p.N)
		}
		b.To = a.person()
	}
	b.Reason = a.reason()
	return b, nil
}

// piece takes the number of a piece of evidence: E3, or 3.
func (a *args) piece() (*Piece, error) {
	w := a.word()
	n, err := PieceNumber(w)
	if err != nil {
		return nil, err
	}
	if p := a.Room.Piece(n); p != nil {
		return p, nil
	}
	return nil, NoPiece(a.Room, n)
}

// PieceNumber reads the number of a piece as people write it: E3, e3, 3.
func PieceNumber(w string) (int, error) {
	if w == "" {
		return 0, Refuse(Invalid, "give the number of the piece of evidence, as E3")
	}
	n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimPrefix(w, "E"), "e"))
	if err != nil || n < 1 {
		return 0, Refuse(Invalid, "give the number of the piece of evidence, as E3, not %s", quoted(w))
	}
	return n, nil
}

// NoPiece says that a room has no such piece.
func NoPiece(r *Room, n int) error {
	switch len(r.Evidence) {
	case 0:
		return Refuse(NotFound, "there is no E%d; the room has no evidence yet", n)
	case 1:
		return Refuse(NotFound, "there is no E%d; the room has E1 alone", n)
	}
	return Refuse(NotFound, "there is no E%d; the room has E1 to E%d", n, len(r.Evidence))
}

func pieces(c Ctx, _ []string) []option {
	return from(c.Room.Evidence, func(p Piece) (string, string) {
		return "E" + strconv.Itoa(p.N), p.Class + "  " + p.Name + "  " + p.State().String() + ", " + p.Holder
	})
}

func custodyActsOf(Ctx, []string) []option {
	return []option{{"transfer", Lit("offer it to somebody")}, {"accept", Lit("take what is offered to you")}, {"decline", Lit("do not take it, or take the offer back")},
		{"seal", Lit("from now on it is got out with a reason alone")}, {"release", Lit("custody ends here: to whom, or why")}}
}
