// Package httpin receives alerts and webhooks over HTTP.
//
// A sender that has not proven itself gets nothing: its body is not parsed, not
// decompressed and not held in memory, and it takes no slot and no rate from a
// sender that can prove itself. A token is checked from the headers before the
// body is read. A signed body goes to an encrypted file of bounded size first
// (spool.go), its signature is checked there (proof.go), and only then is it
// read. Rate limits are per proven sender (limits.go). The number of connections
// is bounded per address and in total, and one that has not proven itself makes
// room for a new one (conns.go). Failures are logged as one line a minute
// (tally.go).
//
// Each answer is one JSON object that states what was read, or why not.
package httpin
