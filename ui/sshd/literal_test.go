package sshd_test

import (
	"reflect"
	"strings"
	"testing"

	"warroom/ui/sshd"
)

// TestLiteral: the text after the room of a note or a composer line is used literally, as
// on a command line after the shell's processing.
func TestLiteral(t *testing.T) {
	for in, want := range map[string][]string{
		`note inc-1 found C:\temp\new.exe and $HOME #hash "quoted"`: {"note", "inc-1", "--",
			`found C:\temp\new.exe and $HOME #hash "quoted"`},
		`note inc-1   two   spaces`:              {"note", "inc-1", "--", "  two   spaces"},
		`note inc-1 it's down`:                   {"note", "inc-1", "--", "it's down"},
		`note inc-1 "it's down"`:                 {"note", "inc-1", "--", `"it's down"`},
		`note inc-1 ends in \`:                   {"note", "inc-1", "--", `ends in \`},
		"note inc-1 one\ntwo\tthree\n":           {"note", "inc-1", "--", "one\ntwo\tthree\n"},
		" warroom  note  inc-1 --data /etc":      {"note", "inc-1", "--", "--data /etc"},
		`note inc-1 -- -5 degrees  in the rack`:  {"note", "inc-1", "--", "-5 degrees  in the rack"},
		`note -- inc-1 C:\x`:                     {"note", "inc-1", "--", `C:\x`},
		`note 'inc-1' C:\x`:                      {"note", "inc-1", "--", `C:\x`},
		`note inc-1 -`:                           {"note", "inc-1", "--", "-"},
		"note inc-1 - \n":                        {"note", "inc-1", "--", "-"},
		`note inc-1`:                             {"note", "inc-1"},
		`note inc-1  `:                           {"note", "inc-1"},
		`note`:                                   {"note"},
		`note --help`:                            {"note", "--help"},
		`note --help inc-1 "x y"`:                {"note", "--help", "inc-1", "x y"},
		`do inc-1 :check 3`:                      {"do", "inc-1", "--", ":check 3"},
		`do inc-1 !rotate now, it's out`:         {"do", "inc-1", "--", "!rotate now, it's out"},
		`do inc-1 '!rotate now'`:                 {"do", "inc-1", "--", "!rotate now"},
		`do inc-1 "!it's out"`:                   {"do", "inc-1", "--", "!it's out"},
		`do inc-1 'one' and 'two'`:               {"do", "inc-1", "--", "'one' and 'two'"},
		`do inc-1 -12m saw C:\temp`:              {"do", "inc-1", "--", `-12m saw C:\temp`},
		`do inc-1 \\server\share is full`:        {"do", "inc-1", "--", `\\server\share is full`},
		`do inc-1 -`:                             {"do", "inc-1", "--", "-"},
		`status inc-1 '--json'`:                  {"status", "inc-1", "--json"},
		"do inc-1 " + strings.Repeat("é", 16000): {"do", "inc-1", "--", strings.Repeat("é", 16000)},
	} {
		if got, err := sshd.Args(in, []string{"status", "note", "do"}); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%.60q: %.60q %v", in, got, err)
		}
	}
	for in, want := range map[string]string{
		`do inc-1 '!rotate'\'' now'`:             "the line begins with a quote or a backslash",
		`do inc-1 \!rotate`:                      "the line begins with a quote or a backslash",
		`do inc-1 "TODO: look" and 'x'`:          "the line begins with a quote or a backslash",
		`status 'inc-1`:                          "a quote in the command is not closed",
		"note inc-1 " + strings.Repeat("a", 4e4): "the command has 40011 bytes, and up to 32768 are accepted",
	} {
		if got, err := sshd.Args(in, []string{"status", "note", "do"}); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %.60q %v", in, got, err)
		}
	}
	if got, err := sshd.Args("note inc-1 x", []string{"status"}); err == nil {
		t.Errorf("a command that is not there: %q", got)
	}
}
