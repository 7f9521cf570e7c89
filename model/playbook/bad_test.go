package playbook_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"warroom/model"
	"warroom/model/playbook"
)

// bad has the expected faults of every file in testdata/bad, as "LINE:COLUMN: what is
// wrong; what to do". In the files, the faulty lines are marked with #!.
var bad = map[string][]string{
	"alias-clash": {
		`13:12: the alias "p0" of "SEV-2" already means "SEV-1"; leave one of them out`,
		`18:12: the alias "commander" of "commander" already means "commander"; leave one of them out`,
	},
	"bad-id": {
		`17:6: the id "Look at it" has characters that are not allowed; use a to z, 0 to 9, - and _,` +
			` up to 40 of them`,
	},
	"process-names": {
		`20:13: "logs" is not a class of evidence; did you mean "log"?`,
		`21:15: "fix" is not an item or a group of this plan; write one of: look`,
		`22:19: "patch" is not an item or a group of this plan; write one of: look`,
		`23:11: "lok" is not an item of this plan; did you mean "look"?`,
		`28:14: {severty} is not a field of updates; did you mean "severity"?`,
		`31:12: the length "0m" is not above zero; write one like "15m"`,
		`32:1: the key "ask-overdu" is not known in [radar]; did you mean "ask-overdue"?`,
	},
	"bidi": {
		`10:19: the text holds the control character U+202E; take it out`,
	},
	"clock-by-severity": {
		`23:9: the length "0m" is not above zero; write one like "15m"`,
		`24:6: "P0" is not a severity of this plan; write one of: SEV-1`,
	},
	"clock-names": {
		`21:24: "SEV-9" is not a severity of this plan; did you mean "SEV-1"?`,
		`22:12: "everybody" is not an audience of this plan; there are none, so leave it out`,
		`23:9: "comander" is not a role of this plan; did you mean "commander"?`,
		`24:10: "validatd" is not a milestone; did you mean "validated"?`,
	},
	"clock-negative": {
		`20:9: the length "-5m" is not above zero; write one like "15m"`,
	},
	"clock-no-length": {
		`16:3: the clock "update" has no length; write one of: after, every, at-least`,
	},
	"clock-no-start": {
		`16:3: the clock "update" has no start; write one of: alert, declared, severity, resolved, exposure`,
	},
	"clock-severity": {
		`16:3: the clock "update" starts with a severity, but names none; write severities = ["..."]`,
	},
	"clock-start": {
		`19:9: "declare" is not a start of clocks; did you mean "declared"?`,
	},
	"clock-two-lengths": {
		`21:9: the clock "update" has two lengths, "after" and "every"; keep one of them`,
	},
	"clock-words": {
		`20:9: "15 minutes" is not a length of time; write it like "15m", "72h", "1h30m" or "7d"`,
	},
	"clock-zero": {
		`20:9: the length "0s" is not above zero; write one like "15m"`,
	},
	"control-character": {
		`10:9: the text holds the control character U+001B; take it out`,
	},
	"cycle-evidence": {
		`16:3: these items wait for each other: look needs act needs look (what destroys evidence needs all that ` +
			`preserve it); remove one of the needs`,
	},
	"cycle-group": {
		`16:3: these items wait for each other: look needs look; remove one of the needs`,
	},
	"cycle": {
		`16:3: these items wait for each other: look needs act needs look; remove one of the needs`,
	},
	"duplicate-id": {
		`22:6: the id "look" appears twice in [[items]]; give one of them another`,
	},
	"empty-text": {
		`19:8: the text is missing in [[items]]; write text = "..."`,
	},
	"empty": {
		`1:1: the title is missing at the top of the file; write title = "..."`,
		`1:1: the plan has no severities; add at least one [[severities]] with id, label and rank`,
		`1:1: the plan has no roles; add at least one [[roles]] with id and label`,
		`1:1: the plan has no phases; add at least one [[phases]] with id and label`,
	},
	"event-kind": {
		`20:29: "done" is not a kind of event; write it like "item.done"`,
	},
	"group-empty": {
		`16:3: no item is in the group "fix"; write group = "fix" in its items, or remove it`,
	},
	"inline": {
		`16:1: the key "items" is not known in [[phases]]; write one of: id, aliases, label, objective, from`,
	},
	"item-milestone": {
		`20:13: "reviewd" is not a milestone; did you mean "reviewed"?`,
		`26:13: "closed" is reached by doing it, not by an item; remove it`,
	},
	"item-names": {
		`18:9: "triaje" is not a phase of this plan; did you mean "triage"?`,
		`20:10: "breach" is not a kind of incident of this plan; there are none, so leave it out`,
		`21:6: "severe" is not a condition of this plan; there are none, so leave it out`,
		`22:10: "lok" is not an item or a group of this plan; did you mean "look"?`,
		`23:9: "fix" is not a group of this plan; there are none, so leave it out`,
		`24:8: "sme" is not a role of this plan; write one of: commander`,
		`25:9: "review" is not a clock of this plan; there are none, so leave it out`,
		`26:13: "logs" is not a class of evidence; did you mean "log"?`,
		`27:12: "credentials" is not a type of asset; did you mean "credential"?`,
	},
	"item-only-role": {
		`20:13: the item "look" is for one role only, but names none; write role = "..."`,
	},
	"missing-text": {
		`16:3: the text is missing in [[items]]; write text = "..."`,
	},
	"missing": {
		`3:3: the id is missing in [[severities]]; write id = "..."`,
		`7:3: the label is missing in [[roles]]; write label = "..."`,
	},
	"not-a-list": {
		`16:2: "items" is a table, but a list is wanted; write [[items]] in double brackets, once for each`,
	},
	"nothing": {
		`1:1: the plan has no severities; add at least one [[severities]] with id, label and rank`,
		`1:1: the plan has no roles; add at least one [[roles]] with id and label`,
		`1:1: the plan has no phases; add at least one [[phases]] with id and label`,
	},
	"power": {
		`11:20: "exposur" is not a power; did you mean "exposure"?`,
	},
	"rank-missing": {
		`3:3: the severity "SEV-1" has no rank; write rank = 1 for the worst, then 2, 3`,
	},
	"rank-negative": {
		`6:8: the rank of "SEV-1" is -1; the worst has 1, then 2, 3`,
	},
	"rank-twice": {
		`11:8: "SEV-1" and "SEV-2" have the same rank 1; give each its own`,
	},
	"syntax": {
		`2:20: this is not TOML: basic strings cannot have new lines; correct it here or just before`,
	},
	"twice": {
		`2:1: this is not TOML: key title is already defined; correct it here or just before`,
	},
	"underscore": {
		`12:1: the key "at_least" is not known in [[clocks]]; did you mean "at-least"?`,
	},
	"unknown-key-far": {
		`6:1: the key "colour" is not known in [[severities]]; write one of: id, aliases, label, rank, definition,` +
			` criteria, from`,
	},
	"unknown-key": {
		`5:1: the key "lable" is not known in [[severities]]; did you mean "label"?`,
	},
	"unknown-table": {
		`16:3: the key "item" is not known at the top of the file; did you mean "items"?`,
	},
	"wrong-type-length": {
		`20:9: "every" is a whole number, but a text is wanted; write it in quotes, like "15m"`,
	},
	"wrong-type-list": {
		`20:10: "needs[0]" is a whole number, but a text is wanted; write it in quotes, like "15m"`,
	},
	"wrong-type": {
		`6:8: "rank" is a text, but a whole number is wanted; write it without quotes, like 1`,
		`11:13: "mandatory" is a text, but true or false is wanted; write true or false without quotes`,
		`12:10: "powers" is a text, but a list is wanted; write it in brackets, like ["one", "two"]`,
	},
}

