//go:build ssh && linux

package sshd_test

import (
	"strings"
	"testing"
)

// TestOpenSSHLiteral: a note over SSH has the same text as a note by the same command on
// the hub's machine.
func TestOpenSSHLiteral(t *testing.T) {
	b := newBastion(t)
	bo := b.ssh("-i bo bo@127.0.0.1")
	texts := []string{`'found C:\temp\new.exe and $HOME #hash "quoted"'`, `'  two   spaces'`, `"it's down"`,
		`a "b  c" d`, `-- -5 degrees`, `'ends in \'`, `-- --json`}
	for _, s := range texts {
		b.sh("%s note inc-1 %s", bo, s)
		b.sh("./warroom --data data --as host note inc-1 %s", s)
	}
	b.sh(`%s do inc-1 '!rotate now, it'\''s out'`, bo)
	b.sh(`%s do inc-1 "'!isolate after'"`, bo)
	b.sh("printf 'it%%ss out' \"'\" | %s note inc-1 -", bo)
	var far, near []string
	for line := range strings.Lines(b.sh("./warroom --data data --as host tail inc-1 --no-follow --json")) {
		_, text, ok := strings.Cut(line, `"text":`)
		switch text = strings.TrimSpace(text); {
		case ok && strings.Contains(line, `"by":"bo"`):
			far = append(far, text)
		case ok && strings.Contains(line, `"by":"host"`):
			near = append(near, text)
		}
	}
	if len(far) < len(texts)+3 || len(near) < len(texts) {
		t.Fatalf("%d and %d lines:\n%q\n%q", len(far), len(near), far, near)
	}
	near = near[len(near)-len(texts):]
	far = far[len(far)-len(texts)-3:]
	for i := range texts {
		if f, n := body(far[i]), body(near[i]); f != n {
			t.Errorf("%s: by SSH %s, here %s", texts[i], f, n)
		}
	}
	b.wants("do", strings.Join(far[len(texts):], "\n"), `"rotate now, it's out"`, `"isolate after"`, `"it's out"`)
}

// body returns the text at the beginning of the rest of a line of JSON.
func body(s string) string {
	for i := 1; i < len(s); i++ {
		if s[i] == '"' && s[i-1] != '\\' {
			return s[:i+1]
		}
	}
	return s
}
