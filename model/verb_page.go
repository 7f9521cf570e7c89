package model

import (
	"slices"
	"strings"
)

// Commands about paging people who are not in the room.

func parsePage(a *args) (Body, error) {
	b := &PageAsked{Purpose: a.purpose()}
	b.Reason = a.reason()
	if b.Purpose == "" {
		return nil, Refuse(Invalid, "give the purpose of the page: :page security [REASON]")
	}
	return b, nil
}

func parsePaged(a *args) (Body, error) {
	b := &PageAnswered{Purpose: a.purpose()}
	switch w := strings.ToLower(a.word()); w {
	case "next":
		b.State = PageNext
	case PageAcknowledged, PageDeclined, PageOver:
		b.State = w
	default:
		return nil, Refuse(Invalid, "give the outcome: :paged security acknowledged|next|declined|over [WHO]")
	}
	a.as("answer", CleanLine(b.State))
	b.Who = strings.TrimPrefix(a.textAs("by"), "@")
	return b, nil
}

// purposes lists purposes of pages: those paged before, then the roles of the plan.
func purposes(c Ctx, _ []string) []option {
	var out []option
	for _, p := range c.Room.Pages {
		if !slices.ContainsFunc(out, func(o option) bool { return o.word == p.Purpose }) {
			out = append(out, option{word: p.Purpose, help: p.Words()})
		}
	}
	if c.Room.Plan == nil {
		return out
	}
	for _, d := range c.Room.Plan.Roles {
		if !slices.ContainsFunc(out, func(o option) bool { return o.word == d.ID }) {
			out = append(out, option{word: d.ID, help: CleanLine(d.Label)})
		}
	}
	return out
}
