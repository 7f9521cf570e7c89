package model_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// typed parses a line as if a person typed it.
func (k *testRoom) typed(who, line string) (model.Act, error) {
	return model.Parse(line, k.ctx(who))
}

// bodyOf returns the body of a parsed line as JSON.
func (k *testRoom) bodyOf(line string) string {
	k.t.Helper()
	a, err := k.typed("ana", line)
	if err != nil {
		k.t.Errorf("%s: %v", line, err)
		return ""
	}
	raw, err := json.Marshal(a.Body)
	if err != nil {
		k.t.Fatalf("encode JSON: %v", err)
	}
	return string(raw)
}

// wordy returns a room that has one of everything that a line may refer to.
func wordy(t testing.TB) *testRoom {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2", Kind: "credential_leak"})
	k.admit("bo", model.Write)
	k.admit("cy", model.Write)
	k.wait(2 * time.Hour) // 16:00
	k.mustType("ana", "a note", "?a hypothesis", "TODO: a follow-up", ":ask @bo 1h something", ":role scribe @bo",
		":update all well", ":pin 5", ":check 1")
	k.do("ana",
		model.Act{Body: &model.AlertReceived{Alert: model.Alert{Source: "gitleaks", Kind: "secret", Rule: "r",
			Title: "t", Severity: "high"}, Findings: 1, Keys: "AAAAAAAAAAA=", Sum: "x"}})
	k.mustType("ana", ":poll isolate the runner 1h")
	return k
}

