// Package bundle handles a room's log outside its hub. It verifies a log, message by
// message and as a whole, and it writes and reads the bags in which a room is exported.
//
// A bag (BagIt, RFC 8493) is a directory in an uncompressed zip, so that a text editor can
// read every file in it:
//
//	bagit.txt, bag-info.txt       what this is
//	manifest-sha256.txt           sums of the files below data, for sha256sum -c
//	allowed_signers               who signed, for ssh-keygen -Y verify
//	tagmanifest-sha256.txt        sums of the four above
//	tagmanifest-sha256.txt.sig    and the signature over them (SSHSIG)
//	data/log.jsonl                every stored message, byte for byte, one per line
//	data/checkpoints/             the signed checkpoints of the log
//	data/plan.json, roster.json, timeline.txt    derived from the log, for people
//	data/report.md, .html, .json                 the draft of the review at the time of export
//	data/README.txt               how to verify it without this program
//
// A partial export, made by a profile, has data/part.jsonl instead of the log: each line is
// a message, or the hash of a message that was left out.
//
// The log alone is the record: plan, roster and timeline are derived again during
// verification and must be identical. The names in a bag are fixed, a zip is accepted only
// if it is byte for byte what this package writes, and nothing is ever unpacked.
// docs/record.md describes what verification proves and what it does not.
package bundle
