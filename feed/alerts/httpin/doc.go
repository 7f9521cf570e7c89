// Package httpin receives alerts and webhooks over HTTP.
//
// A sender that is not authenticated gets no resources: its body is not parsed,
// decompressed or held in memory, and it uses no slot and no rate of a sender that is. A
// token is checked before the body is read. A signed body is first written to an encrypted
// file of limited size (spool.go), its signature is checked there (proof.go), and only then
// is it parsed. Rate limits are per authenticated sender (limits.go). The number of
// connections is limited per address and in total, and one that is not authenticated makes
// room for a new one (conns.go). Failures are logged as one line per minute (tally.go).
//
// Each answer is a JSON object that states what was read, or why not.
package httpin
