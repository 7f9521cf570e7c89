// Package pagerduty pages people who are not in the room: it pages whoever is on call,
// records in the room who answered, mirrors updates, and resolves its incidents when the
// room's incident is over.
//
// It works around defects of the client library (v1.8.0): every request goes through a
// sender in this package that limits the size of answers, retries what may be retried,
// keeps the text of a refusal, and reads the rate limit. Requests that the library encodes
// wrongly are encoded here.
package pagerduty
