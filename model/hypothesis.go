package model

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OutcomeOpen and OutcomeRetracted are the states of a hypothesis that have no event
// of their own.
const (
	OutcomeOpen      = "open"
	OutcomeRetracted = "retracted"
)

// Hypothesis is an assumption about the incident, with its outcome.
type Hypothesis struct {
	N      uint64 // sequence of its entry
	Text   Safe
	State  string // open, supported, eliminated or retracted
	Reason Safe   // reason for the state
	By     string // who wrote it
	At     time.Time

	Settler string // who set the state
	Entry   uint64 // sequence of the entry that set it; 0 if open or retracted
}

// Hypotheses returns the hypotheses in the order of the timeline.
func (r *Room) Hypotheses() []Hypothesis {
	var out []Hypothesis
	for _, l := range r.Lines() {
		if l.Kind != KindHypothesisOpened || !l.Refused.IsEmpty() {
			continue
		}
		h := Hypothesis{N: l.Seq, Text: r.Text(l), State: OutcomeOpen, By: l.By, At: r.When(l)}
		switch m := r.Marks[l.Seq]; {
		case m.Retracted != "":
			h.State, h.Reason, h.Settler = OutcomeRetracted, CleanLine(m.Retracted), m.By
		case m.Outcome != nil:
			h.State, h.Reason, h.Settler, h.Entry = m.Outcome.Outcome, CleanLine(m.Outcome.Reason), m.Outcome.By,
				m.Outcome.Seq
		}
		out = append(out, h)
	}
	return out
}

// Facts describes who wrote the hypothesis, and its outcome with author and reason.
func (h *Hypothesis) Facts(at At) Safe {
	s := Safef("by %s, %s", h.By, at(h.At))
	if h.State == OutcomeOpen {
		return s
	}
	return because(Safef("%s; %s by %s", s, h.State, h.Settler), h.Reason.String())
}

// outcomes maps the words for an outcome to its kind.
var outcomes = map[string]Kind{"supported": KindHypothesisSupported, "confirmed": KindHypothesisSupported,
	"proven":     KindHypothesisSupported,
	"eliminated": KindHypothesisEliminated, "refuted": KindHypothesisEliminated, "disproved": KindHypothesisEliminated}

// aboutHypothesisForm matches the beginning of a sentence about a hypothesis: "12
// ...", "hypothesis 12 is ...".
var aboutHypothesisForm = regexp.MustCompile(`(?i)^(?:the )?(?:hypothesis |hyp |h)?#?(\d+)[,:]?(?: is| was)?(?: |$)`)

// settled consumes the outcome of a hypothesis at the beginning of a text. It
// refuses a sentence about a hypothesis that names no outcome, since it would be
// stored as a new one.
func (a *args) settled() (*HypothesisSettled, error) {
	text := strings.TrimSpace(a.remaining)
	m := aboutHypothesisForm.FindStringSubmatch(text)
	if m == nil {
		if err := outcomeFirst(text); err != nil {
			return nil, err
		}
		return nil, a.outcomeOf(text)
	}
	rest := text[len(m[0]):]
	word, why, _ := strings.Cut(rest, " ")
	kind := outcomes[strings.ToLower(strings.Trim(word, ",:;."))]
	n, err := strconv.ParseUint(m[1], 10, 63)
	l := a.Room.Line(n)
	switch {
	case err != nil || kind == "" && (l == nil || l.Kind != KindHypothesisOpened):
		return nil, Refuse(Invalid,
			"%s is not a hypothesis; an outcome is recorded with :hyp N supported REASON or :hyp N eliminated REASON; "+
				"a new hypothesis begins with a word, not with a number", m[1])
	case kind == "":
		return nil, Refuse(Invalid,
			"%d is a hypothesis (%s): record its outcome with :hyp %d supported REASON or :hyp %d eliminated "+
				"REASON; a new hypothesis begins with a word, not with a number",
			n, a.Room.Text(l), n, n)
	}
	a.remaining = m[1]
	if l, err = a.anyLine(); err != nil {
		return nil, err
	}
	if l.Kind != KindHypothesisOpened {
		return nil, a.Room.noHypothesis(l)
	}
	a.remaining = why
	a.as("outcome", CleanLine(word))
	return &HypothesisSettled{Entry: l.ID, Seq: l.Seq, Reason: a.reason(), kind: kind}, nil
}

// outcomeFirst refuses a text that begins with an outcome: it is about a hypothesis, and
// not a new one.
func outcomeFirst(text string) error {
	word, rest, _ := strings.Cut(text, " ")
	word = strings.Trim(word, ",:;.")
	if outcomes[strings.ToLower(word)] == "" {
		return nil
	}
	n := "N"
	if m := aboutHypothesisForm.FindStringSubmatch(strings.TrimSpace(rest)); m != nil {
		n = m[1]
	}
	return Refuse(Invalid, "the number of the hypothesis comes first: :hyp %s %s REASON; a new hypothesis does not "+
		"begin with %s", n, strings.ToLower(word), quoted(word))
}

// noHypothesis refuses an outcome of an entry that is not a hypothesis, and names those that are.
func (r *Room) noHypothesis(l *Line) error {
	var list []Safe
	for _, h := range r.Hypotheses() {
		if h.State != OutcomeRetracted {
			list = append(list, Safef("%d (%s)", h.N, h.Text))
		}
	}
	if len(list) == 0 {
		return Refuse(Invalid, "entry %d (%s) is not a hypothesis, and this room has none; record one with "+
			"?TEXT", l.Seq,
			l.Word())
	}
	return Refuse(Invalid, "entry %d (%s) is not a hypothesis; give the number of one: %s", l.Seq, l.Word(),
		JoinSafe(Lit(", "), list...))
}

// outcomeOf refuses a text that has an outcome as its second word, in a room that has hypotheses:
// its first word names one of them, and not by its number.
func (a *args) outcomeOf(text string) error {
	w := strings.Fields(text)
	if len(w) < 2 || len(a.Room.Hypotheses()) == 0 || !slices.Contains([]string{OutcomeSupported, OutcomeEliminated},
		strings.ToLower(strings.Trim(w[1], ",:;."))) {
		return nil
	}
	out := strings.ToLower(strings.Trim(w[1], ",:;."))
	return Refuse(Invalid, "%s is not the number of a hypothesis, which is in front of its text: :hyp N %s REASON; "+
		"a new "+
		"hypothesis has another second word", quoted(w[0]), out)
}

// openHypotheses lists the numbers of the open hypotheses.
func openHypotheses(c Ctx, _ []string) []option {
	var out []option
	for _, h := range c.Room.Hypotheses() {
		if h.State == OutcomeOpen {
			out = append(out, option{word: strconv.FormatUint(h.N, 10), help: h.Text})
		}
	}
	return out
}

// outcomeWords lists the outcomes, after the number of a hypothesis.
func outcomeWords(c Ctx, words []string) []option {
	if _, err := strconv.Atoi(words[1]); err != nil {
		return nil
	}
	return wordsOf(OutcomeSupported, OutcomeEliminated)(c, words)
}
