// Package signing makes a room's log verifiable: keys, signatures, leaf hashes, the chain of
// each key's own messages, and the Merkle tree over all leaves with its checkpoints.
//
// A message is signed with Ed25519 over "warroom/v1\n" and its payload. A leaf of the log
// is the 64 raw bytes of the signature followed by the payload (64 zero bytes if the
// signature is malformed), hashed as in RFC 6962 (golang.org/x/mod/sumdb/tlog). Every
// message has the leaf hash of the same key's previous message in the room and a number
// that counts up from 1, so that gaps, replays and swaps are detected. [Chain] checks that,
// message by message, in the order of the log. Whether a key may write at all is decided by
// the fold (package model).
package signing
