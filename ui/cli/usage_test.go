package cli

import (
	"strings"
	"testing"
)

// TestWrongValues: a wrong value is a wrong use of the command line, and what does not exist is a
// refusal. Either is one sentence on stderr, and nothing is printed on stdout.
func TestWrongValues(t *testing.T) {
	h := roomInMemory(t)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"help nope", exitUsage, "there is no command nope; did you mean warroom note?"},
		{"help evidence lst", exitUsage, "there is no command evidence lst; did you mean warroom evidence list?"},
		{"evidence lst", exitUsage, "there is no command evidence lst; did you mean warroom evidence list?"},
		{"playbook lst", exitUsage, "there is no command playbook lst; did you mean warroom playbook list?"},
		{"rooom", exitUsage, "there is no command rooom; did you mean warroom rooms?"},
		{"foo", exitUsage, "there is no command foo; see warroom --help"},
		{"rooms --frob", exitUsage, "there is no flag --frob; see warroom rooms --help"},
		{"declare --frob x", exitUsage, "there is no flag --frob; see warroom declare --help, or put -- before a " +
			"text that begins with a dash: warroom declare -- --frob"},
		{"note inc-1 x --frob", exitUsage, "there is no flag --frob; see warroom note --help, or put -- before a " +
			"text that begins with a dash: warroom note ROOM -- --frob"},
		{"tail inc-1 --by=", exitUsage, "--by is empty; give a value, or leave the flag out"},
		{"tail inc-1 --kind=", exitUsage, "--kind is empty; give a value, or leave the flag out"},
		{"tail inc-1 --since tomorrow", exitUsage, `--since: "tomorrow" is not a time; write `},
		{"tail inc-1 --since 1x", exitUsage, `--since: "1x" is not a time; write `},
		{"rooms --as me", exitUsage, "@me means whoever types it; choose another handle with --as"},
		{"invite me --right write", exitUsage, "@me means whoever types it; choose another handle"},
		{"xyzzyxy", exitUsage, "there is no command xyzzyxy; see warroom --help"},
		{"oncall foo --json", exitFailed, "there is no contact for foo; add one under [[contact]] in the " +
			"configuration"},
		{"oncall foo", exitFailed, "there is no contact for foo; add one under [[contact]] in the configuration"},
		{"close inc-99 --reason x", exitFailed, "inc-99 cannot be closed: "},
		{"verify nofile", exitFailed, "there is neither a file nor a room with the name nofile; give the path of " +
			"an export, or a room that warroom rooms lists"},
		{"evidence add inc-1 /dev/null --class foo", exitUsage,
			`--class takes log, metric, snapshot, memory or other, not "foo"`},
		{"evidence custody inc-1 E1 foo", exitUsage,
			`name the step for E1: transfer @WHO REASON, accept, decline, seal or release REASON, not "foo"`},
		{"evidence custody inc-1 foo seal", exitUsage, "give the number of the piece of evidence, such as E3"},
		{"evidence get inc-1 foo -o x", exitUsage, "give the number of the piece of evidence, such as E3"},
		{"evidence list inc-1 foo", exitUsage, "give the number of the piece of evidence, such as E3"},
		{"evidence add inc-1 /dev/null --resume foo", exitUsage, "give the number of the piece of evidence"},
		{"evidence list inc-1 E9", exitFailed, "there is no E9"},
		{"invite bo --right god", exitUsage, `--right takes watch, write, command or intake, not "god"`},
		{"invite bo", exitUsage, "give what they may do: --right watch"},
		{"report --format pdf", exitUsage, `--format takes md, json or html, not "pdf"`},
		{"report --paper a5", exitUsage, `--paper takes a4 or letter, not "a5"`},
		{"indicators --format pdf", exitUsage, `--format takes text, csv, stix or json, not "pdf"`},
		{"verify inc-1 --witness x", exitUsage, `--witness takes a number, not "x"`},
		{"rooms --severity nope", exitDone, "no rooms match"},
	} {
		out, errs, code := printed(t, h, strings.Fields(c.args)...)
		if code != c.code || out != "" || !strings.HasPrefix(errs, "warroom: "+c.want) ||
			strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: got exit %d, %q, %q, want %d and one line with %q", c.args, code, out, errs, c.code, c.want)
		}
	}
}
