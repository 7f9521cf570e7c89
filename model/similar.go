package model

import (
	"slices"
	"strings"
	"unicode"
)

// Similar is an open room that may be about what an alert is about.
type Similar struct {
	Short string
	Title string
	Why   Safe
	score int
}

// SimilarRooms are the open rooms that an alert may belong to, the likeliest first:
// those that have its secret, its group, its rule or place, or a title like it.
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
			better(n, Safef("%d words of its title", n))
		}
		if score > 0 {
			out = append(out, Similar{Short: info.Short, Title: r.Title, Why: why, score: score})
		}
	}
	slices.SortStableFunc(out, func(x, y Similar) int { return y.score - x.score })
	return out[:min(len(out), 5)]
}

// likeness is how much two alerts have to do with each other.
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

// commonWords counts the words of four letters and more that two texts have in common.
func commonWords(a, b string) (n int) {
	split := func(s string) []string {
		return strings.FieldsFunc(
			strings.ToLower(s),
			func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) },
		)
	}
	words := split(a)
	var seen []string
	for _, w := range split(b) {
		if len(w) >= 4 && slices.Contains(words, w) && !slices.Contains(seen, w) {
			seen = append(seen, w)
			n++
		}
	}
	return n
}

// SimilarLine names the rooms that an alert may belong to, empty where there is none.
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
