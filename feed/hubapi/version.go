package hubapi

import (
	"golang.org/x/mod/semver"
)

// SafeServers lists the safe versions of nats-server, for people.
const SafeServers = "2.14.10 or a later 2.14, or 2.15.3 or newer"

// SafeServer reports whether a version of nats-server, such as "2.15.3", refuses replies to
// the JetStream API. Older versions publish an answer to whatever reply subject a request
// names, even if that deletes a stream (measured on 2.11.17, 2.12.15, 2.14.9 and 2.15.2;
// 2.14.10 and 2.15.3 refuse it).
func SafeServer(version string) bool {
	v := "v" + version
	if !semver.IsValid(v) {
		return false
	}
	if semver.MajorMinor(v) == "v2.14" {
		return semver.Compare(v, "v2.14.10") >= 0
	}
	return semver.Compare(v, "v2.15.3") >= 0
}
