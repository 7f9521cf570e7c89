// Package draw draws lines of styled, cleaned text on a screen, cell by cell.
//
// Every text in a room may have been written by an attacker. Therefore this package has no
// markup that could be injected: a Line is a sequence of Spans, and a Span is a model.Safe
// with a tcell.Style. Views make Lines (Clip, Pad, Wrap, Column, Spread, Indent) and are
// pure; Put, Fill and Frame are the only functions that draw on the screen. Text was
// cleaned by model.Clean when it was received, and Put checks each rune again.
//
// Text is only cut between grapheme clusters, and measured with uniseg, as in tcell. The
// package has no state and no goroutines, and does not know the room.
package draw