// TestWordsAreParsed: each word is in the field that the usage names.
func TestWordsAreParsed(t *testing.T) {
	k := wordy(t)
	exposed := `{"level":"suspected","subjects":"~1200","regimes":["gdpr","kvkk"],"aware":"2026-11-21T13:00:00Z",` +
		`"why":"names in the log"}`
	for line, want := range map[string]string{
		":exposure suspected 1200 gdpr kvkk @-3h names in the log":             exposed,
		":exposure suspected ~1200 gdpr, kvkk @-3h names in the log":           exposed,
		":exposure suspected ~1200 people gdpr kvkk @-3h names in the log":     exposed,
		":exposure suspected 1200 people, gdpr, kvkk, @13:00 names in the log": exposed,
		":exposure suspected @-3h kvkk gdpr ~1200 names in the log": strings.Replace(exposed,
			`"gdpr","kvkk"`, `"kvkk","gdpr"`, 1),
		":exposure suspected names in the log ~1200 kvkk gdpr @-3h": strings.Replace(exposed, `"gdpr","kvkk"`,
			`"gdpr","kvkk"`, 1),
		":exposure suspected names in the log 1200 people kvkk gdpr -3h": exposed,
		"-3h :exposure suspected ~1200 gdpr kvkk names in the log":       exposed,
		":exposure suspected GDPR ~1.2k customers @2026-11-21 13:00 a b": `{"level":"suspected",` +
			`"subjects":"~1.2k customers","regimes":["gdpr"],"aware":"2026-11-21T13:00:00Z","why":"a b"}`,
		":exposure none the gdpr officer was asked": `{"level":"none","why":"the gdpr officer was asked"}`,
		":exposure confirmed gdpr data:names,mail in a dump": `{"level":"confirmed","regimes":["gdpr"],` +
			`"why":"in a dump","categories":["names","mail"]}`,
		":phase leave triage": `{"phase":"triage"}`,
		":phase +containment": `{"phase":"containment","overlap":true}`,
		":phase + recovery":   `{"phase":"recovery","overlap":true}`,
		":role @cy scribe":    `{"role":"scribe","person":"cy","held":"bo"}`,
		":role scribe @cy for payments Cy Doe, SRE": `{"role":"scribe","person":"cy","name":"Cy Doe",` +
			`"job":"SRE","scope":"payments","held":"bo"}`,
		":assign @cy 3": `{"item":"assets","owner":"cy"}`,
		":todo done 1 fixed in PR 7": `{"of":"01JD0000000000000000000007",` +
			`"note":"fixed in PR 7"}`,
		":snooze 10m update all hands": `{"clock":"update","for":"10m","reason":"all hands"}`,
		":ask 3m @bo is it dead?":      `{"to":"bo","for":"3m","text":"is it dead?"}`,
		":judge 1 true positive without impact the key was dead": `{"alert":"01JD0000000000000000000013",` +
			`"verdict":"true_positive_without_impact","why":"the key was dead"}`,
		":judge 1 true-positive with-impact used": `{"alert":"01JD0000000000000000000013",` +
			`"verdict":"true_positive_with_impact","why":"used"}`,
		":notify legal Mei, phone @15:00":      `{"audience":"legal","who":"Mei","how":"phone"}`,
		":item containment rotate the key @cy": `{"phase":"containment","text":"rotate the key","owner":"cy"}`,
		":clock move validate 14:10 the mail came then": `{"clock":"validate","start":"2026-11-21T14:10:00Z",` +
			`"reason":"the mail came then"}`,
		":hyp 6 eliminated it was another host": `{"entry":"01JD0000000000000000000006","seq":6,` +
			`"reason":"it was another host"}`,
		"?6 refuted, it was another host": `{"entry":"01JD0000000000000000000006","seq":6,` +
			`"reason":"it was another host"}`,
		"?Hypothesis 6 is eliminated: another host": `{"entry":"01JD0000000000000000000006","seq":6,` +
			`"reason":"another host"}`,
		":accept ic": "",
	} {
		if want == "" {
			continue
		}
		if got := k.bodyOf(line); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
	a, err := k.typed("ana", ":milestone contained 15:55 rules live")
	if err != nil || !a.At.Equal(k.now.Add(-5*time.Minute)) ||
		k.bodyOf(":milestone contained 15:55 rules live") != `{"name":"contained","reason":"rules live"}` {
		t.Errorf("contained 15:55: got %v at %s, %v", a.Body, a.At, err)
	}
}

// TestWordsAreRefused: words without a place are refused with the usage and how the
// others were understood.
func TestWordsAreRefused(t *testing.T) {
	k := wordy(t)
	for line, want := range map[string]string{
		":phase containment because it is real": `understood: phase Containment; not understood: "because it is real"` +
			`; write :phase [+|leave] PHASE`,
		":assign 7 @cy please by noon": `understood: item 7, person @cy; not understood: "please by noon"; write ` +
			`:assign N @WHO`,
		":kind breach data is out": `understood: kind Breach; not understood: "data is out"; write :kind KIND`,
		":right @bo watch bo is out": `understood: person @bo, right watch; not understood: "bo is out"; write ` +
			`:right @WHO watch|write|command`,
		":role scribe @bo he is awake now": `understood: role Scribe, person @bo; not understood: "he is awake now"; ` +
			`write :role ROLE @WHO [for SYSTEM] [NAME, JOB]`,
		":renounce scribe @bo he left": `understood: role Scribe, person @bo; not understood: "he left"; write ` +
			`:renounce ROLE [@WHO]`,
		":pin 5 important": `understood: entry 5; not understood: "important"; write :pin N`,
		":check 3 4":       `write one line for each item; a note needs words, not "4": :check N NOTE`,
		":judge 1 true-positive real": "a true positive needs to state its impact: :judge 1 with-impact REASON, or " +
			":judge 1 without-impact REASON",
		":exposure suspected names of ~1200 in a log": `"~1200" is in the middle of the reason; put the number of ` +
			`people before or after it: :exposure suspected ~1200 ... REASON`,
		":exposure suspected seen @14:30 in a log": `"@14:30" is in the middle of the reason; put the time of ` +
			`awareness before or after it: :exposure suspected @14:30 ... REASON`,
		"-1h :notify legal Mei @15:30": "there are two times, 2026-11-21 15:00:00 UTC and 2026-11-21 15:30:00 UTC; " +
			"leave one of them out",
		":update exectives all well": `there is no audience "exectives"; did you mean ` +
			`executives? To update the responders: :update responders ...`,
		":exposure suspected 3 servers were hit gdpr": `if "3" is the number of people, write ~3; otherwise begin ` +
			`the reason with a word`,
		":milestone contained @soon why": "@soon is not a time; write @14:37, @yesterday 23:10 or -12m",
		":hyp 6 servers were hit": `6 is a hypothesis (a hypothesis): record its outcome with ` +
			`:hyp 6 supported REASON or :hyp 6 eliminated REASON; a new hypothesis begins with a word, not with a ` +
			`number`,
		"?6 looks wrong to me": `6 is a hypothesis (a hypothesis): record its outcome with ` +
			`:hyp 6 supported REASON or :hyp 6 eliminated REASON; a new hypothesis begins with a word, not with a ` +
			`number`,
		"?99 eliminated it was not": `there is no entry 99; the newest is 14`,
		":ask @nobody 1m x":         `nobody called "nobody" has been here; the people in the room are @ana, @bo, @cy`,
		":ask all 1m x":             `nobody called "all" has been here; the people in the room are @ana, @bo, @cy`,
		":handoff scribe @nobody":   `nobody called "nobody" has been here; the people in the room are @ana, @bo, @cy`,
		":milestone contained 17:00 rules live": "17:00 was read as 2026-11-21 17:00:00 UTC, which is in the future; " +
			"for the day before write @yesterday 17:00",
	} {
		if _, err := k.typed("ana", line); err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", line, err, want)
		}
	}
}

