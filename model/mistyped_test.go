package model_test

import (
	"testing"
	"time"

	"warroom/model"
)

// mistypedRoom returns a room with one of each thing that a line may name.
func mistypedRoom(t *testing.T) *testRoom {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2", Kind: "credential_leak"})
	k.admit("bo", model.Write)
	k.admit("cy", model.Write)
	k.mustType("ana", ":asset host build-7 confirmed", ":asset service payments confirmed", ":role ic @ana",
		":role scribe @bo", "?the runner leaked it", ":update customers draft we look into it")
	return k
}

// TestANameThatDoesNotExistIsNoText: a word in the place of a name that nothing has is refused with
// what there is, and is not stored as the text that may follow.
func TestANameThatDoesNotExistIsNoText(t *testing.T) {
	for line, want := range map[string]string{
		":impact start web-3": `there is no asset "web-3"; the room has 1 (host build-7), 2 (service payments); ` +
			`if it is the reason, begin it with another word: :impact start|end [ASSET] [@TIME] [REASON]`,
		":impact start @14:00 db2": `there is no asset "db2"; the room has 1 (host build-7), 2 (service ` +
			`payments); if it is the reason, begin it with another word: :impact start|end [ASSET] [@TIME] [REASON]`,
		":impact start service": `there is no asset "service"; the room has 1 (host build-7), 2 (service ` +
			`payments); if it is the reason, begin it with another word: :impact start|end [ASSET] [@TIME] [REASON]`,
		":impact start build-8 is slow": `there is no asset "build-8"; did you mean build-7? If it is the ` +
			`reason, begin it with another word: :impact start|end [ASSET] [@TIME] [REASON]`,
		":impact end paymetns": `there is no asset "paymetns"; did you mean payments? If it is the ` +
			`reason, begin it with another word: :impact start|end [ASSET] [@TIME] [REASON]`,
		":check 1 SEV-9 saw it": `the plan has no severity "SEV-9"; it has: SEV-1, SEV-2, SEV-3`,
		":check 1 overide no time": `there is no word "overide"; did you mean override? If it is the note, ` +
			`begin it with another word: :check N [@TIME] [NOTE | override REASON]`,
		":resolve overrride it is dead": `there is no word "overrride"; did you mean override? If it is the ` +
			`text, begin it with another word: :resolve [@TIME] [TEXT | answer POINT REASON | override REASON]`,
		":resolve anwser item 1 it is dead": `there is no word "anwser"; did you mean answer? If it is the text, ` +
			`begin it with another word: :resolve [@TIME] [TEXT | answer POINT REASON | override REASON]`,
		":sev SEV-1 data-breech it is used": `there is no criterion "data-breech"; did you mean data-breach? If it ` +
			`is the reason, begin it with another word: :sev LEVEL [CRITERION] [REASON]`,
		":sev SEV-3 data-breach": `"data-breach" is a criterion of SEV-1, and not of SEV-3; if it is the reason, ` +
			`begin it ` +
			`with another word: :sev LEVEL [CRITERION] [REASON]`,
		":exposure suspected gdrp names": `there is no regime "gdrp"; did you mean GDPR? If it is the reason, begin ` +
			`it with another word: :exposure none|suspected|confirmed [~N] [REGIME...] [@TIME] [data:KIND,...] [WHY]`,
		":exposure suspected hipaa": `the plan has no regime "hipaa"; it has: GDPR, KVKK; if it is the reason, begin ` +
			`it with another word: :exposure none|suspected|confirmed [~N] [REGIME...] [@TIME] [data:KIND,...] [WHY]`,
		":decline scirbe I am busy": `there is no role "scirbe"; did you mean scribe? If it is the reason, begin it ` +
			`with another word: :decline [ROLE|N|draft N] [REASON]`,
		":approve custmers": `there is no audience "custmers"; did you mean customers? If it is the note, ` +
			`begin it with another word: :approve [N] [NOTE]`,
		":approve executives": "no draft to Executives waits; waiting: 1 (to Customers)",
		":snooze nosuch 10m late": `"nosuch" is neither a clock nor a length of time; the clocks are: ` +
			"validate, update, executives, legal, watch, review, gdpr, kvkk; write :snooze CLOCK 10m REASON",
		":snooze 10m updaet late": `there is no clock "updaet"; did you mean update? If it is the reason, begin it ` +
			`with another word: :snooze [CLOCK] LENGTH REASON`,
		":exposure suspected HIPAA records": `the plan has no regime "HIPAA"; it has: GDPR, KVKK; if it is the ` +
			`reason, begin ` +
			`it with another word: :exposure none|suspected|confirmed [~N] [REGIME...] [@TIME] [data:KIND,...] [WHY]`,
		":hyp nosuch eliminated it was asleep": `"nosuch" is not the number of a hypothesis, which is in front of ` +
			`its ` +
			"text: :hyp N eliminated REASON; a new hypothesis has another second word",
		":restrict @bo cy": `"cy" is a person; write @cy, or begin the reason with another word: :restrict ` +
			"[add|remove|off] @WHO... [REASON]",
		":evidence auth.log": `"auth.log" may be a file, which is added with :evidence ./auth.log --class log; a ` +
			`text ` +
			"has more than one word",
		":skip 7 @bo":          `"@bo" is a person, and not a reason: :skip N REASON`,
		":start 7 @bo":         `"@bo" is a person, and not a reason: :start N [NOTE]`,
		":check 7 @bo":         `"@bo" is a person, and not a note: :check N [@TIME] [NOTE | override REASON]`,
		":clock waive gdpr 12": `"12" is a number, and not a reason: :clock arm|move|met|waive CLOCK [TIME] [REASON]`,
		":poll 9 dropped late": "there is no poll 9: this room has none",
	} {
		mistypedRoom(t).refused("ana", line, want)
	}
}

