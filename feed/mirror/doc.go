// Package mirror keeps a terminal's own copy of a room's log on disk: every stored message
// unchanged, with its sequence, subject and time. A lost or damaged log is restored from
// copies, and a room can be read from its copy while the hub cannot be reached.
//
// A copy is a directory with two files. "log" begins with a line that names the room,
// followed by one frame per message: its length, a CRC-32C, and the message. It is only
// appended to. "mark" has the length up to which that file was valid, and the Merkle tree
// up to there, so that opening a long copy reads only its end. A process that has opened a
// copy holds a lock; reading needs none.
//
// With a box the frames are encrypted, each bound to its room; the first line has the form
// of the file. The mark is plain, as it has only hashes and offsets.
//
// The first invalid frame ends the copy: the valid part is kept, and the rest is moved to a
// separate file whose name is reported.
package mirror
