package model

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Commands about updates: sending, drafting and approving.

// asUpdate returns the event for an update: a draft if the plan requires approval by
// somebody else.
func (a *args) asUpdate(b *UpdateSent) Body {
	d := a.Room.Plan.Audience(b.Audience)
	if d != nil && d.Approval && !a.Room.mayApprove(a.Who.Handle, a.Who.Key) {
		draft := UpdateDrafted(*b)
		return &draft
	}
	return b
}

// cutDraft cuts the word draft from the beginning of the text of an update. It reports
// whether the text has it.
func cutDraft(text string) (rest string, isDraft bool) {
	w, rest, _ := strings.Cut(text, " ")
	if !strings.EqualFold(strings.TrimSuffix(w, ":"), "draft") {
		return text, false
	}
	return strings.TrimSpace(rest), true
}

// openers are words that begin a short update and are no mistyped audience.
var openers = []string{"a", "all", "an", "everything", "it", "no", "not", "nothing", "now", "one", "our", "still",
	"the", "they", "this", "two", "we"}

// readers are words for people who read updates, in plans that have no such audience.
var readers = []string{"auditor", "board", "ceo", "cfo", "ciso", "client", "counsel", "cto", "dpo", "employee",
	"everybody", "everyone", "executive", "finance", "investor", "leadership", "management", "marketing", "media",
	"partner", "police", "pr", "press", "public", "regulator", "sales", "shareholder", "staff", "stakeholder",
	"support", "team", "user", "vendor"}

// isReaders reports whether a word names people who may read an update.
func isReaders(w string) bool {
	w = strings.ToLower(w)
	return slices.Contains(readers, w) || slices.Contains(readers, strings.TrimSuffix(w, "s"))
}

// misreadUpdate refuses a text that may be meant otherwise: one that ends in the word
// draft, and one whose first word may be meant as an audience: draft, a colon or a single
// word follows it, or it names people. named reports whether the line names the audience.
func (a *args) misreadUpdate(text, audience string, named, isDraft bool) error {
	words, all := strings.Fields(text), a.Room.Plan.audienceIDs()
	n := len(words)
	if isDraft || n < 2 {
		return nil
	}
	first := strings.TrimSuffix(words[0], ":")
	isWord := !strings.ContainsFunc(first, func(c rune) bool {
		return c != '-' && c != '_' && !unicode.IsLetter(c)
	})
	unknown := !named && isWord && !slices.Contains(openers, strings.ToLower(words[0]))
	switch {
	case unknown && strings.EqualFold(strings.TrimSuffix(words[1], ":"), "draft"):
		return Refuse(NotFound, "there is no audience %s; the audiences are %s: :update AUDIENCE draft",
			quoted(words[0]), all)
	case strings.EqualFold(words[n-1], "draft"):
		return Refuse(Invalid, "draft comes after the audience: :update %s draft TEXT; to send a text that ends in "+
			"draft, end it with a full stop; the audiences are %s", audience, all)
	case unknown && (n == 2 || first != words[0] && !strings.EqualFold(first, "conditions") || isReaders(first)):
		return Refuse(Invalid, "there is no audience %s; the audiences are %s; to update the responders: "+
			":update %s %s",
			quoted(first), all, audience, CleanLine(text))
	}
	return nil
}

// DraftLine returns a line like ":update executives" with a drafted text appended,
// to be edited. It returns false for any other line.
func DraftLine(line string, c Ctx) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), ":update")
	if !ok || c.Room == nil || c.Room.Plan == nil {
		return "", false
	}
	id := strings.TrimSpace(rest)
	if id == "" {
		id = "responders"
	} else if !strings.HasPrefix(rest, " ") {
		return "", false
	}
	b := c.Room.DraftUpdate(id, c.Now)
	if b == nil {
		return "", false
	}
	return ":update " + b.Audience + " " + b.Words(), true
}

// drafted lists the draft of an update as a completion.
func drafted(c Ctx, words []string) []option {
	if len(words) != 2 {
		return nil
	}
	b := c.Room.DraftUpdate(words[1], c.Now)
	if b == nil {
		return nil
	}
	return []option{{word: b.Words(), help: Lit("from the log, to be edited")}}
}

func parseApprove(a *args) (Body, error) {
	waiting := a.Room.WaitingDrafts()
	if w := a.words(); len(w) == 1 && a.Room.Plan.Audience(w[0]) != nil {
		if err := a.draftTo(a.Room.Plan.Audience(w[0]), waiting); err != nil {
			return nil, err
		}
	}
	n, err := strconv.Atoi(strings.TrimPrefix(a.peek(), "#"))
	switch {
	case err == nil:
		a.word()
	case len(waiting) == 1:
		if err := a.unlike("audience", "note", a.remaining, a.Room.audienceNames()...); err != nil {
			return nil, err
		}
		n = waiting[0].N
	case len(a.Room.Drafts) == 0:
		return nil, Refuse(NotFound, "there is no draft of an update in this room; `:update AUDIENCE draft` makes one")
	case len(waiting) == 0:
		return nil, Refuse(NotFound,
			"every draft of an update has been sent, replaced or withdrawn; `:update AUDIENCE draft` makes one")
	default:
		return nil, Refuse(NotFound, "give the number of the draft, as in :approve 1; %d have not been sent",
			len(waiting))
	}
	a.as("draft", Safef("%d", n))
	for _, d := range a.Room.Drafts {
		if d.N == n {
			return &UpdateApproved{Draft: d.ID, Note: a.textAs("note")}, nil
		}
	}
	return nil, noSuch("draft", n, len(a.Room.Drafts), "this room has")
}

// draftTo replaces the name of an audience by the number of the draft to it.
func (a *args) draftTo(d *Audience, waiting []UpdateDraft) error {
	var list []Safe
	for _, x := range waiting {
		if x.Audience == d.ID {
			a.remaining = strconv.Itoa(x.N)
			return nil
		}
		list = append(list, Safef("%d (to %s)", x.N, a.Room.audienceLabel(x.Audience)))
	}
	if len(list) == 0 {
		return Refuse(NotFound, "no draft to %s waits; `:update %s draft` makes one", d.Label, d.ID)
	}
	return Refuse(NotFound, "no draft to %s waits; waiting: %s", d.Label, JoinSafe(Lit(", "), list...))
}

func waitingDrafts(c Ctx, _ []string) []option {
	return from(c.Room.WaitingDrafts(), func(d UpdateDraft) (string, string) {
		return strconv.Itoa(d.N), "to " + d.Audience + " by " + d.By + ": " + d.Conditions
	})
}
