// Package intake reads alerts: what scanners, detectors and people say, in
// their own forms, becomes [model.Alert].
//
// A form is recognised by what is in it, never by a file's name: JSON
// documents and lines (SARIF 2.1 of any tool, Gitleaks, secretlint,
// TruffleHog, Trivy, ASFF, GuardDuty, npm audit, Checkov, Dependabot,
// Alertmanager, Falco, OCSF, reports of people), secretlint's stylish text, a
// mail, a form filled in by hand; with a byte order mark, in UTF-16, packed
// with gzip, and with a tool's log lines in between.
//
// What is read is hostile. Everything has a bound: bytes, depth, the size of
// one record, the length of each text. Memory does not grow with the input:
// scan.go reads values, walk.go drops each finding once it was handed out,
// and only the keys of the groups are counted. Texts are cleaned at this door;
// secrets are not kept, only a mark of them by HMAC with a key of this
// installation, so that equal secrets are seen to be equal (mask.go).
//
// One log line too many or a last line that is cut is counted. A document that
// is cut is refused: half of a report looks like good news. No findings are
// "nothing found, or the tool crashed", never "all clear".
//
// The forms are in the file of their tool. Each says how a record is
// recognised, and makes alerts of it.
package intake
