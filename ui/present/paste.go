package present

import "warroom/model"

// Limits on pastes of several lines.
const (
	MaxPastes     = 4   // that wait for an answer
	MaxPasteNotes = 200 // notes from one paste
)

// TooManyPastes is the sentence for a paste beyond [MaxPastes].
func TooManyPastes() model.Safe {
	return model.Safef("%d pastes are waiting, so this one was not taken", MaxPastes)
}

// TooManyNotes is the sentence for a paste of n lines, more than [MaxPasteNotes].
func TooManyNotes(n int) model.Safe {
	return model.Safef("%d lines would be %d notes, and at most %d can be sent at once", n, n, MaxPasteNotes)
}
