// Package seal makes a room's log checkable: keys, signatures, leaf hashes and
// the chain of every key's own messages, the Merkle tree over all leaves and its
// checkpoints.
//
// A message is signed with Ed25519 over "warroom/v1\n" and its payload. A leaf
// of the log is the 64 raw bytes of the signature followed by the payload (64
// zero bytes where the signature is malformed), hashed as RFC 6962 leaves are
// (golang.org/x/mod/sumdb/tlog). Every message names the leaf hash of the same
// key's previous message in the room and counts up from 1, so that a gap, a
// replay or a swap shows. [Chain] checks that, message by message, in order.
// Whether a key may write at all is for the fold to say (package model).
package seal
