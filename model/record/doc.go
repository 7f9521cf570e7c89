// Package record is a room's log outside of its hub: it checks one, message by
// message and as a whole, and it writes and reads the bag in which a room is
// handed on.
//
// A bag (BagIt, RFC 8493) is a directory in a zip that is not compressed, so
// that every file in it can be read with a text editor:
//
//	bagit.txt, bag-info.txt       what this is
//	manifest-sha256.txt           sums of what lies under data, for sha256sum -c
//	allowed_signers               who signed, for ssh-keygen -Y verify
//	tagmanifest-sha256.txt        sums of the four above
//	tagmanifest-sha256.txt.sig    and the signature over them (SSHSIG)
//	data/log.jsonl                every stored message as it was, one a line
//	data/checkpoints/             what was said of the log's length and root, and by whom
//	data/plan.json, roster.json, timeline.txt    what the log says, for people
//	data/report.md, .html, .json                 the draft of the review, as it stood then
//	data/README.txt               how to check it without this program
//
// A part, which a profile makes, has data/part.jsonl in place of the log: a message
// a line, or its hash where it was left out.
//
// The log alone is the record: plan, roster and timeline are made from it again
// when a bag is checked, and have to be the same. Names in a bag are fixed, a zip
// is taken only byte for byte as this package writes it, and nothing is ever
// unpacked. See docs/record.md for what a check proves and what not.
package record
