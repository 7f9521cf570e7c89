package model_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// complete has a whole line of each command, by its name.
var complete = map[string]string{"sev": "SEV-1 it is used", "phase": "containment", "role": "sme @cy Cy Doe, SRE",
	"takeover": "scribe nobody writes", "dual": "we are two", "renounce": "scribe @bo", "confirm": "scribe",
	"handoff": "scribe @cy all is written", "check": "3 looked at it", "skip": "3 not ours", "block": "3 no access",
	"start": "3 begun", "uncheck": "1 not done", "assign": "3 @cy", "due": "3 10m it matters",
	"item": "containment rotate the key", "if": "sessions yes seen in the log", "update": "responders all is well",
	"notify": "legal Mei, phone", "snooze": "update 10m all hands", "cadence": "update 30m it is calm",
	"clock": "waive update all hands", "exposure": "suspected gdpr names in the log",
	"milestone": "contained rules live", "page": "security the key was used", "paged": "security over Mei",
	"ask": "@bo 3m is it dead?", "ack": "1 I look", "answer": "1 it is", "poll": "isolate the runner 1h",
	"object": "1 it is in use", "todo": "@cy rotate the key", "drop": "1 not needed", "review": "cause a leaked key",
	"decision": "rotate it", "hyp": "it was a phish", "finding": "the key is in a log", "action": "rotated the key",
	"evidence": "the log of the runner", "comms": "told the vendor", "note": "the runner is off",
	"amend": "4 a better note", "time": "4 @14:10 the log shows it", "retract": "4 mistyped", "redact": "4 a name",
	"pin": "4", "unpin": "5", "alert": "soc the key was used", "judge": "1 with-impact it was used",
	"link": "notion https://x.example/y the doc", "kind": "breach", "rename": "A leaked key",
	"resolve": "the key is dead", "reopen": "it came back", "close": "override it is over", "right": "@bo watch",
	"channel": "slack suspected a strange login", "strike": "@bo a lost laptop",
	"asset": "host web-2 suspected odd logins", "ioc": "domain evil.example in the mail", "impact": "start it is slow",
	"adv": "read the bucket", "drill": "on an exercise", "insist": ":sev SEV-1 it is used"}

// TestTimesAreNeverText puts a time at each position of each command. The time is when it
// happened, or a time of the command's own, or the line is refused; it is never text.
func TestTimesAreNeverText(t *testing.T) {
	k := wordy(t)
	read := map[string]bool{}
	for _, v := range model.Verbs() {
		line := complete[v.Name]
		if line == "" {
			if !slices.Contains([]string{"accept", "decline", "withdraw", "approve", "custody", "admit", "restrict",
				"except", "duplicate"}, v.Name) {
				t.Errorf(":%s: got no line in the test, want one", v.Name)
			}
			continue
		}
		words := strings.Fields(line)
		for i := range len(words) + 1 {
			for _, at := range []string{"@-5m", "@15:55", "@yesterday 23:10"} {
				line := ":" + v.Name + " " + strings.Join(slices.Insert(slices.Clone(words), i, at), " ")
				a, err := k.typed("bo", line)
				if err != nil {
					continue
				}
				raw, err := json.Marshal(a.Body)
				if err != nil {
					t.Fatalf("%s: got %v, want no error", line, err)
				}
				if strings.Contains(string(raw), at) {
					t.Errorf("%s: got the time as text, %s; want it read or refused", line, raw)
				}
				read[v.Name] = read[v.Name] || a.At.Equal(k.now.Add(-5*time.Minute))
			}
		}
	}
	for _, v := range []string{"finding", "decision", "note", "adv", "impact", "check", "asset", "resolve"} {
		if !read[v] {
			t.Errorf(":%s @-5m: got no line that reads it as the time, want one", v)
		}
	}
	for line, want := range map[string]string{
		"!@-5m rotate it":    "the time comes first: write @-5m !TEXT",
		"?@-5m it was a bot": "the time comes first: write @-5m ?TEXT",
		"TODO: @-5m rotate":  "the time comes first: write @-5m TODO:TEXT",
		":sev SEV-1 @-5m bad": `"@-5m" is in the reason, and a time is not text: write it before the command, as in ` +
			`@16:00 :sev, or leave out the @; :sev LEVEL [CRITERION] [REASON]`,
	} {
		if _, err := k.typed("bo", line); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", line, err, want)
		}
	}
}

// TestImpactNamesAnAsset: an asset is named by its number, its name or a beginning that only
// it has, and the time stands before or after it.
func TestImpactNamesAnAsset(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":asset host web-1 suspected @-50m", ":asset host web-2 suspected",
		":asset host db of CI suspected")
	for line, want := range map[string]struct {
		n      int
		reason string
		ago    time.Duration
	}{
		":impact start web-1 @-10m slow":  {1, "slow", 10 * time.Minute},
		":impact start @-10m web-1 slow":  {1, "slow", 10 * time.Minute},
		":impact start host WEB-2 @-10m":  {2, "", 10 * time.Minute},
		":impact start db of CI is slow":  {3, "is slow", 0},
		":impact start 2 slow @-10m":      {2, "slow", 10 * time.Minute},
		":impact start @-10m logins fail": {0, "logins fail", 10 * time.Minute},
		":impact start weak passwords":    {0, "weak passwords", 0},
	} {
		a, err := k.typed("bo", line)
		if err != nil {
			t.Errorf("%s: got %v, want no error", line, err)
			continue
		}
		raw, ago := k.bodyOf(line), time.Duration(0)
		if !a.At.IsZero() {
			ago = k.now.Sub(a.At)
		}
		var got struct {
			N      int
			Reason string
		}
		if err := json.Unmarshal([]byte(raw), &got); err != nil {
			t.Fatalf("%s: got %v, want no error", line, err)
		}
		if got.N != want.n || got.Reason != want.reason || ago != want.ago {
			t.Errorf("%s: got asset %d, reason %q, %s ago; want asset %d, reason %q, %s ago", line, got.N, got.Reason,
				ago, want.n, want.reason, want.ago)
		}
	}
	k.refused("bo", ":impact start web-9 @-10m slow", `"@-10m" is in the reason, and a time is not text: write it `+
		`before the command, as in @15:00 :impact, or leave out the @; :impact start|end [ASSET] [@TIME] [REASON]`)
	k.refused("bo", ":impact start web slow",
		`"web" fits more than one asset: 1 (host web-1) and 2 (host web-2); give the number`)
}
