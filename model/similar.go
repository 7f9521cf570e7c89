package model

import (
	"slices"
	"strings"
	"unicode"
)

// Similar is an open room that an alert or title may belong to.
type Similar struct {
	Short string
	Title string
	Why   Safe
	score int
}

// SimilarRooms returns up to five open rooms that an alert may belong to, the most
// similar first: rooms that have its secret, its group, its rule or place, or a
// similar title.
func SimilarRooms(a *Alert, rooms []RoomInfo) []Similar {
	var out []Similar
	for _, info := range rooms {
		r := info.Room
		if r == nil || r.Lobby || info.Restricted || r.Status == Closed || r.Status == Resolved {
			continue
		}
		score, why := 0, Safe{}
		better := func(n int, s Safe) {
			if n > score {
				score, why = n, s
			}
		}
		for i := range r.Alerts {
			score1, why1 := likeness(a, &r.Alerts[i].Alert)
			better(score1, why1)
		}
		if n := commonWords(a.Title+" "+a.Rule, r.Title); n >= 2 {
			better(n, similarWords(n))
		}
		if score > 0 {
			out = append(out, Similar{Short: info.Short, Title: r.Title, Why: why, score: score})
		}
	}
	slices.SortStableFunc(out, func(x, y Similar) int { return y.score - x.score })
	return out[:min(len(out), 5)]
}

// SimilarTitles returns the open rooms with a similar title, the most similar first.
// Two titles are similar if they share at least two words, or half the words of the
// shorter one.
func SimilarTitles(title string, rooms []RoomInfo) []Similar {
	var out []Similar
	for _, info := range rooms {
		r := info.Room
		if r == nil || r.Lobby || info.Restricted || r.Status == Closed || r.Status == Resolved {
			continue
		}
		n, words, others := 0, titleWords(title), titleWords(r.Title)
		for _, w := range words {
			if slices.Contains(others, w) {
				n++
			}
		}
		shorter := min(len(words), len(others))
		switch {
		case n == 0 || n < 2 && 2*n < shorter:
			continue
		case strings.EqualFold(strings.TrimSpace(title), strings.TrimSpace(r.Title)):
			out = append(out, Similar{Short: info.Short, Title: r.Title, Why: Lit("the same title"), score: 100})
		default:
			out = append(out, Similar{Short: info.Short, Title: r.Title, Why: similarWords(n), score: n})
		}
	}
	slices.SortStableFunc(out, func(x, y Similar) int { return y.score - x.score })
	return out[:min(len(out), 5)]
}

func similarWords(n int) Safe {
	if n == 1 {
		return Lit("1 word of its title")
	}
	return Safef("%d words of its title", n)
}

// SimilarTitlesLine names the rooms with a similar title, or returns empty text if
// there are none.
func SimilarTitlesLine(list []Similar) Safe {
	if len(list) == 0 {
		return Safe{}
	}
	parts := make([]Safe, 0, len(list))
	for _, s := range list {
		parts = append(parts, Safef("%s %s (%s)", s.Short, s.Title, s.Why))
	}
	return Safef("similar rooms are open: %s", JoinSafe(Lit(", "), parts...))
}

// likeness returns how similar two alerts are, and why.
func likeness(a, b *Alert) (int, Safe) {
	switch {
	case a.Secret != "" && a.Secret == b.Secret:
		return 100, Lit("the same secret")
	case a.GroupKey != "" && a.GroupKey == b.GroupKey:
		return 90, Lit("the same group of findings")
	case a.ARN != "" && a.ARN == b.ARN:
		return 80, Lit("the same identity")
	case a.Rule != "" && a.Rule == b.Rule && a.Asset.ID != "" && a.Asset.ID == b.Asset.ID:
		return 70, Safef("the same rule on %s", a.Asset.ID)
	case a.Asset.ID != "" && a.Asset.ID == b.Asset.ID && a.Asset.Type != "labels":
		return 50, Safef("also about %s", a.Asset.ID)
	case a.Kind == "vuln" && a.Rule != "" && a.Rule == b.Rule:
		return 60, Safef("also about %s", a.Rule)
	}
	return 0, Safe{}
}

// splitWords returns the words of a text in lower case.
func splitWords(s string) []string {
	isNoWord := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return strings.FieldsFunc(strings.ToLower(s), isNoWord)
}

// linkWords are words of three letters that do not help to compare titles.
var linkWords = strings.Fields(
	"the and for was has are not our its via out new all der die das und von mit les des una los las bir ile",
)

// titleWords returns the significant words of a title, each once.
func titleWords(s string) (out []string) {
	for _, w := range splitWords(s) {
		if len(w) >= 3 && !slices.Contains(linkWords, w) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// commonWords returns the number of words of four or more letters that two texts
// share.
func commonWords(a, b string) (n int) {
	words := splitWords(a)
	var seen []string
	for _, w := range splitWords(b) {
		if len(w) >= 4 && slices.Contains(words, w) && !slices.Contains(seen, w) {
			seen = append(seen, w)
			n++
		}
	}
	return n
}

// SimilarLine names the rooms that an alert may belong to, or returns empty text if
// there are none.
func SimilarLine(a *RoomAlert, list []Similar) Safe {
	if len(list) == 0 {
		return Safe{}
	}
	parts := make([]Safe, 0, len(list))
	for _, s := range list {
		parts = append(parts, Safef("%s %s (%s)", s.Short, s.Title, s.Why))
	}
	return Safef(
		"similar rooms are open: %s; :attach %d %s adds the alert there",
		JoinSafe(Lit(", "), parts...),
		a.N,
		list[0].Short,
	)
}