// TestTextMayBeginWithAnyWord: where a text may follow, one that begins with a usual word is
// stored as it is, even if the word is close to a name.
func TestTextMayBeginWithAnyWord(t *testing.T) {
	for _, line := range []string{
		":impact start nobody can pay", ":impact start payment fails for all", ":impact start",
		":impact start building is closed for the day", ":impact start @14:00 nobody can pay",
		":check 1 overridden by nobody, seen in the log", ":check 1 SEV-2 seen", ":check 1 seen",
		":sev SEV-1 data", ":sev SEV-1 data was read by somebody", ":sev SEV-1 ransomware",
		":exposure suspected grep found names", ":exposure none backups", ":exposure suspected hints in the log",
		":snooze 10m updates are late", ":snooze update 10m late", ":snooze updat 10m late", ":snooze 2 10m " +
			"late", ":approve fine", ":approve customer asked for it",
		":hyp attacker confirmed in the vault", "?supportive people did it", ":hyp the runner eliminated the log",
		":evidence disk", ":evidence the auth.log is on the share", ":skip 7 bo does it", ":start 7 now",
		":todo done keys", ":poll drop it now 60s",
		":check 1 overrode the freeze", ":check 1 overtime approved", ":check 1 overwrite of the key is done",
		":approve 1 compliant with the policy", ":approve 1 responded to their question", ":approve 1 custmers",
		":snooze 10m validity is unclear", ":impact end fixed", ":impact end mitigated",
		":evidence 10.0.0.5", ":evidence web-01.prod", ":evidence evil.example.com", ":evidence v1.2",
		":evidence https://logs.example.com", ":exposure suspected Dora found emails in the log",
		":exposure suspected pci scope only", ":sev SEV-3 data-breach is ruled out",
		":restrict add @cy bo asked for it",
	} {
		k := mistypedRoom(t)
		k.wait(time.Minute)
		if err := k.try("ana", line); err != nil && model.CodeOf(err) == model.NotFound || model.CodeOf(err) ==
			model.Invalid && line != ":todo done keys" {
			t.Errorf("%s: got %v, want it understood", line, err)
		}
	}
}
