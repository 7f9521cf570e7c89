package present

import (
	"strings"

	"warroom/model"
)

// Limits on pastes of several lines.
const (
	MaxPastes     = 4   // that wait for an answer
	MaxPasteNotes = 200 // notes from one paste
)

// TrimPaste returns a paste without blank lines at its beginning and its end. The
// indentation of its lines stays.
func TrimPaste(text string) string {
	text = strings.TrimRight(text, " \t\r\n")
	for {
		first, rest, more := strings.Cut(text, "\n")
		if !more || strings.TrimSpace(first) != "" {
			return text
		}
		text = rest
	}
}

// NoteLines returns the lines of a paste that are stored if each is a note of its own: all
// but the blank ones, without blanks at their ends.
func NoteLines(text string) []string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.TrimRight(l, " \t\r"); strings.TrimSpace(l) != "" {
			out = append(out, l)
		}
	}
	return out
}

// Pasted describes a paste: "5 lines, 1 of them blank (55 bytes)".
func Pasted(text string) model.Safe {
	out := Plural(strings.Count(text, "\n")+1, "line", "lines")
	if n := BlankLines(text); n > 0 {
		out = model.Safef("%s, %d of them blank", out, n)
	}
	return model.Safef("%s (%s)", out, Size(len(text)))
}

// OnePerLine describes a choice: the lines of a paste as notes of their own.
func OnePerLine(text string) model.Safe {
	switch BlankLines(text) {
	case 0:
		return model.Lit("one note per line")
	case 1:
		return model.Lit("one note per line, without the blank one")
	}
	return model.Lit("one note per line, without the blank ones")
}

// BlankLines returns how many lines of a paste are blank.
func BlankLines(text string) int { return strings.Count(text, "\n") + 1 - len(NoteLines(text)) }

// PastesWaiting counts the pastes behind the one that is asked about.
func PastesWaiting(n int) model.Safe {
	return model.Safef("%s until you have chosen", Plural(n, "more paste is waiting", "more pastes are waiting"))
}

// TooManyPastes is the sentence for a paste beyond [MaxPastes].
func TooManyPastes() model.Safe {
	return model.Safef("%d pastes are waiting, so this one was not taken", MaxPastes)
}

// TooManyNotes is the sentence for a paste of n lines, more than [MaxPasteNotes].
func TooManyNotes(n int) model.Safe {
	return model.Safef("%d lines would be %d notes, and at most %d can be sent at once", n, n, MaxPasteNotes)
}
