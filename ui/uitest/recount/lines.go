package recount

import (
	"math/rand/v2"
	"strings"
)

// RandomLine is a line that somebody may type in an incident that goes badly. Many
// of them are refused where they stand.
func RandomLine(rng *rand.Rand) string {
	pick := func(s ...string) string { return s[rng.IntN(len(s))] }
	at := pick("", "", "", "-2m ", "-20m ", "-1h ", "-3h ")
	reason := pick("because", "it is so", "nobody knows", "see the log")
	switch rng.IntN(16) {
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
		return pick(":clock arm update", ":clock move gdpr @-40h "+reason, ":clock move kvkk @-80h "+reason)
	case 12:
		return ":snooze " + pick("update", "executives", "legal", "review") + " " + pick("10m", "2h",
			"20h") + " " + reason
	case 13:
		return pick(":milestone validated", "-10m :milestone validated "+reason, ":check 1")
	case 14:
		return ":review " + pick("summary", "cause", "radius", "detection") + " " + reason
	}
	return strings.TrimSpace(at + "a note of what was seen")
}
