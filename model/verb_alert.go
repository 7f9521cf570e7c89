package model

import (
	"slices"
	"strings"
)

// parseJudge reads a verdict. Its words may be short, and written with a dash.
func parseJudge(a *args) (Body, error) {
	n, err := a.number("alert")
	if err != nil {
		return nil, err
	}
	if n > len(a.Room.Alerts) {
		return nil, Refuse(NotFound, "there is no alert %d; the room has %d", n, len(a.Room.Alerts))
	}
	return &AlertJudged{Alert: a.Room.Alerts[n-1].ID, Verdict: verdict(a.word()), Why: a.text()}, nil
}

// verdict reads the word for a verdict, which the check refuses where it is none.
func verdict(w string) string {
	w = strings.ReplaceAll(strings.ToLower(w), "-", "_")
	switch w {
	case "true", "tp", "impact", "true_positive":
		return Verdicts[0]
	case "no_impact", "true_positive_no_impact":
		return Verdicts[1]
	case "false", "fp":
		return Verdicts[2]
	}
	return w
}

func alerts(c Ctx, _ []string) []option {
	var open, judged []option
	for i := range c.Room.Alerts {
		a := &c.Room.Alerts[i]
		o := option{Safef("%d", a.N).String(), Safef("%s  %s: %s", a.Alert.Severity, a.Alert.Source, a.Alert.What())}
		if a.Verdict == "" {
			open = append(open, o)
		} else {
			judged = append(judged, o)
		}
	}
	return slices.Concat(open, judged)
}

func verdicts(Ctx, []string) []option {
	return from(Verdicts, func(s string) (string, string) { return s, "" })
}