// TestPreviewOfWords: the preview states how each word was understood.
func TestPreviewOfWords(t *testing.T) {
	k := wordy(t)
	h := model.HintOf(":exposure suspected 1200 gdpr @-3h names in the log", k.ctx("ana"))
	if got, want := model.FormatArgs(h.Args).String(), "exposure suspected, people ~1200, regimes GDPR, aware since "+
		"2026-11-21 13:00:00 UTC, reason names in the log"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// grammar are keywords of commands. They are not stored.
var grammar = []string{"leave", "+", "for", "override", "due", "done", "arm", "move", "met", "waive", "with", "without",
	"impact", "positive", "true", "people",
	"n/a", "@me", "y", "n", "yes", "no", "fp", "tp", "supported", "eliminated", "off", "to", "transfer", "next",
	"between", "and", "start", "end", "on"}

// pool has words with a meaning to some command, and nonsense.
var pool = []string{"@ana", "@bo", "@cy", "@me", "ic", "scribe", "sme", "1", "3", "5", "6", "@14:10", "@-3h", "-2h",
	"@yesterday 23:10", "15:55", "10m", "1h30m",
	"gdpr", "KVKK", "~1200", "1200", "people", "containment", "+recovery", "leave", "triage", "SEV-1", "P2",
	"data-breach", "executives", "legal", "responders",
	"update", "validate", "watch", "none", "suspected", "confirmed", "yes", "no", "sessions", "done", "due fri",
	"prevent", "cause", "summary", "override",
	"true-positive", "with-impact", "fp", "write", "command", "contained", "detected", "n/a", "slack", "compromised",
	"breach", "acknowledged", "for",
	"because", "arm", "move", "met", "waive", "eliminated", "|", "data:names,mail", "https://x.example/y", "notion",
	"E1", "accept", "decline"}

// starts has beginnings of commands that random words rarely produce.
var starts = map[string]string{"renounce": "scribe @bo", "object": "1", "poll": "10m x", "drop": "1 x", "due": "3 10m",
	"ask": "@bo 10m", "handoff": "scribe @cy", "uncheck": "1", "if": "sessions yes", "time": "10 @14:10", "judge": "1",
	"kind": "breach", "right": "@bo watch",
	"exposure": "suspected", "clock": "waive update", "todo": "done 1", "role": "sme @cy", "unpin": "5", "pin": "6",
	"alert": "soc a report", "milestone": "contained", "assign": "3 @cy",
	"asset": "host web3 suspected", "ioc": "domain evil.example", "cadence": "update 30m", "impact": "start",
	"drill": "on"}

// TestNoWordIsLost types random lines. Each word of an accepted line is in a field,
// or is a keyword, or is shown as understood.
func TestNoWordIsLost(t *testing.T) {
	k := wordy(t)
	rng := rand.New(rand.NewPCG(1, 2))
	verbs := model.Verbs()
	accepted := map[string]int{}
	for i := range 60_000 {
		v := verbs[rng.IntN(len(verbs))].Name
		if v == "insist" {
			continue
		}
		var words []string
		if start := starts[v]; start != "" && rng.IntN(2) == 0 {
			words = strings.Fields(start)
		}
		for range rng.IntN(7) {
			if rng.IntN(3) == 0 {
				words = append(words, fmt.Sprintf("zq%dx", rng.IntN(1000)))
			} else {
				words = append(words, pool[rng.IntN(len(pool))])
			}
		}
		line := ":" + v + " " + strings.Join(words, " ")
		a, err := k.typed("ana", line)
		if err != nil || model.Decide(k.room, k.ctx("ana").Who, a, k.now) != nil {
			continue
		}
		accepted[v]++
		if lost := k.lost(a, strings.Fields(line)[1:]); len(lost) > 0 {
			raw, _ := json.Marshal(a.Body)
			t.Fatalf("line %d: %s\n got %s at %s\nwant %q in it", i, line, raw, a.At, lost)
		}
	}
	for _, v := range verbs {
		if accepted[v.Name] == 0 &&
			!slices.Contains([]string{"insist", "accept", "decline", "withdraw", "admit", "custody", "ack", "reopen",
				"paged", "confirm", "except", "duplicate", "dual", "approve"}, v.Name) {
			t.Errorf("no line with :%s was accepted", v.Name)
		}
	}
}

// lost returns the words of a line that no field contains.
func (k *testRoom) lost(a model.Act, words []string) (out []string) {
	raw, err := json.Marshal(a.Body)
	if err != nil {
		k.t.Fatalf("encode JSON: %v", err)
	}
	all := strings.ToLower(string(raw) + " " + a.At.Format(time.RFC3339) + " " + model.FormatArgs(a.Args).String())
	for i, w := range words {
		n := strings.ToLower(strings.Trim(w, "@#,+~"))
		switch {
		case strings.Contains(all, n), slices.Contains(grammar, strings.ToLower(w)), w == "|":
		case strings.HasPrefix(n, "data:") && strings.Contains(all, "names") && strings.Contains(all, "mail"):
		case strings.Contains(all, strings.ReplaceAll(n, "-", " ")), n == "watch" &&
			strings.Contains(all, "monitoring"), n == "ic" && strings.Contains(all, "commander"), n == "p2" &&
			strings.Contains(all, "sev-3"), n == "fri" && strings.Contains(all, "2026-11-27"):
		case k.isTime(w, words, i, all):
		default:
			out = append(out, w)
		}
	}
	return out
}

// isTime reports whether a word is a time that a field contains.
func (k *testRoom) isTime(w string, words []string, i int, all string) bool {
	if w == "23:10" && i > 0 && words[i-1] == "@yesterday" {
		w = "@yesterday 23:10"
	}
	if w == "@yesterday" && i+1 < len(words) {
		w += " " + words[i+1]
	}
	if w[0] != '@' && w[0] != '-' {
		w = "@" + w
	}
	at, _, err := model.LeadingTime(w, k.now, time.UTC)
	return err == nil && !at.IsZero() &&
		(strings.Contains(all, strings.ToLower(at.Format("2006-01-02T15:04:05"))) ||
			strings.Contains(all, at.Format("2006-01-02 15:04:05")))
}
