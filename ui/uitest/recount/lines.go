package recount

import (
	"math/rand/v2"
	"strings"
)

// People are the people in a random incident. The first one declared it; the last one is
// removed at times.
var People = []string{"ana", "bo", "cy", "di"}

// RandomTurn returns a line of a chaotic incident, and its author.
func RandomTurn(rng *rand.Rand) (who, line string) {
	pick := func(s ...string) string { return s[rng.IntN(len(s))] }
	who = pick("ana", "ana", "ana", "bo", "cy", "di")
	if rng.IntN(5) < 3 {
		return who, RandomLine(rng)
	}
	role := pick("commander", "commander", "commander", "scribe", "security-lead", "sre", "comms")
	person := "@" + pick(People...)
	switch rng.IntN(12) {
	case 0, 1, 2:
		return who, ":role " + role + " " + person
	case 3:
		return who, ":renounce " + role + pick("", " "+person)
	case 4, 5:
		return who, ":handoff " + role + " " + person + " it is late"
	case 6, 7:
		return who, pick(":accept", ":accept", ":accept "+role, ":decline", ":withdraw")
	case 8:
		return who, ":phase " + pick("", "+", "+") + pick("triage", "containment", "recovery", "monitoring", "review")
	case 9:
		return who, ":phase " + pick("leave triage", "leave containment", "leave monitoring", "+containment",
			"recovery")
	case 10:
		return who, pick(":right @cy watch", ":right @cy write", ":strike @di stolen", ":right @di write")
	}
	return who, ":confirm " + role
}

// RandomLine returns a line that somebody may type in a chaotic incident. Many of them are
// refused.
func RandomLine(rng *rand.Rand) string {
	pick := func(s ...string) string { return s[rng.IntN(len(s))] }
	at := pick("", "", "", "-2m ", "-20m ", "-1h ", "-3h ")
	reason := pick("because", "it is so", "nobody knows", "see the log")
	switch rng.IntN(19) {
	case 15, 16:
		return pick("", "-3m ", "-14m ", "-40m ", "-5h ") + ":milestone detected because " + reason
	case 17:
		return ":clock move " + pick("validate", "validate", "executives", "legal", "update") + " @-" +
			pick("1m", "10m", "29m", "2h") + " " + reason
	case 18:
		return pick("", "-20m ") + ":clock met " + pick("executives", "legal", "update", "review") + " " + reason
	case 0, 1:
		return ":sev " + pick("SEV-1", "SEV-2", "SEV-3", "SEV-1") + " " + reason
	case 2, 3, 4:
		return at + ":update " + pick("responders", "responders", "executives", "legal", "customers") + " " + reason
	case 5:
		return at + ":notify " + pick("executives", "legal", "gdpr", "kvkk") + " Mei, phone"
	case 6:
		return ":resolve " + reason
	case 7:
		return ":reopen " + reason
	case 8:
		return pick(":close override "+reason, "a note")
	case 9:
		return ":exposure " + pick("none", "suspected", "confirmed") + pick("", " gdpr", " kvkk",
			" gdpr kvkk") + pick("", " @-2h", " @-30h", " ~10") + " " + reason
	case 10:
		return ":clock waive " + pick("update", "executives", "legal", "gdpr", "kvkk", "watch", "review",
			"validate") + " " + reason
	case 11:
		return pick(":clock arm update", ":clock arm review", ":clock move gdpr @-40h "+reason,
			":clock move kvkk @-80h "+reason)
	case 12:
		return ":snooze " + pick("update", "executives", "legal", "review") + " " + pick("10m", "2h",
			"20h") + " " + reason
	case 13:
		return pick(":milestone validated", "-10m :milestone validated "+reason, ":check 1",
			":milestone validated SEV-1", ":check 1 SEV-2")
	case 14:
		return ":review " + pick("summary", "cause", "radius", "detection") + " " + reason
	}
	return strings.TrimSpace(at + "a note of what was seen")
}
