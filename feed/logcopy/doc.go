// Package logcopy keeps a terminal's own copy of a room's log on disk: every
// stored message as it was, with its place, its subject and its time. It is
// what a lost or damaged log is restored from, and what a room can be read from
// while no hub is there.
//
// A copy is a directory with two files. "log" is a line that says whose it is,
// and behind it one frame a message: its length, a CRC-32C, and the message.
// It is only ever appended to. "mark" says how far that file was known to be
// whole, with the Merkle tree up to there, so that opening a long copy reads
// its end only. Whoever has opened a copy holds it by a lock; reading needs none.
//
// With a box the frames are sealed, each for its room: the first line tells which
// form a file has. The mark is plain: it holds hashes and places.
//
// A frame that does not check ends the copy there: the good part is kept, the
// rest is put into a file of its own, under a name that is told.
package logcopy