func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil || len(files) != len(bad) {
		t.Fatalf("%d files and %d expectations, %v", len(files), len(bad), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".toml")
		t.Run(name, func(t *testing.T) {
			err := playbook.Check(path)
			var faults playbook.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("Check = %v, want faults", err)
			}
			var got []string
			for _, l := range faults.Lines() {
				got = append(got, strings.TrimPrefix(l.String(), path+":"))
			}
			if g, w := strings.Join(got, "\n"), strings.Join(bad[name], "\n"); g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
			if code := model.CodeOf(err); code != model.Invalid {
				t.Errorf("code %q, want %q", code, model.Invalid)
			}
			checkMarks(t, path, faults)
		})
	}
}

// checkMarks compares the lines of the faults with the marked lines.
func checkMarks(t *testing.T, path string, faults playbook.Faults) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	reported, marked := map[int]bool{}, map[int]bool{}
	for _, f := range faults {
		reported[f.Line] = true
	}
	for i, l := range strings.Split(string(data), "\n") {
		if strings.Contains(l, "#!") {
			marked[i+1] = true
		}
	}
	for n := range strings.Count(string(data), "\n") + 1 {
		if reported[n] != marked[n] {
			t.Errorf("line %s: got reported %v, want %v", strconv.Itoa(n), reported[n], marked[n])
		}
	}
}
