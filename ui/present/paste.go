package present

import "warroom/model"

// Limits on pastes of several lines.
const (
	MaxPastes     = 4   // that wait for an answer
	MaxPasteNotes = 200 // notes from one paste
)

// Pasted describes a paste.
func Pasted(lines, bytes int) model.Safe {
	return model.Safef("%s (%s)", Plural(lines, "line", "lines"), Size(bytes))
}

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
