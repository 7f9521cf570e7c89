// Package pagerduty calls people who are not in the room, by PagerDuty: it pages
// whoever is on call, says in the room who answered, mirrors updates, and
// resolves what it opened when the incident is over.
//
// The client library is used around what is wrong in it (v1.8.0): every request
// goes through a sender of our own that bounds answers, retries what may be
// retried, keeps the words of a refusal, and reads the rate limit; requests that
// the library builds wrong are built here.
package pagerduty
