// Package alerts reads alerts: it converts the reports of scanners, detectors and people,
// in their own forms, to [model.Alert].
//
// A form is recognized by its content, never by the name of a file: JSON documents and
// lines (SARIF 2.1 of any tool, Gitleaks, secretlint, TruffleHog, Trivy, ASFF, GuardDuty,
// npm audit, Checkov, Dependabot, Alertmanager, Falco, OCSF, reports of people),
// secretlint's stylish text, mail, a form filled in by hand; also with a byte order mark,
// in UTF-16, compressed with gzip, and mixed with log lines of the tool.
//
// The input is untrusted. Everything is limited: bytes, depth, the size of one record, the
// length of each text. Memory does not grow with the input: scan.go reads values, watch.go
// determines which findings are passed on one by one and then dropped, and only the keys of
// the groups are counted. Texts are cleaned here. Secrets are not stored, only a mark of
// them: an HMAC with a key of this installation, by which equal secrets can be recognized
// (mask.go).
//
// An extra log line or a truncated last line is counted. A truncated document is refused,
// because half of a report looks like good news. An input without findings is reported as
// "nothing found, or the tool crashed", never as "all clear".
//
// Each form is in the file of its tool, which recognizes a record and makes alerts from it.
package alerts
