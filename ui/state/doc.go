// Package state saves the state of a terminal on disk: the draft in each room, the
// history of sent lines, how far each room was read, and pastes that were too large to
// send.
//
// Each person has a directory. [Open] opens it, and [Store.Close] writes the pending
// changes. The files are encrypted if Open gets a sealer. Texts that were redacted in a
// room are removed from the files by [Forget], and from an open terminal by
// [History.Forget].
//
//	s := state.Open(dir, sealer, fail)
//	defer s.Close()
//	s.SaveDraft(room, "the line that is being typed")
//	h := state.NewHistory(s.LoadHistory(room))
//
// A nil *Store saves nothing. It is for terminals without a directory.
package state
