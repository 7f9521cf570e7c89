// Package draw puts lines of styled, cleaned text on a screen, cell by cell.
//
// It exists because every text in the room may have been written by an
// attacker. There is no markup here, so there is none to inject: a Line is a
// row of Spans, a Span is a model.Safe with a tcell.Style. Views make Lines
// (Clip, Pad, Wrap) and are pure; Put, Fill and Frame are the only functions
// that touch the screen. Text was cleaned at the door, by model.Clean, and Put
// looks at each rune once more at the glass.
//
// Text is cut between grapheme clusters only and measured by uniseg, as tcell
// does. Nothing here keeps state, starts a goroutine or knows about the room.
package draw
